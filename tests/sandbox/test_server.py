"""The sandbox over real connections: what clients see when things go wrong, and what the books say of it."""

import socket
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from sandbox.mounts import loaded
from sandbox.server import create_app
from tests.sandbox.serving import serving
from tests.sandbox.travel import DAY, Clock, PretendSupplier, a_world


@pytest.fixture(scope="module", params=["asyncio", "uvloop"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    suppliers = {"acme": PretendSupplier(), "zenith": PretendSupplier()}
    app = create_app(world=a_world(clock=Clock()), suppliers=suppliers)
    with serving(app, loop=request.param) as url:
        yield url


@pytest.fixture
def client(url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=url, timeout=60, trust_env=False) as client:
        client.delete("/_ledger").raise_for_status()
        client.delete("/_faults").raise_for_status()
        yield client


def order(client: httpx.Client, kind: str, **more: Any) -> int:
    answered = client.post("/_faults", json={"supplier": "acme", "kind": kind, **more})
    assert answered.status_code == 201, answered.text
    return int(answered.json()["id"])


def calls(client: httpx.Client, **wanted: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get("/_ledger", params=wanted).json()["calls"]
    return found


def statuses(client: httpx.Client) -> list[int]:
    return [call["status"] for call in calls(client)]


def test_a_supplier_sees_paths_without_the_mount_and_the_books_say_who_asked(client: httpx.Client) -> None:
    answered = client.get("/acme/v1/search?fly_from=ZRH", headers={"X-Key": "secret-1"})
    assert answered.json()["path"] == "/v1/search"
    assert answered.json()["query"] == "fly_from=ZRH"
    client.get("/zenith/v1/places/ZRH")
    client.get("/acme/v1/places/zrh")
    client.get("/acme")
    told = [(call["supplier"], call["operation"], call["status"], call["credential"]) for call in calls(client)]
    assert told == [
        ("acme", "search", 200, "secret-1"),
        ("zenith", "place", 200, None),
        ("acme", "unknown", 200, None),
        ("acme", "unknown", 404, None),
    ]


def test_a_body_reaches_the_supplier(client: httpx.Client) -> None:
    answered = client.post("/acme/v1/search", json={"passengers": 2})
    assert (answered.status_code, answered.json()) == (201, {"heard": {"passengers": 2}})
    assert calls(client)[0]["operation"] == "book"


def test_the_books_are_filtered_summed_up_and_wiped(client: httpx.Client) -> None:
    for path in ("acme/v1/search", "acme/v1/search", "acme/v1/places/ZRH", "zenith/v1/search"):
        client.get(f"/{path}")
    assert len(calls(client, supplier="acme")) == 3
    assert len(calls(client, operation="search")) == 3
    told = client.get("/_ledger", params={"summary": "true", "supplier": "acme"}).json()
    assert told == {"summary": {"acme": {"place": {"200": 1}, "search": {"200": 2}}}, "count": 3, "dropped": 0}
    assert client.delete("/_ledger").json() == {"deleted": 4}
    assert calls(client) == []


def test_a_slow_supplier_answers_in_the_end(client: httpx.Client) -> None:
    order(client, "slow", seconds=0.05)
    assert client.get("/acme/v1/search").json()["path"] == "/v1/search"
    assert statuses(client) == [200]


def test_a_hanging_supplier_outlasts_an_impatient_client(client: httpx.Client) -> None:
    order(client, "hang")
    with pytest.raises(httpx.ReadTimeout):
        client.get("/acme/v1/search", timeout=0.2)
    assert statuses(client) == [0]


def test_a_hanging_supplier_cuts_off_a_patient_client(client: httpx.Client) -> None:
    order(client, "hang", seconds=0.05)
    with pytest.raises(httpx.TransportError):
        client.get("/acme/v1/search")
    assert statuses(client) == [0]


def test_a_call_that_hangs_is_in_the_books_already(client: httpx.Client, url: str) -> None:
    order(client, "hang")
    with socket.create_connection((httpx.URL(url).host, httpx.URL(url).port or 80), timeout=60) as waiting:
        waiting.sendall(b"GET /acme/v1/search HTTP/1.1\r\nHost: sandbox\r\n\r\n")
        while not calls(client):  # the request is on its way, and each look costs a round trip to the same server
            waiting.getpeername()
        assert [(call["operation"], call["status"]) for call in calls(client)] == [("search", 0)]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 429, 500, 502, 503, 504])
def test_a_supplier_answers_any_status(client: httpx.Client, status: int) -> None:
    order(client, "status", status=status)
    answered = client.get("/acme/v1/search")
    assert (answered.status_code, answered.json()["status"]) == (status, status)
    assert "retry-after" not in answered.headers
    assert statuses(client) == [status]


def test_a_busy_supplier_says_when_to_come_back(client: httpx.Client) -> None:
    order(client, "status", status=429, seconds=7)
    assert client.get("/acme/v1/search").headers["retry-after"] == "7"


def test_an_answer_without_content_has_none(client: httpx.Client) -> None:
    order(client, "status", status=304)
    answered = client.get("/acme/v1/search")
    assert (answered.status_code, answered.content) == (304, b"")


def test_a_reset_is_a_reset(client: httpx.Client, url: str) -> None:
    order(client, "reset", count=2)
    with pytest.raises(httpx.ReadError):
        client.get("/acme/v1/search")
    with socket.create_connection((httpx.URL(url).host, httpx.URL(url).port or 80), timeout=60) as raw:
        raw.sendall(b"GET /acme/v1/search HTTP/1.1\r\nHost: sandbox\r\n\r\n")
        with pytest.raises(ConnectionResetError):
            raw.recv(1)
    assert statuses(client) == [0, 0]


def test_a_cut_answer_promises_more_than_it_holds(client: httpx.Client) -> None:
    whole = client.get("/acme/v1/search").content
    order(client, "cut")
    with client.stream("GET", "/acme/v1/search") as answered:
        assert int(answered.headers["content-length"]) == len(whole)
        received: list[bytes] = []
        with pytest.raises(httpx.RemoteProtocolError):
            received.extend(answered.iter_raw())
    assert b"".join(received) == whole[: len(whole) // 2]
    assert statuses(client) == [200, 200]


def test_garbage_is_no_text_in_any_language(client: httpx.Client) -> None:
    order(client, "garbage")
    answered = client.get("/acme/v1/search")
    assert answered.status_code == 200
    with pytest.raises(UnicodeDecodeError):
        answered.content.decode()


@pytest.mark.parametrize("status", [200, 503])
def test_a_web_page_comes_where_data_was_expected(client: httpx.Client, status: int) -> None:
    order(client, "html", status=status)
    answered = client.get("/acme/v1/search")
    assert (answered.status_code, answered.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert answered.text.startswith("<!DOCTYPE html>")
    assert statuses(client) == [status]


def test_an_empty_answer_is_empty(client: httpx.Client) -> None:
    order(client, "empty")
    answered = client.get("/acme/v1/search")
    assert (answered.status_code, answered.content) == (200, b"")


def test_json_of_another_shape_is_json(client: httpx.Client) -> None:
    order(client, "wrong_json")
    answered = client.get("/acme/v1/search")
    assert isinstance(answered.json(), list)


def test_one_record_of_many_is_spoilt_and_the_others_are_as_they_were(client: httpx.Client) -> None:
    offers = [{"id": str(number), "price": number, "legs": []} for number in range(5)]
    told = {"currency": "EUR", "offers": offers}
    order(client, "spoil")
    heard = client.post("/acme/v1/search", json=told).json()["heard"]
    spoilt = heard["offers"].pop(2)
    assert spoilt == {"id": ["2"], "price": [2], "legs": 7}
    assert heard == {"currency": "EUR", "offers": offers[:2] + offers[3:]}
    assert client.post("/acme/v1/search", json=told).json()["heard"] == told


def test_an_answer_without_records_can_not_be_spoilt(client: httpx.Client) -> None:
    whole = client.get("/acme/v1/search").json()
    order(client, "spoil")
    assert client.get("/acme/v1/search").json() == whole


def test_faults_are_met_for_their_count_by_their_operation_and_can_be_listed(client: httpx.Client) -> None:
    first = order(client, "status", operation="search", count=2, status=500)
    always = order(client, "empty", operation="place", count=None)
    got = [client.get("/acme/v1/search").status_code for _ in range(3)]
    assert got == [500, 500, 200]
    assert client.get("/acme/v1/places/ZRH").content == b""
    assert client.get("/zenith/v1/places/ZRH").content != b""
    assert [(fault["id"], fault["left"]) for fault in client.get("/_faults").json()["faults"]] == [(always, None)]
    assert client.delete("/_faults", params={"id": always}).json() == {"deleted": 1}
    assert client.delete("/_faults", params={"id": first}).status_code == 404
    assert client.get("/acme/v1/places/ZRH").content != b""


@pytest.mark.parametrize(
    ("field", "wanted"),
    [
        ("kind", {"supplier": "acme", "kind": "explode"}),
        ("kind", {"supplier": "acme"}),
        ("supplier", {"supplier": "nobody", "kind": "reset"}),
        ("operation", {"supplier": "acme", "kind": "reset", "operation": "dance"}),
        ("count", {"supplier": "acme", "kind": "reset", "count": 0}),
        ("status", {"supplier": "acme", "kind": "status", "status": 99}),
        ("status", {"supplier": "acme", "kind": "reset", "status": 500}),
        ("seconds", {"supplier": "acme", "kind": "slow", "seconds": "long"}),
        ("colour", {"supplier": "acme", "kind": "slow", "colour": "red"}),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused_by_name(client: httpx.Client, field: str, wanted: object) -> None:
    refused = client.post("/_faults", json=wanted)
    assert (refused.status_code, refused.headers["content-type"]) == (422, "application/problem+json")
    assert refused.json()["errors"][0]["pointer"] == f"/{field}"
    assert client.get("/_faults").json() == {"faults": []}


def test_what_is_not_json_is_refused(client: httpx.Client) -> None:
    assert client.post("/_faults", content=b"{kind:").status_code == 400
    assert client.post("/_faults", content=b"\xff\xfe").status_code == 400


@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        ("/_ledger?suplier=acme", "suplier"),
        ("/_ledger?summary=perhaps", "summary"),
        ("/_ledger?supplier=a&supplier=b", "supplier"),
        ("/_world/flights?origin=LHR&destination=JFK", "date"),
        ("/_world/flights?origin=LHR&destination=JFK&date=soon", "date"),
        ("/_world/flights?origin=LHR&destination=QQQ&date=2027-03-11", "destination"),
        ("/_world/flights?destination=JFK&date=2027-03-11", "origin"),
    ],
)
def test_a_parameter_that_makes_no_sense_is_refused_by_name(client: httpx.Client, path: str, parameter: str) -> None:
    refused = client.get(path)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["parameter"] == parameter


def test_the_truth_behind_the_suppliers_is_open_to_tests(client: httpx.Client) -> None:
    world = a_world(clock=Clock())
    about = client.get("/_world").json()
    assert (about["seed"], about["airports"]) == (1, len(world.airports))
    assert client.get("/_world/airports/ZRH").json()["timezone"] == "Europe/Zurich"
    assert client.get("/_world/airports/QQQ").status_code == 404

    asked = {"origin": "LHR", "destination": "JFK", "date": DAY.isoformat()}
    told = client.get("/_world/flights", params=asked).json()["journeys"]
    assert [journey["id"] for journey in told] == [journey.id for journey in world.journeys("LHR", "JFK", DAY)]
    fare = told[0]["fares"][0]
    assert fare["base_eur"] == str(world.fares(world.journeys("LHR", "JFK", DAY)[0], "economy")[0].base_eur)

    sale = {"journey_id": told[0]["id"], "family": "FLEX", "cabin": "economy", "seats": 1}
    assert client.post("/_world/sell", json=sale).json() == {"sold": True}
    assert client.post("/_world/sell", json={**sale, "seats": 900}).status_code == 409
    left = client.get("/_world/flights", params=asked).json()["journeys"][0]["fares"][0]["seats"]
    assert left == fare["seats"] - 1


def test_the_server_says_that_it_is_well_and_whom_it_shows(client: httpx.Client) -> None:
    assert client.get("/_health").json() == {"status": "ok", "suppliers": ["acme", "zenith"]}
    assert client.get("/nobody/v1/search").json()["suppliers"] == ["acme", "zenith"]
    assert client.get("/nobody/v1/search").status_code == 404
    assert client.get("/_nothing").status_code == 404


def test_a_supplier_without_a_sandbox_stops_the_start() -> None:
    with pytest.raises(TypeError, match="nobody has no sandbox"):
        loaded("nobody")
