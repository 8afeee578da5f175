"""Finds every supplier by its folder, walks once through what it declares, and gives each test its sandbox."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Final

import httpx
import pytest
from hypothesis import HealthCheck, settings

from adapters.kit.auth import TokenAuth
from adapters.kit.supplier import Supplier
from tests.conformance.buying import Agency, Market, open_agency
from tests.conformance.exchanges import Exchange, calling
from tests.conformance.folders import found, suppliers
from tests.conformance.parts import Station, stations
from tests.conformance.pretend import open_sandbox
from tests.conformance.reporting import NOT_MET
from tests.conformance.results import LEVELS
from tests.conformance.sandboxed import Sandbox
from tests.conformance.walk import Walk, walked

_NUMBERS: Final = itertools.count(1)


# The same examples in every run, without a stopwatch; `make fuzz` thinks of as many for each reader as a reader needs.
_PROFILES: Final = {"quick": 30, "fuzz": 2_000}
for _name, _examples in _PROFILES.items():
    settings.register_profile(
        f"conformance {_name}", derandomize=True, deadline=None, database=None, max_examples=_examples,
        suppress_health_check=[HealthCheck.too_slow],
    )  # fmt: skip


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "searches: about searches alone")
    config.addinivalue_line("markers", "tokens: about suppliers that want a token alone")
    config.addinivalue_line("markers", "each_operation: an operation that several parts share is tried once")
    for level in LEVELS:
        config.addinivalue_line("markers", f"{level}(check): what a supplier must pass to be {level}, by name")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    marked = metafunc.definition.get_closest_marker
    if "exchange" in metafunc.fixturenames:
        searches, once = marked("searches") is not None, marked("each_operation") is not None
        asked = [
            station for supplier in suppliers().values() for station in stations(supplier, searches=searches, once=once)
        ]
        metafunc.parametrize("exchange", asked, ids=lambda station: station.name, indirect=True)
    elif "slug" in metafunc.fixturenames:
        metafunc.parametrize("slug", tuple(folder.slug for folder in found()))
    elif "supplier" in metafunc.fixturenames:
        with_token = marked("tokens") is not None
        asked_of = [one for one in suppliers().values() if isinstance(one.auth, TokenAuth) or not with_token]
        metafunc.parametrize("supplier", asked_of, ids=lambda supplier: supplier.slug)


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    with open_sandbox("ticking") as url:
        yield url


@pytest.fixture(scope="session")
def controls(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=30) as client:
        yield client


@pytest.fixture
def sandbox(address: str, controls: httpx.Client) -> Sandbox:
    """With empty books and nothing that goes wrong."""
    sandbox = Sandbox(address, controls)
    sandbox.reset()
    return sandbox


@pytest.fixture(scope="session")
def references() -> Callable[[], str]:
    """Our references for orders, none of them twice."""
    return lambda: f"TH{next(_NUMBERS):014d}"


@pytest.fixture(scope="session")
def walk_of(address: str, controls: httpx.Client, references: Callable[[], str]) -> Callable[[Supplier], Walk]:
    """Each supplier is walked through once, when the first test asks."""
    walks: dict[str, Walk] = {}

    def walk(supplier: Supplier) -> Walk:
        if supplier.slug not in walks:
            sandbox = Sandbox(address, controls)
            sandbox.reset()
            walks[supplier.slug] = asyncio.run(_walked(supplier, sandbox, references))
        return walks[supplier.slug]

    return walk


@pytest.fixture
def walk(supplier: Supplier, walk_of: Callable[[Supplier], Walk]) -> Walk:
    return walk_of(supplier)


@pytest.fixture
def exchange(request: pytest.FixtureRequest, walk_of: Callable[[Supplier], Walk]) -> Exchange:
    """The test of the declaration says why an exchange was missed; all others pass over it, which is no pass."""
    station: Station = request.param
    walk = walk_of(suppliers()[station.slug])
    anywhere = request.node.get_closest_marker("each_operation") is not None
    met = walk.meeting(station.operation) if anywhere else walk.met.get(station)
    if met is None:
        request.node.stash[NOT_MET] = walk.missed(station)
        pytest.skip(walk.why_not(station))
    return met


@pytest.fixture(scope="session")
def market() -> Iterator[Market]:
    """Where agencies buy: a sandbox of their own, whose clock stands while somebody buys."""
    with open_sandbox("standing") as url, httpx.Client(base_url=url, timeout=30) as controls:
        yield Market(url, controls)


@pytest.fixture
async def agency(request: pytest.FixtureRequest, market: Market) -> AsyncIterator[Agency]:
    """At the seller whose station is asked for."""
    async with open_agency(market, request.param) as agency:
        yield agency


async def _walked(supplier: Supplier, sandbox: Sandbox, references: Callable[[], str]) -> Walk:
    async with calling(supplier, sandbox.url_of(supplier), patient=True) as client:
        return await walked(supplier, client, references, sandbox.player(supplier))
