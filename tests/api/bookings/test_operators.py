"""What operators see and do: findings, comparisons, whole bookings, orders that they have asked about, queues."""

from typing import Any, Final

import falcon.testing
import msgspec
import pytest

from domain.bookings import Booking, BookingStatus, ItemStatus, order_reference
from domain.findings import Finding, FindingKind, FindingState
from domain.jobs import KeepSearch, LookAtBooking, Queue, Reconcile
from domain.orders import Order, OrderStatus
from domain.people import Role
from storage import dead_letters, findings, queue
from storage.engine import transaction
from storage.order_attempts import OrderAttempts
from tests.api.bookings.shop import AMELIA, asked, booked, captured, seen, worked
from tests.api.hub import Hub, json
from tests.builders import money

OPS: Final = "olga"


async def operator(api: Hub, method: str, path: str, body: object = None) -> falcon.testing.Result:
    return await asked(api, method, path, body, who=OPS, role=Role.OPERATOR)


async def differs(api: Hub, booking_id: str | None, *, about: str = "item:1", **told: Any) -> Finding:
    facts: dict[str, Any] = {"kind": FindingKind.ORDER_GONE, "detail": "heron has cancelled it"}
    finding = Finding(booking_id=booking_id, about=about, **(facts | told))
    async with transaction(api.services.engine) as connection:
        await findings.found(connection, finding, now=api.clock.now)
    return finding


async def in_doubt(api: Hub) -> Booking:
    """An order was sent, and nobody knows what became of it."""
    booking_id = (await booked(api))["id"]
    reference = order_reference(booking_id, 1)
    before = (await worked(api, booking_id)).items[0]
    attempts = OrderAttempts(api.services.engine, now=api.clock)
    await attempts.begin(before.offer.supplier, reference)
    item = msgspec.structs.replace(before, status=ItemStatus.SENT, sent_at=api.clock.now)
    return await worked(
        api, booking_id, items=(item,), status=BookingStatus.IN_DOUBT, doubted_from=BookingStatus.CONFIRMING
    )


def resolving(booking: Booking, number: int = 1) -> str:
    return f"/v1/admin/bookings/{booking.reference}/items/{number}/resolve"


# ---- findings ----


async def test_a_finding_is_told_with_what_it_means_and_what_to_do(api: Hub) -> None:
    booking_id = (await booked(api))["id"]
    finding = await differs(api, booking_id, document={"ours": "booked", "theirs": "cancelled"})
    told = json(await operator(api, "GET", f"/v1/admin/findings/{finding.id}"))
    assert (told["kind"], told["severity"], told["state"]) == ("order_gone", "urgent", "open")
    assert told["todo"].startswith("Ask the supplier why")
    assert told["document"] == {"ours": "booked", "theirs": "cancelled"}
    assert (told["booking_id"], told["about"]) == (booking_id, "item:1")


async def test_findings_are_listed_by_booking_and_kind_page_by_page(api: Hub) -> None:
    booking_id = (await booked(api))["id"]
    for number in range(3):
        api.clock.forward(seconds=1)
        await differs(api, booking_id, about=f"item:{number}")
    await differs(api, booking_id, kind=FindingKind.DISPUTE, about="dispute:1")
    first = json(await operator(api, "GET", f"/v1/admin/findings?booking={booking_id}&kind=order_gone&limit=2"))
    assert [one["about"] for one in first["data"]] == ["item:2", "item:1"]
    assert first["page"]["total"] == 3
    more = f"/v1/admin/findings?booking={booking_id}&kind=order_gone&limit=2&cursor={first['page']['next']}"
    rest = json(await operator(api, "GET", more))
    assert ([one["about"] for one in rest["data"]], rest["page"]["next"]) == (["item:0"], None)


async def test_a_settled_finding_says_who_settled_it_and_leaves_the_list(api: Hub) -> None:
    booking_id = (await booked(api))["id"]
    finding = await differs(api, booking_id)
    told = {"state": "resolved", "note": "Rebooked by telephone."}
    settled = json(await operator(api, "POST", f"/v1/admin/findings/{finding.id}/settle", told))
    assert (settled["state"], settled["settled_by"], settled["note"]) == ("resolved", OPS, "Rebooked by telephone.")
    assert json(await operator(api, "GET", f"/v1/admin/findings?booking={booking_id}"))["data"] == []
    listed = json(await operator(api, "GET", f"/v1/admin/findings?booking={booking_id}&state=resolved"))
    assert [one["id"] for one in listed["data"]] == [finding.id]


