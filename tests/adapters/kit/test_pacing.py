"""A supplier's budget, held by all processes: never more than its calls in any window, whatever goes wrong."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import msgspec
import pytest
import redis.asyncio
from structlog.testing import capture_logs

from adapters.kit.budget import Budget, Window
from adapters.kit.calls import Call
from adapters.kit.failures import TryLater
from adapters.kit.pacing import Pacer
from domain.searches import Outcome
from storage.embedded import Servers
from tests.adapters.kit.crowd import Order, grants
from tests.builders import ALBATROSS

Connect = Callable[[], "redis.asyncio.Redis"]

SLOTS, FLYING, WAITING, MARKS = (
    f"travelhub:budget:{ALBATROSS}:{part}" for part in ("slots", "flying", "waiting", "marks")
)
SEARCH = Call(operation="search", path="/")
TWO_WINDOWS = Budget(windows=(Window(calls=5, seconds=0.2), Window(calls=12, seconds=0.6)), concurrency=60)
PATIENCE = 30.0


def budget(
    calls: int = 2, seconds: float = 60, *, concurrency: int = 20, costs: dict[str, int] | None = None
) -> Budget:
    return Budget(windows=(Window(calls=calls, seconds=seconds),), concurrency=concurrency, costs=costs or {})


def soon(seconds: float = PATIENCE) -> float:
    return asyncio.get_running_loop().time() + seconds


async def flown(pacer: Pacer, *, within: float = PATIENCE, operation: str = "search") -> None:
    async with pacer.slot(Call(operation=operation, path="/"), deadline=soon(within)):
        pass


async def refused(pacer: Pacer, *, within: float = 0.05, operation: str = "search") -> TryLater:
    with pytest.raises(TryLater) as failure:
        await flown(pacer, within=within, operation=operation)
    assert failure.value.outcome is Outcome.RATE_LIMITED
    return failure.value


async def asked_together_again(pacer: Pacer, client: "redis.asyncio.Redis") -> None:
    """Tries until Redis, which came back empty, has let a call go."""
    async with asyncio.timeout(PATIENCE):
        while not await client.exists(SLOTS):
            await asyncio.sleep(0.02)
            with suppress(TryLater):
                await flown(pacer, within=0.01)


def exceeded(granted_ms: Iterable[int], window: Window, cost: int = 1) -> list[int]:
    """The instants at which a stretch of the window's length, ending there, holds more than its calls."""
    instants = sorted(granted_ms)
    span = window.seconds * 1000
    return [end for end in instants if cost * sum(end - span < at <= end for at in instants) > window.calls]


@asynccontextmanager
async def another_process(order: Order) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.adapters.kit.crowd", msgspec.json.encode(order).decode(),
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def burst_elsewhere(order: Order) -> dict[str, int]:
    async with another_process(order) as process:
        out, _ = await process.communicate()
        assert process.returncode == 0
        return msgspec.json.decode(out, type=dict[str, int])


async def test_a_burst_of_five_times_the_budget_stays_within_every_window(redis_url: str, connected: Connect) -> None:
    client = connected()
    order = Order(redis_url=redis_url, budget=TWO_WINDOWS, calls=60, patience=PATIENCE)
    granted = await grants(Pacer(ALBATROSS, TWO_WINDOWS, client), client, order)
    assert len(granted) == 60
    assert [exceeded(granted.values(), window) for window in TWO_WINDOWS.windows] == [[], []]


async def test_a_burst_in_three_processes_stays_within_every_window(redis_url: str) -> None:
    order = Order(redis_url=redis_url, budget=TWO_WINDOWS, calls=20, patience=PATIENCE)
    granted: dict[str, int] = {}
    for part in await asyncio.gather(*(burst_elsewhere(order) for _ in range(3))):
        granted |= part
    assert len(granted) == 60
    assert [exceeded(granted.values(), window) for window in TWO_WINDOWS.windows] == [[], []]


async def test_a_dear_operation_takes_its_weight_out_of_the_window(redis_url: str, connected: Connect) -> None:
    client = connected()
    dear = budget(calls=6, seconds=0.2, costs={"price_all": 3})
    order = Order(redis_url=redis_url, budget=dear, calls=10, patience=PATIENCE, operation="price_all")
    granted = await grants(Pacer(ALBATROSS, dear, client), client, order)
    assert len(granted) == 10
    assert exceeded(granted.values(), dear.windows[0], cost=3) == []


