"""The airports that sources have told of."""

from collections.abc import Iterable
from datetime import datetime
from operator import attrgetter
from typing import Final

import msgspec
from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.places import Airport, Point
from domain.searches import SkippedRecord
from storage import sightings
from storage.tables import AIRPORTS

_PLAIN: Final = (
    "iata",
    "icao",
    "name",
    "city",
    "city_code",
    "country",
    "subdivision",
    "timezone",
    "elevation_feet",
)
_COLUMNS: Final = (*_PLAIN, "latitude", "longitude")
_fields: Final = attrgetter(*_PLAIN, "location.latitude", "location.longitude")


class ListedAirport(msgspec.Struct, frozen=True, kw_only=True):
    """`vanished_at` is when its source was found to list it no more; such an airport is kept for old journeys."""

    airport: Airport
    source: str
    vanished_at: datetime | None


async def upsert(
    connection: AsyncConnection, airports: Iterable[Airport], *, source: str, seen_at: datetime
) -> tuple[SkippedRecord, ...]:
    """Hold all of them; what is left out because a later one has the same code is named."""
    latest: dict[str, Airport] = {}
    skipped = []
    for airport in airports:
        if (other := latest.get(airport.iata)) is not None and other != airport:
            skipped.append(SkippedRecord(where=f"{other.iata} {other.name}", why=f"{airport.name} has the same code"))
        latest[airport.iata] = airport
    rows = [_fields(airport) for airport in latest.values()]
    await sightings.record(connection, AIRPORTS, _COLUMNS, rows, source=source, seen_at=seen_at)
    return tuple(skipped)


async def mark_vanished(
    connection: AsyncConnection, *, source: str, before: datetime, at: datetime
) -> sightings.Missing:
    """See `sightings.mark_vanished`."""
    return await sightings.mark_vanished(connection, AIRPORTS, source=source, before=before, at=at)


async def every(connection: AsyncConnection) -> tuple[ListedAirport, ...]:
    """In the order of their codes, vanished ones too."""
    found = await connection.execute(select(AIRPORTS).order_by(AIRPORTS.c.iata))
    return tuple(_listed(row) for row in found)


async def count(connection: AsyncConnection) -> int:
    """Airports that have not vanished."""
    return await sightings.count(connection, AIRPORTS)


def _listed(row: Row[tuple[object, ...]]) -> ListedAirport:
    held = row._mapping  # noqa: SLF001 -- SQLAlchemy's public name for a row as a mapping
    airport = Airport(
        **{name: held[name] for name in _PLAIN},
        location=Point(latitude=held["latitude"], longitude=held["longitude"]),
    )
    return ListedAirport(airport=airport, source=held["source"], vanished_at=held["vanished_at"])
