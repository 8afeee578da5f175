"""Finds every supplier by its folder, gives each test its sandbox, and keeps what was found out."""

import asyncio
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any, Final

import httpx
import msgspec
import pytest

from adapters.kit.calls import Reply
from adapters.kit.supplier import Supplier
from tests.conformance.exchanges import Exchange, calling, exchanges
from tests.conformance.folders import found, suppliers
from tests.conformance.pretend import open_sandbox
from tests.conformance.results import FOLDER, Finding, keep, kept, matrix, printed, started
from tests.conformance.sandboxed import Sandbox

_STARTED: Final = pytest.StashKey[Any]()
_LEVELS: Final = ("bronze", "silver", "gold")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_STARTED] = started()
    config.addinivalue_line("markers", "sells: about searches alone, not about catalogues")
    for level in _LEVELS:
        config.addinivalue_line("markers", f"{level}(check): what a supplier must pass to be {level}, by name")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "exchange" in metafunc.fixturenames:
        only_sales = metafunc.definition.get_closest_marker("sells") is not None
        asked = tuple(exchange for exchange in exchanges() if exchange.vertical or not only_sales)
        metafunc.parametrize("exchange", asked, ids=lambda exchange: exchange.name)
    elif "slug" in metafunc.fixturenames:
        metafunc.parametrize("slug", tuple(folder.slug for folder in found()))
    elif "supplier" in metafunc.fixturenames:
        metafunc.parametrize("supplier", tuple(suppliers().values()), ids=lambda supplier: supplier.slug)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    supplier = _about(item)
    folder = _findings(item.config)
    if supplier and folder and (report.when == "call" or report.failed):
        for mark in item.iter_markers():
            if mark.name in _LEVELS:
                finding = Finding(
                    supplier=supplier.slug,
                    level=mark.name,
                    check=mark.args[0],
                    test=item.nodeid,
                    passed=not report.failed,
                    at=started(),
                )
                keep(folder, finding)
    return report


def _about(item: pytest.Item) -> Supplier | None:
    asked = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
    exchange, supplier = asked.get("exchange"), asked.get("supplier")
    if isinstance(exchange, Exchange):
        return exchange.supplier
    return supplier if isinstance(supplier, Supplier) else None


def _findings(config: pytest.Config) -> Path | None:
    """None where pytest runs without its cache."""
    cache = getattr(config, "cache", None)
    return Path(cache.mkdir(FOLDER)) if cache else None


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    folder = _findings(config)
    if folder and (rows := matrix(kept(folder, since=config.stash[_STARTED]))):
        terminalreporter.section("suppliers")
        for line in printed(rows):
            terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    with open_sandbox("ticking") as url:
        yield url


@pytest.fixture
def sandbox(address: str) -> Iterator[Sandbox]:
    """With an empty ledger and nothing that goes wrong."""
    with httpx.Client(base_url=address, timeout=30) as controls:
        sandbox = Sandbox(address, controls)
        sandbox.reset()
        yield sandbox
        sandbox.reset()


@pytest.fixture
def untouched() -> Iterator[Sandbox]:
    """A sandbox that nobody has called yet, so that its suppliers' own quotas are whole."""
    with open_sandbox("ticking") as url, httpx.Client(base_url=url, timeout=30) as controls:
        yield Sandbox(url, controls)


@pytest.fixture(scope="session")
def told() -> dict[str, Reply]:
    """Each operation's reply, asked for once: a supplier's sandbox keeps to its quota."""
    return {}


@pytest.fixture
def reply(exchange: Exchange, address: str, told: dict[str, Reply]) -> Reply:
    """What the supplier's own sandbox answers when all is well."""
    if exchange.name not in told:
        told[exchange.name] = asyncio.run(_answered(exchange, f"{address}/{exchange.supplier.slug}"))
    return msgspec.structs.replace(told[exchange.name])


async def _answered(exchange: Exchange, base_url: str) -> Reply:
    async with calling(exchange.supplier, base_url, patient=True) as client:
        return await client.answered(exchange.ask(), deadline=Sandbox.soon())
