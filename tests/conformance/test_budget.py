"""A burst of five times the budget never puts more into a window than it holds; the sandbox's own ledger is the judge.

All suppliers are asked in the same burst, as in a process that serves them all.
"""

import asyncio
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Final

import httpx
import msgspec
import pytest
import redis

from adapters.kit.budget import Window
from adapters.kit.supplier import Supplier
from storage.embedded import Servers
from tests.conformance.burst import Order, burst
from tests.conformance.exchanges import Exchange
from tests.conformance.folders import suppliers
from tests.conformance.pretend import ROOT, open_sandbox
from tests.conformance.sandboxed import Sandbox, Seen
from tests.conformance.walk import Walk
from tests.patience import patient_redis

pytestmark = pytest.mark.bronze("budget held")

# Small enough to be over in seconds, and slower than any supplier's own limit by the second.
_CALLS: Final = 4
_BURST: Final = 5 * _CALLS
_PROCESSES: Final = 3
_PATIENCE_SECONDS: Final = 240.0


class Held(msgspec.Struct, frozen=True):
    """What came of one supplier's part of a burst; `calls` are those of the operation that it asked for."""

    answered: int
    calls: tuple[Seen, ...]
    windows: tuple[Window, ...]
    cost: int


def representative(walk: Walk) -> Exchange:
    """The first exchange that changes nothing, costs something and asks for no more than itself."""
    return next(
        exchange
        for exchange in walk.met.values()
        if exchange.call.reads_only
        and exchange.supplier.budget.cost(exchange.call)
        and exchange.operation not in _SLOW.get(exchange.supplier.slug, ())
    )


# Operations that a supplier's own window lets through more slowly than this burst: it would be refused, rightly.
_SLOW: Final[Mapping[str, frozenset[str]]] = {
    slug: frozenset(
        operation
        for window in supplier.budget.windows
        if window.calls < _BURST and window.calls < _CALLS * window.seconds
        for operation in window.operations
    )
    for slug, supplier in suppliers().items()
}


def windows(exchange: Exchange) -> tuple[Window, ...]:
    """By the cost of the call: one for all operations, a shorter one, and one of this operation alone."""
    cost = exchange.supplier.budget.cost(exchange.call)
    return (
        Window(calls=_CALLS * cost, seconds=1),
        Window(calls=3 * cost, seconds=0.5),
        Window(calls=7 * cost, seconds=2, operations=frozenset({exchange.operation})),
    )


def orders(address: str, walks: Mapping[str, Walk], calls: int) -> Iterator[Order]:
    for slug, walk in walks.items():
        exchange = representative(walk)
        yield Order(
            slug=slug, call=exchange.call, base_url=f"{address}/{slug}", windows=windows(exchange), calls=calls,
            patience=_PATIENCE_SECONDS,
        )  # fmt: skip


@pytest.fixture(scope="module")
def walks(walk_of: Callable[[Supplier], Walk]) -> Mapping[str, Walk]:
    """Of the suppliers that can be asked at all; the others fail at their declaration."""
    walked = {slug: walk_of(supplier) for slug, supplier in suppliers().items()}
    return {slug: walk for slug, walk in walked.items() if walk.met}


@pytest.fixture(scope="module")
def in_one_process(walks: Mapping[str, Walk], servers: Servers) -> Mapping[str, Held]:
    async def made(address: str) -> dict[str, int]:
        return await burst(orders(address, walks, _BURST), patient_redis(servers.redis_url))

    return held(walks, servers, made)


@pytest.fixture(scope="module")
def in_three_processes(walks: Mapping[str, Walk], servers: Servers) -> Mapping[str, Held]:
    async def made(address: str) -> dict[str, int]:
        shares = [_BURST // _PROCESSES + (number < _BURST % _PROCESSES) for number in range(_PROCESSES)]
        told = await asyncio.gather(
            *(elsewhere(tuple(orders(address, walks, share)), patient_redis(servers.redis_url)) for share in shares)
        )
        return {slug: sum(each[slug] for each in told) for slug in walks}

    return held(walks, servers, made)


def held(walks: Mapping[str, Walk], servers: Servers, made: Callable[[str], object]) -> dict[str, Held]:
    """In a sandbox that nobody has called yet, so that its suppliers' own quotas are whole, and an empty Valkey."""
    with redis.Redis.from_url(patient_redis(servers.redis_url)) as shared:
        shared.flushall()
    with open_sandbox("ticking") as address, httpx.Client(base_url=address, timeout=30) as controls:
        answered: dict[str, int] = asyncio.run(made(address))  # type: ignore[arg-type]  # a coroutine of ours
        sandbox = Sandbox(address, controls)
        return {slug: judged(sandbox, walk, answered[slug]) for slug, walk in walks.items()}


def judged(sandbox: Sandbox, walk: Walk, answered: int) -> Held:
    exchange = representative(walk)
    calls = tuple(sandbox.calls(exchange.supplier, exchange.operation))
    return Held(answered, calls, windows(exchange), exchange.supplier.budget.cost(exchange.call))


def assert_held(told: Held) -> None:
    assert told.answered == _BURST
    assert len(told.calls) == _BURST
    assert {call.status // 100 for call in told.calls} == {2}
    instants = sorted(call.time.timestamp() for call in told.calls)
    for window in told.windows:
        fullest = max(sum(end - window.seconds < at <= end for at in instants) for end in instants)
        assert fullest * told.cost <= window.calls, window


def test_in_one_process(supplier: Supplier, in_one_process: Mapping[str, Held]) -> None:
    assert supplier.slug in in_one_process, "nothing of it can be asked for"
    assert_held(in_one_process[supplier.slug])


def test_in_three_processes(supplier: Supplier, in_three_processes: Mapping[str, Held]) -> None:
    assert supplier.slug in in_three_processes, "nothing of it can be asked for"
    assert_held(in_three_processes[supplier.slug])


async def elsewhere(told: tuple[Order, ...], redis_url: str) -> dict[str, int]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.conformance.burst", cwd=ROOT,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        out, _ = await asyncio.wait_for(process.communicate(msgspec.json.encode((told, redis_url))), 300)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return msgspec.json.decode(out, type=dict[str, int])
