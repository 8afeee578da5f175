"""How busy an airport is, which decides who flies there and how often."""

from enum import IntEnum
from functools import cache
from typing import Final

from sandbox.airports import airports, distance_km
from sandbox.carriers import CARRIERS, Kind


class Rank(IntEnum):
    """SMALL airfields live on a feeder or two, a CROSSROADS is flown to from everywhere."""

    SMALL = 0
    LARGE = 1
    HUB = 2
    CROSSROADS = 3


_CROSSROADS: Final = """
LHR CDG AMS FRA MUC MAD ZRH IST DXB DOH DEL BOM SIN HKG BKK KUL ICN HND NRT PEK PVG CAN TPE SYD MEL AKL JNB ADD
CAI NBO JFK EWR LAX SFO ORD ATL DFW IAH MIA IAD BOS SEA YYZ YVR MEX PTY BOG LIM SCL GRU EZE
"""

# Airports with millions of passengers, or the main one of a country or region, that are nobody's hub in our table.
_LARGE: Final = """
BHX NCL EDI GLA ABZ BFS LPL LBA EMA SOU ORK SNN JER BRS LTN MRS NCE TLS BOD NTE SXB BSL LIL MPL RNS AJA BIA STR
HAM CGN DUS HAJ NUE LEJ DRS BRE BER AGP ALC PMI IBZ MAH VLC SVQ BIO SCQ TFS TFN LPA ACE FUE FAO FNC PDL MXP VCE
BLQ NAP CTA PMO FLR PSA TRN BRI CAG VRN BGY CIA GOT BLL BGO SVG TRD TOS AAL UME LLA LYR OUL RVN TLL VNO KUN KRK
GDN WRO KTW POZ PRG BUD BTS KSC LJU CLJ TSR IAS VAR BOJ SKG HER RHO CFU CHQ JTR JMK KGS LCA PFO MLA TIA SKP PRN
SJJ TGD SPU DBV LED KZN SVX AER KUF UFA KJA IKT VVO KHV ADB AYT SAW ADA TZX DLM EVN KUT
BNA AUS RDU CLE CMH IND MCI STL MSY SAT SMF SJC OAK SNA SAN TPA MCO FLL RSW PBI JAX BUF ROC SYR ALB BDL PVD PIT
CVG SDF MEM OKC TUL OMA ABQ ELP TUS BOI GEG RNO LAS BUR ONT CHS SAV RIC ORF GSP BHM LIT DSM GRR MSN ICT COS KOA
LIH OGG FAI JNU SJU STT BWI MDW DAL HOU LGA DCA YOW YHZ YWG YEG YQR YXE YYJ YLW YQB YYT YXY YZF
CUN GDL TIJ PVR SJD MID BJX OAX GUA SJO LIR SAP MGA BZE PUJ SDQ STI MBJ KIN BGI ANU UVF SXM AUA CUR BDA GCM PTP
FDF PLS CTG CLO MDE BAQ GIG SDU SSA FOR POA CWB FLN MAO BEL VIX NAT COR MDZ BRC IGR USH SLA MVD CUZ AQP GYE GPS
MAR VLN CJC ANF PMC PUQ IPC CCP LPB CBB GEO CAY PBM
AGA RAK FEZ TNG ORN CZL DJE HRG SSH LXR ASW ACC KAN PHC ABJ OUA BKO NIM NDJ ROB FNA CKY NKC LBV BZV PNR FIH FBM
DLA NSI JIB HGA MBA ZNZ JRO EBB BJM LLW BLZ LUN LVI VFA HRE DUR PLZ BEW NOS RUN WDH GBE SEZ RAI SID
MHD SYZ IFN THR BSR EBL NJF DMM MED SLL SHJ KBL LHE PEW MAA HYD CCU COK AMD GOI PNQ TRV LKO JAI BLR CGP CXB MLE
PBH MDL CNX HKT CEI HDY KBV DMK SAI KTI VTE LPQ DAD CXR PQC HPH PEN JHB KCH BKI LGK BWN SUB UPG YIA BPN PLM PKU
BDJ KNO DVO ILO CRK KHH MFM SZX SHA HGH NKG XMN CSX WUH CGO TAO TNA DLC SHE HRB CGQ TSN CKG KWE NNG KWL SYX HAK
LHW HET LXA FOC CTS FUK OKA NGO ITM KIX SDJ HIJ KOJ PUS CJU SKD BSZ OSS DYU ASB
ADL CBR OOL CNS DRW HBA TSV WLG ZQN DUD APW TBU RAR SPN ROR MAJ TRW INU DIL GOH FAE
"""


@cache
def ranks() -> dict[str, Rank]:
    """Every airport that is more than small. A base of a low-cost or regional airline alone is large, not a hub."""
    found = dict.fromkeys(_LARGE.split(), Rank.LARGE)
    found |= {hub: Rank.LARGE for carrier in CARRIERS.values() for hub in carrier.hubs}
    found |= {hub: Rank.HUB for carrier in CARRIERS.values() if carrier.kind is Kind.NETWORK for hub in carrier.hubs}
    found |= dict.fromkeys(_CROSSROADS.split(), Rank.CROSSROADS)
    return dict(sorted(found.items()))


def rank(iata: str) -> Rank:
    return ranks().get(iata, Rank.SMALL)


@cache
def hubs() -> tuple[str, ...]:
    return tuple(iata for iata, rank in ranks().items() if rank >= Rank.HUB)


_TOO_NEAR_TO_FLY_KM: Final = 90
_WITHIN_THE_COUNTRY_KM: Final = 4000


def gateways(iata: str) -> tuple[str, ...]:
    """The hubs to which an airport's own feeders go: the nearest of its country, and the nearest two of all."""
    by_distance = sorted((distance_km(iata, hub), hub) for hub in hubs() if hub != iata)
    reachable = [(km, hub) for km, hub in by_distance if km >= _TOO_NEAR_TO_FLY_KM]
    country = airports()[iata].country
    at_home = [hub for km, hub in reachable if km <= _WITHIN_THE_COUNTRY_KM and airports()[hub].country == country]
    return tuple(dict.fromkeys((*at_home[:1], *(hub for _, hub in reachable[:2]))))
