"""One running system for all tests that only ask questions; whoever breaks something starts its own."""

from collections.abc import Iterator

import pytest

from tests.system.hub import Hub, running


@pytest.fixture(scope="session")
def started() -> Iterator[Hub]:
    with running("web", "worker", "worker_catalogue", "sandbox") as hub:
        yield hub


@pytest.fixture
def hub(started: Hub) -> Iterator[Hub]:
    """With suppliers that are well and have forgotten who called."""
    started.mend()
    yield started
    started.mend()
