"""The cities of the world with the airports that serve them, by IATA code."""

import csv
import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Final

import msgspec

from sandbox.airports import AirportFact, airports
from sandbox.stations import Rank, rank

_EARTH_RADIUS_KM: Final = 6371.0
_KM_PER_DEGREE: Final = 111.2
OUTSKIRTS_KM: Final = 14.0  # no hotel is farther from its city's centre or from one of its airports


class City(msgspec.Struct, frozen=True, kw_only=True):
    """`latitude` and `longitude` are its centre; where there is no city, only an airfield, those of the airfield."""

    code: str
    number: int
    name: str
    country: str
    latitude: float
    longitude: float
    population: int
    timezone: str
    airports: tuple[AirportFact, ...]

    @property
    def rank(self) -> Rank:
        return max(rank(airport.iata) for airport in self.airports)


@cache
def cities() -> Mapping[str, City]:
    """Every code under which a city is known, metropolitan or of one of its airports, and the city.

    Two codes of one place, such as a big airport's and that of the airfield next to it, mean the same city.
    """
    served: defaultdict[str, list[AirportFact]] = defaultdict(list)
    places = _places()
    for airport in airports().values():
        served[airport.city_code or airport.iata].append(airport)
    together: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for code in served:
        place = places.get(code)
        together[(place["name"], place["country"], place["latitude"], place["longitude"]) if place else (code,)].append(
            code
        )
    found: dict[str, City] = {}
    for number, codes in enumerate(sorted(together.values())):
        there = tuple(airport for code in codes for airport in served[code])
        main = min(codes, key=lambda code: (-max(rank(airport.iata) for airport in served[code]), code))
        city = _city(main, number, there, places.get(main))
        found |= dict.fromkeys((*codes, *(airport.iata for airport in there)), city)
    return MappingProxyType(found)


def _city(code: str, number: int, there: tuple[AirportFact, ...], place: Mapping[str, str] | None) -> City:
    first = there[0]
    if place is None:
        return City(
            code=code,
            number=number,
            name=first.city,
            country=first.country,
            latitude=first.latitude,
            longitude=first.longitude,
            population=0,
            timezone=first.timezone,
            airports=there,
        )
    return City(
        code=code,
        number=number,
        name=place["name"],
        country=place["country"],
        latitude=float(place["latitude"]),
        longitude=float(place["longitude"]),
        population=int(place["population"]),
        timezone=place["timezone"],
        airports=there,
    )


def _places() -> Mapping[str, Mapping[str, str]]:
    """The rows of the list of cities. An airport without a row has no city near."""
    text = (resources.files("adapters.open_data") / "cities.csv").read_text(encoding="utf-8")
    return {row["code"]: row for row in csv.DictReader(text.splitlines())}


@cache
def _by_number() -> Mapping[int, City]:
    return MappingProxyType({city.number: city for city in cities().values()})


def city_numbered(number: int) -> City | None:
    return _by_number().get(number)


def distance_km(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Great-circle distance, exact for metres too."""
    one, other = math.radians(latitude), math.radians(other_latitude)
    half = math.sin((other - one) / 2) ** 2
    half += math.cos(one) * math.cos(other) * math.sin(math.radians(other_longitude - longitude) / 2) ** 2
    return 2 * _EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(half)))


@cache
def _sites() -> tuple[tuple[float, float, City], ...]:
    """The centres and the airports of all cities, from south to north."""
    spots = {(city.latitude, city.longitude, city.number) for city in _by_number().values()}
    spots |= {
        (airport.latitude, airport.longitude, city.number)
        for city in _by_number().values()
        for airport in city.airports
    }
    return tuple((latitude, longitude, _by_number()[number]) for latitude, longitude, number in sorted(spots))


def cities_near(latitude: float, longitude: float, radius_km: float) -> tuple[City, ...]:
    """Those that may have a hotel within the radius."""
    reach = radius_km + OUTSKIRTS_KM
    south, north = (latitude + sign * reach / _KM_PER_DEGREE for sign in (-1, 1))
    first = bisect_left(_sites(), south, key=lambda site: site[0])
    last = bisect_right(_sites(), north, key=lambda site: site[0])
    found = {
        city.number: city
        for site_latitude, site_longitude, city in _sites()[first:last]
        if distance_km(latitude, longitude, site_latitude, site_longitude) <= reach
    }
    return tuple(found.values())


def warm() -> None:
    cities()
    _sites()
