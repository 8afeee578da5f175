"""The aircraft registers of the states where our airlines live: marks, 24-bit addresses, and the state's name."""

from collections.abc import Iterator, Mapping
from functools import cache
from math import prod
from types import MappingProxyType
from typing import Final

import msgspec

from sandbox.carriers import CARRIERS, Carrier

_ASCII_A: Final = ord("A")
_WHEELS: Final = {"@": 26, "#": 10}  # what turns in a pattern of marks, and over how many characters
_SCATTER: Final = 104_729  # a prime that no shelf is a multiple of: neighbours in a fleet get marks far apart


class Register(msgspec.Struct, frozen=True, kw_only=True):
    """One state's: `marks` is a pattern in which @ stands for a letter and # for a digit.

    `first` and `size` are the block of 24-bit addresses that ICAO gave to the state (Annex 10, volume III), `room` is how
    many different marks the pattern has.
    """

    state: str
    marks: str
    first: int
    size: int
    room: int


class Tail(msgspec.Struct, frozen=True, kw_only=True):
    """One aircraft. `icao24` is its 24-bit address in six hexadecimal digits, lower case, `mark` its place in the register."""

    icao24: str
    register: Register
    mark: int

    @property
    def registration(self) -> str:
        """What is painted on its tail."""
        return _marks(self.register.marks, self.mark)


class Shelf(msgspec.Struct, frozen=True, kw_only=True):
    """The part of a register that belongs to one airline: the same share for each airline of the state."""

    register: Register
    place: int
    airlines: int

    def tail(self, number: int) -> Tail:
        """The airline's aircraft of that number, counted from 0. Raises LookupError where the register is full."""
        register = self.register
        return Tail(
            icao24=f"{register.first + self._at(number, register.size):06x}",
            register=register,
            mark=self._at(number, register.room),
        )

    def holds(self, icao24: str) -> bool:
        share = self.register.size // self.airlines
        first = self.register.first + self.place * share
        return first <= int(icao24, 16) < first + share

    def _at(self, number: int, room: int) -> int:
        share = room // self.airlines
        if not 0 <= number < share:
            raise LookupError(f"{self.register.state} has no room for aircraft {number}")
        return self.place * share + number * _SCATTER % share


def _marks(pattern: str, number: int) -> str:
    """The pattern with its wheels turned to a number, the last wheel fastest."""
    written = []
    for letter in reversed(pattern):
        wheel = _WHEELS.get(letter)
        if wheel is None:
            written.append(letter)
        else:
            number, turn = divmod(number, wheel)
            written.append(chr(_ASCII_A + turn) if wheel == _WHEELS["@"] else str(turn))
    return "".join(reversed(written))


@cache
def shelves() -> Mapping[str, Shelf]:
    """Every airline's shelf, by its IATA code."""
    found: dict[str, Shelf] = {}
    for countries, register in _registers():
        fleets = [carrier for carrier in _by_name() if carrier.country in countries]
        found |= {
            carrier.iata: Shelf(register=register, place=place, airlines=len(fleets))
            for place, carrier in enumerate(fleets)
        }
    return MappingProxyType(found)


def _by_name() -> list[Carrier]:
    return [carrier for _, carrier in sorted(CARRIERS.items())]


def _registers() -> Iterator[tuple[frozenset[str], Register]]:
    for line in _STATES.strip().splitlines():
        countries, marks, first, size, state = line.split("|")
        room = prod(_WHEELS.get(letter, 1) for letter in marks)
        register = Register(state=state, marks=marks, first=int(first, 16), size=int(size), room=room)
        yield frozenset(countries.split()), register


