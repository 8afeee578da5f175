"""Where in a city hotels stand: dense in the middle, thinning out over its quarters, and a cluster at each airport."""

import math
from collections.abc import Iterable
from itertools import chain, repeat
from random import Random
from typing import Final

import msgspec

from sandbox.chance import generator
from sandbox.hotels.cities import City
from sandbox.hotels.countries import country
from sandbox.hotels.tongues import tongues
from sandbox.stations import Rank, rank

_KM_PER_DEGREE: Final = 111.2
_POSTAL: Final = {"#": "123456789", "@": "ABCDEFGHJKLMNP"}
_SMALLEST_KM, _LARGEST_KM = 1.2, 7.5  # from the centre to the farthest quarter
_FARTHEST_KM: Final = 2.4  # from the middle of the quarter


class Point(msgspec.Struct, frozen=True, kw_only=True):
    latitude: float
    longitude: float

    def moved(self, km: float, bearing: float) -> "Point":
        """`bearing` in radians, 0 is north. Flat, which is right to the metre within a city."""
        north, east = km * math.cos(bearing), km * math.sin(bearing)
        shrunk = max(0.05, math.cos(math.radians(self.latitude)))
        longitude = self.longitude + east / _KM_PER_DEGREE / shrunk
        return Point(
            latitude=round(max(-89.9, min(89.9, self.latitude + north / _KM_PER_DEGREE)), 6),
            longitude=round((longitude + 180) % 360 - 180, 6),
        )


class Quarter(msgspec.Struct, frozen=True, kw_only=True):
    """`km` is how far its middle is from the city's, `draw` how many hotels it draws, relative to the others.

    `airport` is the IATA code where the quarter is nothing but the surroundings of one.
    """

    name: str
    middle: Point
    size_km: float
    km: float
    draw: float
    postal_code: str | None
    airport: str | None


def quarters(city: City, seed: int) -> tuple[Quarter, ...]:
    """The centre first, the airports last."""
    return (*_in_town(city, seed), *_at_airports(city, seed))


def _in_town(city: City, seed: int) -> Iterable[Quarter]:
    chance = generator(seed, "quarters", city.code)
    names = tongues()[country(city.country).tongue].quarter
    reach = max(_SMALLEST_KM, min(_LARGEST_KM, 0.8 + math.sqrt(city.population) / 400))
    count = len(names) if city.rank >= Rank.HUB else 6 if city.rank is Rank.LARGE else 3
    centre = Point(latitude=city.latitude, longitude=city.longitude)
    for position, name in enumerate((names[0], *chance.sample(names[1:], count - 1))):
        km = reach * (position / count) ** 0.8 * chance.uniform(0.8, 1.2)
        yield Quarter(
            name=name,
            middle=centre.moved(km, chance.uniform(0, 2 * math.pi)),
            size_km=0.5 + reach / 12,
            km=km,
            draw=4.0 if position == 0 else 1.5 / (0.4 + km / reach),
            postal_code=postal_code(city, chance),
            airport=None,
        )


def _at_airports(city: City, seed: int) -> Iterable[Quarter]:
    for airport in city.airports:
        busy = rank(airport.iata)
        if busy is Rank.SMALL and city.population:
            continue  # nobody sleeps at an airfield where there is a town
        middle = Point(latitude=airport.latitude, longitude=airport.longitude)
        yield Quarter(
            name=f"{airport.city} Airport" if len(city.airports) == 1 else airport.name,
            middle=middle.moved(0.9, generator(seed, "gate", airport.iata).uniform(0, 2 * math.pi)),
            size_km=0.7,
            km=15.0,
            draw=0.6 + 0.5 * busy,
            postal_code=postal_code(city, generator(seed, "postal code", airport.iata)),
            airport=airport.iata,
        )


def postal_code(city: City, chance: Random) -> str | None:
    """In the country's form; the first two places are the city's, the rest the quarter's."""
    form = country(city.country).postal_form
    if form is None:
        return None
    own = generator(0, "post of", city.name, city.country)
    sources = chain((own, own), repeat(chance))
    return "".join(next(sources).choice(_POSTAL[sign]) if sign in _POSTAL else sign for sign in form)


def spot(quarter: Quarter, chance: Random) -> Point:
    km = min(_FARTHEST_KM, abs(chance.gauss(0, quarter.size_km)))
    return quarter.middle.moved(km, chance.uniform(0, 2 * math.pi))
