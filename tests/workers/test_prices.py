"""What a worker writes down of a search beside its offers, and how it makes room for more."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from dramatiq import Broker
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.alerts import Threshold, alert
from domain.jobs import AskSuppliers, KeepSearch, LookAtAlerts, Queue, TurnPriceDays
from domain.matching.verticals import MERGED
from domain.searches import Search, arrived, begun
from storage import alerts, fetches, prices, queue
from storage.engine import transaction
from storage.failures import QueueDown
from storage.queue import JobQueue
from tests.builders import ALBATROSS, NOW, flight_query, money, offer, report
from tests.workers.conftest import MakeTools, fares, queued
from workers.alerts import look_at_alerts
from workers.prices import keep_seen, turn_price_days
from workers.search import ask_suppliers, keep_search

QUERY = flight_query()
DAY = timedelta(days=1)
OVER = datetime(2027, 3, 2, 5, tzinfo=UTC)


def search(price: str = "420.00") -> Search:
    told = offer(price=money(price), fetched_at=NOW)
    return arrived(begun(QUERY, [ALBATROSS], NOW), report(), [told], merge=MERGED["flights"], now=NOW)


async def rows(engine: AsyncEngine) -> dict[str, int]:
    """Prices by partition."""
    async with transaction(engine) as connection:
        found = await connection.execute(
            text("SELECT tableoid::regclass::text AS place, count(*) AS rows FROM price_observations GROUP BY 1")
        )
        return {row.place: row.rows for row in found}


async def told(engine: AsyncEngine, alert_id: str) -> list[object]:
    async with transaction(engine) as connection:
        return [event.payload["data"]["to"]["amount"] for event in await alerts.events(connection, alert_id)]


async def set_alert(engine: AsyncEngine, *, below: str = "500.00", at: datetime = NOW) -> str:
    wish = alert(QUERY, Threshold(below=money(below).amount), caller="somebody", now=at, over_at=OVER)
    async with transaction(engine) as connection:
        return (await alerts.create(connection, wish)).id


async def test_a_search_is_kept_with_its_prices_and_what_it_was_made_of(tools: MakeTools) -> None:
    held = tools({ALBATROSS: fares("420.00", "399.00")})
    await ask_suppliers(AskSuppliers(query=QUERY), held)
    await keep_search(KeepSearch(search_id=QUERY.id), held)

    assert sum((await rows(held.engine)).values()) == 2
    async with transaction(held.engine) as connection:
        kept = await fetches.latest(connection, QUERY.id)
    assert kept is not None
    assert (kept.query, len(kept.offers), [part.supplier for part in kept.suppliers]) == (QUERY, 2, [ALBATROSS])


async def test_keeping_the_same_search_twice_is_harmless(tools: MakeTools) -> None:
    held = tools()
    alert_id = await set_alert(held.engine)
    for _ in range(2):
        async with transaction(held.engine) as connection:
            await keep_seen(connection, search(), now=NOW)
    assert await rows(held.engine) == {"price_days.rest": 1}
    assert await told(held.engine, alert_id) == ["420.00"]


async def test_whoever_waits_for_a_lower_price_is_told_with_the_next_search(tools: MakeTools) -> None:
    held = tools()
    alert_id = await set_alert(held.engine, below="400.00")
    for price in ("420.00", "390.00"):
        async with transaction(held.engine) as connection:
            await keep_seen(connection, search(price), now=NOW)
    assert await told(held.engine, alert_id) == ["390.00"]


async def test_room_is_made_for_the_days_around_today_and_old_days_go(tools: MakeTools) -> None:
    held = tools(now=NOW)
    async with transaction(held.engine) as connection:
        await prices.open_days(connection, [NOW.date() - 100 * DAY])
        await keep_seen(connection, search(), now=NOW)
    await turn_price_days(TurnPriceDays(), held)
    assert await rows(held.engine) == {f"price_days.d{NOW:%Y%m%d}": 1}
    later = tools(now=NOW + 91 * DAY)
    await turn_price_days(TurnPriceDays(), later)
    assert await rows(held.engine) == {}
    async with transaction(held.engine) as connection:
        assert await fetches.latest(connection, QUERY.id) is None
        found = await connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'price_days'"))
        days = sorted(found.scalars())
    assert days == sorted(["rest", *(f"d{NOW + number * DAY:%Y%m%d}" for number in (1, 2, 3, *range(89, 95)))])


async def test_suppliers_are_asked_for_what_nobody_looked_at_for_a_while_and_not_at_once_again(
    tools: MakeTools, broker: Broker
) -> None:
    held = tools(now=NOW)
    await set_alert(held.engine)
    await look_at_alerts(LookAtAlerts(), held)
    assert await held.cache.claimed(QUERY.id)
    assert queued(broker, Queue.REFRESH) == 1
    await held.cache.release(QUERY.id)
    await look_at_alerts(LookAtAlerts(), held)
    assert not await held.cache.claimed(QUERY.id)
    await look_at_alerts(LookAtAlerts(), tools(now=NOW + 13 * timedelta(hours=1)))
    assert await held.cache.claimed(QUERY.id)


async def test_an_answer_that_is_fresh_is_looked_at_and_nobody_is_asked(tools: MakeTools) -> None:
    held = tools({ALBATROSS: fares("420.00")})
    await ask_suppliers(AskSuppliers(query=QUERY), held)
    alert_id = await set_alert(held.engine, at=held.now())
    await look_at_alerts(LookAtAlerts(), held)
    assert await told(held.engine, alert_id) == ["420.00"]
    assert not await held.cache.claimed(QUERY.id)


async def test_so_many_questions_are_looked_at_in_a_minute_and_no_more(tools: MakeTools) -> None:
    held = tools(now=NOW)
    async with transaction(held.engine) as connection:
        for adults in range(1, 6):
            wish = alert(flight_query(adults=adults), Threshold(percent=10), caller="somebody", now=NOW, over_at=OVER)
            await alerts.create(connection, wish)
    await look_at_alerts(LookAtAlerts(at_most=2), held)
    claimed = [await held.cache.claimed(flight_query(adults=adults).id) for adults in range(1, 6)]
    assert sum(claimed) == 2
    await look_at_alerts(LookAtAlerts(at_most=3), held)
    claimed = [await held.cache.claimed(flight_query(adults=adults).id) for adults in range(1, 6)]
    assert all(claimed)


async def test_nobody_asks_for_a_journey_that_has_begun_and_in_the_end_it_is_forgotten(tools: MakeTools) -> None:
    held = tools()
    alert_id = await set_alert(held.engine)
    begun_already = tools(now=NOW + 46 * DAY)
    await look_at_alerts(LookAtAlerts(), begun_already)
    assert not await held.cache.claimed(QUERY.id)
    async with transaction(held.engine) as connection:
        assert await alerts.get(connection, alert_id, caller="somebody") is not None
    await look_at_alerts(LookAtAlerts(), tools(now=NOW + 90 * DAY))
    async with transaction(held.engine) as connection:
        assert await alerts.get(connection, alert_id, caller="somebody") is None


async def test_where_the_broker_is_away_nobody_has_looked(tools: MakeTools, engine: AsyncEngine) -> None:
    held = tools(now=NOW)
    await set_alert(engine)
    lost = msgspec.structs.replace(held, queue=JobQueue(queue.broker("redis://127.0.0.1:1")))
    with pytest.raises(QueueDown):
        await look_at_alerts(LookAtAlerts(), lost)
    assert not await held.cache.claimed(QUERY.id)
    await look_at_alerts(LookAtAlerts(), held)
    assert await held.cache.claimed(QUERY.id)
