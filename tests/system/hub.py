"""A running TravelHub as travellers meet it, and its sandbox as only tests do."""

import itertools
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Self

import httpx
import msgspec

from adapters.kit.registry import suppliers
from bench.stack import Process, Stack, answers, stack, until
from tests.scratch import room

# Everybody who sells flights, by slug, with the names of the calls of a search, the first one first.
SELLERS: Final[Mapping[str, tuple[str, ...]]] = {
    slug: supplier.searches["flights"].operations
    for slug, supplier in suppliers().items()
    if "flights" in supplier.searches
}
SELLER: Final = next(iter(SELLERS), "nobody")
DAYS_AHEAD: Final = 60
# An idle worker looks at each of its queues a hundred times a second unless told otherwise: several systems share the machine.
LEISURELY: Final[Mapping[str, str]] = {"WORKER_THREADS": "16", "dramatiq_worker_timeout": "40"}
Json = dict[str, Any]


class Hub:
    """The running system. Every call to it ends within 40 seconds."""

    def __init__(self, running: Stack) -> None:
        self.stack: Final = running
        self.api: Final = httpx.Client(base_url=running.api, timeout=40, trust_env=False)
        self.sandbox: Final = httpx.Client(base_url=running.sandbox, timeout=40, trust_env=False)
        self._days: Final = itertools.count(DAYS_AHEAD)

    def close(self) -> None:
        self.api.close()
        self.sandbox.close()

    def question(self, origin: str = "LHR", destination: str = "JFK") -> dict[str, str]:
        """One that nobody has asked here before."""
        day = datetime.now(UTC).date() + timedelta(days=next(self._days))
        return {"origin": origin, "destination": destination, "departure_date": day.isoformat()}

    def search(self, question: Mapping[str, str], **wishes: str | float) -> httpx.Response:
        return self.api.get("/v1/flights/search", params={"wait": 20, **question, **wishes})

    def found(self, question: Mapping[str, str], **wishes: str | float) -> Json:
        """The answer to a search that has something to show."""
        answered = self.search(question, **wishes)
        assert answered.status_code == 200, answered.text
        answer: Json = answered.json()
        return answer

    def create(self, question: Mapping[str, str]) -> str:
        """The id of a search that nobody waits for yet."""
        created = self.api.post("/v1/searches", json=dict(question))
        assert created.status_code in (200, 202), created.text
        return str(created.json()["search"]["id"])

    def look(self, search_id: str, **wishes: float) -> Json:
        """The search as it stands when it has ended, or after `wait` seconds."""
        looked = self.api.get(f"/v1/searches/{search_id}", params={"wait": 20, **wishes})
        assert looked.status_code in (200, 202), looked.text
        answer: Json = looked.json()
        return answer

    def health(self) -> tuple[int, dict[str, str]]:
        """The status, and how each dependency stands."""
        answered = self.api.get("/v1/admin/health", headers=self.stack.admin())
        return answered.status_code, {one["name"]: one["status"] for one in answered.json()["dependencies"]}

    def goes_wrong(self, kind: str, *, supplier: str = SELLER, count: int | None = None, **more: float) -> None:
        """The first calls of the supplier's searches meet this fault, `count` times or until all is mended."""
        self._order({"supplier": supplier, "operation": SELLERS[supplier][0], "kind": kind, "count": count, **more})

    def spoils(self, supplier: str = SELLER) -> None:
        """One record of the next reply that holds offers is unreadable."""
        self._order({"supplier": supplier, "operation": SELLERS[supplier][-1], "kind": "spoil", "count": 1})

    def _order(self, fault: Mapping[str, Any]) -> None:
        ordered = self.sandbox.post("/_faults", json=fault)
        assert ordered.status_code == 201, ordered.text

    def the(self, name: str) -> Process:
        """The living process of that name."""
        (process,) = self._living(name)
        return process

    def complete(self) -> None:
        """Whoever has died is there again."""
        for name in {process.name for process in self.stack.processes}:
            if not self._living(name):
                self.stack.start(name)
        until(lambda: answers(f"{self.stack.sandbox}/_health"), "the sandbox answers")

    def _living(self, name: str) -> list[Process]:
        return [one for one in self.stack.processes if one.name == name and one.running.poll() is None]

    def mend(self) -> None:
        """Nothing goes wrong any more, and nobody remembers who called."""
        self.sandbox.delete("/_faults").raise_for_status()
        self.sandbox.delete("/_ledger").raise_for_status()

    def calls(self, supplier: str = SELLER) -> list[Json]:
        """The searches that this supplier was asked, in order; status 0 while one waits for its answer."""
        told = self.sandbox.get("/_ledger", params={"supplier": supplier, "operation": SELLERS[supplier][0]}).json()
        assert told["dropped"] == 0
        calls: list[Json] = told["calls"]
        return calls

    def asking(self) -> bool:
        """Whether a supplier has got a question and not answered it."""
        return any(call["status"] == 0 for supplier in SELLERS for call in self.calls(supplier))


@contextmanager
def running(*names: str, **environment: str) -> Iterator[Hub]:
    """These processes (a name may stand twice), ended with the block."""
    with stack(*names, environment={**LEISURELY, **environment}, within=room()) as started:
        hub = Hub(started)
        try:
            yield hub
        finally:
            hub.close()


def report(answer: Json, supplier: str = SELLER) -> Json:
    """How a supplier's part of a search went."""
    found: Json = next(told for told in answer["search"]["suppliers"] if told["supplier"] == supplier)
    return found


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """One answer; status 0 stands for a connection that broke."""

    what: str
    status: int
    media_type: str
    body: str


class Witness:
    """Somebody who asks the same few things over and over, and remembers every answer."""

    def __init__(self, hub: Hub, **questions: Callable[[httpx.Client], httpx.Response]) -> None:
        self.seen: Final[list[Seen]] = []
        self._api: Final = hub.stack.api
        self._questions: Final = questions
        self._enough: Final = threading.Event()
        self._thread: Final = threading.Thread(target=self._watch)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._enough.set()
        self._thread.join(timeout=60)
        assert not self._thread.is_alive()

    def statuses(self, what: str, *, since: int = 0) -> list[int]:
        """What this question was answered with, from the given number of answers on."""
        return [seen.status for seen in self.seen[since:] if seen.what == what]

    def _watch(self) -> None:
        with httpx.Client(base_url=self._api, timeout=40, trust_env=False) as client:
            for what, ask in itertools.cycle(self._questions.items()):
                if self._enough.is_set():
                    return
                self.seen.append(_seen(what, ask, client))


def _seen(what: str, ask: Callable[[httpx.Client], httpx.Response], client: httpx.Client) -> Seen:
    try:
        answered = ask(client)
    except httpx.TransportError as error:
        return Seen(what=what, status=0, media_type="", body=repr(error))
    media_type = answered.headers.get("content-type", "").partition(";")[0]
    return Seen(what=what, status=answered.status_code, media_type=media_type, body=answered.text[:500])