async def test_an_operation_that_costs_nothing_is_let_through_a_spent_budget(connected: Connect) -> None:
    pacer = Pacer(ALBATROSS, budget(calls=1, costs={"ping": 0}), connected())
    await flown(pacer)
    await refused(pacer)
    await flown(pacer, operation="ping")


async def test_a_spent_budget_is_refused_at_once_and_says_how_long_to_wait(connected: Connect) -> None:
    pacer = Pacer(ALBATROSS, budget(calls=2, seconds=60), connected())
    await flown(pacer)
    await flown(pacer)
    failure = await refused(pacer, within=PATIENCE)
    assert failure.retry_after is not None
    assert 50 < failure.retry_after < 65


async def test_a_refusal_spends_nothing(connected: Connect) -> None:
    client = connected()
    pacer = Pacer(ALBATROSS, budget(calls=1, seconds=3), client)
    await flown(pacer)
    for _ in range(10):
        await refused(pacer)
    await flown(pacer)


async def test_a_deadline_that_has_passed_makes_no_call_and_spends_nothing(connected: Connect) -> None:
    client = connected()
    await refused(Pacer(ALBATROSS, budget(), client), within=-1)
    assert await client.exists(SLOTS, FLYING) == 0


async def test_no_more_calls_are_in_the_air_than_allowed_over_all_processes(connected: Connect) -> None:
    here, there = (Pacer(ALBATROSS, budget(calls=100, concurrency=2), connected()) for _ in range(2))
    async with here.slot(SEARCH, deadline=soon()), there.slot(SEARCH, deadline=soon()):
        await refused(here)
        await refused(there)
    await flown(here)


async def test_a_call_counts_while_it_is_under_way_and_its_window_starts_with_the_reply(connected: Connect) -> None:
    pacer, other = (Pacer(ALBATROSS, budget(calls=1, seconds=2), connected()) for _ in range(2))
    async with pacer.slot(SEARCH, deadline=soon()):
        await refused(other, within=2.5)  # longer than a window after it was let go
    failure = await refused(other)
    assert failure.retry_after is not None
    assert failure.retry_after > 0.05
    await flown(other)


async def test_a_landed_call_gives_its_place_back_even_when_it_failed(connected: Connect) -> None:
    client = connected()
    pacer = Pacer(ALBATROSS, budget(concurrency=1), client)
    with pytest.raises(ZeroDivisionError):
        async with pacer.slot(SEARCH, deadline=soon()):
            raise ZeroDivisionError
    assert await client.zcard(FLYING) == 0
    await flown(pacer)


async def test_a_process_that_dies_in_the_air_gives_its_place_back(redis_url: str, connected: Connect) -> None:
    client = connected()
    lonely = budget(calls=100, concurrency=1)
    order = Order(redis_url=redis_url, budget=lonely, calls=1, patience=PATIENCE, hold=True)
    async with another_process(order) as process:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"holding\n"
        process.kill()
        await process.wait()
    quick = Pacer(ALBATROSS, lonely, client, longest_call=timedelta(milliseconds=100))
    await refused(quick)
    # The dead one's lease was of a minute; the server now holds it for as long as ours, as after a clock set back.
    await flown(quick)


async def test_a_caller_that_is_cancelled_while_it_waits_leaves_its_place_to_others(connected: Connect) -> None:
    client = connected()
    pacer = Pacer(ALBATROSS, budget(calls=1000, concurrency=3), client)
    for _ in range(100):  # at whatever point of the asking it strikes
        callers = [asyncio.create_task(flown(pacer)) for _ in range(3)]
        for n, caller in enumerate(callers):
            for _ in range(n + 1):
                await asyncio.sleep(0)
            caller.cancel()
        await asyncio.gather(*callers, return_exceptions=True)
    assert await client.zcard(FLYING) == 0
    async with (
        pacer.slot(SEARCH, deadline=soon()),
        pacer.slot(SEARCH, deadline=soon()),
        pacer.slot(SEARCH, deadline=soon()),
    ):
        assert await client.zcard(FLYING) == 3


