"""The airlines that sources have told of, each once, whoever told."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Final

import msgspec
from sqlalchemy import Row, Text, any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.places import Airline
from domain.searches import SkippedRecord
from storage import sightings
from storage.tables import AIRLINES

_FIELDS: Final = ("iata", "icao", "name", "country", "callsign", "active")
_fields: Final = attrgetter(*_FIELDS)
_LIFE: Final = {True: 2, None: 1, False: 0}  # who keeps a designator that two airlines of one list share


class ListedAirline(msgspec.Struct, frozen=True, kw_only=True):
    """`vanished_at` is when its source was found to list it no more; such an airline is kept for old journeys."""

    airline: Airline
    source: str
    vanished_at: datetime | None


def identity(airline: Airline) -> str:
    """What makes two records the same airline: the ICAO designator, where there is none the IATA one and the name."""
    if airline.icao is not None:
        return airline.icao
    letters = (c for c in unicodedata.normalize("NFKD", airline.name).casefold() if not unicodedata.combining(c))
    words = "".join(c if c.isalnum() else " " for c in letters).split()
    return " ".join((str(airline.iata), *words))


async def upsert(
    connection: AsyncConnection, airlines: Iterable[Airline], *, source: str, seen_at: datetime
) -> tuple[SkippedRecord, ...]:
    """Hold one airline for each identity; what is left out is named.

    `seen_at` is the same for all pages of one sync: that is how a page knows what the pages before it have brought.
    """
    newcomers = tuple(airlines)
    standing = await _standing(connection, newcomers, source=source, seen_at=seen_at)
    kept, skipped = one_each(newcomers, standing)
    rows = [(identity(airline), *_fields(airline)) for airline in kept]
    await sightings.record(connection, AIRLINES, ("identity", *_FIELDS), rows, source=source, seen_at=seen_at)
    return skipped


def one_each(
    newcomers: Sequence[Airline], standing: Mapping[str, Airline]
) -> tuple[tuple[Airline, ...], tuple[SkippedRecord, ...]]:
    """The newcomers that get their identity, and everybody who goes without.

    A living airline goes before one that may have ended, that before one that has; else whoever came first.
    """
    holders = dict(standing)
    skipped = []
    for airline in newcomers:
        key = identity(airline)
        holder = holders.setdefault(key, airline)
        if holder == airline:
            continue
        left_out, stays = (holder, airline) if _LIFE[airline.active] > _LIFE[holder.active] else (airline, holder)
        holders[key] = stays
        why = f"shares the designator {key} with {stays.name}"
        skipped.append(SkippedRecord(where=f"{left_out.icao or left_out.iata} {left_out.name}", why=why))
    kept = tuple(airline for key, airline in holders.items() if standing.get(key) is not airline)
    return kept, tuple(skipped)


async def mark_vanished(
    connection: AsyncConnection, *, source: str, before: datetime, at: datetime
) -> sightings.Missing:
    """See `sightings.mark_vanished`."""
    return await sightings.mark_vanished(connection, AIRLINES, source=source, before=before, at=at)


async def every(connection: AsyncConnection) -> tuple[ListedAirline, ...]:
    """In the order of their designators, IATA first, then by name; vanished ones too."""
    order = (AIRLINES.c.iata.nulls_last(), AIRLINES.c.icao.nulls_last(), AIRLINES.c.name)
    found = await connection.execute(select(AIRLINES).order_by(*order))
    return tuple(ListedAirline(airline=_airline(row), source=row.source, vanished_at=row.vanished_at) for row in found)


async def count(connection: AsyncConnection) -> int:
    """Airlines that have not vanished."""
    return await sightings.count(connection, AIRLINES)


async def _standing(
    connection: AsyncConnection, newcomers: Sequence[Airline], *, source: str, seen_at: datetime
) -> dict[str, Airline]:
    """What the same sync has brought under the newcomers' identities before."""
    wanted = literal([identity(airline) for airline in newcomers], ARRAY(Text))
    found = await connection.execute(
        select(AIRLINES).where(
            AIRLINES.c.identity == any_(wanted), AIRLINES.c.source == source, AIRLINES.c.last_seen_at == seen_at
        )
    )
    return {row.identity: _airline(row) for row in found}


def _airline(row: Row[tuple[object, ...]]) -> Airline:
    held = row._mapping  # noqa: SLF001 -- SQLAlchemy's public name for a row as a mapping
    return Airline(**{name: held[name] for name in _FIELDS})
