"""Many calls of all classes to one supplier at once, in a process of its own: `python -m tests.adapters.kit.crowd '<order>'`."""

import asyncio
import sys
from itertools import cycle

import msgspec
import redis.asyncio

from adapters.kit.budget import Budget, Priority
from adapters.kit.calls import Call
from adapters.kit.pacing import Pacer
from storage.cache import connect
from tests.builders import ALBATROSS

_FLYING = f"travelhub:budget:{ALBATROSS}:flying"
LEASE_MS = 61_000  # the pacer's sixty seconds for a call and one to land


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """`hold` keeps the first place for ever, and says so by a line of its own."""

    redis_url: str
    budget: Budget
    calls: int
    patience: float
    operation: str = "search"
    hold: bool = False

    @property
    def call(self) -> Call:
        return Call(operation=self.operation, path="/")


async def grants(pacer: Pacer, client: "redis.asyncio.Redis", order: Order) -> dict[str, int]:
    """For each call the instant at which Redis let it go, in its own milliseconds: a lease ends a fixed time later."""
    seen: dict[str, int] = {}

    async def one(priority: Priority) -> None:
        deadline = asyncio.get_running_loop().time() + order.patience
        async with pacer.slot(order.call, deadline=deadline, priority=priority):
            leases = msgspec.convert(await client.zrange(_FLYING, 0, -1, withscores=True), list[tuple[bytes, float]])
            seen.update((lease.decode(), round(end) - LEASE_MS) for lease, end in leases)

    await asyncio.gather(*(one(priority) for _, priority in zip(range(order.calls), cycle(Priority), strict=False)))
    return seen


async def _held(pacer: Pacer, order: Order) -> None:
    async with pacer.slot(order.call, deadline=asyncio.get_running_loop().time() + order.patience):
        sys.stdout.write("holding\n")
        sys.stdout.flush()
        await asyncio.sleep(order.patience)


async def main(order: Order) -> None:
    async with connect(order.redis_url) as client:
        pacer = Pacer(ALBATROSS, order.budget, client)
        if order.hold:
            await _held(pacer, order)
        else:
            sys.stdout.buffer.write(msgspec.json.encode(await grants(pacer, client, order)))


if __name__ == "__main__":
    asyncio.run(main(msgspec.json.decode(sys.argv[1], type=Order)))
