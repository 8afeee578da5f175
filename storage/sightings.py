"""What airports and airlines have in common: each row says who told of it, when last, and since when it is missed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

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


async def mark_vanished(
    connection: AsyncConnection, table: Table, *, source: str, before: datetime, at: datetime
) -> int:
    """Mark what this source told of, but not since `before`; how many were not marked yet.

    Rows whose last word came from another source stay as they are: this one may simply not know them.
    """
    missed = (table.c.source == source) & (table.c.last_seen_at < before) & table.c.vanished_at.is_(None)
    marked = await connection.execute(update(table).where(missed).values(vanished_at=at))
    return marked.rowcount


async def count(connection: AsyncConnection, table: Table) -> int:
    """Rows that have not vanished."""
    found = await connection.execute(select(func.count()).select_from(table).where(table.c.vanished_at.is_(None)))
    return found.scalar_one()
