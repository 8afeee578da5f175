"""How suppliers stand is read as the kit has written it, so the kit writes it here."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial

import msgspec
import pytest
import redis.asyncio

from adapters.kit.breaker import Breaker, Sign, Tolerance
from adapters.kit.budget import Budget, Window
from adapters.kit.calls import Call
from adapters.kit.ledger import Ending, Ledger
from adapters.kit.pacing import Pacer
from adapters.kit.quota import Remaining
from adapters.kit.together import Together
from storage import suppliers
from storage.cache import connect
from storage.suppliers import Allowance, Connected, Roster, Standing
from tests.builders import ALBATROSS, BLUEBIRD

SEARCH, BOOK = Call(operation="search", path="/"), Call(operation="book", path="/")
BUDGET = Budget(
    windows=(Window(calls=10, seconds=60), Window(calls=4, seconds=3600, operations=frozenset({"book"}))),
    concurrency=5,
    costs={"book": 2},
)
STRICT = Tolerance(seconds=60, least_calls=4, failure_rate=0.5, pause=60)


def connected(slug: str = ALBATROSS) -> Connected:
    return Connected(
        slug=slug,
        title=slug.title(),
        live=False,
        sells=("flights",),
        lists=(),
        allowances=tuple(
            Allowance(
                id=window.id, calls=window.calls, seconds=window.seconds, operations=tuple(sorted(window.operations))
            )
            for window in BUDGET.windows
        ),
        concurrency=BUDGET.concurrency,
        breaker_seconds=STRICT.seconds,
    )


ROSTER = Roster(at=datetime(2027, 1, 15, tzinfo=UTC), connected=(connected(), connected(BLUEBIRD)))


@pytest.fixture
async def client(redis_url: str) -> "AsyncIterator[redis.asyncio.Redis]":
    client = connect(redis_url)
    yield client
    await client.aclose()


async def standing(client: "redis.asyncio.Redis") -> Standing:
    """That of Albatross; of Bluebird nobody has heard anything."""
    albatross, bluebird = await suppliers.standings(client, ROSTER)
    assert (bluebird.left, bluebird.breaker.open, bluebird.breaker.calls, bluebird.calls) == ((10, 4), False, 0, {})
    return albatross


async def flown(pacer: Pacer, call: Call = SEARCH) -> None:
    async with pacer.slot(call, deadline=asyncio.get_running_loop().time() + 5):
        pass


async def called(guard: Breaker, *signs: Sign) -> None:
    for sign in signs:
        await guard.heard(await guard.permit(patience=5), sign)


async def test_the_worker_that_spoke_last_tells_who_is_connected(client: "redis.asyncio.Redis") -> None:
    assert await suppliers.roster(client) is None
    await suppliers.announce(client, [connected(), connected(BLUEBIRD)])
    await suppliers.announce(client, [connected(BLUEBIRD)])
    told = await suppliers.roster(client)
    assert told is not None
    assert told.connected == (connected(BLUEBIRD),)
    assert datetime.now(UTC) - told.at < timedelta(minutes=1)


async def test_a_supplier_that_was_never_called_has_all_of_its_budget(client: "redis.asyncio.Redis") -> None:
    found = await standing(client)
    assert (found.left, found.under_way, found.paused_for) == ((10, 4), 0, 0.0)


async def test_calls_that_were_made_and_calls_under_way_are_spent(client: "redis.asyncio.Redis") -> None:
    pacer = Pacer(ALBATROSS, BUDGET, client)
    await flown(pacer)
    await flown(pacer)
    assert (await standing(client)).left == (8, 4)
    async with pacer.slot(BOOK, deadline=asyncio.get_running_loop().time() + 5):
        found = await standing(client)
        assert (found.left, found.under_way) == ((6, 2), 1)
    assert (await standing(client)).left == (6, 2)


async def test_a_call_that_has_left_its_window_is_free_again(client: "redis.asyncio.Redis") -> None:
    brief = Window(calls=3, seconds=0.2)
    pacer = Pacer(ALBATROSS, Budget(windows=(brief,), concurrency=5), client)
    one = msgspec.structs.replace(connected(), allowances=(Allowance(id=brief.id, calls=3, seconds=0.2),))
    await flown(pacer)

    async def left() -> int:
        (found,) = await suppliers.standings(client, Roster(at=ROSTER.at, connected=(one,)))
        return found.left[0]

    assert await left() == 2
    async with asyncio.timeout(60):
        while await left() < 3:  # noqa: ASYNC110  # time passes in Redis, and tells nobody
            await asyncio.sleep(0.02)


async def test_what_the_supplier_itself_says_is_left_counts_where_it_is_less(client: "redis.asyncio.Redis") -> None:
    pacer = Pacer(ALBATROSS, BUDGET, client)
    await pacer.heard(Remaining(seconds=60, calls=3), SEARCH, lasts=30)
    assert (await standing(client)).left == (3, 4)
    await flown(pacer)
    assert (await standing(client)).left == (2, 4)
    await pacer.heard(Remaining(seconds=60, calls=0), SEARCH, lasts=30)
    assert (await standing(client)).left == (0, 4)


async def test_a_supplier_that_asked_us_to_wait_is_waited_for(client: "redis.asyncio.Redis") -> None:
    pacer = Pacer(ALBATROSS, BUDGET, client)
    await pacer.pause(20, SEARCH)
    await pacer.pause(40, BOOK)
    assert 39 < (await standing(client)).paused_for <= 40


async def test_a_closed_breaker_tells_the_calls_of_its_window(client: "redis.asyncio.Redis") -> None:
    guard = Breaker(ALBATROSS, Together(ALBATROSS, client), STRICT)
    await called(guard, Sign.ALIVE, Sign.ALIVE, Sign.FAILED)
    found, told = (await standing(client)).breaker, await guard.state()
    assert (found.open, found.opens_in, found.calls, found.failed) == (False, None, 3, 1)
    assert (found.calls, found.failed) == (told.calls, told.failed)


async def test_an_open_breaker_tells_when_somebody_looks_again(client: "redis.asyncio.Redis") -> None:
    guard = Breaker(ALBATROSS, Together(ALBATROSS, client), STRICT)
    await called(guard, *[Sign.FAILED] * 4)
    found, told = (await standing(client)).breaker, await guard.state()
    assert found.open is told.open is True
    assert found.opens_in == pytest.approx(told.opens_in, abs=5)
    assert found.opens_in is not None
    assert 50 < found.opens_in <= 60


async def test_the_books_of_today_are_told_by_operation_and_ending(client: "redis.asyncio.Redis") -> None:
    today = datetime.fromtimestamp((await client.time())[0], UTC)
    for at in (today, today - timedelta(days=1)):
        ledger = Ledger(client, now=partial(datetime.fromtimestamp, at.timestamp(), UTC))
        for operation, asker, ended in (
            ("search", "search", Ending.ANSWERED),
            ("search", "refresh", Ending.ANSWERED),
            ("search", "search", Ending.TIMEOUT),
            ("book", "bookings", Ending.SAID_NO),
        ):
            with ledger.sending(ALBATROSS, operation, asker) as call:
                call.leaves()
                call.ending = ended
        await ledger.aclose()
    assert (await standing(client)).calls == {"search": {"answered": 2, "timeout": 1}, "book": {"said_no": 1}}
