"""What a hotel is called and where it stands, before it is furnished."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import count
from random import Random
from typing import Final

import msgspec

from sandbox.hotels.chains import BRANDS, Brand
from sandbox.hotels.cities import City
from sandbox.hotels.countries import country
from sandbox.hotels.facts import HotelKind
from sandbox.hotels.quarters import Point, Quarter, spot
from sandbox.hotels.tongues import Tongue, tongues

# kind -> how many of 100 houses are of it
_KINDS: Final[dict[HotelKind, int]] = {"hotel": 68, "apartment": 13, "guest_house": 10, "hostel": 5, "resort": 4}
_OF_A_CHAIN: Final = 0.42
_AT_AN_AIRPORT_OF_A_CHAIN: Final = 0.85
_SOFT_BRAND: Final = 0.06  # an own name under the roof of a chain
_RENAMED: Final = 0.04
_STARS: Final[dict[HotelKind, tuple[str | None, ...]]] = {
    "hotel": ("2", "3", "3", "3", "3.5", "4", "4", "4", "4.5", "5"),
    "apartment": (None, None, "3", "3.5", "4"),
    "guest_house": (None, None, "2", "2.5", "3"),
    "hostel": (None, None, "1", "2"),
    "resort": ("3.5", "4", "4.5", "5"),
}
_PATTERNS_OF_HOSTELS: Final = ("* Hostel", "Hostel *", "* Backpackers")
_PATTERNS_OF_RESORTS: Final = ("* Resort & Spa", "* Beach Resort", "Resort *")
_NICE_IDEAS: Final = 6
_RESORTS_FROM_KM: Final = 1.5  # from the middle of the city
_WITH_ITS_QUARTER: Final = 0.15
_WITHOUT_THE_CITY: Final = 0.3


class Sketch(msgspec.Struct, frozen=True, kw_only=True):
    """`house` is the number in `street`, which is a pattern with # for it."""

    name: str
    former_name: str | None = None
    brand: Brand | None = None
    kind: HotelKind
    stars: Decimal | None
    point: Point
    quarter: Quarter
    street: str
    house: int


def tongue_of(city: City) -> Tongue:
    return tongues()[country(city.country).tongue]


def sketched(city: City, places: Sequence[Quarter], chance: Random, *, taken: set[str]) -> Sketch:
    """An ordinary house. Its name joins those that are `taken` in the city."""
    quarter = chance.choices(places, weights=[place.draw for place in places])[0]
    brand = _brand(quarter, chance)
    kind = brand.kind if brand else chance.choices(tuple(_KINDS), weights=tuple(_KINDS.values()))[0]
    name = next(name for name in _ideas(city, quarter, brand, kind, chance) if name not in taken)
    taken.add(name)
    roof = chance.choice(tuple(BRANDS.values())) if kind == "hotel" and chance.random() < _SOFT_BRAND else None
    return Sketch(
        name=name,
        former_name=own_name(city, quarter, kind, chance) if chance.random() < _RENAMED else None,
        brand=brand or roof,
        kind=kind,
        stars=Decimal(brand.stars) if brand else _stars(kind, chance),
        point=spot(quarter, chance),
        quarter=quarter,
        street=street(city, chance),
        house=chance.randrange(1, 180),
    )


def _brand(quarter: Quarter, chance: Random) -> Brand | None:
    if chance.random() >= (_AT_AN_AIRPORT_OF_A_CHAIN if quarter.airport else _OF_A_CHAIN):
        return None
    at_the_edge = quarter.km >= _RESORTS_FROM_KM and quarter.airport is None
    return chance.choice([brand for brand in BRANDS.values() if at_the_edge or brand.kind != "resort"])


def _stars(kind: HotelKind, chance: Random) -> Decimal | None:
    told = chance.choice(_STARS[kind])
    return None if told is None else Decimal(told)


def _ideas(city: City, quarter: Quarter, brand: Brand | None, kind: HotelKind, chance: Random) -> Iterator[str]:
    """Names for a house until one is free: first short ones, then with the street, at last with a number."""
    for number in count(1):
        name = branded(brand, city, quarter, chance) if brand else own_name(city, quarter, kind, chance)
        if number <= _NICE_IDEAS:
            yield name
        elif number <= 2 * _NICE_IDEAS:
            yield f"{name} {chance.choice(tongue_of(city).street)}"
        else:
            yield f"{name} {number}"


def own_name(city: City, quarter: Quarter, kind: HotelKind, chance: Random) -> str:
    tongue = tongue_of(city)
    patterns: dict[HotelKind, tuple[str, ...]] = {
        "hotel": tongue.hotel,
        "apartment": tongue.apartment,
        "guest_house": tongue.guest_house,
        "hostel": _PATTERNS_OF_HOSTELS,
        "resort": _PATTERNS_OF_RESORTS,
    }
    name = chance.choice(patterns[kind]).replace("*", chance.choice(tongue.name))
    return f"{name} {quarter.name}" if chance.random() < _WITH_ITS_QUARTER else name


def branded(brand: Brand, city: City, quarter: Quarter, chance: Random) -> str:
    """A chain says where its house is: the city, mostly, and the quarter."""
    if quarter.airport or chance.random() < _WITHOUT_THE_CITY:
        return f"{brand.name} {quarter.name}"
    return f"{brand.name} {city.name} {quarter.name}"


def street(city: City, chance: Random) -> str:
    """With # in the place of the house's number."""
    tongue = tongue_of(city)
    return chance.choice(tongue.road).replace("*", chance.choice(tongue.street))
