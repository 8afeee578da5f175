"""Real servers for tests: one PostgreSQL and one Valkey for each test process, a fresh database for each test."""

import itertools
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest
import redis
from psycopg import sql
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.embedded import Servers, embedded_servers
from storage.engine import create_engine
from storage.migrate import upgrade
from tests.patience import patient_postgres, patient_redis
from tests.scratch import room

pytest_plugins = ["tests.conformance.reporting"]

_NUMBERS = itertools.count(1)
# The fixtures of tests/system that are a whole system for several modules.
_SYSTEMS = ("asked", "manned", "attended")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What a test has recorded as its ledger is printed where the results are, whichever process it ran in."""
    for report in [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]:
        for name, told in report.user_properties:
            if name == "ledger" and report.when == "call":
                terminalreporter.section("a short storm")
                terminalreporter.write_line(str(told))


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Every `async def test_…` runs on asyncio without a mark, and no test reaches beyond this machine."""
    config.option.anyio_mode = "auto"
    config.option.allow_hosts = "127.0.0.1,::1,localhost"
    config.option.allow_unix_socket = True


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: much of what is tested is waiting for somebody."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole systems among the others, one here and there, so that not all of them run at the end and at once.

    Tests that share a system stay together: it is started once, and runs no longer than somebody asks it something.
    """
    systems: dict[str, list[pytest.Item]] = {}
    quick = []
    for item in items:
        if item.get_closest_marker("slow"):
            systems.setdefault(_system(item), []).append(item)
        else:
            quick.append(item)
    step = len(quick) // (len(systems) + 1)
    spread: list[pytest.Item] = []
    for number, together in enumerate(systems.values()):
        spread += [*together, *quick[number * step : (number + 1) * step]]
    items[:] = [*spread, *quick[len(systems) * step :]]


def _system(item: pytest.Item) -> str:
    """Which one a test shares with others, else its own module."""
    asked = item.fixturenames if isinstance(item, pytest.Function) else ()
    return next((name for name in _SYSTEMS if name in asked), str(item.path))


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """For all tests of this process: whoever stops one of them starts it again."""
    with (
        tempfile.TemporaryDirectory(prefix="travelhub-tests-", dir=room()) as folder,
        embedded_servers(Path(folder), keep=False) as running,
    ):
        upgrade(running.database_url)
        yield running


@pytest.fixture
def database_url(servers: Servers) -> Iterator[str]:
    """A migrated, empty database of the test's own."""
    template = make_url(servers.database_url)
    fresh = template.set(database=f"test_{next(_NUMBERS)}")
    names = sql.Identifier(str(fresh.database)), sql.Identifier(str(template.database))
    _command(
        template.set(database="postgres"), sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(*names)
    )
    yield patient_postgres(fresh.render_as_string(hide_password=False))
    _command(template.set(database="postgres"), sql.SQL("DROP DATABASE {} WITH (FORCE)").format(names[0]))


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    engine = create_engine(database_url, connections=5, name="travelhub tests")
    yield engine
    await engine.dispose()


@pytest.fixture
def redis_url(servers: Servers) -> str:
    """An empty Valkey, shared with nobody while the test runs."""
    url = patient_redis(servers.redis_url)
    with redis.Redis.from_url(url) as client:
        client.flushall()
    return url


def _command(url: URL, command: sql.Composed) -> None:
    with psycopg.connect(
        host=str(url.query["host"]),
        port=str(url.query["port"]),
        user=url.username,
        dbname=url.database,
        autocommit=True,
        connect_timeout=60,
    ) as connection:
        connection.execute(command)
