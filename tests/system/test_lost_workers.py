"""Workers that die or leave in the middle of a search: whoever waits for it gets its answer."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import pytest

from bench.stack import until
from tests.system.hub import SELLERS, Hub, Json

pytestmark = pytest.mark.slow

PATIENCE: Final = 40.0  # seconds; the broker calls a worker dead after ten
A_MOMENT: Final = 0.3  # seconds between two questions


@pytest.fixture
def hub(mortal_workers: Hub) -> Hub:
    return mortal_workers


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


def test_a_search_outlives_the_worker_that_was_killed_in_the_middle_of_it(hub: Hub) -> None:
    search_id = under_way(hub, seconds=8)
    with ThreadPoolExecutor(max_workers=1) as somebody:
        waiting = somebody.submit(ended, hub, search_id)
        hub.the("worker").kill()
        hub.stack.start("worker")
        assert_complete(waiting.result(timeout=PATIENCE))
    assert {seller: len(hub.calls(seller)) for seller in SELLERS} == dict.fromkeys(SELLERS, 2)


def test_a_worker_that_is_asked_to_leave_ends_its_search_and_leaves_the_rest_to_the_next(hub: Hub) -> None:
    search_id = under_way(hub, seconds=4)
    leaving = hub.the("worker")
    leaving.ask_to_end()
    meanwhile: list[str] = []

    def left() -> bool:
        time.sleep(A_MOMENT)
        meanwhile.append(hub.create(hub.question("ZRH", "VIE")))
        return leaving.running.poll() is not None

    until(left, "the worker has left", seconds=20)
    assert leaving.running.returncode == 0
    assert_complete(hub.look(search_id, wait=0))
    assert hub.look(meanwhile[-1], wait=0)["search"]["status"] == "pending"
    hub.stack.start("worker")
    assert {ended(hub, asked)["search"]["status"] for asked in meanwhile} == {"complete"}
    once_each = 1 + len(meanwhile)
    assert {seller: len(hub.calls(seller)) for seller in SELLERS} == dict.fromkeys(SELLERS, once_each)