async def test_a_pause_asked_for_by_the_supplier_holds_every_process(connected: Connect) -> None:
    asked, other = (Pacer(ALBATROSS, budget(), connected()) for _ in range(2))
    await asked.pause(60, SEARCH)
    for pacer in (asked, other):
        failure = await refused(pacer, within=PATIENCE)
        assert failure.retry_after is not None
        assert 50 < failure.retry_after <= 60


async def test_a_short_pause_does_not_end_a_long_one(connected: Connect) -> None:
    client = connected()
    pacer = Pacer(ALBATROSS, budget(), client)
    await pacer.pause(60, SEARCH)
    await pacer.pause(1, SEARCH)
    (failure,) = [await refused(pacer, within=PATIENCE)]
    assert failure.retry_after is not None
    assert failure.retry_after > 50


async def test_calls_go_on_when_the_pause_is_over(connected: Connect) -> None:
    pacer = Pacer(ALBATROSS, budget(), connected())
    await pacer.pause(2, SEARCH)
    await refused(pacer)
    await flown(pacer)


async def test_a_server_clock_set_back_holds_nobody_up_for_longer_than_a_window(connected: Connect) -> None:
    """An hour ahead is where the slots, leases and pauses of a clock that went back an hour are found."""
    client = connected()
    pacer = Pacer(ALBATROSS, budget(calls=2, seconds=0.3, concurrency=1), client, longest_call=timedelta())
    seconds, _ = await client.time()
    in_an_hour = (seconds + 3600) * 1000
    await client.hset(SLOTS, f"300:{in_an_hour * 120 // 300}", "1")
    await client.zadd(FLYING, {"lost|1|1|300": in_an_hour})
    await client.hset(MARKS, "pause|*", f"{in_an_hour}:200")
    failure = await refused(pacer)
    assert failure.retry_after is not None
    assert failure.retry_after <= 0.4
    await flown(pacer)


async def test_without_redis_each_process_keeps_to_an_eighth() -> None:
    pacer = Pacer(ALBATROSS, budget(calls=16), None)
    await flown(pacer)
    await flown(pacer)
    failure = await refused(pacer, within=PATIENCE)
    assert failure.retry_after is not None
    assert failure.retry_after > 50


async def test_without_redis_a_pause_is_kept_in_the_process() -> None:
    pacer = Pacer(ALBATROSS, budget(calls=100), None)
    await pacer.pause(60, SEARCH)
    await refused(pacer, within=PATIENCE)


async def test_losing_redis_and_finding_it_again_is_said_once_each(
    servers: Servers, redis_url: str, connected: Connect
) -> None:
    client = connected()
    pacer = Pacer(ALBATROSS, budget(calls=24, concurrency=16), client)
    with capture_logs() as said:
        await flown(pacer)
        servers.valkey.stop()
        try:
            await flown(pacer)
            await flown(pacer)
            await refused(pacer)  # three are an eighth of 24, and the first one counts too
        finally:
            servers.valkey.start(empty=True)
        await asked_together_again(pacer, client)
    assert [line["event"] for line in said] == ["budget.local_share_only", "budget.shared_again"]


async def test_what_was_spent_without_redis_is_told_to_the_others_afterwards(
    servers: Servers, redis_url: str, connected: Connect
) -> None:
    client = connected()
    pacer = Pacer(ALBATROSS, budget(calls=16, concurrency=16), client)
    servers.valkey.stop()
    try:
        await flown(pacer)
        await flown(pacer)
    finally:
        servers.valkey.start(empty=True)
    await asked_together_again(pacer, client)
    assert sum(int(spent) for spent in (await client.hvals(SLOTS))) == 3


async def test_a_redis_that_hangs_costs_a_search_a_second_and_not_its_life() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    client = redis.asyncio.Redis(port=port, socket_timeout=60)
    try:
        pacer = Pacer(ALBATROSS, budget(calls=80), client)
        with capture_logs() as said:
            await asyncio.gather(*(flown(pacer, within=5) for _ in range(10)))
        assert [line["event"] for line in said] == ["budget.local_share_only"]
    finally:
        await client.aclose()
        server.close()
