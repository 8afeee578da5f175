"""The airlines of the pretend world: real names, designators, callsigns and homes, as facts in one table."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import msgspec


class Kind(StrEnum):
    """How an airline builds its routes."""

    NETWORK = "network"
    LOW_COST = "low_cost"
    REGIONAL = "regional"


class AirlineFact(msgspec.Struct, frozen=True, kw_only=True):
    iata: str
    icao: str
    name: str
    country: str
    callsign: str


class Carrier(msgspec.Struct, frozen=True, kw_only=True):
    """`hubs` start with the main one. `partners` is an alliance, empty for none.

    `flies_for` names the airline under whose numbers alone a regional carrier's flights are sold.
    """

    fact: AirlineFact
    kind: Kind
    hubs: tuple[str, ...]
    partners: str
    flies_for: str | None

    @property
    def iata(self) -> str:
        return self.fact.iata

    @property
    def country(self) -> str:
        return self.fact.country


# IATA | ICAO | name | country | callsign | hubs | alliance
_NETWORK: Final = """
BA|BAW|British Airways|GB|SPEEDBIRD|LHR LGW|oneworld
VS|VIR|Virgin Atlantic|GB|VIRGIN|LHR MAN|skyteam
AF|AFR|Air France|FR|AIRFRANS|CDG ORY|skyteam
KL|KLM|KLM Royal Dutch Airlines|NL|KLM|AMS|skyteam
LH|DLH|Lufthansa|DE|LUFTHANSA|FRA MUC|star
DE|CFG|Condor|DE|CONDOR|FRA|
LX|SWR|SWISS|CH|SWISS|ZRH GVA|star
OS|AUA|Austrian Airlines|AT|AUSTRIAN|VIE|star
SN|BEL|Brussels Airlines|BE|BEELINE|BRU|star
LG|LGL|Luxair|LU|LUXAIR|LUX|
IB|IBE|Iberia|ES|IBERIA|MAD|oneworld
UX|AEA|Air Europa|ES|EUROPA|MAD|skyteam
TP|TAP|TAP Air Portugal|PT|AIR PORTUGAL|LIS OPO|star
AZ|ITY|ITA Airways|IT|ITARROW|FCO LIN|
SK|SAS|Scandinavian Airlines|SE|SCANDINAVIAN|CPH ARN OSL|skyteam
AY|FIN|Finnair|FI|FINNAIR|HEL|oneworld
FI|ICE|Icelandair|IS|ICEAIR|KEF|
EI|EIN|Aer Lingus|IE|SHAMROCK|DUB|
LO|LOT|LOT Polish Airlines|PL|POLLOT|WAW|star
BT|BTI|airBaltic|LV|AIRBALTIC|RIX|
RO|ROT|TAROM|RO|TAROM|OTP|skyteam
OU|CTN|Croatia Airlines|HR|CROATIA|ZAG|star
JU|ASL|Air Serbia|RS|AIR SERBIA|BEG|
FB|LZB|Bulgaria Air|BG|FLYING BULGARIA|SOF|
A3|AEE|Aegean Airlines|GR|AEGEAN|ATH|star
TK|THY|Turkish Airlines|TR|TURKISH|IST ESB|star
SU|AFL|Aeroflot|RU|AEROFLOT|SVO|
S7|SBI|S7 Airlines|RU|SIBERIAN AIRLINES|OVB DME|
B2|BRU|Belavia|BY|BELAVIA|MSQ|
A9|TGZ|Georgian Airways|GE|TAMAZI|TBS|
J2|AHY|Azerbaijan Airlines|AZ|AZAL|GYD|
KC|KZR|Air Astana|KZ|ASTANALINE|ALA NQZ|
HY|UZB|Uzbekistan Airways|UZ|UZBEK|TAS|
OM|MGL|MIAT Mongolian Airlines|MN|MONGOL AIR|UBN|
EK|UAE|Emirates|AE|EMIRATES|DXB|
EY|ETD|Etihad Airways|AE|ETIHAD|AUH|
QR|QTR|Qatar Airways|QA|QATARI|DOH|oneworld
SV|SVA|Saudia|SA|SAUDIA|JED RUH|skyteam
GF|GFA|Gulf Air|BH|GULF AIR|BAH|
WY|OMA|Oman Air|OM|OMAN AIR|MCT|oneworld
KU|KAC|Kuwait Airways|KW|KUWAITI|KWI|
RJ|RJA|Royal Jordanian|JO|JORDANIAN|AMM|oneworld
ME|MEA|Middle East Airlines|LB|CEDAR JET|BEY|skyteam
LY|ELY|El Al|IL|ELAL|TLV|
IR|IRA|Iran Air|IR|IRANAIR|IKA|
IA|IAW|Iraqi Airways|IQ|IRAQI|BGW|
ET|ETH|Ethiopian Airlines|ET|ETHIOPIAN|ADD|star
KQ|KQA|Kenya Airways|KE|KENYA|NBO|skyteam
SA|SAA|South African Airways|ZA|SPRINGBOK|JNB CPT|star
MS|MSR|Egyptair|EG|EGYPTAIR|CAI|star
AT|RAM|Royal Air Maroc|MA|ROYALAIR MAROC|CMN|oneworld
AH|DAH|Air Algérie|DZ|AIR ALGERIE|ALG|
TU|TAR|Tunisair|TN|TUNAIR|TUN|
WB|RWD|RwandAir|RW|RWANDAIR|KGL|
TC|ATC|Air Tanzania|TZ|TANZANIA|DAR|
DT|DTA|TAAG Angola Airlines|AO|DTA|LAD|
TM|LAM|LAM Mozambique|MZ|MOZAMBIQUE|MPM|
MD|MDG|Madagascar Airlines|MG|AIR MADAGASCAR|TNR|
MK|MAU|Air Mauritius|MU|AIRMAURITIUS|MRU|
KP|SKK|ASKY Airlines|TG|ASKY AIRLINE|LFW|
HC|SZN|Air Senegal|SN|AIR SENEGAL|DSS|
P4|APK|Air Peace|NG|PEACE BIRD|LOS ABV|
SQ|SIA|Singapore Airlines|SG|SINGAPORE|SIN|star
MH|MAS|Malaysia Airlines|MY|MALAYSIAN|KUL|oneworld
TG|THA|Thai Airways|TH|THAI|BKK|star
VN|HVN|Vietnam Airlines|VN|VIET NAM AIRLINES|SGN HAN|skyteam
GA|GIA|Garuda Indonesia|ID|INDONESIA|CGK DPS|skyteam
PR|PAL|Philippine Airlines|PH|PHILIPPINE|MNL CEB|
CX|CPA|Cathay Pacific|HK|CATHAY|HKG|oneworld
CI|CAL|China Airlines|TW|DYNASTY|TPE|skyteam
BR|EVA|EVA Air|TW|EVA|TPE|star
CA|CCA|Air China|CN|AIR CHINA|PEK CTU|star
MU|CES|China Eastern|CN|CHINA EASTERN|PVG KMG XIY|skyteam
CZ|CSN|China Southern|CN|CHINA SOUTHERN|CAN PKX URC|
JL|JAL|Japan Airlines|JP|JAPANAIR|HND NRT|oneworld
NH|ANA|All Nippon Airways|JP|ALL NIPPON|HND NRT|star
KE|KAL|Korean Air|KR|KOREANAIR|ICN GMP|skyteam
OZ|AAR|Asiana Airlines|KR|ASIANA|ICN|star
AI|AIC|Air India|IN|AIRINDIA|DEL BOM|star
PK|PIA|Pakistan International Airlines|PK|PAKISTAN|ISB KHI|
BG|BBC|Biman Bangladesh Airlines|BD|BANGLADESH|DAC|
UL|ALK|SriLankan Airlines|LK|SRILANKAN|CMB|oneworld
RA|RNA|Nepal Airlines|NP|ROYAL NEPAL|KTM|
8M|MMA|Myanmar Airways International|MM|MYANMAR|RGN|
QF|QFA|Qantas|AU|QANTAS|SYD MEL BNE PER|oneworld
VA|VOZ|Virgin Australia|AU|VELOCITY|BNE MEL SYD|
NZ|ANZ|Air New Zealand|NZ|NEW ZEALAND|AKL CHC|star
FJ|FJI|Fiji Airways|FJ|FIJI|NAN|oneworld
PX|ANG|Air Niugini|PG|NIUGINI|POM|
IE|SOL|Solomon Airlines|SB|SOLOMON|HIR|
NF|AVN|Air Vanuatu|VU|AIR VAN|VLI|
SB|ACI|Aircalin|NC|AIRCALIN|NOU|
TN|THT|Air Tahiti Nui|PF|TAHITI AIRLINES|PPT|
AA|AAL|American Airlines|US|AMERICAN|DFW CLT MIA ORD PHL PHX JFK LAX|oneworld
DL|DAL|Delta Air Lines|US|DELTA|ATL DTW MSP SLC JFK SEA LAX BOS|skyteam
UA|UAL|United Airlines|US|UNITED|ORD DEN IAH EWR SFO IAD LAX GUM|star
AS|ASA|Alaska Airlines|US|ALASKA|SEA ANC PDX|oneworld
HA|HAL|Hawaiian Airlines|US|HAWAIIAN|HNL|
AC|ACA|Air Canada|CA|AIR CANADA|YYZ YUL YVR|star
WS|WJA|WestJet|CA|WESTJET|YYC|
AM|AMX|Aeroméxico|MX|AEROMEXICO|MEX|skyteam
CM|CMP|Copa Airlines|PA|COPA|PTY|star
AV|AVA|Avianca|CO|AVIANCA|BOG|star
TA|TAI|Avianca El Salvador|SV|TACA|SAL|star
LA|LAN|LATAM Airlines|CL|LAN|SCL|
JJ|TAM|LATAM Airlines Brasil|BR|TAM|GRU BSB|
LP|LPE|LATAM Airlines Perú|PE|LANPERU|LIM|
XL|LNE|LATAM Airlines Ecuador|EC|AEROLANE|UIO|
AD|AZU|Azul|BR|AZUL|VCP CNF REC|
AR|ARG|Aerolíneas Argentinas|AR|ARGENTINA|EZE AEP|skyteam
OB|BOV|Boliviana de Aviación|BO|BOLIVIANA|VVI|
PZ|LAP|LATAM Airlines Paraguay|PY|PARAGUAYA|ASU|
V0|VCV|Conviasa|VE|CONVIASA|CCS|
CU|CUB|Cubana|CU|CUBANA|HAV|
BW|BWA|Caribbean Airlines|TT|CARIBBEAN AIRLINES|POS|
UP|BHS|Bahamasair|BS|BAHAMAS|NAS|
"""

_LOW_COST: Final = """
U2|EZY|easyJet|GB|EASY|LGW LTN MAN BRS EDI|
EC|EJU|easyJet Europe|AT|ALPINE|MXP BER NCE LYS|
FR|RYR|Ryanair|IE|RYANAIR|STN DUB BGY CRL|
LS|EXS|Jet2|GB|CHANNEX|LBA BHX|
W6|WZZ|Wizz Air|HU|WIZZ AIR|BUD KTW GDN|
VY|VLG|Vueling|ES|VUELING|BCN|
V7|VOE|Volotea|ES|VOLOTEA|NTE VCE|
EW|EWG|Eurowings|DE|EUROWINGS|DUS CGN HAM STR|
DY|NOZ|Norwegian|NO|NORDIC|OSL BGO|
HV|TRA|Transavia|NL|TRANSAVIA|AMS|
TO|TVF|Transavia France|FR|FRANCE SOLEIL|ORY|
QS|TVS|Smartwings|CZ|SKYTRAVEL|PRG|
PC|PGT|Pegasus Airlines|TR|SUNTURK|SAW|
XQ|SXS|SunExpress|TR|SUNEXPRESS|AYT|
FZ|FDB|flydubai|AE|SKYDUBAI|DXB|
G9|ABY|Air Arabia|AE|ARABIA|SHJ|
FA|SFR|FlySafair|ZA|CARGO|JNB CPT|
TR|TGW|Scoot|SG|SCOOTER|SIN|
AK|AXM|AirAsia|MY|RED CAP|KUL BKI|
FD|AIQ|Thai AirAsia|TH|THAI ASIA|DMK|
VJ|VJC|VietJet Air|VN|VIETJET|SGN HAN|
JT|LNI|Lion Air|ID|LION INTER|CGK SUB UPG|
5J|CEB|Cebu Pacific|PH|CEBU|MNL CEB|
UO|HKE|HK Express|HK|HONGKONG SHUTTLE|HKG|
9C|CQH|Spring Airlines|CN|AIR SPRING|SHA|
MM|APJ|Peach|JP|AIR PEACH|KIX|
7C|JJA|Jeju Air|KR|JEJU AIR|ICN CJU|
6E|IGO|IndiGo|IN|IFLY|DEL BOM BLR HYD CCU|
JQ|JST|Jetstar|AU|JETSTAR|MEL SYD|
B6|JBU|JetBlue|US|JETBLUE|JFK BOS FLL|
WN|SWA|Southwest Airlines|US|SOUTHWEST|MDW DAL BWI LAS DEN|
F9|FFT|Frontier Airlines|US|FRONTIER FLIGHT|DEN MCO|
PD|POE|Porter Airlines|CA|PORTER|YTZ YOW|
Y4|VOI|Volaris|MX|VOLARIS|GDL TIJ|
VB|VIV|Viva|MX|AEROENLACES|MTY|
G3|GLO|GOL|BR|GOL TRANSPORTE|GRU GIG BSB|
"""

# The last column is the airline that sells these flights, empty where they are sold under the carrier's own name.
_REGIONAL: Final = """
CJ|CFE|BA Cityflyer|GB|FLYER|LCY LHR|BA
LM|LOG|Loganair|GB|LOGAN|GLA EDI|
GR|AUR|Aurigny|GG|AYLINE|GCI|
A5|HOP|HOP!|FR|AIR HOP|CDG ORY LYS|AF
WA|KLC|KLM Cityhopper|NL|CITY|AMS|KL
CL|CLH|Lufthansa CityLine|DE|HANSALINE|FRA MUC|LH
YW|ANE|Air Nostrum|ES|AIR NOSTRUM|MAD VLC|IB
WF|WIF|Widerøe|NO|WIDEROE|OSL BGO TOS|
GL|GRL|Air Greenland|GL|GREENLAND|GOH SFJ|
RC|FLI|Atlantic Airways|FO|FAROELINE|FAE|
R3|SYL|Yakutia Airlines|RU|AIR YAKUTIA|YKS|
HZ|SHU|Aurora|RU|AURORA|UUS KHV VVO|
4Z|LNK|Airlink|ZA|LINK|JNB CPT|
BP|BOT|Air Botswana|BW|BOTSWANA|GBE|
P0|PFZ|Proflight Zambia|ZM|PROFLIGHT-ZAMBIA|LUN|
PG|BKP|Bangkok Airways|TH|BANGKOK AIR|BKK USM|
IW|WON|Wings Air|ID|WINGS ABADI|UPG SUB KNO|JT
NU|JTA|Japan Transocean Air|JP|JAI OCEAN|OKA|JL
U4|BHA|Buddha Air|NP|BUDDHA AIR|KTM|
Q2|DQA|Maldivian|MV|ISLAND AVIATION|MLE|
QV|LAO|Lao Airlines|LA|LAO|VTE|
ZL|RXA|Rex|AU|REX|SYD ADL CNS|
TL|ANO|Airnorth|AU|TOPEND|DRW|
VT|VTA|Air Tahiti|PF|AIR TAHITI|PPT|
OO|SKW|SkyWest Airlines|US|SKYWEST|DEN SFO ORD|UA
MQ|ENY|Envoy Air|US|ENVOY|DFW ORD MIA|AA
9E|EDV|Endeavor Air|US|ENDEAVOR|ATL DTW MSP|DL
9K|KAP|Cape Air|US|CAIR|BOS SJU|
QK|JZA|Jazz|CA|JAZZ|YYZ YVR YUL|AC
5T|AKT|Canadian North|CA|ARCTIC|YOW YZF YFB|
WM|WIA|Winair|SX|WINDWARD|SXM|
"""


def _network(line: str) -> Carrier:
    *fact, hubs, alliance = line.split("|")
    return _carrier(fact, Kind.NETWORK, hubs, partners=alliance)


def _low_cost(line: str) -> Carrier:
    *fact, hubs, _ = line.split("|")
    return _carrier(fact, Kind.LOW_COST, hubs)


def _regional(line: str) -> Carrier:
    *fact, hubs, seller = line.split("|")
    return _carrier(fact, Kind.REGIONAL, hubs, flies_for=seller or None)


def _carrier(fact: list[str], kind: Kind, hubs: str, *, partners: str = "", flies_for: str | None = None) -> Carrier:
    iata, icao, name, country, callsign = fact
    known = AirlineFact(iata=iata, icao=icao, name=name, country=country, callsign=callsign)
    return Carrier(fact=known, kind=kind, hubs=tuple(hubs.split()), partners=partners, flies_for=flies_for)


CARRIERS: Final[Mapping[str, Carrier]] = MappingProxyType(
    {
        carrier.iata: carrier
        for carrier in (
            *map(_network, _NETWORK.strip().splitlines()),
            *map(_low_cost, _LOW_COST.strip().splitlines()),
            *map(_regional, _REGIONAL.strip().splitlines()),
        )
    }
)


def seller(carrier: Carrier) -> Carrier:
    """Under whose flight numbers the carrier's seats are sold."""
    return CARRIERS[carrier.flies_for] if carrier.flies_for else carrier


def together(one: Carrier, other: Carrier) -> bool:
    """Can one ticket hold a flight of each?"""
    first, second = seller(one), seller(other)
    return first is second or (first.partners != "" and first.partners == second.partners)
