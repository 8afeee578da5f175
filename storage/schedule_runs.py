"""Which scheduler acts, and what it has fired: each entry of the plan once for each time that it was due."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from storage.engine import postgres_failures
from storage.tables import SCHEDULE_RUNS

_LEADER: Final = 7_246_101_513  # any number, as long as it is ours alone

# The server frees a dead leader's lock when it notices the death: at once where the process died, by these where the
# machine or the network did. 4 + 3 * 2 seconds leave time to take over within 15. Without effect on a local socket.
_KEEPALIVES: Final = {"tcp_keepalives_idle": "4", "tcp_keepalives_interval": "2", "tcp_keepalives_count": "3"}


@asynccontextmanager
async def candidacy(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A connection of its own for `try_lead`, closed at the end together with the lead. Raises StorageDown."""
    with postgres_failures():
        async with engine.connect() as plain:
            connection = await plain.execution_options(isolation_level="AUTOCOMMIT")
            try:
                await connection.execute(
                    select(*(func.set_config(name, value, False) for name, value in _KEEPALIVES.items()))  # noqa: FBT003 -- SQL knows no keywords
                )
                yield connection
            finally:
                await _resigned(connection)


async def try_lead(connection: AsyncConnection) -> bool:
    """True for one candidate at a time, and again for the same one. Raises StorageDown: the lead is lost."""
    with postgres_failures():
        led = await connection.execute(select(func.pg_try_advisory_lock(_LEADER)))
        return bool(led.scalar_one())


async def claim(connection: AsyncConnection, entry: str, due_at: datetime, *, at: datetime) -> bool:
    """True for the first to fire this entry at this time, which then puts its job in the same transaction's wake."""
    claimed = await connection.execute(
        insert(SCHEDULE_RUNS).values(entry=entry, due_at=due_at, fired_at=at).on_conflict_do_nothing(),
        execution_options={"preserve_rowcount": True},
    )
    return claimed.rowcount == 1


async def last_due(connection: AsyncConnection, entry: str) -> datetime | None:
    """The latest time for which the entry was fired; None if never."""
    found = await connection.execute(select(func.max(SCHEDULE_RUNS.c.due_at)).where(SCHEDULE_RUNS.c.entry == entry))
    last: datetime | None = found.scalar_one()
    return last


async def forget(connection: AsyncConnection, *, before: datetime) -> int:
    """Drop runs due before then, except the last one of each entry; how many."""
    later = SCHEDULE_RUNS.alias()
    newer = select(later.c.due_at).where(
        later.c.entry == SCHEDULE_RUNS.c.entry, later.c.due_at > SCHEDULE_RUNS.c.due_at
    )
    dropped = await connection.execute(delete(SCHEDULE_RUNS).where(SCHEDULE_RUNS.c.due_at < before, newer.exists()))
    return dropped.rowcount


async def _resigned(connection: AsyncConnection) -> None:
    """Back in the pool the session would lead on; closed, it would do so until the server notices."""
    try:
        with suppress(SQLAlchemyError):  # a session that broke has lost its locks already
            await connection.execute(select(func.pg_advisory_unlock_all()))
    finally:
        await connection.invalidate()
