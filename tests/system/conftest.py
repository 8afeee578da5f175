"""One running system for all tests that only ask questions; whoever breaks something starts its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.hub import SELLERS, Hub, running

_FOLDER = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where every supplier's folder is taken away, nobody is left whom a search could ask."""
    if not SELLERS:
        for item in items:
            if item.path.is_relative_to(_FOLDER):
                item.add_marker(pytest.mark.skip(reason="no supplier sells flights"))


@pytest.fixture(scope="session")
def started() -> Iterator[Hub]:
    """Eight searches at once are enough for anything that is asked here, and as many as a busy machine bears.

    A call is waited for as long as others took, and six seconds at least: twice as many would wait for each other.
    """
    with running("web", "worker", "worker_catalogue", "sandbox", WORKER_THREADS="8") as hub:
        yield hub


@pytest.fixture
def hub(started: Hub) -> Iterator[Hub]:
    """With suppliers that are well and have forgotten who called."""
    started.mend()
    yield started
    started.mend()
