"""Business outcomes on request."""

from collections.abc import Iterator

import httpx
import pytest

from sandbox.outcomes import Outcomes, Wish
from tests.sandbox.serving import sandboxed
from tests.sandbox.storekeeper import Storekeeper
from tests.sandbox.travel import PretendSupplier


@pytest.fixture(scope="module")
def sandbox() -> Iterator[httpx.Client]:
    with sandboxed({"heron": Storekeeper(), "bluebird": PretendSupplier()}) as client:
        yield client


@pytest.fixture
def client(sandbox: httpx.Client) -> httpx.Client:
    sandbox.delete("/_outcomes").raise_for_status()
    return sandbox


def wish(client: httpx.Client, **more: object) -> httpx.Response:
    return client.post("/_outcomes", json={"supplier": "heron", "operation": "order", "outcome": "sold_out", **more})


def ends_in(client: httpx.Client) -> str:
    told: dict[str, str] = client.post("/heron/orders", json={"reference": "A-1"}).json()
    return told.get("outcome", "kept")


def test_an_outcome_happens_once_and_then_all_is_well(client: httpx.Client) -> None:
    assert wish(client).status_code == 201
    assert [ends_in(client) for _ in range(3)] == ["sold_out", "kept", "kept"]
    assert client.get("/_outcomes").json()["outcomes"] == []


def test_outcomes_come_in_the_order_in_which_they_were_wished_for(client: httpx.Client) -> None:
    wish(client, count=2)
    wish(client, outcome="visible_late")
    assert [ends_in(client) for _ in range(4)] == ["sold_out", "sold_out", "visible_late", "kept"]


def test_an_outcome_without_a_count_stays_until_it_is_taken_back(client: httpx.Client) -> None:
    number = wish(client, count=None).json()["id"]
    assert {ends_in(client) for _ in range(5)} == {"sold_out"}
    assert client.delete("/_outcomes", params={"id": number}).json() == {"deleted": 1}
    assert ends_in(client) == "kept"
    assert client.delete("/_outcomes", params={"id": number}).status_code == 404
    assert client.delete("/_outcomes", params={"id": "first"}).status_code == 422


def test_what_waits_and_what_could_be_wished_for_is_told(client: httpx.Client) -> None:
    wish(client, count=3)
    ends_in(client)
    told = client.get("/_outcomes").json()
    assert [(waiting["outcome"], waiting["left"]) for waiting in told["outcomes"]] == [("sold_out", 2)]
    assert told["playable"] == {"heron": {"order": ["sold_out", "visible_late"]}}


@pytest.mark.parametrize(
    ("field", "more"),
    [
        ("supplier", {"supplier": "albatross"}),
        ("operation", {"supplier": "bluebird", "operation": "search"}),
        ("operation", {"operation": "offers"}),
        ("outcome", {"outcome": "lost"}),
        ("outcome", {"outcome": 7}),
        ("count", {"count": 0}),
        ("seconds", {"seconds": -1}),
        ("colour", {"colour": "red"}),
    ],
)
def test_an_outcome_that_could_never_come_is_refused_by_name(
    client: httpx.Client, field: str, more: dict[str, object]
) -> None:
    refused = wish(client, **more)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == f"/{field}"
    assert client.get("/_outcomes").json()["outcomes"] == []


def test_an_outcome_is_for_its_own_supplier_and_operation() -> None:
    outcomes = Outcomes()
    outcomes.add(Wish(supplier="heron", operation="order", outcome="declined"))
    assert outcomes.claim("heron", "cancel") is None
    assert outcomes.claim("bluebird", "order") is None
    claimed = outcomes.claim("heron", "order")
    assert claimed is not None
    assert (claimed.name, claimed.seconds) == ("declined", None)
    assert outcomes.claim("heron", "order") is None


def test_an_order_that_is_visible_late_is_so_for_a_minute_unless_told() -> None:
    outcomes = Outcomes()
    asked = [
        outcomes.add(Wish(supplier="heron", operation="order", outcome="visible_late", seconds=s)) for s in (None, 3)
    ]
    assert [outcome.seconds for outcome in asked] == [60, 3]
