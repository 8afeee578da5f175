"""Reference sync: rows a second of a whole airport sync against a bare COPY of the same rows."""

import asyncio
import statistics
import time
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from adapters.open_data import CATALOGUES, SOURCES
from bench.figures import Figure, ratio
from bench.stack import Stack
from domain.catalogue import Subject
from domain.places import Airport
from storage import airports
from storage.engine import create_engine, transaction

_ROUNDS: Final = 7


def measured(running: Stack) -> Figure:
    """`ours` is what the sync writes (COPY, then the upsert, in one transaction); `theirs` a COPY into an empty table."""
    return asyncio.run(_measured(running.servers.database_url))


async def _measured(database_url: str) -> Figure:
    rows = tuple(row for row in CATALOGUES[Subject.AIRPORTS]().records if isinstance(row, Airport))
    engine = create_engine(database_url)
    try:
        ours, theirs = [], []
        for _ in range(_ROUNDS):
            ours.append(await _synced(engine, rows))
            theirs.append(await _copied(engine))
    finally:
        await engine.dispose()
    count = len(rows)
    return ratio(
        "reference sync", "rows/s / bare COPY of the same rows", count / statistics.median(ours),
        count / statistics.median(theirs), unit="rows/s", aim=0.3, note=f"{count:,} airports, each sync a repeat",
    )  # fmt: skip


async def _synced(engine: AsyncEngine, rows: tuple[Airport, ...]) -> float:
    started = time.perf_counter()
    async with transaction(engine) as connection:
        await airports.upsert(connection, rows, source=SOURCES[Subject.AIRPORTS], seen_at=datetime.now(UTC))
    return time.perf_counter() - started


async def _copied(engine: AsyncEngine) -> float:
    """The rows that are there, out of the database and by COPY into an empty twin of the table."""
    async with transaction(engine) as connection:
        rows = [tuple(row) for row in await connection.execute(text("SELECT * FROM airports"))]
        await connection.execute(text("CREATE TEMPORARY TABLE twin (LIKE airports) ON COMMIT DROP"))
        started = time.perf_counter()
        await _copy(connection, rows)
        return time.perf_counter() - started


async def _copy(connection: AsyncConnection, rows: list[tuple[object, ...]]) -> None:
    raw = await connection.get_raw_connection()
    driver = raw.driver_connection
    assert driver is not None
    async with driver.cursor() as cursor, cursor.copy("COPY twin FROM STDIN") as copy:
        for row in rows:
            await copy.write_row(row)
