"""In which money a car is rented out: that of the country, in which counters charge and nothing has to be converted."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

# Currencies (ISO 4217) and the countries (ISO 3166-1 alpha-2, and Kosovo) whose money they are.
_CURRENCIES: Final = """
AUD AU CC CX HM KI NF NR TV | CHF CH LI | DKK DK FO GL
EUR AD AT AX BE BG BL CY DE EE ES FI FR GF GP GR HR IE IT LT LU LV MC ME MF MQ MT NL PM PT RE SI SK SM TF VA XK YT
GBP GB GG GS IM JE | ILS IL PS | MAD EH MA | NOK BV NO SJ | NZD CK NU NZ PN TK
USD AS BQ EC FM GU IO MH MP PR PW SV TC TL UM US VG VI | XAF CF CG CM GA GQ TD | XCD AG AI DM GD KN LC MS VC
XCG CW SX | XOF BF BJ CI GW ML NE SN TG | XPF NC PF WF
AED AE | AFN AF | ALL AL | AMD AM | AOA AO | ARS AR | AWG AW | AZN AZ | BAM BA | BBD BB | BDT BD | BHD BH | BIF BI
BMD BM | BND BN | BOB BO | BRL BR | BSD BS | BTN BT | BWP BW | BYN BY | BZD BZ | CAD CA | CDF CD | CLP CL | CNY CN
COP CO | CRC CR | CUP CU | CVE CV | CZK CZ | DJF DJ | DOP DO | DZD DZ | EGP EG | ERN ER | ETB ET | FJD FJ | FKP FK
GEL GE | GHS GH | GIP GI | GMD GM | GNF GN | GTQ GT | GYD GY | HKD HK | HNL HN | HTG HT | HUF HU | IDR ID | INR IN
IQD IQ | IRR IR | ISK IS | JMD JM | JOD JO | JPY JP | KES KE | KGS KG | KHR KH | KMF KM | KPW KP | KRW KR | KWD KW
KYD KY | KZT KZ | LAK LA | LBP LB | LKR LK | LRD LR | LSL LS | LYD LY | MDL MD | MGA MG | MKD MK | MMK MM | MNT MN
MOP MO | MRU MR | MUR MU | MVR MV | MWK MW | MXN MX | MYR MY | MZN MZ | NAD NA | NGN NG | NIO NI | NPR NP | OMR OM
PAB PA | PEN PE | PGK PG | PHP PH | PKR PK | PLN PL | PYG PY | QAR QA | RON RO | RSD RS | RUB RU | RWF RW | SAR SA
SBD SB | SCR SC | SDG SD | SEK SE | SGD SG | SHP SH | SLE SL | SOS SO | SRD SR | SSP SS | STN ST | SYP SY | SZL SZ
THB TH | TJS TJ | TMT TM | TND TN | TOP TO | TRY TR | TTD TT | TWD TW | TZS TZ | UAH UA | UGX UG | UYU UY | UZS UZ
VES VE | VND VN | VUV VU | WST WS | YER YE | ZAR ZA | ZMW ZM | ZWG ZW
"""

_OF_COUNTRY: Final[Mapping[str, str]] = MappingProxyType(
    {
        country: currency
        for entry in _CURRENCIES.replace("\n", "|").split("|")
        if entry.strip()
        for currency, *countries in [entry.split()]
        for country in countries
    }
)
_ELSEWHERE: Final = "EUR"


def paid_in(country: str) -> str:
    """The currency of a country; euros where there is none, as in Antarctica."""
    return _OF_COUNTRY.get(country, _ELSEWHERE)
