"""A search that was there before: what is asked again, what is taken over, and what is told meanwhile."""

import asyncio
from datetime import UTC, datetime, timedelta

import httpx
import msgspec
import pytest
from structlog.testing import capture_logs

from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.supplier import Searching, Supplier
from domain.freshness import SUPPLIER_MISSING
from domain.jobs import AskSuppliers, Because
from domain.offers import StayOffer
from domain.places import Atlas
from domain.queries import HotelQuery
from domain.searches import Outcome, Search, Status, begun
from storage.embedded import Servers
from storage.endings import ended
from tests.builders import ALBATROSS, BLUEBIRD, flight_query, hotel_query, stay_offer
from tests.workers.conftest import Desk, MakeTools, answering, fares, seller
from workers.hotel_book import HotelBook
from workers.search import ask_suppliers
from workers.tools import Tools

ASKED = AskSuppliers(query=flight_query())
REFRESH = AskSuppliers(query=flight_query(), because=Because.REFRESH)
DOWN = answering(503)
AFTER_A_MISS = SUPPLIER_MISSING.fresh + timedelta(seconds=1)
TOMORROW = timedelta(days=1)


class Counting:
    """A desk that knows how often it was asked."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.asked = 0

    def __call__(self, request: httpx.Request) -> "httpx.Response | asyncio.Future[httpx.Response]":
        self.asked += 1
        return self._desk(request)


class Silent:
    """A desk that never answers, and knows who is still waiting."""

    def __init__(self) -> None:
        self.visited = asyncio.Event()
        self.waiting: list[asyncio.Future[httpx.Response]] = []

    def __call__(self, _: httpx.Request) -> "asyncio.Future[httpx.Response]":
        self.waiting.append(asyncio.get_running_loop().create_future())
        self.visited.set()
        return self.waiting[-1]


async def answered(tools: Tools, job: AskSuppliers = ASKED) -> Search:
    await ask_suppliers(job, tools)
    return await held(tools)


async def held(tools: Tools) -> Search:
    search = await tools.cache.get(ASKED.query.id)
    assert search is not None
    return search


def later(by: timedelta) -> datetime:
    return datetime.now(UTC) + by


def outcomes(search: Search) -> dict[str, Outcome]:
    return {part.supplier: part.status for part in search.suppliers}


async def test_only_those_who_were_missing_are_asked_again_and_the_rest_is_taken_over(tools: MakeTools) -> None:
    there = Counting(fares("420.00"))
    first = await answered(tools({ALBATROSS: there, BLUEBIRD: DOWN}))
    again = tools({ALBATROSS: there, BLUEBIRD: fares("399.00")}, now=later(AFTER_A_MISS))

    search = await answered(again, REFRESH)

    assert there.asked == 1
    assert outcomes(search) == {ALBATROSS: Outcome.CACHED, BLUEBIRD: Outcome.OK}
    assert (search.status, len(search.results[0].offers)) == (Status.COMPLETE, 2)
    kept, was = search.report(ALBATROSS), first.report(ALBATROSS)
    assert (kept.fetched_at, kept.offers, kept.took_ms) == (was.fetched_at, was.offers, was.took_ms)
    assert search.fetched_at == was.fetched_at
    taken = next(offer for offer in search.results[0].offers if offer.supplier == ALBATROSS)
    assert taken == first.results[0].offers[0]


async def test_a_supplier_that_is_still_missing_is_tried_again_after_a_while_and_not_at_once(tools: MakeTools) -> None:
    missing = Counting(DOWN)
    first = await answered(tools({ALBATROSS: fares("420.00"), BLUEBIRD: missing}))
    tried = missing.asked
    at = later(AFTER_A_MISS)
    again = tools({ALBATROSS: fares("420.00"), BLUEBIRD: missing}, now=at)

    second = await answered(again, REFRESH)
    third = await answered(again, REFRESH)

    assert missing.asked == 2 * tried
    assert second.started_at > first.started_at
    assert second.fresh_until == at + SUPPLIER_MISSING.fresh
    assert third == second


async def test_an_answer_that_grew_old_is_asked_for_anew_as_a_whole(tools: MakeTools) -> None:
    both = [Counting(fares("420.00")), Counting(fares("399.00"))]
    desks = {ALBATROSS: both[0], BLUEBIRD: both[1]}
    await answered(tools(desks))

    await answered(tools(desks, now=later(timedelta(minutes=40))), REFRESH)

    assert [desk.asked for desk in both] == [2, 2]


async def test_a_refresh_that_misses_somebody_leaves_the_whole_answer_standing(tools: MakeTools) -> None:
    first = await answered(tools({ALBATROSS: fares("420.00"), BLUEBIRD: fares("399.00")}))
    again = tools({ALBATROSS: fares("410.00"), BLUEBIRD: DOWN}, now=later(timedelta(minutes=40)))

    assert await answered(again, REFRESH) == first


async def test_a_refresh_of_what_has_expired_meanwhile_is_told_whoever_is_missing(tools: MakeTools) -> None:
    await answered(tools({ALBATROSS: fares("420.00"), BLUEBIRD: fares("399.00")}))
    again = tools({ALBATROSS: fares("410.00"), BLUEBIRD: DOWN}, now=later(TOMORROW))

    search = await answered(again, REFRESH)

    assert outcomes(search) == {ALBATROSS: Outcome.OK, BLUEBIRD: Outcome.ERROR}


async def test_what_had_arrived_when_a_worker_died_is_not_asked_for_again(tools: MakeTools) -> None:
    there, silent = Counting(fares("420.00")), Silent()
    dying = tools({ALBATROSS: there, BLUEBIRD: silent})
    published = dying.cache.arrivals()
    await anext(published)
    work = asyncio.create_task(ask_suppliers(ASKED, dying))
    async with asyncio.timeout(19):
        while await anext(published) is None:
            pass
    await ended([work])

    search = await answered(tools({ALBATROSS: there, BLUEBIRD: fares("399.00")}))

    assert there.asked == 1
    assert outcomes(search) == {ALBATROSS: Outcome.CACHED, BLUEBIRD: Outcome.OK}


async def test_when_a_search_is_broken_off_no_call_of_it_stays_open(tools: MakeTools) -> None:
    silent = Silent()
    work = asyncio.create_task(ask_suppliers(ASKED, tools({ALBATROSS: silent, BLUEBIRD: silent})))
    async with asyncio.timeout(19):
        while len(silent.waiting) < 2:
            silent.visited.clear()
            await silent.visited.wait()
    await ended([work])
    assert all(call.cancelled() for call in silent.waiting)


async def test_a_worker_whose_clock_is_behind_the_last_ones_still_has_its_say(tools: MakeTools) -> None:
    ours = tools({ALBATROSS: fares("420.00")})
    ahead = begun(ASKED.query, (ALBATROSS,), later(timedelta(seconds=40)))
    await ours.cache.publish(msgspec.structs.replace(ahead, expires_at=later(timedelta(minutes=5))))

    search = await answered(ours)

    assert search.status is Status.COMPLETE


async def test_who_is_awaited_is_told_when_nobody_has_answered_for_a_while(tools: MakeTools) -> None:
    asking = tools({ALBATROSS: Silent(), BLUEBIRD: Silent()})
    published = asking.cache.arrivals()
    await anext(published)
    work = asyncio.create_task(ask_suppliers(ASKED, asking))
    async with asyncio.timeout(19):
        while (told := await anext(published)) is None:
            pass
    search = await held(asking)
    await ended([work])

    assert (told.version, search.status, search.results) == (0, Status.PENDING, ())
    assert outcomes(search) == {ALBATROSS: Outcome.PENDING, BLUEBIRD: Outcome.PENDING}
    assert search.usable(datetime.now(UTC))


def hasty(slug: str) -> Supplier:
    """Takes its offers back after so many seconds as they cost euro."""
    told = seller(slug)
    searching = told.searches["flights"]

    def read(*words: object) -> object:
        readout = searching.read(*words)  # type: ignore[arg-type]  # whatever the kit hands over
        ending = tuple(
            msgspec.structs.replace(one, expires_at=one.fetched_at + timedelta(seconds=float(one.price.amount)))
            for one in readout.records
        )
        return msgspec.structs.replace(readout, records=ending)

    return msgspec.structs.replace(told, searches={"flights": msgspec.structs.replace(searching, read=read)})


async def test_offers_that_end_before_anybody_could_choose_them_are_left_out_and_named(tools: MakeTools) -> None:
    search = await answered(tools({ALBATROSS: fares("20.00", "900.00")}, suppliers=hasty))

    part = search.report(ALBATROSS)
    assert [one.price.amount for result in search.results for one in result.offers] == [900]
    assert (part.offers, part.skipped_records) == (1, 1)
    assert "within a minute" in part.skipped[0].why


def innkeeper(slug: str) -> Supplier:
    """Sells one room."""

    def read(reply: Reply, _call: Call, _query: HotelQuery, _atlas: Atlas) -> Readout[StayOffer]:
        told, at = stay_offer(supplier=slug), reply.received_at
        return Readout(records=(msgspec.structs.replace(told, fetched_at=at, expires_at=at + timedelta(hours=1)),))

    def ask(_: HotelQuery) -> Call:
        return Call(operation="search", path="/rooms")

    rooms = Searching(operations=("search",), ask=ask, read=read, honours=frozenset())
    return msgspec.structs.replace(seller(slug), searches={"hotels": rooms})


class LostBook(HotelBook):
    """Nobody can look anything up in it."""

    async def look_up(self, properties: object) -> None:  # noqa: ARG002 -- as the real one takes them
        raise LookupError("a mistake of ours")


async def test_a_search_whose_parts_cannot_be_joined_comes_to_its_end_and_names_them(tools: MakeTools) -> None:
    asking = tools({ALBATROSS: fares()}, suppliers=innkeeper)
    asking = msgspec.structs.replace(asking, hotels=LostBook(asking.engine, asking.queue, now=asking.now))
    question = hotel_query()

    await ask_suppliers(AskSuppliers(query=question), asking)

    search = await asking.cache.get(question.id)
    assert search is not None
    part = search.report(ALBATROSS)
    assert (search.ended, part.status, part.offers, part.detail) == (
        True,
        Outcome.ERROR,
        0,
        "its offers could not be joined",
    )


@pytest.fixture
def breakable(servers: Servers, redis_url: str) -> Servers:
    """Servers that this test may stop; they run again afterwards."""
    return servers


async def test_a_redis_that_goes_and_comes_in_the_middle_of_a_search_gets_its_end(
    tools: MakeTools, breakable: Servers
) -> None:
    away: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def last(_: httpx.Request) -> "asyncio.Future[httpx.Response]":
        answer: asyncio.Future[httpx.Response] = asyncio.get_running_loop().create_future()
        reply = httpx.Response(200, json={"prices": ["399.00"]})
        away.add_done_callback(lambda _: answer.set_result(reply))
        return answer

    asking = tools({ALBATROSS: fares("420.00"), BLUEBIRD: last})
    published = asking.cache.arrivals()
    await anext(published)
    work = asyncio.create_task(ask_suppliers(ASKED, asking))
    async with asyncio.timeout(19):
        while await anext(published) is None:
            pass
    breakable.valkey.stop()
    try:
        with capture_logs() as said:
            away.set_result(None)
            async with asyncio.timeout(19):
                while not any(line["event"] == "search.not_published" for line in said):  # noqa: ASYNC110  # nobody sets an event for a log
                    await asyncio.sleep(0.01)
    finally:
        await asyncio.to_thread(breakable.valkey.start)
    async with asyncio.timeout(19):
        await work

    assert (await held(asking)).status is Status.COMPLETE