@pytest.mark.parametrize(
    "told", [{"state": "open", "note": "no"}, {"state": "resolved"}, {"state": "gone", "note": "a"}]
)
async def test_a_settlement_that_makes_no_sense_is_refused(api: Hub, told: dict[str, str]) -> None:
    finding = await differs(api, None, about="payment:purse:1")
    answer = await operator(api, "POST", f"/v1/admin/findings/{finding.id}/settle", told)
    assert answer.status_code == 422


@pytest.mark.parametrize("finding_id", ["nothing", "a" * 26])
async def test_a_finding_that_is_not_there_is_not_found(api: Hub, finding_id: str) -> None:
    assert (await operator(api, "GET", f"/v1/admin/findings/{finding_id}")).status_code == 404
    told = {"state": "resolved", "note": "done"}
    assert (await operator(api, "POST", f"/v1/admin/findings/{finding_id}/settle", told)).status_code == 404


# ---- comparisons ----


async def test_a_comparison_is_asked_for_and_looked_at(api: Hub) -> None:
    answer = await operator(api, "POST", "/v1/admin/reconcile", {"hours": 48})
    assert answer.status_code == 202
    run = json(answer)
    assert (run["because"], run["state"], run["asked_by"]) == ("asked", "queued", OPS)
    assert answer.headers["location"] == f"/v1/admin/reconcile/{run['id']}"
    assert Reconcile(run_id=run["id"]) in api.jobs(Queue.HOUSEKEEPING)
    assert json(await operator(api, "GET", f"/v1/admin/reconcile/{run['id']}")) == run
    assert run in json(await operator(api, "GET", "/v1/admin/reconcile"))["data"]


async def test_a_comparison_that_nobody_asked_for_is_not_found(api: Hub) -> None:
    assert (await operator(api, "GET", "/v1/admin/reconcile/nothing")).status_code == 404


# ---- bookings ----


async def test_a_whole_booking_shows_everything_but_its_people(api: Hub) -> None:
    made = await booked(api)
    await worked(api, made["id"], charges=(captured(made["id"], money("420.00")),))
    finding = await differs(api, made["id"])
    answer = await operator(api, "GET", f"/v1/admin/bookings/{made['reference']}")
    whole = json(answer)
    assert (whole["id"], whole["owner"], whole["status"]) == (made["id"], "anna", "pending")
    assert whole["charges"][0]["captured"] == {"amount": "420.00", "currency": "EUR"}
    assert whole["items"][0]["reference"] == order_reference(made["id"], 1)
    assert [one["id"] for one in whole["findings"]] == [finding.id]
    assert [event["type"] for event in whole["events"]] == ["booking.accepted"]
    assert whole["due_at"] is not None
    assert AMELIA["surname"] == "Earhart"
    for private in ("Earhart", "amelia@example.com", "pm_card_visa", "X1234567"):
        assert private not in answer.text


async def test_a_booking_that_is_not_there_is_not_found(api: Hub) -> None:
    assert (await operator(api, "GET", "/v1/admin/bookings/ABCDEF")).status_code == 404
    told = {"outcome": "not_booked", "note": "Mr Ito"}
    assert (await operator(api, "POST", "/v1/admin/bookings/ABCDEF/items/1/resolve", told)).status_code == 404


async def test_an_order_that_a_person_has_found_is_booked_as_if_its_supplier_had_said_so(api: Hub) -> None:
    booking = await in_doubt(api)
    finding = await differs(api, booking.id, kind=FindingKind.ORDER_IN_DOUBT, detail="silence")
    told = {"outcome": "booked", "order_id": "H-77310", "locator": "77310", "note": "Ms Ito at the desk, 3 March"}
    answer = await operator(api, "POST", resolving(booking), told)
    assert answer.status_code == 202
    whole = json(answer)
    step = whole["steps"][-1]
    assert (step["kind"], step["about"], step["outcome"]) == ("told_by_a_person", "item:1", "booked as H-77310")
    assert step["detail"] == "olga: Ms Ito at the desk, 3 March"
    assert [one["state"] for one in whole["findings"] if one["id"] == finding.id] == ["resolved"]
    assert LookAtBooking(booking_id=booking.id) in api.jobs(Queue.BOOKINGS)
    item = booking.items[0]
    heard = await OrderAttempts(api.services.engine, now=api.clock).begin(item.offer.supplier, item.reference)
    assert heard is not None
    assert heard.order is not None
    assert (heard.order.id, heard.order.status) == ("H-77310", OrderStatus.CONFIRMED)
    assert [(one.issuer, one.code) for one in heard.order.locators] == [(item.offer.supplier, "77310")]


