"""Whatever dies in the middle of a search, and however far that has come: whoever looks again finds it ended."""

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Final

import httpx
import pytest

from bench.stack import answers, until
from tests.system.hub import SELLERS, Hub, Json

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(len(SELLERS) < 2, reason="it takes two sellers for a part to arrive before the end"),
]

# A job of a dead worker is somebody else's after ten seconds, a claim whose holder is dead ends after 45 at most, and
# suppliers are asked for 20 at most.
BOUND: Final = 75.0


@pytest.fixture
def hub(mortal: Hub) -> Hub:
    return mortal


def reborn(name: str) -> Callable[[Hub], None]:
    """Killed, and started again as a supervisor would."""

    def kill(hub: Hub) -> None:
        hub.the(name).kill()
        hub.stack.start(name)
        if name == "sandbox":
            until(lambda: answers(f"{hub.stack.sandbox}/_health"), "the sandbox answers again")

    return kill


def without_redis(hub: Hub) -> None:
    hub.stack.servers.valkey.kill()
    hub.stack.servers.valkey.start(empty=True)


def without_postgres(hub: Hub) -> None:
    hub.stack.servers.postgres.kill()
    hub.stack.servers.postgres.start()


def create(hub: Hub, origin: str, destination: str) -> str:
    created = hub.api.post("/v1/searches", json={**hub.question(origin, destination), "wait": 0})
    assert created.status_code in (200, 202), created.text
    return str(created.json()["search"]["id"])


def arrived(hub: Hub, search_id: str) -> bool:
    """Whether one part has come and another one has not."""
    outcomes = {part["status"] for part in hub.look(search_id, wait=0)["search"]["suppliers"]}
    return {"ok", "pending"} <= outcomes


def searches_under_way(hub: Hub) -> dict[str, str]:
    """How far each of them has come, and its id: the last one waits for a worker that stands still."""
    *_, slowest = SELLERS
    hub.goes_wrong("slow", supplier=slowest, count=1, seconds=8)
    first_arrived = create(hub, "LHR", "JFK")
    until(lambda: arrived(hub, first_arrived), "one part is there")
    for seller in SELLERS:
        hub.goes_wrong("slow", supplier=seller, count=1, seconds=8)
    asking = create(hub, "ZRH", "VIE")
    until(lambda: all(len(hub.calls(seller)) == 2 for seller in SELLERS), "everybody is asked")
    os.killpg(hub.the("worker").running.pid, signal.SIGSTOP)
    queued = create(hub, "LIS", "OPO")
    return {"first arrived": first_arrived, "asking": asking, "queued": queued}


def ended(hub: Hub, search_id: str) -> bool:
    """As a client sees it who comes back after every trouble."""
    with suppress(httpx.TransportError):
        looked = hub.api.get(f"/v1/searches/{search_id}", params={"wait": 5})
        assert looked.status_code in (200, 202, 503), looked.text
        if looked.status_code == 200:
            answer: Json = looked.json()
            return all(part["status"] != "pending" for part in answer["search"]["suppliers"])
    return False


@pytest.mark.parametrize(
    "dies",
    [
        pytest.param(reborn("web"), id="web"),
        pytest.param(reborn("worker"), id="worker"),
        pytest.param(reborn("worker_catalogue"), id="worker_catalogue"),
        pytest.param(reborn("scheduler"), id="scheduler"),
        pytest.param(reborn("sandbox"), id="sandbox"),
        pytest.param(without_redis, id="redis"),
        pytest.param(without_postgres, id="postgresql"),
    ],
)
def test_no_search_is_pending_for_ever(hub: Hub, dies: Callable[[Hub], None]) -> None:
    under_way = searches_under_way(hub)
    worker = hub.the("worker")
    dies(hub)
    if worker.running.poll() is None:
        os.killpg(worker.running.pid, signal.SIGCONT)
    for how_far, search_id in under_way.items():
        until(partial(ended, hub, search_id), f"the search ends that was {how_far}", seconds=BOUND)
    until(lambda: not open_calls(hub), "no call stays open at a supplier", seconds=20)


def open_calls(hub: Hub) -> list[Json]:
    return [call for call in hub.sandbox.get("/_ledger").json()["calls"] if call["under_way"]]
