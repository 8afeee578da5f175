"""A burst of calls to several suppliers, in a process of its own: `python -m tests.conformance.burst`, orders on stdin."""

import asyncio
import sys
from collections.abc import Iterable
from datetime import timedelta

import msgspec
import redis.asyncio

from adapters.kit.budget import Budget, Window
from adapters.kit.calls import Call
from adapters.kit.failures import Failure
from storage.cache import connect
from tests.conformance.exchanges import calling
from tests.conformance.folders import suppliers


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """So many calls to one supplier at once; `patience` bounds each, in seconds. Its costs are the declaration's own."""

    slug: str
    call: Call
    base_url: str
    windows: tuple[Window, ...]
    calls: int
    patience: float


async def burst(orders: Iterable[Order], redis_url: str) -> dict[str, int]:
    """For each supplier, how many calls were answered, whatever the answer."""
    async with connect(redis_url) as shared:
        ordered = list(orders)
        answered = await asyncio.gather(*(_answered(order, shared) for order in ordered))
    return {order.slug: count for order, count in zip(ordered, answered, strict=True)}


async def _answered(order: Order, shared: "redis.asyncio.Redis") -> int:
    known, patience = suppliers()[order.slug], timedelta(seconds=order.patience)
    # A call that is given up on a busy machine is made twice: there would be more of them than were asked for.
    supplier = msgspec.structs.replace(known, timeout=patience, patience={})
    budget = Budget(windows=order.windows, concurrency=8, costs=supplier.budget.costs)
    async with calling(supplier, order.base_url, budget=budget, shared=shared) as client:

        async def one() -> bool:
            try:
                await client.answered(order.call, deadline=asyncio.get_running_loop().time() + order.patience)
            except Failure:
                return False
            return True

        return sum(await asyncio.gather(*(one() for _ in range(order.calls))))


if __name__ == "__main__":
    told, address = msgspec.json.decode(sys.stdin.buffer.read(), type=tuple[list[Order], str])
    sys.stdout.write(msgspec.json.encode(asyncio.run(burst(told, address))).decode())