async def test_an_order_that_is_not_there_is_told_once(api: Hub) -> None:
    booking = await in_doubt(api)
    told = {"outcome": "not_booked", "note": "Mr Ito looked under both names"}
    assert (await operator(api, "POST", resolving(booking), told)).status_code == 202
    item = booking.items[0]
    heard = await OrderAttempts(api.services.engine, now=api.clock).begin(item.offer.supplier, item.reference)
    assert heard is not None
    assert (heard.order, heard.reason) == (None, "no_such_order")
    assert (await operator(api, "POST", resolving(booking), told)).status_code == 409


async def test_the_owner_sees_that_it_was_cleared_up_and_not_by_whom(api: Hub) -> None:
    booking = await in_doubt(api)
    told = {"outcome": "not_booked", "note": "Mr Ito"}
    await operator(api, "POST", resolving(booking), told)
    events = json(await asked(api, "GET", f"/v1/bookings/{booking.id}/events"))
    assert "item.resolved" in [event["type"] for event in events["data"]]
    assert OPS not in msgspec.json.encode(events).decode()


async def test_what_is_not_in_doubt_is_not_cleared_up(api: Hub) -> None:
    made = await booked(api)
    path = f"/v1/admin/bookings/{made['id']}/items"
    told = {"outcome": "not_booked", "note": "Mr Ito"}
    assert (await operator(api, "POST", f"{path}/1/resolve", told)).status_code == 409
    assert (await operator(api, "POST", f"{path}/2/resolve", told)).status_code == 404


async def test_an_order_at_which_its_supplier_lets_us_look_is_not_for_people(api: Hub) -> None:
    booking = await in_doubt(api)
    item = booking.items[0]
    order = Order(supplier=item.offer.supplier, id="A1", status=OrderStatus.PENDING)
    looks = msgspec.structs.replace(item.abilities, looks=True)
    await worked(api, booking.id, items=(msgspec.structs.replace(item, order=order, abilities=looks),))
    told = {"outcome": "booked", "order_id": "A1", "note": "Mr Ito"}
    assert (await operator(api, "POST", resolving(booking), told)).status_code == 409


async def test_an_order_on_which_its_supplier_works_for_ever_is_cleared_up_too(api: Hub) -> None:
    booking = await in_doubt(api)
    item = booking.items[0]
    pending = Order(supplier=item.offer.supplier, id="A1", status=OrderStatus.PENDING, handle={"pin": "1234"})
    attempts = OrderAttempts(api.services.engine, now=api.clock)
    await attempts.booked(item.offer.supplier, item.reference, pending)
    await worked(api, booking.id, items=(msgspec.structs.replace(item, order=pending),))
    told = {"outcome": "booked", "order_id": "A1", "note": "Ms Ito"}
    answer = await operator(api, "POST", resolving(booking), told)
    assert answer.status_code == 202, answer.text
    assert "1234" not in answer.text
    heard = await attempts.begin(item.offer.supplier, item.reference)
    assert heard is not None
    assert heard.order == msgspec.structs.replace(pending, status=OrderStatus.CONFIRMED)


@pytest.mark.parametrize(
    "told",
    [
        {"outcome": "booked", "note": "without a number"},
        {"outcome": "not_booked", "order_id": "A1", "note": "with a number"},
        {"outcome": "booked", "order_id": "A1"},
        {"outcome": "perhaps", "note": "who knows"},
    ],
)
async def test_a_resolution_that_makes_no_sense_is_refused(api: Hub, told: dict[str, str]) -> None:
    assert (await operator(api, "POST", "/v1/admin/bookings/ABCDEF/items/1/resolve", told)).status_code == 422


# ---- queues ----


