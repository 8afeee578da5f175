"""Everything that can be suggested, as the catalogue and the books had it when they were last looked at."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from sqlalchemy.ext.asyncio import AsyncEngine

from api.catalogue import Catalogue, Contents
from api.hotels.cities import Destinations
from api.names import folded
from api.search.index import Entry, Index, Kind
from domain.places import Airport, City
from storage import suggested
from storage.engine import transaction
from storage.suggested import KnownHotel, State

# Weights are in people. Of a city's people so many come to each of its airports, at most; a flight number and a
# review stand for so many, and so does each supplier of a hotel.
_OF_A_CITY: Final = 2
_FOR_A_FLIGHT: Final = 2_000
_FOR_A_REVIEW: Final = 10
_FOR_A_SUPPLIER: Final = 1_000
# An index is built in a thread of this process, which answers more slowly meanwhile: in a fiftieth of the time.
_REST: Final = 50


class Gazetteer:
    """`index` is None until airports are known; what is held stays while PostgreSQL is away."""

    def __init__(self, engine: AsyncEngine, catalogue: Catalogue) -> None:
        self._engine: Final = engine
        self._catalogue: Final = catalogue
        self._built_of: tuple[Contents, State] | None = None
        self._rests_until = 0.0
        self.index: Index | None = None
        self.destinations: Destinations | None = None

    async def load(self) -> bool:
        """Build the index anew where something has changed; True when it was. Raises StorageDown.

        Hotels become known with every search, so they wait until the last build has been paid for.
        """
        contents = self._catalogue.contents
        if contents is None or self._catalogue.empty:
            return False
        async with transaction(self._engine) as connection:
            state = await suggested.state(connection)
            if self._built_of == (contents, state) or (self._same_places(contents) and self._rests()):
                return False
            hotels = await suggested.hotels(connection)
            flights = await suggested.flights_from(connection)
        began = time.monotonic()
        self.index, self.destinations = await asyncio.to_thread(_built, contents, hotels, flights)
        self._built_of = contents, state
        self._rests_until = time.monotonic() + _REST * (time.monotonic() - began)
        return True

    def _same_places(self, contents: Contents) -> bool:
        return self._built_of is not None and self._built_of[0] is contents

    def _rests(self) -> bool:
        return time.monotonic() < self._rests_until


def _built(
    contents: Contents, hotels: Collection[KnownHotel], flights: Mapping[str, int]
) -> tuple[Index, Destinations]:
    airports = tuple(listed.airport for listed in contents.airports if not listed.vanished_at)
    places = Destinations(once_each(contents.cities, airports), (hotel.location for hotel in hotels))
    return Index(entries(airports, contents.cities, hotels, flights)), places


def entries(
    airports: Collection[Airport], cities: Collection[City], hotels: Iterable[KnownHotel], flights: Mapping[str, int]
) -> Iterator[Entry]:
    """`flights` counts flight numbers by the airport that they leave."""
    people = {city.code: city.population for city in cities}
    serving = _serving(airports)
    yield from (_airport(airport, people, flights) for airport in airports)
    yield from (_city(city, serving[city.code]) for city in once_each(cities, airports))
    yield from map(_hotel, hotels)


def once_each(cities: Iterable[City], airports: Iterable[Airport]) -> Collection[City]:
    """A city that goes by several codes, by that of most of its airports."""
    serving = _serving(airports)
    best: dict[tuple[str, str, int], City] = {}
    for city in cities:
        key = (city.name, city.country, city.population)
        other = best.get(key)
        if other is None or len(serving[city.code]) > len(serving[other.code]):
            best[key] = city
    return best.values()


def _serving(airports: Iterable[Airport]) -> Mapping[str, list[str]]:
    """The airports of each city; none for a city that has none."""
    serving: defaultdict[str, list[str]] = defaultdict(list)
    for airport in airports:
        serving[airport.city_code or ""].append(airport.iata)
    return serving


def _city(city: City, serves: Iterable[str]) -> Entry:
    """Also found where somebody forgets the space between its words."""
    return Entry(
        kind=Kind.CITY,
        id=city.code,
        code=city.code,
        name=city.name,
        country=city.country,
        location=city.location,
        titles=(city.name,),
        further=(folded(city.name).replace(" ", ""),),
        serves=tuple(sorted(serves)),
        weight=city.population,
    )


def _airport(airport: Airport, people: Mapping[str, int], flights: Mapping[str, int]) -> Entry:
    come = people.get(airport.city_code or "", 0) // _OF_A_CITY
    return Entry(
        kind=Kind.AIRPORT,
        id=airport.iata,
        code=airport.iata,
        name=airport.name,
        city=airport.city,
        country=airport.country,
        location=airport.location,
        groups=tuple(code for code in (airport.city_code, airport.icao) if code and code != airport.iata),
        titles=(airport.name, airport.city),
        weight=come + _FOR_A_FLIGHT * flights.get(airport.iata, 0),
    )


def _hotel(hotel: KnownHotel) -> Entry:
    return Entry(
        kind=Kind.HOTEL,
        id=hotel.id,
        name=hotel.name,
        city=hotel.city,
        country=hotel.country,
        location=hotel.location,
        titles=(hotel.name,),
        further=(hotel.city,) if hotel.city else (),
        weight=_FOR_A_REVIEW * hotel.reviews + _FOR_A_SUPPLIER * hotel.suppliers,
    )
