"""One call that a walk came by, its reply and how that is read; and a client to make such calls with."""

import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

import httpx
import msgspec
import redis.asyncio

from adapters.kit.access import Access
from adapters.kit.archive import Archive
from adapters.kit.breaker import Tolerance
from adapters.kit.budget import Budget, Window
from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.client import SupplierClient
from adapters.kit.supplier import Supplier
from tests.conformance.parts import Part, Station

# So wide that no test waits for it, where the budget is not what the test is about.
ROOMY: Final = Budget(windows=(Window(calls=1_000_000, seconds=1),), concurrency=64)

# Nothing here is encrypted, and reading the world's certificates for each client takes longer than most tests.
_PLAIN: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class Exchange(msgspec.Struct, frozen=True, kw_only=True):
    """`about` is what the part's ask and read were given. `position`: the how manieth call of its conversation it was."""

    part: Part
    about: Any
    call: Call
    reply: Reply
    position: int

    @property
    def supplier(self) -> Supplier:
        return self.part.supplier

    @property
    def operation(self) -> str:
        return self.call.operation

    @property
    def station(self) -> Station:
        return Station(slug=self.supplier.slug, part=self.part.name, operation=self.operation)

    def read(self, reply: Reply | None = None) -> Readout[Any]:
        """What the part makes of a reply to this call, of its own one where no other is given."""
        return self.part.read(reply or self.reply, self.call, self.about)


@asynccontextmanager
async def calling(
    supplier: Supplier,
    base_url: str,
    *,
    secrets: Mapping[str, str] | None = None,
    budget: Budget = ROOMY,
    shared: "redis.asyncio.Redis | None" = None,
    patient: bool = False,
    over: httpx.AsyncBaseTransport | None = None,
    archive: Archive | None = None,
    tolerance: Tolerance | None = None,
) -> AsyncIterator[SupplierClient]:
    """The kit's own client at an address, with the sandbox's credentials where no others are given.

    `patient` takes the longest pauses between two attempts: more than a second, after which a supplier's sandbox that
    counts calls by the second has forgotten the tests before.
    """
    access = Access(base_url=base_url, secrets=secrets or supplier.sandbox_secrets, budget=budget, live=False)
    client = SupplierClient(
        supplier, access, shared=shared, chance=lambda: float(patient), over=over or httpx.AsyncHTTPTransport(verify=_PLAIN), archive=archive,
        tolerance=tolerance,
    )  # fmt: skip
    try:
        yield client
    finally:
        await client.aclose()
