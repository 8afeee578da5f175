"""The routes that sources have told of: flight numbers between airports, on no particular day."""

from collections.abc import Iterable
from datetime import datetime, time
from typing import Final

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.aviation import FlightNumber, Route
from domain.searches import SkippedRecord
from storage import sightings
from storage.tables import ROUTES

_PLAIN: Final = ("airline", "origin", "destination", "origin_terminal", "destination_terminal")
_COLUMNS: Final = ("key", "carrier", "number", "departs", "arrives", *_PLAIN)


async def upsert(
    connection: AsyncConnection, routes: Iterable[Route], *, source: str, seen_at: datetime
) -> tuple[SkippedRecord, ...]:
    """Hold all of them; what is left out because a later one is the same flight at the same hour is named."""
    latest: dict[str, Route] = {}
    skipped = []
    for route in routes:
        if (other := latest.get(route.key)) is not None and other != route:
            skipped.append(SkippedRecord(where=route.key, why="is told twice, and not the same both times"))
        latest[route.key] = route
    rows = [_row(key, route) for key, route in latest.items()]
    await sightings.record(connection, ROUTES, _COLUMNS, rows, source=source, seen_at=seen_at)
    return tuple(skipped)


async def mark_vanished(
    connection: AsyncConnection, *, source: str, before: datetime, at: datetime
) -> sightings.Missing:
    """See `sightings.mark_vanished`."""
    return await sightings.mark_vanished(connection, ROUTES, source=source, before=before, at=at)


async def between(connection: AsyncConnection, origin: str, destination: str) -> tuple[Route, ...]:
    """What is flown between two airports now, by departure and flight number."""
    flown = select(ROUTES).where(
        ROUTES.c.origin == origin, ROUTES.c.destination == destination, ROUTES.c.vanished_at.is_(None)
    )
    found = await connection.execute(flown.order_by(ROUTES.c.departs, ROUTES.c.key))
    return tuple(_route(row) for row in found)


async def count(connection: AsyncConnection) -> int:
    """Routes that have not vanished."""
    return await sightings.count(connection, ROUTES)


def _row(key: str, route: Route) -> tuple[object, ...]:
    clocks = (_written(route.departs), _written(route.arrives))
    return (key, route.flight.carrier, route.flight.number, *clocks, *(getattr(route, name) for name in _PLAIN))


def _route(row: Row[tuple[object, ...]]) -> Route:
    held = row._mapping  # noqa: SLF001 -- SQLAlchemy's public name for a row as a mapping
    return Route(
        flight=FlightNumber(carrier=held["carrier"], number=held["number"]),
        departs=None if held["departs"] is None else time.fromisoformat(held["departs"]),
        arrives=None if held["arrives"] is None else time.fromisoformat(held["arrives"]),
        **{name: held[name] for name in _PLAIN},
    )


def _written(clock: time | None) -> str | None:
    return None if clock is None else clock.isoformat("minutes")
