"""What airports and airlines have in common: each row says who told of it, when last, and since when it is missed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import Table, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import copy

COLUMNS: Final = ("source", "first_seen_at", "last_seen_at", "vanished_at")


async def record(
    connection: AsyncConnection,
    table: Table,
    columns: Sequence[str],
    rows: Sequence[tuple[object, ...]],
    *,
    source: str,
    seen_at: datetime,
) -> None:
    """The rows are there and no longer missed; the source owns them from now on."""
    seen = (source, seen_at, seen_at, None)
    await copy.upsert(
        connection, table, (*columns, *COLUMNS), [(*row, *seen) for row in rows], only_at_first=("first_seen_at",)
    )


class Missing(msgspec.Struct, frozen=True, kw_only=True):
    """Rows that a source no longer tells of: `marked` as vanished now, or `spared` because too many went at once."""

    marked: int = 0
    spared: int = 0


async def mark_vanished(
    connection: AsyncConnection, table: Table, *, source: str, before: datetime, at: datetime
) -> Missing:
    """Mark what this source told of, but not since `before`, and count what was not marked yet.

    Rows whose last word came from another source stay as they are: this one may simply not know them. A source that
    has lost more rows than it still lists is not believed: airports do not close by the thousand, exports break.
    """
    ours = (table.c.source == source) & table.c.vanished_at.is_(None)
    missed = ours & (table.c.last_seen_at < before)
    counted = select(
        func.count().filter(table.c.last_seen_at < before), func.count().filter(table.c.last_seen_at >= before)
    ).where(ours)
    gone, listed = (await connection.execute(counted)).one()
    if gone > listed:
        return Missing(spared=gone)
    marked = await connection.execute(update(table).where(missed).values(vanished_at=at))
    return Missing(marked=marked.rowcount)


async def count(connection: AsyncConnection, table: Table) -> int:
    """Rows that have not vanished."""
    found = await connection.execute(select(func.count()).select_from(table).where(table.c.vanished_at.is_(None)))
    return found.scalar_one()
