"""What travellers ask for, and how often."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

import msgspec
from sqlalchemy import case, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.queries import Query
from storage.tables import SEARCHES

FORGOTTEN_AFTER: Final = timedelta(days=7)  # a question that nobody asked for so long starts again from nothing


async def note_asked(connection: AsyncConnection, counts: Mapping[Query, int], *, at: datetime) -> None:
    """Add how often each was asked since the last note."""
    if not counts:
        return
    rows = [
        {"id": query.id, "vertical": query.vertical, "query": query, "asked_count": count, "last_asked_at": at}
        for query, count in sorted(counts.items(), key=lambda item: item[0].id)
    ]
    statement = insert(SEARCHES)
    added = case(
        (SEARCHES.c.last_asked_at < at - FORGOTTEN_AFTER, statement.excluded.asked_count),
        else_=SEARCHES.c.asked_count + statement.excluded.asked_count,
    )
    await connection.execute(
        statement.on_conflict_do_update(index_elements=["id"], set_={"asked_count": added, "last_asked_at": at}), rows
    )


async def popular(connection: AsyncConnection, *, since: datetime, at_most: int) -> tuple[Query, ...]:
    """What was asked at least once since then, most often asked first."""
    found = await connection.execute(
        select(SEARCHES.c.query)
        .where(SEARCHES.c.last_asked_at >= since)
        .order_by(SEARCHES.c.asked_count.desc(), SEARCHES.c.id)
        .limit(at_most)
    )
    return tuple(msgspec.convert(document, Query) for document in found.scalars())


async def forget(connection: AsyncConnection, *, before: datetime) -> int:
    """Drop what was last asked before then; how many."""
    dropped = await connection.execute(delete(SEARCHES).where(SEARCHES.c.last_asked_at < before))
    return dropped.rowcount
