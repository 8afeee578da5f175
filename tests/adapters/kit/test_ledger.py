"""The books hold every call that was sent, once, under the way it ended."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import date, datetime, timedelta
from itertools import product

import pytest
import redis.asyncio
from structlog.testing import capture_logs

from adapters.kit.failures import Answered, Failure, GiveUp, TryLater, Unknown
from adapters.kit.ledger import Ending, Ledger, Row, ending, read_ledger
from domain.searches import Outcome
from storage.embedded import Servers
from tests.builders import ALBATROSS, NOW

Connect = Callable[[], "redis.asyncio.Redis"]

TODAY = NOW.date()


@asynccontextmanager
async def books(
    client: "redis.asyncio.Redis | None", *, at: datetime = NOW, most_rows: int = 100, every: float = 60
) -> AsyncIterator[Ledger]:
    ledger = Ledger(client, now=lambda: at, most_rows=most_rows, every=every)
    try:
        yield ledger
    finally:
        await ledger.aclose()


def row(operation: str = "search", *, client: str = "search", ended: Ending = Ending.ANSWERED) -> Row:
    return Row(supplier=ALBATROSS, operation=operation, client=client, ending=ended)


def sent(ledger: Ledger, operation: str = "search", *, client: str = "search", ended: Ending = Ending.ANSWERED) -> None:
    with ledger.sending(ALBATROSS, operation, client) as call:
        call.leaves()
        call.ending = ended


async def test_calls_are_counted_by_operation_who_asked_and_how_they_ended(connected: Connect) -> None:
    client = connected()
    async with books(client) as ledger:
        for ended in (Ending.DOWN, Ending.ANSWERED, Ending.ANSWERED):
            sent(ledger, ended=ended)
        sent(ledger, "book", client="bookings", ended=Ending.UNKNOWN)
        assert await ledger.flush()
    assert await read_ledger(client, TODAY) == {
        row("book", client="bookings", ended=Ending.UNKNOWN): 1,
        row(): 2,
        row(ended=Ending.DOWN): 1,
    }


async def test_what_never_left_is_in_no_books() -> None:
    async with books(None) as ledger:
        with ledger.sending(ALBATROSS, "search", "search"):
            pass
        assert ledger.unwritten == {}


async def test_a_call_that_nobody_waited_for_was_sent_all_the_same() -> None:
    async with books(None) as ledger:
        with suppress(asyncio.CancelledError), ledger.sending(ALBATROSS, "search", "search") as call:
            call.leaves()
            raise asyncio.CancelledError
        assert ledger.unwritten == {row(ended=Ending.ABANDONED): 1}


async def test_all_processes_write_in_the_same_books(connected: Connect) -> None:
    client = connected()
    async with books(client) as here, books(connected()) as there:
        sent(here)
        sent(there)
    assert await read_ledger(client, TODAY) == {row(): 2}


async def test_it_is_written_in_the_background_without_being_asked(connected: Connect) -> None:
    client = connected()
    async with books(client, every=0.01) as ledger, asyncio.timeout(60):
        for calls in (1, 2):
            sent(ledger)
            while await read_ledger(client, TODAY) != {row(): calls}:  # noqa: ASYNC110 - it is written by nobody we know
                await asyncio.sleep(0.01)


async def test_a_call_belongs_to_the_day_on_which_it_was_sent(connected: Connect) -> None:
    client, clock = connected(), iter([datetime(2027, 1, 15, 23, 59, 59, tzinfo=NOW.tzinfo), *[NOW] * 9])
    ledger = Ledger(client, now=lambda: next(clock), every=60)
    sent(ledger)
    await ledger.aclose()
    assert await read_ledger(client, date(2027, 1, 15)) == {row(): 1}


async def test_a_write_that_is_broken_off_is_neither_lost_nor_counted_twice(connected: Connect) -> None:
    client = connected()
    async with books(client) as ledger:
        for ticks in range(40):  # at whatever point of the writing it strikes
            sent(ledger)
            writing = asyncio.create_task(ledger.flush())
            for _ in range(ticks % 20):
                await asyncio.sleep(0)
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)
    assert await read_ledger(client, TODAY) == {row(): 40}


async def test_nothing_is_lost_while_redis_is_away(servers: Servers, redis_url: str, connected: Connect) -> None:
    client = connected()
    async with books(client) as ledger:
        servers.valkey.stop()
        try:
            sent(ledger)
            assert not await ledger.flush()
            sent(ledger)
            assert ledger.unwritten == {row(): 2}
        finally:
            servers.valkey.start(empty=True)
        assert await ledger.flush()
        assert ledger.unwritten == {}
    assert await read_ledger(client, TODAY) == {row(): 2}


async def test_memory_has_a_bound_and_what_is_beyond_it_is_said() -> None:
    with capture_logs() as said:
        async with books(None, most_rows=2) as ledger:
            for operation in ("a", "b", "c", "d", "a"):
                sent(ledger, operation)
            assert ledger.unwritten == {row("a"): 2, row("b"): 1}
    assert [line["event"] for line in said] == ["ledger.lost"]


async def test_what_is_lost_at_the_end_is_said(servers: Servers, redis_url: str, connected: Connect) -> None:
    with capture_logs() as said:
        async with books(connected()) as ledger:
            sent(ledger)
            servers.valkey.stop()
        servers.valkey.start(empty=True)
    assert [(line["event"], line["calls"]) for line in said] == [("ledger.lost", 1)]


async def test_books_are_kept_for_forty_days_and_no_pressure_evicts_them(connected: Connect) -> None:
    client = connected()
    for days in (41, 40, 1, 0):
        async with books(client, at=NOW - timedelta(days=days)) as ledger:
            sent(ledger)
    kept = [days for days in range(50) if await read_ledger(client, TODAY - timedelta(days=days))]
    assert kept == [0, 1]
    assert await client.ttl(f"travelhub:calls:{TODAY}") == -1


@pytest.mark.parametrize(
    ("kind", "outcome"),
    tuple(product((TryLater, GiveUp, Answered, Unknown), Outcome)),
)
def test_every_failure_has_a_name_in_the_books(kind: type[Failure], outcome: Outcome) -> None:
    assert ending(kind("so be it", outcome=outcome)) in set(Ending) - {Ending.ANSWERED, Ending.ABANDONED}


def test_the_names_say_what_happened() -> None:
    assert ending(None) is Ending.ANSWERED
    assert ending(TryLater("", outcome=Outcome.RATE_LIMITED)) is Ending.BUSY
    assert ending(TryLater("", outcome=Outcome.TIMEOUT)) is Ending.TIMEOUT
    assert ending(TryLater("", outcome=Outcome.ERROR)) is Ending.DOWN
    assert ending(GiveUp("", outcome=Outcome.REFUSED)) is Ending.REFUSED
    assert ending(GiveUp("", outcome=Outcome.ERROR)) is Ending.UNREADABLE
    assert ending(Answered("", outcome=Outcome.REFUSED)) is Ending.SAID_NO
    assert ending(Unknown("", outcome=Outcome.TIMEOUT)) is Ending.UNKNOWN
