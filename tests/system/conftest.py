"""Running systems that several modules share: one for all who only ask, two for those who mend what they break.

Each runs as long as tests of this folder need it, which tests/conftest.py keeps together.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.stack import until
from tests.system.hub import SELLERS, Hub, running

_FOLDER = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where every supplier's folder is taken away, nobody is left whom a search could ask."""
    if not SELLERS:
        for item in items:
            if item.path.is_relative_to(_FOLDER):
                item.add_marker(pytest.mark.skip(reason="no supplier sells flights"))


@pytest.fixture(scope="package")
def asked() -> Iterator[Hub]:
    """Eight searches at once are enough for anything that is asked here, and as many as a busy machine bears.

    A call is waited for as long as others took, and six seconds at least: twice as many would wait for each other.
    """
    leisurely = {"WORKER_THREADS": "8", "dramatiq_worker_timeout": "40"}
    with running("web", "worker", "worker_catalogue", "sandbox", **leisurely) as hub:
        yield hub


@pytest.fixture
def hub(asked: Hub) -> Iterator[Hub]:
    """With suppliers that are well and have forgotten who called."""
    asked.mend()
    yield asked
    asked.mend()


@pytest.fixture(scope="package")
def manned() -> Iterator[Hub]:
    """For those who take a worker away; no scheduler has anybody asked behind their backs."""
    with running("web", "worker", "worker_catalogue", "sandbox") as hub:
        yield hub


@pytest.fixture(scope="package")
def attended() -> Iterator[Hub]:
    """All of it, for those who take anything away."""
    with running("web", "worker", "worker_catalogue", "worker_bookings", "scheduler", "sandbox") as hub:
        yield hub


@pytest.fixture
def mortal(attended: Hub) -> Iterator[Hub]:
    """Well and complete, before and after."""
    _well(attended)
    yield attended
    _well(attended)


@pytest.fixture
def mortal_workers(manned: Hub) -> Iterator[Hub]:
    """The same, as far as workers are concerned."""
    manned.complete()
    manned.mend()
    yield manned
    manned.complete()
    manned.mend()


def _well(hub: Hub) -> None:
    hub.stack.servers.postgres.start()
    hub.stack.servers.valkey.start()
    hub.complete()
    until(lambda: hub.health()[0] == 200, "everything is well")
    hub.mend()
