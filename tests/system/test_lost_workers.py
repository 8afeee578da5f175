"""Workers that die or leave in the middle of a search: whoever waits for it gets its answer."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import pytest

from bench.stack import Process, until
from tests.system.hub import SELLERS, Hub, Json, running

pytestmark = pytest.mark.slow

PATIENCE: Final = 40.0  # seconds; the broker calls a worker dead after ten


@pytest.fixture
def manned() -> Iterator[Hub]:
    with running("web", "worker", "worker_catalogue", "sandbox") as hub:
        yield hub


def worker_of(hub: Hub) -> Process:
    (worker,) = (process for process in hub.stack.processes if process.name == "worker")
    return worker


def under_way(hub: Hub, *, seconds: float) -> str:
    """A search that suppliers take so long to answer, the first time they are asked."""
    for seller in SELLERS:
        hub.goes_wrong("slow", supplier=seller, count=1, seconds=seconds)
    search_id = hub.create(hub.question())
    until(hub.asking, "a supplier is asked")
    return search_id


def ended(hub: Hub, search_id: str) -> Json:
    """The search as a client sees it who looks again until it has ended."""
    answer = hub.look(search_id)
    if answer["search"]["status"] == "pending":
        answer = hub.look(search_id)
    return answer


def assert_complete(answer: Json) -> None:
    assert answer["search"]["status"] == "complete"
    assert answer["results"]


def test_a_search_outlives_the_worker_that_was_killed_in_the_middle_of_it(manned: Hub) -> None:
    search_id = under_way(manned, seconds=8)
    with ThreadPoolExecutor(max_workers=1) as somebody:
        waiting = somebody.submit(ended, manned, search_id)
        worker_of(manned).kill()
        manned.stack.start("worker")
        assert_complete(waiting.result(timeout=PATIENCE))
    assert {seller: len(manned.calls(seller)) for seller in SELLERS} == dict.fromkeys(SELLERS, 2)


def test_a_worker_that_is_asked_to_leave_ends_its_search_and_leaves_the_rest_to_the_next(manned: Hub) -> None:
    search_id = under_way(manned, seconds=4)
    leaving = worker_of(manned)
    leaving.ask_to_end()
    meanwhile: list[str] = []

    def left() -> bool:
        meanwhile.append(manned.create(manned.question("ZRH", "VIE")))
        return leaving.running.poll() is not None

    until(left, "the worker has left", seconds=20)
    assert leaving.running.returncode == 0
    assert_complete(manned.look(search_id, wait=0))
    assert manned.look(meanwhile[-1], wait=0)["search"]["status"] == "pending"
    manned.stack.start("worker")
    assert {ended(manned, asked)["search"]["status"] for asked in meanwhile} == {"complete"}
    once_each = 1 + len(meanwhile)
    assert {seller: len(manned.calls(seller)) for seller in SELLERS} == dict.fromkeys(SELLERS, once_each)
