"""A search as its worker sees it: everybody is asked at once, and what happened is told."""

import asyncio
from datetime import UTC, datetime, timedelta

import httpx
import msgspec
import redis.asyncio
from dramatiq import Broker

from domain.jobs import AskSuppliers, KeepSearch
from domain.searches import Outcome, Search, Status
from storage import offers
from storage.engine import transaction
from tests.builders import ALBATROSS, BLUEBIRD, NOW, flight_query, search_begun
from tests.workers.conftest import Desk, MakeTools, answering, fares, queued
from workers.search import ask_suppliers, keep_search

JOB = AskSuppliers(query=flight_query())


async def answer_of(tools_of: MakeTools, desks: dict[str, Desk], job: AskSuppliers = JOB) -> Search:
    tools = tools_of(desks)
    await ask_suppliers(job, tools)
    search = await tools.cache.get(job.query.id)
    assert search is not None
    return search


async def test_two_suppliers_give_one_answer_with_the_cheapest_offer_first(tools: MakeTools) -> None:
    search = await answer_of(tools, {ALBATROSS: fares("420.00"), BLUEBIRD: fares("399.00", "450.00")})

    assert search.status is Status.COMPLETE
    assert [held.price.amount for result in search.results for held in result.offers] == [399, 420, 450]
    assert {part.supplier: part.offers for part in search.suppliers} == {ALBATROSS: 1, BLUEBIRD: 2}


async def test_a_supplier_that_answers_garbage_is_missing_and_named(tools: MakeTools) -> None:
    garbage = answering(200, content=b"<html>oops")
    search = await answer_of(tools, {ALBATROSS: fares("420.00"), BLUEBIRD: garbage})

    assert search.status is Status.PARTIAL
    assert search.ended
    missing = search.report(BLUEBIRD)
    assert missing.status is Outcome.ERROR
    assert "unreadable" in (missing.detail or "")
    assert len(search.results) == 1


async def test_one_bad_record_spoils_one_record(tools: MakeTools) -> None:
    prices = [f"{price}.00" for price in range(400, 449)]
    search = await answer_of(tools, {ALBATROSS: fares(*prices, None)})

    part = search.report(ALBATROSS)
    assert search.status is Status.COMPLETE
    assert (part.offers, part.skipped_records) == (49, 1)
    assert part.skipped[0].why == "has no price"


async def test_a_supplier_without_a_place_in_its_budget_is_called_rate_limited(tools: MakeTools) -> None:
    busy = answering(429, headers={"retry-after": "600"})
    search = await answer_of(tools, {ALBATROSS: busy})

    assert search.report(ALBATROSS).status is Outcome.RATE_LIMITED


async def test_a_mistake_in_one_adapter_leaves_the_others_alone(tools: MakeTools) -> None:
    def broken(_: httpx.Request) -> httpx.Response:
        raise LookupError("a mistake of ours")

    search = await answer_of(tools, {ALBATROSS: fares("420.00"), BLUEBIRD: broken})

    assert search.report(BLUEBIRD).status is Outcome.ERROR
    assert len(search.results) == 1


async def test_every_arrival_is_published_while_the_others_are_still_awaited(tools: MakeTools) -> None:
    slow: asyncio.Future[httpx.Response] = asyncio.get_running_loop().create_future()
    held = tools({ALBATROSS: fares("420.00"), BLUEBIRD: lambda _: slow})
    published = held.cache.arrivals()
    await anext(published)

    asking = asyncio.create_task(ask_suppliers(JOB, held))
    async with asyncio.timeout(60):
        while (arrival := await anext(published)) is None:
            pass
    first = await held.cache.get(JOB.query.id)
    slow.set_result(httpx.Response(200, json={"prices": ["399.00"]}))
    await asking
    last = await held.cache.get(JOB.query.id)

    assert (arrival.search_id, arrival.version) == (JOB.query.id, 1)
    assert first is not None
    assert last is not None
    assert (first.status, len(first.results[0].offers)) == (Status.PARTIAL, 1)
    assert (last.status, len(last.results[0].offers)) == (Status.COMPLETE, 2)


async def test_nobody_to_ask_is_an_empty_answer(tools: MakeTools) -> None:
    search = await answer_of(tools, {})

    assert (search.status, search.results) == (Status.COMPLETE, ())
    assert search.usable(datetime.now(UTC))


async def test_the_claim_is_released_when_the_search_has_ended(tools: MakeTools) -> None:
    held = tools({ALBATROSS: fares("420.00")})
    await held.cache.claim(JOB.query, patience=timedelta(seconds=45))

    await ask_suppliers(JOB, held)

    assert not await held.cache.claimed(JOB.query.id)


async def test_a_job_that_comes_twice_asks_nobody_again(tools: MakeTools) -> None:
    asked: list[httpx.Request] = []

    def counting(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json={"prices": ["420.00"]})

    held = tools({ALBATROSS: counting})
    await ask_suppliers(JOB, held)
    await ask_suppliers(JOB, held)

    assert len(asked) == 1


async def test_what_was_seen_goes_to_the_books_afterwards(tools: MakeTools, broker: Broker) -> None:
    held = tools({ALBATROSS: fares("420.00")})
    await ask_suppliers(JOB, held)
    assert queued(broker, "housekeeping") == 1

    await keep_search(KeepSearch(search_id=JOB.query.id), held)

    search = await held.cache.get(JOB.query.id)
    assert search is not None
    seen = search.results[0].offers[0]
    async with transaction(held.engine) as connection:
        assert await offers.get(connection, seen.id) == seen


async def test_a_search_that_expired_before_it_was_kept_is_no_error(tools: MakeTools) -> None:
    await keep_search(KeepSearch(search_id="gone"), tools({}))


async def test_an_older_fetch_never_replaces_a_later_one(tools: MakeTools, shared: "redis.asyncio.Redis") -> None:
    cache = tools({}).cache
    later = msgspec.structs.replace(
        search_begun(), version=3, expires_at=NOW.replace(year=2037), fetched_at=NOW, fresh_until=NOW
    )
    older = msgspec.structs.replace(later, started_at=NOW.replace(year=2026), version=9)

    assert await cache.publish(later)
    assert not await cache.publish(older)
    held = await cache.get(later.id)
    assert held is not None
    assert held.version == 3
