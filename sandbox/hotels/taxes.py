"""What is charged beside the price of a night, by country and city: rounded figures of an ordinary year, not the law."""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final, Literal

import msgspec

from sandbox.hotels.facts import Hotel

Place = Literal["in_rate", "added", "on_site", "conditional"]
Mode = Literal["percentage", "per_night", "per_person_per_night", "per_stay", "per_person_per_stay"]

ADULT: Final = 18


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """`percent` of the price before taxes, or `cents` of a euro, from one star to five.

    Persons count from `from_age` on; nobody pays for more than `most_nights`.
    """

    code: str
    name: str
    place: Place
    mode: Mode = "percentage"
    percent: Decimal = Decimal(0)
    cents: tuple[int, int, int, int, int] = (0, 0, 0, 0, 0)
    most_nights: int = 90
    from_age: int = ADULT


# country -> value added tax in per cent, which the advertised price contains
_VAT_INSIDE: Final[Mapping[str, str]] = MappingProxyType(
    dict(
        row.split(":")
        for row in [
            "GB:20",
            "IE:13.5",
            "FR:10",
            "BE:12",
            "NL:21",
            "LU:3",
            "DE:7",
            "AT:10",
            "CH:3.8",
            "LI:3.8",
            "ES:10",
            "PT:6",
            "IT:10",
            "MT:7",
            "GR:13",
            "CY:9",
            "DK:25",
            "SE:12",
            "NO:12",
            "IS:11",
            "FI:14",
            "EE:13",
            "LV:12",
            "LT:12",
            "PL:8",
            "CZ:12",
            "SK:5",
            "HU:5",
            "RO:11",
            "BG:9",
            "HR:13",
            "SI:9.5",
            "RS:10",
            "BA:17",
            "ME:15",
            "MK:5",
            "AL:6",
            "UA:20",
            "TR:10",
            "AU:10",
            "NZ:15",
            "ZA:15",
            "JP:10",
            "KR:10",
            "CN:6",
            "TW:5",
            "VN:8",
            "MA:10",
            "TN:7",
            "EG:14",
            "CL:19",
            "CO:19",
            "AR:21",
            "UY:10",
            "BR:5",
            "RE:2.1",
            "NC:6",
        ]
    )
)
# country -> what is put on top when booking: code and per cent
_ADDED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "US": "sales_tax:8.5 occupancy_tax:5",
        "CA": "sales_tax:13 occupancy_tax:4",
        "MX": "vat:16 occupancy_tax:3.5",
        "PR": "occupancy_tax:9",
        "DO": "vat:18 service_charge:10",
        "BS": "vat:10 service_charge:10",
        "JM": "vat:10 service_charge:10",
        "CR": "vat:13",
        "PE": "vat:18 service_charge:5",
        "EC": "vat:15",
        "AE": "vat:5 municipality_fee:7 service_charge:10",
        "SA": "vat:15",
        "OM": "vat:5 municipality_fee:5 service_charge:8",
        "QA": "municipality_fee:5 service_charge:10",
        "BH": "vat:10 service_charge:10",
        "JO": "vat:8 service_charge:10",
        "IN": "vat:12",
        "PK": "vat:16",
        "LK": "vat:18 service_charge:10",
        "NP": "vat:13",
        "MV": "vat:17 service_charge:10",
        "SG": "vat:9 service_charge:10",
        "MY": "vat:8",
        "TH": "vat:7 service_charge:10",
        "ID": "vat:11 service_charge:10",
        "PH": "vat:12 service_charge:10",
        "HK": "occupancy_tax:3 service_charge:10",
        "MO": "occupancy_tax:5 service_charge:10",
        "KE": "vat:16 service_charge:5",
        "TZ": "vat:18",
        "NG": "vat:7.5 service_charge:10",
        "ET": "vat:15 service_charge:10",
        "MU": "vat:15",
        "SC": "vat:15",
    }
)
_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "vat": "VAT",
        "sales_tax": "Sales tax",
        "occupancy_tax": "Occupancy tax",
        "service_charge": "Service charge",
        "municipality_fee": "Municipality fee",
    }
)


def _each(cents: int) -> tuple[int, int, int, int, int]:
    return (cents, cents, cents, cents, cents)


def _person(cents: tuple[int, int, int, int, int], *, most_nights: int = 90, from_age: int = ADULT) -> Rule:
    return Rule(
        code="city_tax",
        name="City tax",
        place="on_site",
        mode="per_person_per_night",
        cents=cents,
        most_nights=most_nights,
        from_age=from_age,
    )


def _room(cents: tuple[int, int, int, int, int], name: str = "City tax") -> Rule:
    return Rule(code="city_tax", name=name, place="on_site", mode="per_night", cents=cents)


def _share(percent: str) -> Rule:
    return Rule(code="city_tax", name="City tax", place="on_site", percent=Decimal(percent))


