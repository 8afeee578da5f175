"""Who goes first where bookings, searches, refreshes and syncs share one budget, and that nothing of it is wasted."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack

import pytest
import redis.asyncio
from structlog.testing import capture_logs

from adapters.kit.budget import Budget, Priority, Window
from adapters.kit.calls import Call
from adapters.kit.failures import TryLater
from adapters.kit.pacing import Pacer, _Waiting
from adapters.kit.quota import Remaining
from tests.builders import ALBATROSS

Connect = Callable[[], "redis.asyncio.Redis"]

SLOTS, FLYING, WAITING, MARKS = (
    f"travelhub:budget:{ALBATROSS}:{part}" for part in ("slots", "flying", "waiting", "marks")
)
SEARCH, TRACK = Call(operation="search", path="/"), Call(operation="track", path="/")
PATIENCE = 30.0


def budget(calls: int, seconds: float = 60, *, concurrency: int = 50, tracks: int | None = None) -> Budget:
    """`tracks` are the calls of a window for tracks alone."""
    windows = [Window(calls=calls, seconds=seconds)]
    if tracks is not None:
        windows.append(Window(calls=tracks, seconds=seconds, operations=frozenset({"track"})))
    return Budget(windows=tuple(windows), concurrency=concurrency)


def soon(seconds: float = PATIENCE) -> float:
    return asyncio.get_running_loop().time() + seconds


async def flown(
    pacer: Pacer, priority: Priority = Priority.INTERACTIVE, *, call: Call = SEARCH, within: float = PATIENCE
) -> None:
    async with pacer.slot(call, deadline=soon(within), priority=priority):
        pass


async def goes(
    pacer: Pacer, priority: Priority = Priority.INTERACTIVE, *, call: Call = SEARCH, within: float = 2
) -> bool:
    """Whether there is a place for it, in a window that is much longer than it waits."""
    try:
        await flown(pacer, priority, call=call, within=within)
    except TryLater:
        return False
    return True


async def marked(client: "redis.asyncio.Redis", waiters: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while await client.zcard(WAITING) < waiters:  # noqa: ASYNC110 - another pacer gets there
            await asyncio.sleep(0.005)


@pytest.mark.parametrize("processes", [1, 4])
async def test_those_who_wait_go_in_the_order_of_their_class(processes: int, connected: Connect) -> None:
    client = connected()
    pacers = [Pacer(ALBATROSS, budget(1, 0.1), connected()) for _ in range(processes)]
    went: list[Priority] = []

    async def call(pacer: Pacer, priority: Priority) -> None:
        async with pacer.slot(SEARCH, deadline=soon(), priority=priority):
            went.append(priority)

    async with AsyncExitStack() as held:
        await held.enter_async_context(pacers[0].slot(SEARCH, deadline=soon(), priority=Priority.SYNC))
        calls = []
        for number, priority in enumerate(reversed(Priority)):
            calls += [asyncio.create_task(call(pacers[(number + more) % processes], priority)) for more in range(2)]
            await marked(client, number + 1)
    await asyncio.gather(*calls)
    assert went == sorted(went)
    assert await client.zcard(WAITING) == 0


async def test_a_sync_waits_as_long_as_a_search_waits(connected: Connect) -> None:
    """However the places come free: the search, which is dear, needs three of them."""
    client = connected()
    dear = Budget(windows=(Window(calls=3, seconds=0.4),), concurrency=50, costs={"price_all": 3})
    here, there = (Pacer(ALBATROSS, dear, connected()) for _ in range(2))
    for _ in range(3):
        await flown(here, Priority.SYNC)
        await asyncio.sleep(0.05)
    search = asyncio.create_task(flown(here, call=Call(operation="price_all", path="/")))
    await marked(client, 1)
    sync = asyncio.create_task(flown(there, Priority.SYNC))
    done, _ = await asyncio.wait((search, sync), return_when=asyncio.FIRST_COMPLETED)
    assert done == {search}
    await sync


async def test_whoever_waits_only_for_tracks_leaves_everything_else_to_the_others(connected: Connect) -> None:
    client = connected()
    pacers = [Pacer(ALBATROSS, budget(8, tracks=1), connected()) for _ in range(2)]
    await flown(pacers[0], call=TRACK)
    waiting = asyncio.create_task(flown(pacers[0], Priority.BOOKING, call=TRACK, within=100))
    await marked(client, 1)
    assert [await goes(pacers[1], Priority.SYNC) for _ in range(8)] == [True] * 7 + [False]
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert await client.zcard(WAITING) == 0


async def test_one_who_died_while_it_waited_blocks_nobody_for_long(connected: Connect) -> None:
    client = connected()
    pacer = Pacer(ALBATROSS, budget(8), client)
    seconds, _ = await client.time()
    await client.zadd(WAITING, {"dead|0|8|60000>60000": seconds * 1000 + 2000, "past|0|8|60000>60000": 1})
    assert not await goes(pacer, Priority.SYNC, within=0.05)
    assert await goes(pacer, Priority.SYNC, within=10)


async def test_a_mark_of_a_clock_that_was_set_back_is_thrown_away(connected: Connect) -> None:
    client = connected()
    pacer = Pacer(ALBATROSS, budget(8), client)
    seconds, _ = await client.time()
    await client.zadd(WAITING, {"lost|0|8|60000>60000": (seconds + 3600) * 1000})
    assert await goes(pacer, Priority.SYNC)


async def test_a_lone_class_uses_the_whole_budget(connected: Connect) -> None:
    pacer = Pacer(ALBATROSS, budget(100), connected())
    assert [await goes(pacer, Priority.SYNC) for _ in range(101)] == [True] * 100 + [False]


async def test_a_part_is_kept_for_a_class_that_was_there_lately(connected: Connect) -> None:
    here, there = (Pacer(ALBATROSS, budget(100), connected()) for _ in range(2))
    assert await goes(here)
    assert [await goes(there, Priority.SYNC) for _ in range(98)] == [True] * 97 + [False]
    assert [await goes(here) for _ in range(3)] == [True, True, False]


async def test_nothing_is_kept_for_a_class_that_has_not_been_seen_for_two_windows(connected: Connect) -> None:
    client = connected()
    pacer = Pacer(ALBATROSS, budget(10), client)
    seconds, _ = await client.time()
    await client.hset(MARKS, "seen|1|60000", (seconds - 121) * 1000)
    assert [await goes(pacer, Priority.SYNC) for _ in range(11)] == [True] * 10 + [False]


async def test_bookings_find_a_place_wherever_a_supplier_sells(connected: Connect) -> None:
    pacer = Pacer(ALBATROSS, budget(10, concurrency=10), connected(), sells=True)
    assert [await goes(pacer) for _ in range(10)] == [True] * 9 + [False]
    assert await goes(pacer, Priority.BOOKING)


async def test_bookings_find_a_place_in_the_air_too(connected: Connect) -> None:
    pacer = Pacer(ALBATROSS, budget(100, concurrency=10), connected(), sells=True)
    async with AsyncExitStack() as air:
        for _ in range(9):
            await air.enter_async_context(pacer.slot(SEARCH, deadline=soon()))
        assert not await goes(pacer, within=0.05)
        assert await goes(pacer, Priority.BOOKING)


async def test_a_small_budget_keeps_nothing_back(connected: Connect) -> None:
    pacer = Pacer(ALBATROSS, budget(9), connected(), sells=True)
    assert [await goes(pacer) for _ in range(10)] == [True] * 9 + [False]


async def test_a_call_that_costs_all_of_a_window_gets_it_in_spite_of_what_is_kept(connected: Connect) -> None:
    whole = Budget(windows=(Window(calls=20, seconds=60),), concurrency=5, costs={"price_all": 20})
    pacer = Pacer(ALBATROSS, whole, connected(), sells=True)
    assert await goes(pacer, Priority.SYNC, call=Call(operation="price_all", path="/"))


def test_nobody_waits_for_ever() -> None:
    """Every twenty seconds one class up, until it stands with those for whom somebody waits."""
    claim = budget(1).claim(SEARCH, Priority.SYNC)
    waiting = _Waiting(id="one", claim=claim, since=100.0, deadline=1000.0)
    assert [waiting.order(100.0 + seconds) for seconds in (0, 19, 20, 39, 40, 900)] == [
        Priority.SYNC, Priority.SYNC, Priority.REFRESH, Priority.REFRESH, Priority.INTERACTIVE, Priority.INTERACTIVE,
    ]  # fmt: skip
    booking = _Waiting(id="one", claim=budget(1).claim(SEARCH, Priority.BOOKING), since=0.0, deadline=1000.0)
    assert booking.order(900.0) is Priority.BOOKING


async def test_a_window_of_some_operations_holds_them_and_nobody_else(connected: Connect) -> None:
    pacer = Pacer(ALBATROSS, budget(5, tracks=2), connected())
    assert [await goes(pacer, call=TRACK) for _ in range(3)] == [True, True, False]
    assert [await goes(pacer) for _ in range(4)] == [True, True, True, False]


async def test_a_pause_for_tracks_pauses_tracks(connected: Connect) -> None:
    here, there = (Pacer(ALBATROSS, budget(50, tracks=20), connected()) for _ in range(2))
    await here.pause(60, TRACK)
    assert [await goes(pacer, call=TRACK) for pacer in (here, there)] == [False, False]
    assert [await goes(pacer) for pacer in (here, there)] == [True, True]


async def test_a_day_of_thousands_of_credits_takes_no_more_memory_than_a_second(connected: Connect) -> None:
    client = connected()
    of_a_day = Budget(windows=(Window(calls=8000, seconds=86_400),), concurrency=50)
    pacer = Pacer(ALBATROSS, of_a_day, client)
    seconds, _ = await client.time()
    slot = seconds * 1000 * 120 // 86_400_000
    await client.hset(SLOTS, mapping={f"86400000:{slot - age}": 10 for age in range(400)})
    await flown(pacer)
    assert await client.hlen(SLOTS) <= 122


async def test_no_key_of_a_budget_may_be_evicted(connected: Connect) -> None:
    client = connected()
    pacer = Pacer(ALBATROSS, budget(1), client)
    waiting = []
    async with pacer.slot(SEARCH, deadline=soon()):
        waiting.append(asyncio.create_task(flown(pacer, within=100)))
        await marked(client, 1)
        assert [await client.ttl(key) for key in (FLYING, WAITING, MARKS)] == [-1] * 3
    waiting[0].cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert await client.ttl(SLOTS) == -1


async def test_a_call_that_was_not_made_gives_its_place_to_others(connected: Connect) -> None:
    client = connected()
    here, there = Pacer(ALBATROSS, budget(1), client), Pacer(ALBATROSS, budget(1), connected())
    async with here.slot(SEARCH, deadline=soon()) as place:
        place.unspent()
    assert await client.exists(FLYING, SLOTS) == 0
    assert await goes(there)


# ---- what the supplier says is left ----


def left(calls: int | None = None, *, share: float | None = None, seconds: float = 60) -> Remaining:
    return Remaining(seconds=seconds, calls=calls, share=share)


async def test_what_the_supplier_says_is_left_is_left_for_all_processes(connected: Connect) -> None:
    here, there = (Pacer(ALBATROSS, budget(50), connected()) for _ in range(2))
    await here.heard(left(3), SEARCH, lasts=60)
    assert [await goes(pacer) for pacer in (there, here, there, here)] == [True, True, True, False]


async def test_a_share_is_of_what_is_declared(connected: Connect) -> None:
    pacer = Pacer(ALBATROSS, budget(50), connected())
    await pacer.heard(left(share=0.05), SEARCH, lasts=60)
    assert [await goes(pacer) for _ in range(3)] == [True, True, False]


async def test_the_supplier_never_gives_more_than_is_declared(connected: Connect) -> None:
    pacer = Pacer(ALBATROSS, budget(2), connected())
    await pacer.heard(left(4000), SEARCH, lasts=60)
    assert [await goes(pacer) for _ in range(3)] == [True, True, False]


async def test_an_older_reply_that_comes_late_gives_nothing_back(connected: Connect) -> None:
    pacer = Pacer(ALBATROSS, budget(50), connected())
    await pacer.heard(left(1), SEARCH, lasts=60)
    await pacer.heard(left(30), SEARCH, lasts=60)
    assert [await goes(pacer) for _ in range(2)] == [True, False]


async def test_after_the_reset_the_budget_is_whole_again(connected: Connect) -> None:
    pacer = Pacer(ALBATROSS, budget(50), connected())
    await pacer.heard(left(0), SEARCH, lasts=0.3)
    assert not await goes(pacer, within=0.05)
    assert await goes(pacer, within=5)


async def test_a_quota_that_has_been_reset_by_now_tells_nothing(connected: Connect) -> None:
    pacer = Pacer(ALBATROSS, budget(50), connected())
    await pacer.heard(left(0), SEARCH, lasts=0.0)
    assert await goes(pacer)


async def test_nothing_left_is_said_once_by_one_process(connected: Connect) -> None:
    here, there = (Pacer(ALBATROSS, budget(50), connected()) for _ in range(2))
    with capture_logs() as said:
        for pacer in (here, here, there):
            await pacer.heard(left(0), SEARCH, lasts=60)
    assert [(line["event"], line["seconds"]) for line in said] == [("supplier.quota_spent", 60)]


async def test_nothing_left_for_tracks_is_nothing_to_others(connected: Connect) -> None:
    credits_of_tracks = Window(calls=50, seconds=3600, operations=frozenset({"track"}))
    both = Budget(windows=(Window(calls=50, seconds=60), credits_of_tracks), concurrency=5)
    pacer = Pacer(ALBATROSS, both, connected())
    await pacer.heard(left(0, seconds=3600), TRACK, lasts=60)
    assert not await goes(pacer, call=TRACK)
    assert await goes(pacer)


async def test_a_quota_that_we_have_no_window_for_stops_everything_when_it_is_spent(connected: Connect) -> None:
    pacer = Pacer(ALBATROSS, budget(50), connected())
    await pacer.heard(left(1, seconds=5), SEARCH, lasts=60)
    assert await goes(pacer)
    await pacer.heard(left(0, seconds=5), SEARCH, lasts=60)
    assert not await goes(pacer)


async def test_of_the_little_that_is_left_a_part_is_kept_for_bookings(connected: Connect) -> None:
    pacer = Pacer(ALBATROSS, budget(50), connected(), sells=True)
    await pacer.heard(left(2), SEARCH, lasts=60)
    assert [await goes(pacer) for _ in range(2)] == [True, False]
    assert await goes(pacer, Priority.BOOKING)


async def test_without_redis_a_process_keeps_to_an_eighth_of_what_is_left() -> None:
    pacer = Pacer(ALBATROSS, budget(800), None)
    await pacer.heard(left(17), SEARCH, lasts=60)
    assert [await goes(pacer) for _ in range(3)] == [True, True, False]
