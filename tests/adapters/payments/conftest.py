"""One sandbox of all payment gateways for these tests, and each gateway at it."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import httpx
import pytest

from adapters.payments.registry import GATEWAYS
from adapters.payments.sandboxes import sandbox_modules
from sandbox.mounts import loaded
from sandbox.server import create_app
from sandbox.world import World
from tests.adapters.payments.tills import Till
from tests.sandbox.serving import serving


@pytest.fixture(scope="session")
def sandbox_address() -> Iterator[str]:
    sandboxes = {name: loaded(name, module) for name, module in sandbox_modules().items()}
    with serving(create_app(world=World(seed=1), suppliers={}, gateways=sandboxes)) as address:
        yield address


@pytest.fixture(params=sorted(GATEWAYS))
async def till(request: pytest.FixtureRequest, sandbox_address: str) -> AsyncIterator[Till]:
    """Each of the gateways."""
    async with opened(request.param, sandbox_address) as one:
        yield one


@pytest.fixture
async def stripe(sandbox_address: str) -> AsyncIterator[Till]:
    async with opened("stripe", sandbox_address) as one:
        yield one


@pytest.fixture
async def square(sandbox_address: str) -> AsyncIterator[Till]:
    async with opened("square", sandbox_address) as one:
        yield one


@asynccontextmanager
async def opened(name: str, address: str) -> AsyncIterator[Till]:
    """With nothing ordered; its gateway hangs up at the end."""
    with httpx.Client(base_url=address, timeout=30, trust_env=False, verify=False) as controls:  # noqa: S501 -- no TLS here
        one = Till(name, address, controls)
        one.reset()
        yield one
        await one.gateway.aclose()
