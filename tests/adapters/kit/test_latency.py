"""What processes tell each other about how long a supplier takes."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Final

import pytest
import redis.asyncio

from adapters.kit.budget import Priority
from adapters.kit.client import SupplierClient
from adapters.kit.failures import TryLater
from adapters.kit.latency import Latency
from domain.searches import Outcome
from storage.embedded import Servers
from storage.latencies import spreads
from tests.adapters.kit import declared
from tests.adapters.kit.desk import Desk, hangs, open_desk, says
from tests.builders import ALBATROSS, NOW

Connect = Callable[[], "redis.asyncio.Redis"]
OFTEN: Final = 30


def latency(client: "redis.asyncio.Redis | None", *, later: timedelta = timedelta()) -> Latency:
    """Tells and learns only when it is told to."""
    return Latency(ALBATROSS, client, now=lambda: NOW + later, every=3600)


async def told(client: "redis.asyncio.Redis", seconds: float, *, silent: int = 0) -> None:
    teller = latency(client)
    for _ in range(OFTEN):
        teller.took("search", seconds)
    for _ in range(silent):
        teller.silent("search")
    await teller.exchange()
    await teller.aclose()


async def learned(client: "redis.asyncio.Redis", *, later: timedelta = timedelta()) -> timedelta | None:
    learner = latency(client, later=later)
    await learner.exchange()
    try:
        return learner.patience("search")
    finally:
        await learner.aclose()


async def test_what_one_process_has_waited_for_all_others_know(connected: Connect) -> None:
    await told(connected(), 3.0)
    patience = await learned(connected())
    assert patience is not None
    assert timedelta(seconds=12) <= patience <= timedelta(seconds=14)


async def test_nothing_is_known_of_an_operation_that_nobody_called(connected: Connect) -> None:
    await told(connected(), 3.0)
    learner = latency(connected())
    await learner.exchange()
    assert learner.patience("describe") is None
    await learner.aclose()


async def test_after_an_hour_it_is_forgotten(connected: Connect) -> None:
    await told(connected(), 3.0)
    assert await learned(connected(), later=timedelta(minutes=55)) is not None
    assert await learned(connected(), later=timedelta(minutes=70)) is None


async def test_what_is_kept_goes_by_itself(connected: Connect) -> None:
    client = connected()
    await told(client, 3.0)
    (key,) = [key async for key in client.scan_iter("travelhub:latency:*")]
    assert 0 < await client.ttl(key) <= 65 * 60


async def test_operators_read_what_the_processes_have_told(connected: Connect) -> None:
    await told(connected(), 0.2, silent=2)
    found = await spreads(connected(), (ALBATROSS, "nobody"), now=NOW)
    assert found["nobody"] == {}
    spread = found[ALBATROSS]["search"]
    assert (spread.calls, spread.silent) == (OFTEN + 2, 2)
    assert spread.p50 == pytest.approx(0.2, rel=0.16)


async def test_without_redis_nothing_is_learned_and_nothing_fails() -> None:
    alone = latency(None)
    alone.took("search", 0.1)
    await alone.exchange()
    assert alone.patience("search") is None
    await alone.aclose()


async def test_while_redis_is_away_what_was_noted_waits_for_it(servers: Servers, connected: Connect) -> None:
    teller = latency(connected())
    await teller.exchange()
    servers.valkey.stop()
    try:
        for _ in range(OFTEN):
            teller.took("search", 3.0)
        await teller.exchange()
    finally:
        servers.valkey.start()
    await teller.exchange()
    await teller.aclose()
    assert await learned(connected()) is not None


def client_at(desk: Desk, shared: "redis.asyncio.Redis | None") -> SupplierClient:
    return SupplierClient(
        declared.supplier(timeout=timedelta(seconds=1)),
        declared.access(desk.base_url),
        shared=shared,
        now=lambda: NOW,
    )


async def test_each_call_is_noted_by_its_operation_and_silence_too(connected: Connect) -> None:
    async with open_desk(says(), says(), hangs()) as desk:
        client = client_at(desk, connected())
        deadline = asyncio.get_running_loop().time() + 20
        for _ in range(2):
            await client.answered(declared.call(), deadline=deadline)
        with pytest.raises(TryLater, match=r"within 1\.0 s") as failure:
            await client.answered(declared.call(), deadline=deadline)
        assert failure.value.outcome is Outcome.TIMEOUT
        await client.aclose()
    found = await spreads(connected(), (ALBATROSS,), now=NOW)
    spread = found[ALBATROSS]["search"]
    assert (spread.calls, spread.silent) == (2 + 3, 3)  # a silence of somebody unknown is tried again


async def test_a_supplier_that_is_known_and_silent_for_long_is_not_asked_again_while_people_wait(
    connected: Connect,
) -> None:
    await told(connected(), 0.02)
    for priority, times in ((Priority.INTERACTIVE, 1), (Priority.SYNC, 3)):
        async with open_desk(hangs()) as desk:
            client = client_at(desk, connected())
            await client.latency.exchange()
            with pytest.raises(TryLater):
                await client.answered(
                    declared.call(), deadline=asyncio.get_running_loop().time() + 20, priority=priority
                )
            await client.aclose()
            assert len(desk.asked) == times
