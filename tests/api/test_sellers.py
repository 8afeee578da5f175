"""How true each supplier's prices are, how quick it is, and how many searches an order costs."""

from datetime import timedelta
from typing import Any

import msgspec
from sqlalchemy import insert

from domain.latency import SILENT, bucket, slot
from domain.matching.verticals import MERGED
from domain.prices import observations
from domain.searches import arrived, begun
from storage import prices, suppliers
from storage.engine import transaction
from storage.suppliers import Connected
from storage.tables import ORDER_ATTEMPTS
from tests.api.hub import Hub, json
from tests.builders import ALBATROSS, BLUEBIRD, money, report


async def connected(api: Hub, *slugs: str) -> None:
    told = [
        Connected(
            slug=slug, title=slug, live=False, sells=("flights",), lists=(), allowances=(), concurrency=5,
            breaker_seconds=60, looks=("search",),
        )
        for slug in slugs
    ]  # fmt: skip
    await suppliers.announce(api.services.redis, told)


async def standing(api: Hub, slug: str = ALBATROSS) -> Any:
    told = json(await api.admin("GET", "/v1/admin/suppliers"))
    return next(one for one in told["data"] if one["supplier"] == slug)


async def called(api: Hub, operation: str, ending: str, count: int, *, days_ago: int = 0) -> None:
    day = api.clock.now.date() - timedelta(days=days_ago)
    line = msgspec.json.encode([ALBATROSS, operation, "interactive", ending]).decode()
    await api.services.redis.hset(f"travelhub:calls:{day}", mapping={line: count})


async def test_how_long_calls_take_is_told_by_operation(api: Hub) -> None:
    await connected(api, ALBATROSS)
    place = f"travelhub:latency:{ALBATROSS}:{slot(api.clock.now)}"
    calls: dict[Any, Any] = {f"search|{bucket(0.2)}": 98, f"search|{bucket(3)}": 1, f"search|{SILENT}": 1}
    await api.services.redis.hset(place, mapping=calls)
    told = (await standing(api))["latency"]["search"]
    assert (told["calls"], told["silent"]) == (100, 1)
    assert 200 <= told["p50_ms"] <= 230
    assert told["p95_ms"] == told["p50_ms"]
    assert 3000 <= told["p99_ms"] <= 3450


async def test_todays_errors_are_told_apart_from_answers_and_definite_noes(api: Hub) -> None:
    await connected(api, ALBATROSS)
    await called(api, "search", "answered", 7)
    for ending, count in (("said_no", 2), ("timeout", 3), ("busy", 1)):
        await called(api, "search", ending, count)
    assert (await standing(api))["errors_today"] == {"busy": 1, "timeout": 3}


async def test_how_often_a_price_had_changed_when_it_was_seen_again_is_told_by_its_age(api: Hub) -> None:
    await connected(api, ALBATROSS, BLUEBIRD)
    for minutes, price in ((0, "420.00"), (3, "420.00"), (6, "430.00"), (60, "430.00")):
        at = api.clock.now - timedelta(hours=3) + timedelta(minutes=minutes)
        search = arrived(
            begun(api.query(), [ALBATROSS], at),
            report(fetched_at=at),
            [api.offer(price=money(price), fetched_at=at)],
            merge=MERGED["flights"],
            now=at,
        )
        async with transaction(api.services.engine) as connection:
            await prices.keep(connection, observations(search))
    assert (await standing(api))["price_changes"] == [
        {"vertical": "flights", "younger_than_seconds": 300, "seen_again": 2, "changed": 1, "rate": 0.5},
        {"vertical": "flights", "younger_than_seconds": 7200, "seen_again": 1, "changed": 0, "rate": 0.0},
    ]
    assert (await standing(api, BLUEBIRD))["price_changes"] == []


async def test_searches_are_counted_against_the_orders_that_came_of_them(api: Hub) -> None:
    await connected(api, ALBATROSS)
    await called(api, "search", "answered", 40)
    await called(api, "offers", "answered", 10)
    await called(api, "search", "answered", 60, days_ago=29)
    await called(api, "search", "answered", 1000, days_ago=30)
    told = (await standing(api))["look_to_book"]
    assert told == {"days": 30, "calls": 110, "looks": 100, "orders": 0, "looks_per_order": None}
    now = api.clock.now
    rows: list[dict[str, Any]] = [
        {"supplier": ALBATROSS, "reference": name, "begun_at": now - timedelta(days=days), "booked": booked}
        for name, days, booked in (("a", 1, {}), ("b", 29, {}), ("c", 31, {}), ("d", 1, None))
    ]
    async with transaction(api.services.engine) as connection:
        await connection.execute(insert(ORDER_ATTEMPTS), rows)
    told = (await standing(api))["look_to_book"]
    assert (told["orders"], told["looks_per_order"]) == (2, 50.0)
