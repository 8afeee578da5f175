"""A process of its own that books one order, so that it can be killed in the middle of it."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import msgspec

from adapters.kit import ordering
from domain.orders import OrderRequest
from storage.engine import create_engine
from storage.order_attempts import OrderAttempts
from tests.conformance.exchanges import calling
from tests.conformance.folders import suppliers
from tests.conformance.pretend import ROOT

_PATIENCE_SECONDS: Final = 60.0


class Errand(msgspec.Struct, frozen=True, kw_only=True):
    """What to book, of whom and where, and in which books to write it first."""

    slug: str
    url: str
    database_url: str
    request: OrderRequest


@asynccontextmanager
async def booking(errand: Errand) -> AsyncIterator[Process]:
    """The process, which has been told its errand. It does not outlive the context."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", __name__, stdin=PIPE, cwd=ROOT)
    try:
        assert process.stdin is not None
        process.stdin.write(msgspec.json.encode(errand))
        await process.stdin.drain()
        process.stdin.close()
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _book(errand: Errand) -> None:
    engine = create_engine(errand.database_url, connections=1, name="travelhub tests")
    try:
        async with calling(suppliers()[errand.slug], errand.url) as client:
            await ordering.booked(
                client,
                errand.request,
                OrderAttempts(engine, now=lambda: errand.request.sent_at),
                deadline=asyncio.get_running_loop().time() + _PATIENCE_SECONDS,
                now=lambda: errand.request.sent_at,
            )
    finally:
        await engine.dispose()


if __name__ == "__main__":
    asyncio.run(_book(msgspec.json.decode(sys.stdin.buffer.read(), type=Errand)))
