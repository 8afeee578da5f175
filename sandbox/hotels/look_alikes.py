"""Pairs of hotels that are not the same and look as if they were, which whoever compares sellers has to tell apart."""

import math
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from itertools import cycle, islice
from random import Random
from typing import Final

from msgspec.structs import replace

from sandbox.hotels.chains import BRANDS, Brand
from sandbox.hotels.cities import City
from sandbox.hotels.facts import HotelKind
from sandbox.hotels.quarters import Quarter, spot
from sandbox.hotels.sketches import Sketch, own_name, street, tongue_of

Pair = tuple[Sketch, Sketch]
Case = Callable[[City, Sequence[Quarter], Random], Pair]

_TWO_OF_A_KIND: Final = tuple(brand for brand in BRANDS.values() if brand.sibling and brand.kind == "hotel")


def pairs(city: City, places: Sequence[Quarter], chance: Random, *, count: int) -> Iterator[Pair]:
    """`count` pairs, each case in its turn; the airports stand at the end of `places`."""
    return (case(city, places, chance) for case in islice(cycle(_CASES), count))


def _two_of_a_chain(city: City, places: Sequence[Quarter], chance: Random) -> Pair:
    """A hundred metres apart, under one brand: one is named for the quarter, the other for the street."""
    one = _house(city, _in_town(places, chance), chance, brand=chance.choice(_TWO_OF_A_KIND))
    other = _nearby(one, chance, metres=chance.uniform(80, 120))
    road = chance.choice(tongue_of(city).street)
    return one, replace(other, name=f"{_brand_of(one).name} {city.name} {road}")


def _cheaper_sister(city: City, places: Sequence[Quarter], chance: Random) -> Pair:
    """Door to door, and one word more in the name."""
    one = _house(city, _in_town(places, chance), chance, brand=chance.choice(_TWO_OF_A_KIND))
    sister = BRANDS[_brand_of(one).sibling or ""]
    other = _nearby(one, chance, metres=chance.uniform(15, 45))
    name = one.name.replace(_brand_of(one).name, sister.name, 1)
    return one, replace(other, name=name, brand=sister, stars=Decimal(sister.stars))


def _two_flats(city: City, places: Sequence[Quarter], chance: Random) -> Pair:
    """In one building: one address, one point on the map."""
    quarter = _in_town(places, chance)
    house = replace(_house(city, quarter, chance, kind="apartment"), stars=None)
    first = chance.randrange(2, 40)
    one, other = (f"{house.name} - Apartment {number}" for number in (first, first + chance.randrange(1, 9)))
    return replace(house, name=one), replace(house, name=other)


def _annex(city: City, places: Sequence[Quarter], chance: Random) -> Pair:
    """A house and its second one down the street, which takes guests of its own."""
    one = _house(city, _in_town(places, chance), chance)
    other = _nearby(one, chance, metres=chance.uniform(30, 110))
    lesser = None if one.stars is None else max(Decimal(2), one.stars - 1)
    return one, replace(other, name=f"{one.name} {tongue_of(city).annex}", stars=lesser)


def _old_name_elsewhere(city: City, places: Sequence[Quarter], chance: Random) -> Pair:
    """A house with a new name, whose old one went with its owner to another street."""
    one = _house(city, _in_town(places, chance), chance)
    other = _house(city, one.quarter, chance)
    return replace(one, former_name=other.name), other


def _two_terminals(city: City, places: Sequence[Quarter], chance: Random) -> Pair:
    quarter = next((place for place in reversed(places) if place.airport), places[0])
    one = _house(city, quarter, chance, brand=chance.choice(_TWO_OF_A_KIND))
    other = _nearby(one, chance, metres=chance.uniform(150, 450))
    first = chance.randrange(1, 5)
    name = f"{_brand_of(one).name} {quarter.name} Terminal"
    return replace(one, name=f"{name} {first}"), replace(other, name=f"{name} {first + 1}")


def _one_name_twice(city: City, places: Sequence[Quarter], chance: Random) -> Pair:
    """In two quarters of one city, and nothing to do with each other."""
    here, there = chance.sample([place for place in places if not place.airport], 2)
    one = _house(city, here, chance)
    return one, replace(_house(city, there, chance), name=one.name)


_CASES: Final[tuple[Case, ...]] = (
    _two_of_a_chain,
    _cheaper_sister,
    _two_flats,
    _annex,
    _old_name_elsewhere,
    _two_terminals,
    _one_name_twice,
)


def _in_town(places: Sequence[Quarter], chance: Random) -> Quarter:
    return chance.choice([place for place in places if not place.airport])


def _house(
    city: City, quarter: Quarter, chance: Random, *, brand: Brand | None = None, kind: HotelKind = "hotel"
) -> Sketch:
    name = f"{brand.name} {city.name} {quarter.name}" if brand else own_name(city, quarter, kind, chance)
    return Sketch(
        name=name,
        brand=brand,
        kind=kind,
        stars=Decimal(brand.stars if brand else chance.randrange(3, 5)),
        point=spot(quarter, chance),
        quarter=quarter,
        street=street(city, chance),
        house=chance.randrange(1, 180),
    )


def _brand_of(sketch: Sketch) -> Brand:
    assert sketch.brand is not None
    return sketch.brand


def _nearby(sketch: Sketch, chance: Random, *, metres: float) -> Sketch:
    """Another house in the same street."""
    point = sketch.point.moved(metres / 1000, chance.uniform(0, 2 * math.pi))
    return replace(sketch, point=point, house=sketch.house + chance.randrange(2, 14))
