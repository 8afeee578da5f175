"""Everything that a supplier can be asked, from its declaration alone, and a client to ask it with."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from functools import cache, partial
from typing import Any, Final

import msgspec
import redis.asyncio

from adapters.kit.access import Access
from adapters.kit.budget import Budget, Window
from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.client import SupplierClient
from adapters.kit.supplier import Cataloguing, Searching, Supplier
from adapters.open_data.airports import airports
from domain.places import Atlas
from domain.queries import Query
from tests.builders import car_query, flight_query, hotel_query
from tests.conformance.folders import suppliers

# What every supplier of a vertical is asked.
QUERIES: Final[Mapping[str, Query]] = {"flights": flight_query(), "hotels": hotel_query(), "cars": car_query()}

# So wide that no test waits for it, where the budget is not what the test is about.
ROOMY: Final = Budget(windows=(Window(calls=1_000_000, seconds=1),), concurrency=64)


class Exchange(msgspec.Struct, frozen=True, kw_only=True):
    """One operation of one supplier: what is asked, and how the reply is read."""

    supplier: Supplier
    operation: str
    ask: Callable[[], Call]
    read: Callable[[Reply], Readout[Any]]
    vertical: str | None = None

    @property
    def name(self) -> str:
        return f"{self.supplier.slug}-{self.operation}"


@cache
def atlas() -> Atlas:
    """The world's airports, as the sandbox flies between them."""
    return Atlas(airports().records)


def exchanges() -> Iterator[Exchange]:
    """Raises KeyError for a vertical that this suite has no question for: it is time to write one."""
    for supplier in suppliers().values():
        for vertical, searching in supplier.searches.items():
            yield _search(supplier, vertical, searching)
        for catalogue in supplier.catalogues.values():
            yield _listing(supplier, catalogue)


def _search(supplier: Supplier, vertical: str, searching: Searching) -> Exchange:
    query = QUERIES[vertical]

    def read(reply: Reply) -> Readout[Any]:
        return searching.read(reply, searching.ask(query), query, atlas())

    ask = partial(searching.ask, query)
    return Exchange(supplier=supplier, operation=searching.operations[0], ask=ask, read=read, vertical=vertical)


def _listing(supplier: Supplier, catalogue: Cataloguing) -> Exchange:
    """The first page; the pages that follow are the same operation."""

    def read(reply: Reply) -> Readout[Any]:
        return catalogue.read(reply, catalogue.ask())

    return Exchange(supplier=supplier, operation=catalogue.operation, ask=catalogue.ask, read=read)


def exchange_named(name: str) -> Exchange:
    return next(exchange for exchange in exchanges() if exchange.name == name)


@asynccontextmanager
async def calling(
    supplier: Supplier,
    base_url: str,
    *,
    secrets: Mapping[str, str] | None = None,
    budget: Budget = ROOMY,
    shared: "redis.asyncio.Redis | None" = None,
    patient: bool = False,
) -> AsyncIterator[SupplierClient]:
    """The kit's own client at an address, with the sandbox's credentials where no others are given.

    `patient` takes the longest pauses between two attempts: more than a second, after which a supplier's sandbox that
    counts calls by the second has forgotten the tests before.
    """
    access = Access(base_url=base_url, secrets=secrets or supplier.sandbox_secrets, budget=budget, live=False)
    client = SupplierClient(supplier, access, shared=shared, chance=lambda: float(patient))
    try:
        yield client
    finally:
        await client.aclose()
