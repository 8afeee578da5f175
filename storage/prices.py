"""Every price that was seen, for ninety days: a partition for each day, so that old days go at once and cost nothing."""

from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Final

import msgspec
from sqlalchemy import delete, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.prices import Observation
from storage import copy
from storage.tables import PRICE_OBSERVATIONS

_SCHEMA: Final = "price_days"
_REST: Final = f"{_SCHEMA}.rest"
_COLUMNS: Final = Observation.__struct_fields__
_SEEN: Final = PRICE_OBSERVATIONS.c

# A day is turned while searches are being written down: who waits for a lock makes others wait behind.
_LOCK_WAIT: Final = "5s"

# How old a price was when it was seen again, in seconds: the last of these groups has no end.
AGES: Final = (
    timedelta(minutes=5),
    timedelta(minutes=20),
    timedelta(hours=2),
    timedelta(hours=12),
    timedelta(hours=24),
)
_MOST_COMPARED: Final = 200_000


class Lowest(msgspec.Struct, frozen=True, kw_only=True):
    """The lowest price of one supplier in one currency within an hour or a day (UTC) that begins at `since`."""

    since: datetime
    currency: str
    supplier: str
    amount: Decimal
    seen: int


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """Of `seen_again` prices that were younger than `younger_than` (None: older than all) so many had `changed`."""

    supplier: str
    vertical: str
    younger_than: timedelta | None
    seen_again: int
    changed: int


async def keep(connection: AsyncConnection, seen: Iterable[Observation]) -> int:
    """One row for each rate and instant, however often it is written. How many were written."""
    return await copy.upsert(connection, PRICE_OBSERVATIONS, _COLUMNS, map(msgspec.structs.astuple, seen))


async def lowest(
    connection: AsyncConnection,
    subjects: Collection[bytes],
    *,
    since: datetime,
    until: datetime,
    per: str,
    acriss: str | None = None,
) -> tuple[Lowest, ...]:
    """Of all the subjects together, by time, currency and supplier. `per` is `hour` or `day`."""
    begins = func.date_trunc(per, _SEEN.seen_at, "UTC").label("since")
    wanted = (
        select(begins, _SEEN.currency, _SEEN.supplier, func.min(_SEEN.amount), func.count())
        .where(_SEEN.subject.in_(subjects), _SEEN.seen_at >= since, _SEEN.seen_at < until)
        .group_by(begins, _SEEN.currency, _SEEN.supplier)
        .order_by(begins, _SEEN.currency, _SEEN.supplier)
    )
    if acriss is not None:
        wanted = wanted.where(_SEEN.acriss == acriss)
    return tuple(
        Lowest(since=row[0].astimezone(UTC), currency=row[1], supplier=row[2], amount=row[3], seen=row[4])
        for row in await connection.execute(wanted)
    )


# A rate is compared with its own last price in the same currency. Keys are spread evenly (domain/prices.py), so that the
# lowest ones are a fair sample of all rates, and the primary key finds them without reading the rest.
_CHANGES: Final = text(
    """
    WITH seen AS (
        SELECT supplier, vertical, amount, seen_at,
               lag(amount) OVER one AS amount_before, lag(seen_at) OVER one AS seen_before
        FROM price_observations
        WHERE seen_at >= :since AND rate <= :last
        WINDOW one AS (PARTITION BY rate, currency ORDER BY seen_at)
    )
    SELECT supplier, vertical, width_bucket(extract(epoch FROM seen_at - seen_before), :ages) AS age,
           count(*) AS seen_again, count(*) FILTER (WHERE amount <> amount_before) AS changed
    FROM seen WHERE seen_before IS NOT NULL GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    """
)


