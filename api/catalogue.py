"""Airports, their cities and airlines in process memory, as PostgreSQL had them when it last answered."""

import asyncio
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import msgspec
from sqlalchemy.ext.asyncio import AsyncEngine

from api import answers, bodies, names, present
from api.bodies import Coding, Rendering
from domain.catalogue import Subject, SyncJob
from domain.places import Atlas, City
from storage import airlines, airports, cities, sync_jobs
from storage.airlines import ListedAirline
from storage.airports import ListedAirport
from storage.engine import transaction


class Contents(msgspec.Struct, frozen=True, kw_only=True):
    """One state of the catalogue. `index` finds the airports and airlines that a traveller means."""

    atlas: Atlas
    airports: tuple[ListedAirport, ...]
    airlines: tuple[ListedAirline, ...]
    cities: tuple[City, ...]
    airport_index: names.Index[ListedAirport]
    airline_index: names.Index[ListedAirline]
    by_iata: Mapping[str, ListedAirport]
    by_designator: Mapping[str, ListedAirline]
    all_airports: Mapping[Coding, Rendering]
    all_airlines: Mapping[Coding, Rendering]


_OFFLINE: Final = "public, max-age=3600"

# What the last sync of each subject looks like: as long as it looks the same, so do the airports and airlines.
_Syncs = tuple[SyncJob | None, ...]


class Catalogue:
    """`contents` is None until PostgreSQL has answered once; what is held stays while it is away."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine: Final = engine
        self._syncs: _Syncs = ()
        self.contents: Contents | None = None

    @property
    def empty(self) -> bool:
        """Not loaded yet, or loaded before the first sync."""
        return self.contents is None or not self.contents.airports

    async def load(self) -> bool:
        """Read everything where something may have changed; True when it was. Raises StorageDown.

        Twenty thousand rows take a tenth of a second of this process, so a look that finds no new sync reads none.
        """
        async with transaction(self._engine) as connection:
            syncs = tuple([await sync_jobs.latest(connection, subject) for subject in Subject])
            if syncs == self._syncs and not self.empty:
                return False
            every_airport = await airports.every(connection)
            every_airline = await airlines.every(connection)
            every_city = await cities.every(connection)
        self.contents = await asyncio.to_thread(contents, every_airport, every_airline, every_city)
        self._syncs = syncs
        return True


def contents(
    every_airport: tuple[ListedAirport, ...], every_airline: tuple[ListedAirline, ...], every_city: tuple[City, ...]
) -> Contents:
    return Contents(
        atlas=Atlas((listed.airport for listed in every_airport), every_city),
        airports=every_airport,
        airlines=every_airline,
        cities=every_city,
        airport_index=names.Index(
            (listed, _airport_words(listed)) for listed in every_airport if not listed.vanished_at
        ),
        airline_index=names.Index(
            (listed, _airline_words(listed)) for listed in every_airline if not listed.vanished_at
        ),
        by_iata=MappingProxyType({listed.airport.iata: listed for listed in every_airport}),
        by_designator=MappingProxyType(_by_designator(every_airline)),
        all_airports=_in_every_coding(_airport_list(every_airport)),
        all_airlines=_in_every_coding(_airline_list(every_airline)),
    )


def _airport_list(every: tuple[ListedAirport, ...]) -> answers.AirportList:
    shown = tuple(present.airport(listed.airport, vanished_at=listed.vanished_at) for listed in every)
    return answers.AirportList(data=shown, page=answers.Page(next=None, total=len(shown)))


def _airline_list(every: tuple[ListedAirline, ...]) -> answers.AirlineList:
    shown = tuple(present.airline(listed.airline, vanished_at=listed.vanished_at) for listed in every)
    return answers.AirlineList(data=shown, page=answers.Page(next=None, total=len(shown)))


def _in_every_coding(everything: msgspec.Struct) -> Mapping[Coding, Rendering]:
    """Megabytes, compressed when they change and never for a request."""
    body = msgspec.json.encode(everything)
    version = bodies.digest(body)
    return MappingProxyType(
        {
            coding: bodies.rendering(body, coding, version=f"{version}-{coding}", cache_control=_OFFLINE)
            for coding in Coding
        }
    )


def _airport_words(listed: ListedAirport) -> names.Known:
    airport = listed.airport
    groups = (airport.city_code, airport.icao)
    return names.Known(code=airport.iata, groups=groups, titles=(airport.city, airport.name))


def _airline_words(listed: ListedAirline) -> names.Known:
    airline = listed.airline
    code = airline.iata or airline.icao or ""
    return names.Known(code=code, groups=(airline.icao,), titles=(airline.name, airline.callsign or ""))


def _by_designator(every: tuple[ListedAirline, ...]) -> dict[str, ListedAirline]:
    """Two airlines may share an IATA designator over time: the one that flies goes before the one that has ended."""
    ranked = sorted(every, key=lambda listed: (listed.vanished_at is None, listed.airline.active is not False))
    return {code: listed for listed in ranked for code in (listed.airline.iata, listed.airline.icao) if code}
