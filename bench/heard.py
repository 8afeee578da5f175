"""Everything that a supplier's own sandbox says to a search, call by call, within this process."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Final

import httpx

from adapters.kit import conversation
from adapters.kit.access import Access
from adapters.kit.budget import Budget, Window
from adapters.kit.calls import Call, Reply
from adapters.kit.client import SupplierClient
from adapters.kit.supplier import Supplier
from domain.places import Atlas
from domain.queries import Query
from sandbox.mounts import loaded
from sandbox.world import World

TODAY: Final = datetime(2027, 1, 15, 12, tzinfo=UTC)  # it is always the same day, so the replies are always the same
_WITHIN_SECONDS: Final = 60.0
_ROOMY: Final = Budget(windows=(Window(calls=1_000_000, seconds=1),), concurrency=8)


class Heard:
    """Every call and its reply, in the order in which they came."""

    def __init__(self) -> None:
        self.exchanges: Final[list[tuple[Call, Reply]]] = []

    def keep(self, _supplier: str, call: Call, reply: Reply, *, hidden: Collection[str]) -> None:
        del hidden
        self.exchanges.append((call, reply))


@asynccontextmanager
async def listening(supplier: Supplier) -> AsyncIterator[tuple[SupplierClient, Heard]]:
    """The kit's own client at the supplier's own sandbox, and all that it hears."""
    heard = Heard()
    access = Access(base_url="http://sandbox", secrets=supplier.sandbox_secrets, budget=_ROOMY, live=False)
    app = httpx.ASGITransport(loaded(supplier.slug).create_app(World(seed=1, clock=lambda: TODAY)))
    client = SupplierClient(supplier, access, shared=None, over=app, archive=heard)
    try:
        yield client, heard
    finally:
        await client.aclose()


async def searched(supplier: Supplier, query: Query, atlas: Atlas) -> tuple[tuple[Call, Reply], ...]:
    """All calls of one search and their replies."""
    async with listening(supplier) as (client, heard):
        await conversation.search(client, query, atlas, deadline=soon())
        return tuple(heard.exchanges)


def soon() -> float:
    return asyncio.get_running_loop().time() + _WITHIN_SECONDS