# countries | marks | first address, in sixteens | size of the block | name of the state
_STATES: Final = """
AE|A6-@@@|896000|4096|United Arab Emirates
AO|D2-@@@|090000|4096|Angola
AR|LV-@@@|E00000|262144|Argentina
AT|OE-@@@|440000|32768|Austria
AU|VH-@@@|7C0000|262144|Australia
AZ|4K-@@@|600800|1024|Azerbaijan
BD|S2-@@@|702000|4096|Bangladesh
BE|OO-@@@|448000|32768|Belgium
BG|LZ-@@@|450000|32768|Bulgaria
BH|A9C-@@|894000|4096|Bahrain
BO|CP-####|E94000|4096|Bolivia
BR|PR-@@@|E40000|262144|Brazil
BS|C6-@@@|0A8000|4096|Bahamas
BW|A2-@@@|030000|1024|Botswana
BY|EW-###PA|510000|1024|Belarus
CA|C-F@@@|C00000|262144|Canada
CH|HB-@@@|4B0000|32768|Switzerland
CL|CC-@@@|E80000|4096|Chile
CN HK|B-####|780000|262144|China
CO|HK-####|0AC000|4096|Colombia
CU|CU-T####|0B0000|4096|Cuba
CZ|OK-@@@|498000|32768|Czech Republic
DE|D-A@@@|3C0000|262144|Germany
DK FO GL|OY-@@@|458000|32768|Denmark
DZ|7T-V@@|0A0000|32768|Algeria
EC|HC-C@@|E84000|4096|Ecuador
EG|SU-G@@|010000|32768|Egypt
ES|EC-@@@|340000|262144|Spain
ET|ET-A@@|040000|4096|Ethiopia
FI|OH-L@@|460000|32768|Finland
FJ|DQ-F@@|C88000|4096|Fiji
FR NC PF|F-@@@@|380000|262144|France
GB GG|G-@@@@|400000|262144|United Kingdom
GE|4L-@@@|514000|1024|Georgia
GR|SX-@@@|468000|32768|Greece
HR|9A-C@@|501C00|1024|Croatia
HU|HA-L@@|470000|32768|Hungary
ID|PK-@@@|8A0000|32768|Indonesia
IE|EI-@@@|4CA000|4096|Ireland
IL|4X-E@@|738000|32768|Israel
IN|VT-@@@|800000|262144|India
IQ|YI-A@@|728000|32768|Iraq
IR|EP-I@@|730000|32768|Iran, Islamic Republic of
IS|TF-@@@|4CC000|4096|Iceland
IT|I-@@@@|300000|262144|Italy
JO|JY-@@@|740000|32768|Jordan
JP|JA###@|840000|262144|Japan
KE|5Y-@@@|04C000|4096|Kenya
KR|HL####|718000|32768|Republic of Korea
KW|9K-A@@|706000|4096|Kuwait
KZ|UP-B####|683000|1024|Kazakhstan
LA|RDPL-34###|708000|4096|Lao People's Democratic Republic
LB|OD-@@@|748000|32768|Lebanon
LK|4R-A@@|770000|1024|Sri Lanka
LU|LX-L@@|4D0000|1024|Luxembourg
LV|YL-@@@|502C00|1024|Latvia
MA|CN-@@@|020000|32768|Morocco
MG|5R-M@@|054000|4096|Madagascar
MM|XY-A@@|704000|4096|Myanmar
MN|JU-1###|682000|1024|Mongolia
MU|3B-N@@|060000|1024|Mauritius
MV|8Q-@@@|05A000|1024|Maldives
MX|XA-@@@|0D0000|32768|Mexico
MY|9M-@@@|750000|32768|Malaysia
MZ|C9-@@@|006000|4096|Mozambique
NG|5N-B@@|064000|4096|Nigeria
NL SX|PH-@@@|480000|32768|Kingdom of the Netherlands
NO|LN-@@@|478000|32768|Norway
NP|9N-A@@|70A000|4096|Nepal
NZ|ZK-@@@|C80000|32768|New Zealand
OM|A4O-@@|70C000|1024|Oman
PA|HP-####CMP|0C2000|4096|Panama
PE|OB-####-P|E8C000|4096|Peru
PG|P2-@@@|898000|4096|Papua New Guinea
PH|RP-C####|758000|32768|Philippines
PK|AP-B@@|760000|32768|Pakistan
PL|SP-L@@|488000|32768|Poland
PT|CS-T@@|490000|32768|Portugal
PY|ZP-C@@|E88000|4096|Paraguay
QA|A7-@@@|06A000|1024|Qatar
RO|YR-@@@|4A0000|32768|Romania
RS|YU-A@@|4C0000|32768|Serbia
RU|RA-7####|100000|1048576|Russian Federation
RW|9XR-@@|06E000|4096|Rwanda
SA|HZ-@@@|710000|32768|Saudi Arabia
SB|H4-@@@|897000|1024|Solomon Islands
SE|SE-@@@|4A8000|32768|Sweden
SG|9V-@@@|768000|32768|Singapore
SN|6V-A@@|070000|4096|Senegal
SV|YS-@@@|0B2000|4096|El Salvador
TG|5V-T@@|088000|4096|Togo
TH|HS-@@@|880000|32768|Thailand
TN|TS-I@@|028000|32768|Tunisia
TR|TC-@@@|4B8000|32768|Turkey
TT|9Y-@@@|0C6000|4096|Trinidad and Tobago
TW|B-1####|899000|1024|Taiwan
TZ|5H-T@@|080000|4096|United Republic of Tanzania
US|N1##@@|A00000|1048576|United States
UZ|UK-3####|507C00|1024|Uzbekistan
VE|YV####|0D8000|32768|Venezuela
VN|VN-A###|888000|32768|Viet Nam
VU|YJ-A@@|C90000|1024|Vanuatu
ZA|ZS-@@@|008000|32768|South Africa
ZM|9J-@@@|08A000|4096|Zambia
"""
