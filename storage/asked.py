"""What each caller has searched for: every question once, with when and how often."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import delete, func, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.queries import Query
from storage.tables import ASKED_SEARCHES

MOST_FOR_EACH: Final = 1000  # questions of one caller
_MOST_DROPPED: Final = 10_000  # at once


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """That somebody has asked something so many times, and when for the first and the last time."""

    caller: str
    query: Query
    times: int
    first_asked_at: datetime
    last_asked_at: datetime


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """One question of a caller."""

    query: Query
    times: int
    first_asked_at: datetime
    last_asked_at: datetime


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where a page ended, the newest questions first."""

    last_asked_at: datetime
    search_id: str


async def note(connection: AsyncConnection, notes: Iterable[Note]) -> None:
    """Add them to what is held; one for each caller and question."""
    rows = [
        {
            "caller": one.caller,
            "search_id": one.query.id,
            "query": one.query,
            "times": one.times,
            "first_asked_at": one.first_asked_at,
            "last_asked_at": one.last_asked_at,
        }
        # In the order of the key, so that two at once wait for each other instead of each for the other.
        for one in sorted(notes, key=lambda one: (one.caller, one.query.id))
    ]
    if not rows:
        return
    statement = insert(ASKED_SEARCHES)
    grown = {
        "first_asked_at": func.least(ASKED_SEARCHES.c.first_asked_at, statement.excluded.first_asked_at),
        "times": ASKED_SEARCHES.c.times + statement.excluded.times,
        "last_asked_at": func.greatest(ASKED_SEARCHES.c.last_asked_at, statement.excluded.last_asked_at),
    }
    await connection.execute(statement.on_conflict_do_update(index_elements=["caller", "search_id"], set_=grown), rows)


async def newest(connection: AsyncConnection, caller: str, *, after: Place | None, at_most: int) -> tuple[Asked, ...]:
    """The newest first, from behind the place on."""
    wanted = select(ASKED_SEARCHES).where(ASKED_SEARCHES.c.caller == caller)
    if after is not None:
        order = tuple_(ASKED_SEARCHES.c.last_asked_at, ASKED_SEARCHES.c.search_id)
        wanted = wanted.where(order < (after.last_asked_at, after.search_id))
    order_by = ASKED_SEARCHES.c.last_asked_at.desc(), ASKED_SEARCHES.c.search_id.desc()
    found = await connection.execute(wanted.order_by(*order_by).limit(at_most))
    return tuple(
        Asked(
            query=msgspec.convert(row["query"], Query),
            times=row["times"],
            first_asked_at=row["first_asked_at"],
            last_asked_at=row["last_asked_at"],
        )
        for row in found.mappings()
    )


async def count(connection: AsyncConnection, caller: str) -> int:
    counted = select(func.count()).select_from(ASKED_SEARCHES).where(ASKED_SEARCHES.c.caller == caller)
    return int((await connection.execute(counted)).scalar_one())


async def forget(connection: AsyncConnection, caller: str) -> int:
    """Everything that this caller has asked; how many questions."""
    dropped = await connection.execute(delete(ASKED_SEARCHES).where(ASKED_SEARCHES.c.caller == caller))
    return dropped.rowcount


async def drop_old(connection: AsyncConnection, *, before: datetime) -> int:
    """What was last asked before then, a bounded number at a time; none means that none is left."""
    doomed = (
        select(ASKED_SEARCHES.c.caller, ASKED_SEARCHES.c.search_id)
        .where(ASKED_SEARCHES.c.last_asked_at < before)
        .order_by(ASKED_SEARCHES.c.last_asked_at)
        .limit(_MOST_DROPPED)
        .with_for_update(skip_locked=True)
    )
    key = tuple_(ASKED_SEARCHES.c.caller, ASKED_SEARCHES.c.search_id)
    dropped = await connection.execute(delete(ASKED_SEARCHES).where(key.in_(doomed)))
    return dropped.rowcount


async def drop_beyond(connection: AsyncConnection, *, most: int = MOST_FOR_EACH) -> int:
    """Of callers with more than so many questions the oldest ones, a bounded number at a time."""
    newest_first = ASKED_SEARCHES.c.last_asked_at.desc(), ASKED_SEARCHES.c.search_id.desc()
    ranked = select(
        ASKED_SEARCHES.c.caller,
        ASKED_SEARCHES.c.search_id,
        func.row_number().over(partition_by=ASKED_SEARCHES.c.caller, order_by=newest_first).label("place"),
    ).subquery()
    doomed = select(ranked.c.caller, ranked.c.search_id).where(ranked.c.place > most).limit(_MOST_DROPPED)
    key = tuple_(ASKED_SEARCHES.c.caller, ASKED_SEARCHES.c.search_id)
    dropped = await connection.execute(delete(ASKED_SEARCHES).where(key.in_(doomed)))
    return dropped.rowcount
