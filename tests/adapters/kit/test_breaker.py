"""A supplier that is down is left alone by all processes, until one call has seen that it is back."""

import asyncio
from collections.abc import Callable

import pytest
import redis.asyncio
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from adapters.kit.breaker import Breaker, LocalBreaker, Permit, Sign, Tolerance
from adapters.kit.failures import TryLater
from adapters.kit.together import Together
from domain.searches import Outcome
from storage.embedded import Servers
from tests.builders import ALBATROSS

Connect = Callable[[], "redis.asyncio.Redis"]

KEY = f"travelhub:breaker:{ALBATROSS}"
QUICK = Tolerance(seconds=30, least_calls=4, failure_rate=0.5, pause=0.05, growth=3, longest_pause=0.2)
SLOW = Tolerance(seconds=30, least_calls=4, failure_rate=0.5, pause=60, growth=2, longest_pause=100)


def breaker(client: "redis.asyncio.Redis | None", tolerance: Tolerance = SLOW) -> Breaker:
    return Breaker(ALBATROSS, Together(ALBATROSS, client), tolerance)


async def called(guard: Breaker, *signs: Sign) -> None:
    for sign in signs:
        await guard.heard(await guard.permit(patience=5), sign)


async def broken(guard: Breaker) -> None:
    await called(guard, *[Sign.FAILED] * 4)


async def refused(guard: Breaker) -> float:
    with pytest.raises(TryLater) as failure:
        await guard.permit(patience=5)
    assert failure.value.outcome is Outcome.BREAKER_OPEN
    assert failure.value.retry_after is not None
    return failure.value.retry_after


async def probe(guard: Breaker) -> Permit:
    """Asks until the pause is over."""
    async with asyncio.timeout(60):
        while True:
            try:
                permit = await guard.permit(patience=5)
            except TryLater as failure:
                await asyncio.sleep(failure.retry_after or 0.0)
            else:
                assert permit.probe
                return permit


@pytest.fixture(params=["shared", "alone"])
def strict(request: pytest.FixtureRequest, connected: Connect) -> Breaker:
    """One that stays open for longer than a test."""
    return breaker(connected() if request.param == "shared" else None, SLOW)


@pytest.fixture(params=["shared", "alone"])
def guard(request: pytest.FixtureRequest, connected: Connect) -> Breaker:
    """With Redis and without it: the rules are the same."""
    return breaker(connected() if request.param == "shared" else None, QUICK)


async def test_a_few_failures_among_answers_are_bearable(guard: Breaker) -> None:
    await called(guard, Sign.ALIVE, Sign.FAILED, Sign.ALIVE, Sign.ALIVE, Sign.FAILED)
    assert not (await guard.state()).open


async def test_three_failures_are_too_few_to_judge_by(guard: Breaker) -> None:
    await called(guard, *[Sign.FAILED] * 3)
    assert not (await guard.state()).open


async def test_a_supplier_that_fails_half_of_its_calls_is_left_alone(strict: Breaker) -> None:
    await called(strict, Sign.ALIVE, Sign.ALIVE, Sign.FAILED, Sign.FAILED)
    assert 0 < await refused(strict) <= 60
    assert (await strict.state()).open


async def test_calls_that_were_not_made_tell_nothing(guard: Breaker) -> None:
    await called(guard, *[Sign.NOTHING] * 10, *[Sign.FAILED] * 3)
    assert (await guard.state()).calls == 3


async def test_exactly_one_call_looks_whether_it_is_back(guard: Breaker) -> None:
    await broken(guard)
    permit = await probe(guard)
    for _ in range(3):
        assert await refused(guard) <= 1
    await guard.heard(permit, Sign.ALIVE)
    assert not (await guard.permit(patience=5)).probe


async def test_the_pause_grows_with_each_probe_that_fails_up_to_a_cap(connected: Connect) -> None:
    client = connected()
    guard = breaker(client, QUICK)
    await broken(guard)
    pauses = [await client.hget(KEY, "pause")]
    for _ in range(3):
        await guard.heard(await probe(guard), Sign.FAILED)
        pauses.append(await client.hget(KEY, "pause"))
    assert pauses == [b"50", b"150", b"200", b"200"]


def test_the_pause_of_a_lonely_process_grows_likewise() -> None:
    guard, now, pauses = LocalBreaker(SLOW), 0.0, []
    for _ in range(4):
        guard.tell("call", Sign.FAILED, now)
    for number in range(3):
        wait = guard.wait(now)
        assert wait is not None
        pauses.append(wait)
        now += wait
        assert guard.ask(f"probe {number}", now, 5) < 0
        guard.tell(f"probe {number}", Sign.FAILED, now)
    assert pauses == [60, 100, 100]


async def test_a_probe_that_nobody_waited_for_makes_room_for_the_next_one(guard: Breaker) -> None:
    await broken(guard)
    await guard.heard(await probe(guard), Sign.NOTHING)
    assert (await probe(guard)).probe


async def test_an_answer_from_before_the_break_does_not_end_it(strict: Breaker) -> None:
    early = await strict.permit(patience=5)
    await broken(strict)
    await strict.heard(early, Sign.ALIVE)
    await refused(strict)


