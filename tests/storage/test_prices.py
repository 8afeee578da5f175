"""Prices: kept in their day's partition, found by hour and day, compared with what they were, and forgotten by the day."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.prices import Observation
from storage import prices
from storage.engine import transaction
from storage.prices import Lowest
from tests.builders import ALBATROSS, BLUEBIRD, NOW

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SUBJECT = b"s" * 16
FOREVER = {"since": NOW - 90 * DAY, "until": NOW + 90 * DAY}


def price(amount: str = "420.00", *, rate: int = 1, at: datetime = NOW, **what: object) -> Observation:
    plain = Observation(
        seen_at=at,
        days_ahead=45,
        subject=SUBJECT,
        rate=rate.to_bytes(1, "big") * 16,
        supplier=ALBATROSS,
        vertical="flights",
        amount=Decimal(amount),
        currency="EUR",
        acriss=None,
        search_id="a-search",
    )
    return msgspec.structs.replace(plain, **what)


async def keep(engine: AsyncEngine, *seen: Observation) -> int:
    async with transaction(engine) as connection:
        return await prices.keep(connection, seen)


async def lowest(engine: AsyncEngine, *, per: str = "day", **wishes: object) -> tuple[Lowest, ...]:
    async with transaction(engine) as connection:
        return await prices.lowest(connection, [SUBJECT], per=per, **{**FOREVER, **wishes})  # type: ignore[arg-type]  # the test's own wishes


async def open_days(engine: AsyncEngine, *days: date) -> int:
    async with transaction(engine) as connection:
        return await prices.open_days(connection, days)


async def partitions(engine: AsyncEngine) -> dict[str, int]:
    """Rows by partition."""
    async with transaction(engine) as connection:
        found = await connection.execute(
            text("SELECT tableoid::regclass::text AS place, count(*) AS rows FROM price_observations GROUP BY 1")
        )
        return {row.place: row.rows for row in found}


async def test_every_price_is_kept_and_the_same_one_once(engine: AsyncEngine) -> None:
    seen = [price(rate=number, at=NOW + minute * timedelta(minutes=1)) for number in (1, 2) for minute in range(3)]
    await asyncio.gather(keep(engine, *seen), keep(engine, *reversed(seen)))
    (day,) = await lowest(engine)
    assert day.seen == 6


async def test_the_cheapest_of_an_hour_is_told_for_each_supplier_and_currency(engine: AsyncEngine) -> None:
    await keep(
        engine,
        price("420.00", rate=1),
        price("399.50", rate=2, at=NOW + timedelta(minutes=59)),
        price("410.00", rate=3, supplier=BLUEBIRD),
        price("350.00", rate=4, currency="GBP"),
        price("500.00", rate=1, at=NOW + HOUR),
        price("1.00", rate=5, subject=b"t" * 16),
    )
    told = [(row.since, row.currency, row.supplier, row.amount, row.seen) for row in await lowest(engine, per="hour")]
    assert told == [
        (NOW, "EUR", ALBATROSS, Decimal("399.50"), 2),
        (NOW, "EUR", BLUEBIRD, Decimal("410.00"), 1),
        (NOW, "GBP", ALBATROSS, Decimal("350.00"), 1),
        (NOW + HOUR, "EUR", ALBATROSS, Decimal("500.00"), 1),
    ]


async def test_a_day_is_one_of_utc_and_the_end_is_not_in_it(engine: AsyncEngine) -> None:
    midnight = datetime(2027, 1, 16, tzinfo=UTC)
    await keep(engine, price(at=midnight - timedelta(seconds=1)), price(at=midnight, rate=2))
    assert [row.since for row in await lowest(engine)] == [midnight - DAY, midnight]
    assert [row.since for row in await lowest(engine, until=midnight)] == [midnight - DAY]
    assert [row.since for row in await lowest(engine, since=midnight)] == [midnight]


async def test_only_cars_of_one_class_are_told_where_that_is_asked(engine: AsyncEngine) -> None:
    await keep(engine, price("90.00", acriss="ECMR"), price("50.00", rate=2, acriss="MBMR"))
    assert [row.amount for row in await lowest(engine, acriss="ECMR")] == [Decimal("90.00")]


async def test_what_came_before_its_day_was_opened_is_moved_there_and_nothing_is_lost(engine: AsyncEngine) -> None:
    await keep(engine, price(), price(rate=2), price(rate=3, at=NOW + DAY))
    assert await partitions(engine) == {"price_days.rest": 3}
    assert await open_days(engine, NOW.date(), NOW.date() + 2 * DAY) == 2
    assert await partitions(engine) == {"price_days.d20270115": 2, "price_days.rest": 1}
    await keep(engine, price(rate=4), price(rate=1))
    assert await partitions(engine) == {"price_days.d20270115": 3, "price_days.rest": 1}
    assert await open_days(engine, NOW.date(), NOW.date() + 2 * DAY) == 0


async def test_a_day_is_opened_while_prices_are_written_and_none_is_lost(engine: AsyncEngine) -> None:
    async def writing(rate: int) -> None:
        for minute in range(5):
            await keep(engine, price(rate=rate, at=NOW + minute * timedelta(minutes=1)))

    await asyncio.gather(*(writing(rate) for rate in range(4)), open_days(engine, NOW.date()), open_days(engine))
    assert sum((await partitions(engine)).values()) == 20


async def test_old_days_go_with_all_that_was_seen_on_them(engine: AsyncEngine) -> None:
    ages = [NOW - number * DAY for number in range(4)]
    await open_days(engine, ages[0].date(), ages[1].date(), ages[3].date())
    await keep(engine, *(price(at=at) for at in ages))
    async with transaction(engine) as connection:
        assert await prices.drop_days(connection, before=ages[1].date()) == 1
    assert await partitions(engine) == {"price_days.d20270115": 1, "price_days.d20270114": 1}


async def changes(engine: AsyncEngine, *, most: int = 1_000) -> list[tuple[str, float | None, int, int]]:
    async with transaction(engine) as connection:
        found = await prices.changes(connection, since=NOW - DAY, most=most)
    return [
        (
            one.supplier,
            None if one.younger_than is None else one.younger_than / timedelta(minutes=1),
            one.seen_again,
            one.changed,
        )
        for one in found
    ]


async def test_a_price_is_compared_with_the_last_one_of_its_own_rate(engine: AsyncEngine) -> None:
    await keep(
        engine,
        price("420.00"),
        price("420.00", at=NOW + timedelta(minutes=4)),
        price("430.00", at=NOW + timedelta(minutes=8)),
        price("430.00", at=NOW + timedelta(minutes=8) + 3 * HOUR),
        price("500.00", rate=2),
        price("510.00", rate=2, at=NOW + 30 * HOUR),
        price("80.00", rate=3, supplier=BLUEBIRD),
        price("90.00", rate=3, supplier=BLUEBIRD, currency="GBP", at=NOW + HOUR),
    )
    assert await changes(engine) == [(ALBATROSS, 5, 2, 1), (ALBATROSS, 720, 1, 0), (ALBATROSS, None, 1, 1)]


async def test_of_too_many_prices_a_share_of_the_rates_is_compared(engine: AsyncEngine) -> None:
    await open_days(engine, NOW.date())
    await keep(engine, *(price(rate=rate, at=NOW + minute * HOUR / 60) for rate in range(256) for minute in (0, 1)))
    async with transaction(engine) as connection:
        await connection.execute(text("ANALYZE price_observations"))
    ((_, _, every, _),) = await changes(engine)
    ((_, _, some, _),) = await changes(engine, most=128)
    assert every == 256
    assert some == pytest.approx(64, abs=2)