# paid at the hotel; the row of a city replaces that of its country
_ON_SITE: Final[Mapping[str, Rule]] = MappingProxyType(
    {
        "FR": _person((80, 90, 150, 230, 300)),
        "PAR": _person((260, 325, 520, 845, 1140)),
        "IT": _person((100, 150, 200, 300, 400), most_nights=7, from_age=14),
        "ROM": _person((400, 500, 600, 750, 1000), most_nights=10, from_age=10),
        "MIL": _person((250, 350, 460, 630, 700), most_nights=14),
        "BCN": _person((500, 500, 550, 670, 850), most_nights=7, from_age=16),
        "PMI": _person((100, 100, 200, 300, 400), from_age=16),
        "LIS": _person(_each(400), most_nights=7, from_age=13),
        "OPO": _person(_each(300), most_nights=7, from_age=13),
        "NL": _person(_each(320)),
        "AMS": _share("12.5"),
        "BER": _share("7.5"),
        "HAM": _person((60, 120, 180, 240, 300)),
        "CGN": _share("5"),
        "VIE": _share("3.2"),
        "BUD": _share("4"),
        "AT": _person(_each(210), from_age=15),
        "CH": _person((200, 250, 280, 320, 370), from_age=12),
        "BRU": _room(_each(424)),
        "PRG": _person(_each(200), most_nights=60),
        "GR": _room((200, 200, 500, 1000, 1500), name="Climate resilience fee"),
        "HR": _person(_each(186), from_age=12),
        "SI": _person(_each(313), from_age=7),
        "RO": _share("2"),
        "BG": _person((30, 50, 70, 90, 110)),
        "IS": _room(_each(534)),
        "DXB": _room((175, 250, 250, 375, 500), name="Tourism dirham"),
        "AUH": _room(_each(375), name="Tourism fee"),
        "MY": _room(_each(210), name="Tourism tax"),
        "TYO": _person((0, 0, 60, 120, 120), from_age=0),
        "OSA": _person((0, 120, 180, 240, 300), from_age=0),
        "MV": _person((550, 550, 1100, 1100, 1100), from_age=2),
    }
)
_MORE_ADDED: Final[Mapping[str, tuple[Rule, ...]]] = MappingProxyType(
    {
        "NYC": (Rule(code="city_tax", name="Javits fee", place="added", mode="per_night", cents=_each(323)),),
        "CHI": (Rule(code="city_tax", name="City hotel tax", place="added", percent=Decimal("4.5")),),
    }
)
_RESORT_FEE: Final = Rule(
    code="resort_fee",
    name="Resort fee",
    place="on_site",
    mode="per_night",
    cents=(1500, 1500, 2300, 3200, 4500),
)
_WITH_RESORT_FEES: Final = frozenset({"US", "MX", "DO", "BS", "PR", "AW"})
_CLEANING: Final = Rule(
    code="cleaning_fee", name="Cleaning fee", place="added", mode="per_stay", cents=(2500, 3000, 3500, 4500, 6000)
)
# amenity -> what it costs those who want it
_WANTED: Final[Mapping[str, Rule]] = MappingProxyType(
    {
        "parking": Rule(
            code="parking", name="Parking", place="conditional", mode="per_night", cents=(600, 900, 1400, 2200, 3500)
        ),
        "pets_allowed": Rule(
            code="pet_fee", name="Pet", place="conditional", mode="per_stay", cents=(1000, 1500, 2000, 3000, 5000)
        ),
        "breakfast_room": Rule(
            code="breakfast",
            name="Breakfast",
            place="conditional",
            mode="per_person_per_night",
            cents=(700, 900, 1300, 1900, 3200),
            from_age=6,
        ),
    }
)


def rules_for(hotel: Hotel) -> tuple[Rule, ...]:
    """At most one of them is inside of the advertised price."""
    country, city = hotel.country, hotel.city_code
    found = []
    if country in _VAT_INSIDE:
        found.append(Rule(code="vat", name="VAT", place="in_rate", percent=Decimal(_VAT_INSIDE[country])))
    for row in _ADDED.get(country, "").split():
        code, percent = row.split(":")
        found.append(Rule(code=code, name=_NAMES[code], place="added", percent=Decimal(percent)))
    found.extend(_MORE_ADDED.get(city, ()))
    if hotel.kind == "apartment":
        found.append(_CLEANING)
    if on_site := _ON_SITE.get(city) or _ON_SITE.get(country):
        found.append(on_site)
    if country in _WITH_RESORT_FEES and (hotel.kind == "resort" or (hotel.stars or 0) >= 5):
        found.append(_RESORT_FEE)
    found.extend(rule for amenity, rule in _WANTED.items() if amenity in hotel.amenities)
    return tuple(rule for rule in found if rule.percent or by_stars(rule.cents, hotel))


def by_stars(row: tuple[int, int, int, int, int], hotel: Hotel) -> int:
    """Half a star counts as none; where nobody gives stars it is like two."""
    return row[max(1, min(5, int(hotel.stars or 2))) - 1]