async def test_after_the_recovery_the_old_failures_are_forgotten(guard: Breaker) -> None:
    await broken(guard)
    await guard.heard(await probe(guard), Sign.ALIVE)
    await called(guard, *[Sign.FAILED] * 3)
    assert not (await guard.state()).open


async def test_break_and_recovery_are_said_once_each_by_whoever_saw_them(guard: Breaker) -> None:
    with capture_logs() as said:
        late = [await guard.permit(patience=5) for _ in range(3)]
        await broken(guard)
        for permit in late:
            await guard.heard(permit, Sign.FAILED)
        await guard.heard(await probe(guard), Sign.FAILED)
        await guard.heard(await probe(guard), Sign.ALIVE)
    assert [line["event"] for line in said] == ["supplier.broken", "supplier.recovered"]


async def test_one_process_finds_out_and_all_of_them_stay_away(connected: Connect) -> None:
    here, there = breaker(connected()), breaker(connected())
    await called(here, *[Sign.FAILED] * 2)
    await called(there, *[Sign.FAILED] * 2)
    assert await refused(here) > 50
    assert await refused(there) > 50
    told = await here.state()
    assert (told.open, told.opens_in > 50) == (True, True)


async def test_one_probe_over_all_processes_and_its_answer_is_for_all(connected: Connect) -> None:
    here, there = (breaker(connected(), QUICK) for _ in range(2))
    await broken(here)
    permit = await probe(here)
    await refused(there)
    await here.heard(permit, Sign.ALIVE)
    await called(there, Sign.ALIVE)


async def test_a_process_that_dies_with_the_probe_holds_the_others_up_for_its_patience(connected: Connect) -> None:
    here, there = (breaker(connected(), QUICK) for _ in range(2))
    await broken(here)
    await probe(here)
    client = connected()
    seconds, _ = await client.time()
    await client.hset(KEY, "probe_until", seconds * 1000)
    assert (await there.permit(patience=5)).probe


async def test_a_server_clock_set_back_opens_nobody_for_longer_than_the_pause(connected: Connect) -> None:
    client = connected()
    guard = breaker(client, QUICK)
    await broken(guard)
    seconds, _ = await client.time()
    await client.hset(KEY, mapping={"until": (seconds + 3600) * 1000, "probe_until": (seconds + 3600) * 1000})
    assert await refused(guard) <= 0.05
    assert (await probe(guard)).probe


async def test_failures_of_an_earlier_window_count_no_more(connected: Connect) -> None:
    client = connected()
    guard = breaker(client)
    seconds, _ = await client.time()
    await client.hset(KEY, f"failed:{seconds * 1000 * 10 // 30_000 - 10}", "50")
    await client.hset(KEY, f"failed:{(seconds + 3600) * 1000 * 10 // 30_000}", "50")
    await called(guard, Sign.FAILED)
    assert (await guard.state()).calls == 1


async def test_it_survives_a_server_that_evicts_what_expires(connected: Connect) -> None:
    client = connected()
    guard = breaker(client)
    await called(guard, Sign.FAILED)
    assert await client.ttl(KEY) == -1
    await called(guard, *[Sign.FAILED] * 3)
    assert await client.ttl(KEY) == -1


async def test_a_latecomer_hears_of_the_break_before_it_is_sent(strict: Breaker) -> None:
    waited = await strict.permit(patience=5)
    strict.refuse_latecomer(waited)
    await broken(strict)
    with pytest.raises(TryLater) as failure:
        strict.refuse_latecomer(waited)
    assert failure.value.outcome is Outcome.BREAKER_OPEN


async def test_the_probe_is_no_latecomer(guard: Breaker) -> None:
    await broken(guard)
    guard.refuse_latecomer(await probe(guard))


async def test_without_redis_a_process_keeps_to_the_same_rules_and_says_that_it_is_alone(
    servers: Servers, redis_url: str, connected: Connect
) -> None:
    guard = breaker(connected())
    await called(guard, *[Sign.FAILED] * 3)
    servers.valkey.stop()
    try:
        with capture_logs() as said:
            await broken(guard)
            assert await refused(guard) > 50
        assert [line["event"] for line in said] == ["budget.local_share_only", "supplier.broken"]
        assert said[1]["known_to"] == "one process"
    finally:
        servers.valkey.start(empty=True)


@given(st.lists(st.tuples(st.sampled_from([Sign.ALIVE, Sign.FAILED]), st.integers(0, 20)), max_size=60))
def test_it_is_open_only_after_a_window_with_too_many_failures(calls: list[tuple[Sign, int]]) -> None:
    guard, now = LocalBreaker(SLOW), 0.0
    made: list[tuple[float, Sign]] = []
    for sign, pause in calls:
        now += pause
        if guard.tell("call", sign, now):
            recent = [told for at, told in [*made, (now, sign)] if at > now - SLOW.seconds]
            assert recent.count(Sign.FAILED) >= SLOW.failure_rate * SLOW.least_calls
            return
        made.append((now, sign))
