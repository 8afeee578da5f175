"""A burst of five times the budget never puts more into a window than it holds; the supplier's own ledger is the judge."""

import asyncio
import sys

import msgspec
import pytest

from adapters.kit.budget import Budget, Window
from adapters.kit.supplier import Supplier
from tests.conformance.burst import Order, burst
from tests.conformance.exchanges import exchanges
from tests.conformance.pretend import ROOT
from tests.conformance.sandboxed import Sandbox

pytestmark = pytest.mark.bronze("budget held")

# Small enough to be over in seconds, and slower than any supplier's own limit by the second.
SMALL = Budget(windows=(Window(calls=4, seconds=1), Window(calls=3, seconds=0.5)), concurrency=8)
BURST = 5 * SMALL.windows[0].calls


def order(supplier: Supplier, untouched: Sandbox, redis_url: str, *, calls: int) -> Order:
    first = next(exchange for exchange in exchanges() if exchange.supplier.slug == supplier.slug)
    return Order(
        exchange=first.name, base_url=untouched.url_of(supplier), redis_url=redis_url, budget=SMALL, calls=calls,
        patience=40,
    )  # fmt: skip


def judge(supplier: Supplier, untouched: Sandbox) -> None:
    calls = list(untouched.calls(supplier))
    assert len(calls) == BURST
    assert {status for _, status in calls} == {200}
    for window in SMALL.windows:
        instants = sorted(at.timestamp() for at, _ in calls)
        fullest = max(sum(end - window.seconds < at <= end for at in instants) for end in instants)
        assert fullest <= window.calls


async def test_in_one_process(supplier: Supplier, untouched: Sandbox, redis_url: str) -> None:
    assert await burst(order(supplier, untouched, redis_url, calls=BURST)) == BURST
    judge(supplier, untouched)


async def test_in_three_processes(supplier: Supplier, untouched: Sandbox, redis_url: str) -> None:
    shares = (7, 7, BURST - 14)
    answered = await asyncio.gather(
        *(elsewhere(order(supplier, untouched, redis_url, calls=share)) for share in shares)
    )
    assert answered == list(shares)
    judge(supplier, untouched)


async def elsewhere(burst_order: Order) -> int:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.conformance.burst", msgspec.json.encode(burst_order).decode(),
        cwd=ROOT, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        out, _ = await asyncio.wait_for(process.communicate(), 60)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return int(out)
