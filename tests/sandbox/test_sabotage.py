"""Faults that strike the reply of what is stored already, and replies that never end."""

import asyncio
import json
import socket
import tracemalloc
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

import httpx
import pytest

from sandbox.asgi import Message, Receive, Scope, Send, answer
from sandbox.faults import DEFAULTS, Faults, Kind, Order
from sandbox.sabotage import Call, struck
from tests.sandbox.serving import sandboxed
from tests.sandbox.storekeeper import OFFERS_XML, Storekeeper

QUICK: dict[str, dict[str, float]] = {
    "slow": {"seconds": 0.01},
    "drip": {"seconds": 0.01},
    "huge": {"megabytes": 0.2},
}
ASKS_THE_SUPPLIER_ANYWAY = {Kind.SLOW, Kind.CUT, Kind.SPOIL, Kind.DRIP}  # they need its right answer
INSTEAD_OF_THE_SUPPLIER = sorted(set(Kind) - ASKS_THE_SUPPLIER_ANYWAY)


@pytest.fixture(scope="module", params=["asyncio", "uvloop"])
def sandbox(request: pytest.FixtureRequest) -> Iterator[httpx.Client]:
    with sandboxed({"heron": Storekeeper(), "bluebird": Storekeeper()}, loop=request.param) as client:
        yield client


@pytest.fixture
def client(sandbox: httpx.Client) -> httpx.Client:
    for page in ("/_faults", "/_ledger", "/heron/orders"):
        sandbox.delete(page).raise_for_status()
    return sandbox


def breaks(client: httpx.Client, kind: str, **more: Any) -> None:
    ordered = client.post("/_faults", json={"supplier": "heron", "kind": kind, **QUICK.get(kind, {}), **more})
    assert ordered.status_code == 201, ordered.text


def ordered(client: httpx.Client, reference: str) -> bytes | None:
    """The beginning of the answer, None where there is none."""
    patience = httpx.Timeout(60, read=1.5)
    try:
        with client.stream("POST", "/heron/orders", json={"reference": reference}, timeout=patience) as answered:
            return next(answered.iter_raw(), b"")
    except httpx.TransportError:
        return None


def kept(client: httpx.Client) -> list[str]:
    found: list[str] = client.get("/heron/orders").json()["orders"]
    return found


@pytest.mark.parametrize("kind", list(Kind))
def test_with_after_the_order_is_stored_whatever_strikes_the_reply(client: httpx.Client, kind: Kind) -> None:
    breaks(client, kind, after=True, operation="order")
    ordered(client, "A-1")
    assert kept(client) == ["A-1"]
    ordered(client, "A-2")
    assert kept(client) == ["A-1", "A-2"]


@pytest.mark.parametrize("kind", INSTEAD_OF_THE_SUPPLIER)
def test_without_after_the_supplier_never_hears_of_the_order(client: httpx.Client, kind: Kind) -> None:
    breaks(client, kind, operation="order")
    ordered(client, "A-1")
    assert kept(client) == []


def test_stored_then_500_answers_500(client: httpx.Client) -> None:
    breaks(client, "status", status=500, after=True)
    refused = client.post("/heron/orders", json={"reference": "A-1"})
    assert (refused.status_code, kept(client)) == (500, ["A-1"])


@pytest.mark.parametrize("kind", ["reset", "hang"])
def test_stored_then_nothing_is_no_answer_in_the_books(client: httpx.Client, kind: str) -> None:
    breaks(client, kind, after=True)
    assert ordered(client, "A-1") is None
    assert kept(client) == ["A-1"]
    calls = client.get("/_ledger", params={"operation": "order"}).json()["calls"]
    assert [call["status"] for call in calls] == [0]