async def test_what_was_given_up_is_shown_with_why_and_put_on_its_queue_once_more(api: Hub) -> None:
    broker = api.services.queue.broker
    message = broker.enqueue(queue.message(KeepSearch(search_id="given-up")))
    consumer = broker.consume(Queue.HOUSEKEEPING, prefetch=20, timeout=10)
    taken = [one for one in (next(iter(consumer)) for _ in range(20)) if one is not None]
    for one in taken:
        consumer.nack(one)
    await dead_letters.note(api.services.redis, message.message_id, "PostgreSQL was away")
    state = await _state(api, Queue.HOUSEKEEPING)
    letter = next(one for one in state["dead_letters"] if one["id"] == message.message_id)
    assert (letter["kind"], letter["why"], letter["attempts"]) == ("keep_search", "PostgreSQL was away", 1)
    path = "/v1/admin/queues/housekeeping/dead-letters/replay"
    told = json(await operator(api, "POST", path, {"ids": [message.message_id, "nobody"]}))
    assert told == {"queue": "housekeeping", "replayed": [message.message_id], "missing": ["nobody"]}
    after = await _state(api, Queue.HOUSEKEEPING)
    assert after["dead"] == state["dead"] - 1
    assert after["oldest_seconds"] is not None


async def test_a_queue_that_is_none_of_ours_is_not_found(api: Hub) -> None:
    assert (await operator(api, "POST", "/v1/admin/queues/shopping/dead-letters/replay", {})).status_code == 404


async def _state(api: Hub, name: Queue) -> Any:
    told = json(await operator(api, "GET", "/v1/admin/queues"))
    assert {one["queue"] for one in told["data"]} == set(Queue)
    return next(one for one in told["data"] if one["queue"] == name)


# ---- who may ----


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/v1/admin/findings", None),
        ("GET", f"/v1/admin/findings/{'a' * 26}", None),
        ("POST", f"/v1/admin/findings/{'a' * 26}/settle", {"state": "resolved", "note": "x"}),
        ("GET", "/v1/admin/reconcile", None),
        ("POST", "/v1/admin/reconcile", {}),
        ("GET", "/v1/admin/reconcile/nothing", None),
        ("GET", "/v1/admin/bookings/ABCDEF", None),
        ("POST", "/v1/admin/bookings/ABCDEF/items/1/resolve", {"outcome": "not_booked", "note": "x"}),
        ("GET", "/v1/admin/queues", None),
        ("POST", "/v1/admin/queues/search/dead-letters/replay", {}),
    ],
)
async def test_what_is_for_operators_is_for_nobody_else(api: Hub, method: str, path: str, body: object) -> None:
    assert (await asked(api, method, path, body, who="anna")).status_code == 403


async def test_a_travellers_own_view_has_nothing_of_the_operators(api: Hub) -> None:
    made = await booked(api)
    await differs(api, made["id"])
    shown = await seen(api, made["id"])
    assert "findings" not in shown
    assert FindingState.OPEN not in shown.values()


# ---- how all of it stands ----


async def test_monitors_hear_of_doubts_and_of_what_waits_for_people(api: Hub) -> None:
    booking = await in_doubt(api)
    await differs(api, booking.id)
    api.clock.forward(seconds=60)
    health = json(await operator(api, "GET", "/v1/admin/health"))
    assert health["bookings"]["in_doubt"] >= 1
    assert health["bookings"]["overdue_seconds"] >= 60
    assert health["bookings"]["findings"]["urgent"] >= 1
    text = (await operator(api, "GET", "/v1/admin/metrics")).text
    lines = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    assert float(lines['travelhub_bookings{standing="in_doubt"}']) == health["bookings"]["in_doubt"]
    assert float(lines["travelhub_bookings_overdue_seconds"]) >= 60
    assert float(lines['travelhub_findings{severity="urgent"}']) == health["bookings"]["findings"]["urgent"]


async def test_bookings_are_counted_at_most_every_ten_seconds(api: Hub) -> None:
    api.clock.forward(seconds=60)
    before = json(await operator(api, "GET", "/v1/admin/health"))["bookings"]
    await booked(api)
    assert json(await operator(api, "GET", "/v1/admin/health"))["bookings"]["under_way"] == before["under_way"]
    api.clock.forward(seconds=11)
    after = json(await operator(api, "GET", "/v1/admin/health"))["bookings"]
    assert after["under_way"] == before["under_way"] + 1
