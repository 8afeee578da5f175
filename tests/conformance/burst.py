"""A burst of calls to one supplier, in a process of its own: `python -m tests.conformance.burst '<order>'`."""

import asyncio
import sys

import msgspec

from adapters.kit.budget import Budget
from adapters.kit.failures import Failure
from storage.cache import connect
from tests.conformance.exchanges import calling, exchange_named


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """`patience` bounds each call, in seconds."""

    exchange: str
    base_url: str
    redis_url: str
    budget: Budget
    calls: int
    patience: float


async def burst(order: Order) -> int:
    """How many calls were answered, whatever the answer."""
    exchange = exchange_named(order.exchange)

    async with (
        connect(order.redis_url) as shared,
        calling(exchange.supplier, order.base_url, budget=order.budget, shared=shared) as client,
    ):

        async def one() -> bool:
            try:
                await client.answered(exchange.ask(), deadline=asyncio.get_running_loop().time() + order.patience)
            except Failure:
                return False
            return True

        return sum(await asyncio.gather(*(one() for _ in range(order.calls))))


if __name__ == "__main__":
    answered = asyncio.run(burst(msgspec.json.decode(sys.argv[1], type=Order)))
    sys.stdout.write(str(answered))