async def changes(connection: AsyncConnection, *, since: datetime, most: int = _MOST_COMPARED) -> tuple[Changes, ...]:
    """How often a price had changed when it was seen again, by supplier, vertical and age.

    Beyond about `most` rows it is a sample of the rates.
    """
    share = min(1.0, most / max(await _about_how_many(connection, since), 1))
    last = int(share * (2**128 - 1)) if share < 1 else 2**128 - 1
    ages = [Decimal(age // timedelta(seconds=1)) for age in AGES]
    found = await connection.execute(_CHANGES, {"since": since, "last": last.to_bytes(16, "big"), "ages": ages})
    return tuple(
        Changes(
            supplier=row.supplier,
            vertical=row.vertical,
            younger_than=AGES[row.age] if row.age < len(AGES) else None,
            seen_again=row.seen_again,
            changed=row.changed,
        )
        for row in found
    )


async def open_days(connection: AsyncConnection, days: Iterable[date]) -> int:
    """Give each of the days its partition where it has none, and move there what came before it. How many were made."""
    await _wait_briefly(connection)
    missing = sorted(set(days) - set(await _days(connection)))
    if missing:
        # Who writes has chosen a partition already when it waits for that one: it has to wait before it chooses.
        await connection.execute(text("LOCK TABLE ONLY price_observations IN SHARE ROW EXCLUSIVE MODE"))
    for day in missing:
        await _open(connection, day)
    return len(missing)


async def drop_days(connection: AsyncConnection, *, before: date) -> int:
    """Forget the days before this one, with all their prices. How many."""
    await _wait_briefly(connection)
    doomed = [day for day in await _days(connection) if day < before]
    for day in doomed:
        await connection.execute(text(f"DROP TABLE {_partition(day)}"))
    strays = delete(PRICE_OBSERVATIONS).where(_SEEN.seen_at < _midnight(before))
    await connection.execute(strays)
    return len(doomed)


async def _open(connection: AsyncConnection, day: date) -> None:
    name, begins, ends = _partition(day), _midnight(day), _midnight(day + timedelta(days=1))
    await connection.execute(text(f"CREATE TABLE {name} (LIKE price_observations INCLUDING ALL)"))
    taken = f"DELETE FROM {_REST} WHERE seen_at >= :begins AND seen_at < :ends RETURNING *"  # noqa: S608 -- our own names
    await connection.execute(
        text(f"WITH moved AS ({taken}) INSERT INTO {name} SELECT * FROM moved"),  # noqa: S608 -- made of a date
        {"begins": begins, "ends": ends},
    )
    bounds = f"FROM ('{begins.isoformat()}') TO ('{ends.isoformat()}')"
    await connection.execute(text(f"ALTER TABLE price_observations ATTACH PARTITION {name} FOR VALUES {bounds}"))


async def _days(connection: AsyncConnection) -> list[date]:
    found = await connection.execute(
        text("SELECT tablename FROM pg_tables WHERE schemaname = :schema AND tablename ~ '^d[0-9]{8}$'"),
        {"schema": _SCHEMA},
    )
    return sorted(date.fromisoformat(name[1:]) for name in found.scalars())


async def _about_how_many(connection: AsyncConnection, since: datetime) -> int:
    """As the planner has it; of a table that it has not looked at yet, nothing."""
    names = [_partition(day).partition(".")[2] for day in await _days(connection) if _midnight(day) >= since]
    counted = await connection.execute(
        text(
            "SELECT coalesce(sum(greatest(reltuples, 0)), 0)::bigint FROM pg_class"
            " WHERE relnamespace = cast(:schema AS regnamespace) AND relname = ANY(:names) AND relkind = 'r'"
        ),
        {"schema": _SCHEMA, "names": ["rest", *names]},
    )
    about: int = counted.scalar_one()
    return about


async def _wait_briefly(connection: AsyncConnection) -> None:
    await connection.execute(text(f"SET LOCAL lock_timeout = '{_LOCK_WAIT}'"))


def _partition(day: date) -> str:
    return f"{_SCHEMA}.d{day:%Y%m%d}"


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
