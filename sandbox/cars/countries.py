"""What differs from country to country when one rents a car: money, tax, miles, gearboxes, and where one may drive to."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from types import MappingProxyType
from typing import Final

from sandbox.chance import pick


def _set(codes: str) -> frozenset[str]:
    return frozenset(codes.split())


_CURRENCIES: Final = """
EUR AD AT AX BE BG BL CY DE EE ES FI FR GF GP GR HR IE IT LT LU LV MC ME MF MQ MT NL PM PT RE SI SK SM VA XK YT
GBP GB GG IM JE | CHF CH LI | AUD AU CC CX KI NF NR TV | NZD CK NU NZ PN TK | NOK NO SJ | DKK DK FO GL | ILS IL PS
MAD EH MA | XOF BF BJ CI GW ML NE SN TG | XAF CF CG CM GA GQ TD | ZAR LS SZ ZA | XPF NC PF WF | XCD AG AI DM GD KN LC MS VC
JPY JP | CNY CN | CAD CA | SEK SE | ISK IS | PLN PL | CZK CZ | HUF HU | RON RO | RSD RS | BAM BA | MKD MK | ALL AL
MDL MD | UAH UA | BYN BY | RUB RU | TRY TR | GEL GE | AMD AM | AZN AZ | KZT KZ | UZS UZ | KGS KG | TJS TJ | TMT TM | MNT MN
JOD JO | LBP LB | IQD IQ | IRR IR | KWD KW | BHD BH | QAR QA | AED AE | OMR OM | SAR SA | YER YE | EGP EG | TND TN | DZD DZ
LYD LY | SDG SD | ETB ET | KES KE | TZS TZ | UGX UG | RWF RW | NGN NG | GHS GH | NAD NA | BWP BW | ZMW ZM | MZN MZ | AOA AO
MGA MG | MUR MU | SCR SC | CVE CV | INR IN | PKR PK | BDT BD | LKR LK | NPR NP | BTN BT | MVR MV | AFN AF | THB TH | VND VN
IDR ID | MYR MY | SGD SG | PHP PH | HKD HK | MOP MO | TWD TW | KRW KR | MMK MM | KHR KH | LAK LA | BND BN | PGK PG | FJD FJ
SBD SB | VUV VU | WST WS | TOP TO | MXN MX | BRL BR | ARS AR | CLP CL | COP CO | PEN PE | BOB BO | PYG PY | UYU UY | VES VE
GTQ GT | HNL HN | NIO NI | CRC CR | PAB PA | CUP CU | DOP DO | JMD JM | TTD TT | BSD BS | BBD BB | BMD BM | KYD KY | AWG AW
BZD BZ | GYD GY | SRD SR | HTG HT | GIP GI | FKP FK | SHP SH
"""
_WITHOUT_CENTS: Final = _set("CLP ISK JPY KRW PYG RWF UGX VND VUV XAF XOF XPF")
_WITH_THOUSANDTHS: Final = _set("BHD IQD JOD KWD LYD OMR TND")

# per cent of tax -> countries
_TAXES: Final = """
27 HU | 25 DK HR NO SE | 25.5 FI | 24 GR IS | 23 IE PL PT | 22 EE IT SI | 21 BE CZ ES LT LV NL | 20 AM AT BG FR GB MA RU SK TR
20 AL RS UA | 19 CL CO CY DE RO TN | 18 IL IN MT PE | 17 LU | 16 JO KE MX | 15 NZ SA ZA | 14 EG | 13 CA CN CR | 12 PH KZ
10 AU ID JP KR VN KH | 9 SG | 8.1 CH LI | 8 MY | 7 TH PA | 5 AE BH OM TW | 0 BM HK KW KY QA | 21 AR | 17 BR | 22 UY
"""
_TAX_ELSEWHERE: Final = Decimal(12)

_MILES: Final = _set("AI AS BS GB GG GU IM JE KY LR MP PR TC US VG VI")
_AUTOMATIC: Final = _set("AE AU BH BM BS CA GU HK IL JM JP KR KW KY MX MY NZ OM PH PR QA SA SG TH TW US VG VI")
# per cent of the usual price -> countries
_PRICES: Final = """
165 IS | 150 NO | 130 BM CH KY | 120 CA DK HK HR JP NZ SE SG US VI | 110 AU FI GB IE IL KR LU NL PR QA
85 CY CZ EE ES GR HU LT LV MT PL PT SI SK | 75 AL AR BA BG BR CL CO EG GE MA ME MK MX MY PE RO RS TH TN TR ZA | 65 ID IN LK PH PK VN
"""
# Across the borders within a line a car may sometimes be left.
_NEIGHBOURS: Final = (
    _set("AT BE CH CZ DE DK ES FR HU IT LI LU NL NO PL PT SE SI SK"),
    _set("HR BA ME RS SI"),
    _set("EE LT LV"),
    _set("GB IE"),
    _set("US CA"),
    _set("BW LS NA SZ ZA"),
    _set("AE OM"),
    _set("MY SG"),
    _set("AR CL UY"),
)


def _by_country(table: str) -> Mapping[str, str]:
    """Cells of a word and the countries for which it is true, between bars or line ends."""
    cells = (cell.split() for line in table.strip().splitlines() for cell in line.split("|"))
    return MappingProxyType({country: word for word, *countries in cells for country in countries})


@cache
def _currencies() -> Mapping[str, str]:
    return _by_country(_CURRENCIES)


def currency_in(country: str) -> str:
    """Where nobody wants the country's own money, or it has none, cars are rented for dollars."""
    return _currencies().get(country, "USD")


def smallest(currency: str) -> Decimal:
    """The smallest amount that is written: 1, 0.01 or 0.001."""
    return Decimal(1) if currency in _WITHOUT_CENTS else Decimal("0.001" if currency in _WITH_THOUSANDTHS else "0.01")


@cache
def _tax_rates() -> Mapping[str, Decimal]:
    return MappingProxyType({country: Decimal(rate) for country, rate in _by_country(_TAXES).items()})


def tax_percent(country: str, area: str, seed: int) -> Decimal:
    """Of the country; in the United States of the place."""
    if country == "US":
        return Decimal(500 + 25 * pick(25, seed, "sales tax", area)) / 100
    return _tax_rates().get(country, _TAX_ELSEWHERE)


@cache
def _price_levels() -> Mapping[str, Decimal]:
    return MappingProxyType({country: Decimal(level) / 100 for country, level in _by_country(_PRICES).items()})


def price_level(country: str) -> Decimal:
    """What a car costs there, as a factor."""
    return _price_levels().get(country, Decimal(1))


def distance_unit(country: str) -> str:
    return "mi" if country in _MILES else "km"


def prefers_automatic(country: str) -> bool:
    """Nobody there rents out a car with a clutch."""
    return country in _AUTOMATIC


def neighbours(one: str, other: str) -> bool:
    return any({one, other} <= group for group in _NEIGHBOURS)