def test_stored_then_cut_is_half_of_what_the_supplier_said(client: httpx.Client) -> None:
    breaks(client, "cut", after=True)
    whole = b'{"kept": [{"reference": "A-1"}]}'
    with client.stream("POST", "/heron/orders", json={"reference": "A-1"}) as answered:
        assert (answered.status_code, answered.headers["content-length"]) == (201, str(len(whole)))
        received: list[bytes] = []
        with pytest.raises(httpx.RemoteProtocolError):
            received.extend(answered.iter_raw())
    assert b"".join(received) == whole[: len(whole) // 2]
    assert kept(client) == ["A-1"]


def test_a_busy_supplier_tells_its_quota_in_headers_of_its_own(client: httpx.Client) -> None:
    quota = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1893456000"}
    breaks(client, "status", status=429, seconds=3, headers=quota)
    told = client.get("/heron/orders").headers
    assert (told["x-ratelimit-remaining"], told["x-ratelimit-reset"], told["retry-after"]) == ("0", "1893456000", "3")


@pytest.mark.parametrize(
    ("field", "more"),
    [
        ("headers", {"kind": "reset", "headers": {"X-Left": "1"}}),
        ("headers", {"kind": "status", "headers": {"Content-Length": "7"}}),
        ("headers", {"kind": "status", "headers": {"X-Left": "1\r\nSet-Cookie: a=b"}}),
        ("headers", {"kind": "status", "headers": {"X Left": "1"}}),
        ("megabytes", {"kind": "drip", "megabytes": 1}),
        ("megabytes", {"kind": "huge", "megabytes": 0}),
        ("after", {"kind": "reset", "after": "yes"}),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused_by_name(client: httpx.Client, field: str, more: dict[str, Any]) -> None:
    refused = client.post("/_faults", json={"supplier": "heron", **more})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == f"/{field}"
    assert client.get("/_faults").json() == {"faults": []}


def test_xml_of_another_shape_is_xml(client: httpx.Client) -> None:
    breaks(client, "wrong_xml")
    answered = client.get("/heron/offers")
    assert (answered.status_code, answered.headers["content-type"]) == (200, "text/xml; charset=utf-8")
    assert ET.fromstring(answered.content).tag == "{urn:example:another-shape}Shape"  # noqa: S314  # our own words


def test_xml_is_cut_like_any_other_answer(client: httpx.Client) -> None:
    breaks(client, "cut")
    with client.stream("GET", "/heron/offers") as answered:
        received: list[bytes] = []
        with pytest.raises(httpx.RemoteProtocolError):
            received.extend(answered.iter_raw())
    assert b"".join(received) == OFFERS_XML.encode()[: len(OFFERS_XML) // 2]


def test_a_spoilt_answer_announces_its_new_length(client: httpx.Client) -> None:
    breaks(client, "spoil")
    told = client.get("/heron/offers").text
    assert told.count("a lot") == 2
    assert 'Amount="100.00"' in told
    assert client.get("/heron/offers").text == OFFERS_XML


@pytest.mark.parametrize(
    ("said", "operation"), [("rent a car", "rent"), ("return it", "return"), ("hello", "unknown"), ("", "unknown")]
)
def test_where_one_address_serves_several_operations_the_body_tells_which(
    client: httpx.Client, said: str, operation: str
) -> None:
    breaks(client, "status", status=503, operation="return", count=1)
    told = client.post("/heron/counter", content=said.encode())
    if operation == "return":
        assert told.status_code == 503
    else:
        assert told.json() == {"heard": said}
    assert client.get("/_ledger").json()["calls"][-1]["operation"] == operation


def test_an_answer_that_comes_compressed_is_spoilt_too(client: httpx.Client) -> None:
    breaks(client, "spoil")
    assert client.get("/heron/offers/zipped").text.count("a lot") == 2
    assert client.get("/heron/offers/zipped").text == OFFERS_XML


def test_a_drip_is_the_right_answer_and_goes_on_until_the_caller_leaves(client: httpx.Client) -> None:
    breaks(client, "drip", seconds=0)
    received = bytearray()
    with client.stream("GET", "/heron/offers") as answered:
        assert "content-length" not in answered.headers
        assert (answered.status_code, answered.headers["content-type"]) == (200, "text/xml; charset=utf-8")
        for piece in answered.iter_raw():
            received += piece
            if len(received) > len(OFFERS_XML) + 500:
                break
        else:
            pytest.fail("the drip came to an end")
    assert received.decode().rstrip(" ") == OFFERS_XML
    assert client.get("/heron/offers").text == OFFERS_XML


def test_a_drip_comes_a_byte_at_a_time() -> None:
    sent = asyncio.run(meeting(Kind.DRIP, leaves_after=20, seconds=0))
    assert [len(message["body"]) for message in sent[1:]] == [1] * 20


def test_a_huge_answer_stops_the_moment_the_caller_leaves() -> None:
    sent = asyncio.run(meeting(Kind.HUGE, leaves_after=3, megabytes=4096))
    assert len(sent) == 1 + 3


async def meeting(kind: Kind, *, leaves_after: int, **more: float) -> list[Message]:
    """What a caller is sent who leaves after so many pieces of the body."""
    sent: list[Message] = []

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await answer(send, status=200, body=b'{"flights": ["XX1", "XX2"]}')

    async def receive() -> Message:
        while len(sent) <= leaves_after:
            await asyncio.Event().wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    fault = Faults().add(Order(supplier="heron", kind=kind, **more))  # type: ignore[arg-type]  # only seconds, megabytes
    await struck(fault, Call(app=app, scope={"headers": []}, receive=receive, send=send, wire=send))
    return sent


def test_a_huge_answer_looks_like_a_good_one_to_its_end(client: httpx.Client) -> None:
    breaks(client, "huge")
    told = client.get("/heron/offers")
    assert (told.headers["content-type"], len(told.content) > 200_000) == ("application/json", True)
    assert len(json.loads(told.content)["data"]) > 1_000

    breaks(client, "huge")
    told = client.get("/heron/offers", headers={"Accept": "text/xml"})
    assert (told.headers["content-type"], len(told.content) > 200_000) == ("text/xml; charset=utf-8", True)
    assert len(ET.fromstring(told.content)) > 1_000  # noqa: S314  # our own words


def test_a_huge_answer_is_never_held_in_memory(client: httpx.Client) -> None:
    """The server runs in this process, and its caller throws away what it reads."""
    breaks(client, "huge", megabytes=DEFAULTS[Kind.HUGE]["megabytes"])
    url, sink, received = client.base_url, bytearray(1 << 16), 0
    tracemalloc.start()
    try:
        with socket.create_connection((url.host, url.port or 80), timeout=60) as caller:
            caller.sendall(b"GET /heron/offers HTTP/1.1\r\nHost: sandbox\r\nConnection: close\r\n\r\n")
            while count := caller.recv_into(sink):
                received += count
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert received > 64_000_000
    assert peak < 4_000_000
