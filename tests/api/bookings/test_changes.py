"""Changing, accepting, dropping and cancelling: what is wished is written down, and what comes back is said at once."""

import asyncio
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from domain.bookings import Booking, BookingStatus, ItemStatus, People, Refusal
from domain.cancellation import CancellationStep, Ladder
from domain.jobs import LookAtBooking, Queue
from domain.offers import FlightConditions
from domain.orders import Locator, Order, OrderStatus, Quote, QuotedOffer, Reason
from domain.people import Role
from domain.saga.wishes import heeded
from storage import bookings
from storage.bookings import Claim
from storage.engine import transaction
from tests.api.answering import misdescribed
from tests.api.bookings.shop import (
    BERT,
    CONTACT,
    asked,
    booked,
    captured,
    kept,
    on_sale,
    rental_on_sale,
    seen,
    waiting,
    worked,
)
from tests.api.hub import Hub, json
from tests.builders import money

B = BookingStatus
PASSPORT = {"number": "NEW987654", "issued_by": "GB", "expires_on": "2049-01-01"}


async def put(api: Hub, booking_id: str, *, who: str = "anna", **changes: object) -> Any:
    return await asked(api, "PUT", f"/v1/bookings/{booking_id}", changes, who=who)


async def cancel(api: Hub, booking_id: str, **more: Any) -> Any:
    return await asked(api, "DELETE", f"/v1/bookings/{booking_id}", **more)


async def people(api: Hub, booking_id: str) -> People:
    sealed, vault = (await kept(api, booking_id)).people, api.services.vault
    assert sealed is not None
    assert vault is not None
    return vault.opened(sealed, People)


def quoted(api: Hub, booking: Booking, price: str) -> Any:
    """The first item, quoted at another price just now."""
    first, now = booking.items[0], api.clock.now
    quote = Quote(
        supplier=first.offer.supplier, price=money(price), price_components=(), conditions=first.offer.conditions,
        quoted_at=now, expires_at=now + timedelta(minutes=10),
    )  # fmt: skip
    said = QuotedOffer(id="q" * 26, offer=first.offer, query=first.query, quote=quote)
    return (msgspec.structs.replace(first, quote=said), *booking.items[1:])


async def dearer(api: Hub) -> str:
    """A booking that costs more than its client allows."""
    told = await booked(api)
    items = quoted(api, (await kept(api, told["id"])).booking, "470.00")
    until = api.clock.now + timedelta(hours=24)
    await worked(api, told["id"], status=B.NEEDS_CONSENT, items=items, consent_until=until)
    return str(told["id"])


async def confirmed(api: Hub, **what: Any) -> str:
    """A flight for 420 euro, booked and paid."""
    told = await booked(api, await on_sale(api, **what))
    booking = (await kept(api, told["id"])).booking
    order = Order(
        supplier="albatross", id="1", status=OrderStatus.CONFIRMED, locators=(Locator(issuer="BA", code="ABC123"),)
    )
    items = tuple(msgspec.structs.replace(item, status=ItemStatus.BOOKED, order=order) for item in booking.items)
    charges = (captured(booking.id, money()),)
    await worked(api, told["id"], status=B.CONFIRMED, items=items, charges=charges, confirmed_at=api.clock.now)
    return str(told["id"])


async def test_a_price_that_has_risen_is_told_with_both_prices(api: Hub) -> None:
    told = await seen(api, await dearer(api))
    assert told["status"] == "needs_consent"
    assert told["consent"]["agreed"] == [{"amount": "420.00", "currency": "EUR"}]
    assert told["consent"]["asked"] == [{"amount": "470.00", "currency": "EUR"}]
    (item,) = told["items"]
    assert (item["price"]["amount"], item["quoted_price"]["amount"]) == ("420.00", "470.00")
    assert item["offer"]["price"]["amount"] == "470.00"


@pytest.mark.parametrize("accepted", [True, False])
async def test_a_price_that_has_risen_is_accepted_or_dropped(api: Hub, *, accepted: bool) -> None:
    booking_id = await dearer(api)
    answer = await put(api, booking_id, accept_price=accepted)
    assert (answer.status_code, answer.headers["Location"]) == (202, f"/v1/bookings/{booking_id}")
    assert (await kept(api, booking_id)).wishes.consent is accepted
    assert LookAtBooking(booking_id=booking_id) in api.jobs(Queue.BOOKINGS)
    assert (await put(api, booking_id, accept_price=accepted)).status_code == 202
    assert (await put(api, booking_id, accept_price=not accepted)).status_code == 409


async def test_nobody_accepts_a_price_that_has_not_changed_or_too_late(api: Hub) -> None:
    told = await booked(api)
    assert (await put(api, told["id"], accept_price=True)).status_code == 409
    late = await dearer(api)
    await worked(api, late, consent_until=api.clock.now)
    assert (await put(api, late, accept_price=True)).status_code == 409


async def test_a_contact_can_be_changed_while_the_booking_is_not_over(api: Hub) -> None:
    booking_id = await confirmed(api)
    answer = await put(api, booking_id, contact=CONTACT | {"email": "new@example.com"})
    assert (answer.status_code, json(answer)["contact"]["email"]) == (200, "new@example.com")
    assert (await people(api, booking_id)).contact.email == "new@example.com"
    await worked(api, booking_id, status=B.CANCELLING)
    await worked(api, booking_id, status=B.CANCELLED)
    assert (await put(api, booking_id, contact=CONTACT)).status_code == 409


async def test_a_passport_can_be_changed_until_something_is_ordered_with_it(api: Hub) -> None:
    told = await booked(api)
    change = [{"number": 1, "document": PASSPORT}]
    assert (await put(api, told["id"], travellers=change)).status_code == 200
    changed = (await people(api, told["id"])).travellers[0]
    assert changed.document is not None
    assert (changed.document.number, changed.surname) == ("NEW987654", "Earhart")
    booking = (await kept(api, told["id"])).booking
    sent = tuple(msgspec.structs.replace(item, status=ItemStatus.SENT) for item in booking.items)
    await worked(api, told["id"], status=B.CONFIRMING, items=sent)
    assert (await put(api, told["id"], travellers=change)).status_code == 409


async def test_no_passport_changes_in_the_hands_of_a_worker(api: Hub) -> None:
    told = await booked(api)
    async with transaction(api.services.engine) as connection:
        held = await bookings.claim(connection, Claim(booking_id=told["id"], by="a worker"), now=api.clock.now)
    assert held is not None
    answer = await put(api, told["id"], travellers=[{"number": 1, "document": PASSPORT}])
    assert (answer.status_code, answer.headers["Retry-After"]) == (409, "2")


async def test_a_change_is_checked_by_its_place(api: Hub) -> None:
    booking_id = (await booked(api))["id"]
    expired = PASSPORT | {"expires_on": api.soon(days=10)}
    one = {"number": 1, "document": PASSPORT}
    wrong: tuple[tuple[dict[str, Any], str], ...] = (
        ({}, "/contact"),
        ({"travellers": [{"number": 2, "document": PASSPORT}]}, "/travellers/0/number"),
        ({"travellers": [one, one]}, "/travellers/1/number"),
        ({"travellers": [{"number": 1, "document": expired}]}, "/travellers/0/document/expires_on"),
        (
            {"travellers": [{"number": 1, "document": PASSPORT | {"issued_by": "QQ"}}]},
            "/travellers/0/document/issued_by",
        ),
        ({"contact": CONTACT | {"phone": "1"}}, "/contact/phone"),
        ({"contact": CONTACT | {"country": "QQ"}}, "/contact/country"),
        ({"status": "confirmed"}, "/status"),
    )
    for changes, pointer in wrong:
        answer = await put(api, booking_id, **changes)
        assert answer.status_code == 422, answer.text
        assert {flaw["pointer"] for flaw in json(answer)["errors"]} >= {pointer}, changes


async def test_a_confirmed_booking_shows_its_locators_and_what_was_paid(api: Hub) -> None:
    told = await seen(api, await confirmed(api))
    assert told["items"][0]["locators"] == [{"issuer": "BA", "code": "ABC123"}]
    (payment,) = told["payments"]
    assert (payment["status"], payment["captured"]["amount"], payment["refundable"]["amount"]) == (
        "captured", "420.00", "420.00",
    )  # fmt: skip
    assert payment["booking_reference"] == told["reference"]


async def test_cancelling_says_what_comes_back_by_the_ladder_of_that_moment(api: Hub) -> None:
    since = api.clock.now + timedelta(hours=1)
    ladder = Ladder(
        steps=(CancellationStep(since=None, fee=money("20.00")), CancellationStep(since=since, fee=money("300.00")))
    )
    booking_id = await confirmed(api, conditions=FlightConditions(cancellation=ladder))
    shown = (await seen(api, booking_id))["cancellation"]
    assert shown["comes_back"] == [{"amount": "400.00", "currency": "EUR"}]
    answer = await cancel(api, booking_id)
    told = json(answer)
    assert misdescribed(answer, "DELETE", "/v1/bookings/{booking_id}") == []
    assert (answer.status_code, answer.headers["Location"]) == (202, f"/v1/bookings/{booking_id}")
    assert (told["terms"]["comes_back"][0]["amount"], told["terms"]["kept"][0]["amount"]) == ("400.00", "20.00")
    assert told["terms"]["items"][0]["certain"] is True
    wished = api.clock.now
    api.clock.forward(hours=2)  # over the step, before a worker comes to it
    held = await kept(api, booking_id)
    turn = heeded(held.booking, held.wishes, api.clock.now)
    assert turn is not None
    assert turn.booking.cancel_asked_at == wished
    again = await cancel(api, booking_id)
    assert (again.status_code, json(again)) == (202, told)
    await worked(api, booking_id, status=B.CANCELLING, undoing=B.CANCELLED)
    await worked(api, booking_id, status=B.CANCELLED)
    assert json(await cancel(api, booking_id)) == told
    assert (await kept(api, booking_id)).wishes.cancel is False


async def test_what_was_never_charged_does_not_come_back(api: Hub) -> None:
    told = json(await cancel(api, (await booked(api))["id"]))
    assert told["terms"]["comes_back"] == told["terms"]["kept"] == [{"amount": "0.00", "currency": "EUR"}]


@pytest.mark.parametrize("end", [B.FAILED, B.EXPIRED])
async def test_what_has_come_to_nothing_can_not_be_cancelled(api: Hub, end: BookingStatus) -> None:
    told = await booked(api)
    refusal = Refusal(reason=Reason.SOLD_OUT, detail="The last seat is gone.", supplier="albatross")
    await worked(api, told["id"], status=end, refusal=refusal)
    assert (await cancel(api, told["id"])).status_code == 409
    shown = await seen(api, told["id"])
    assert (shown["refusal"]["detail"], shown["cancellation"]) == ("The last seat is gone.", None)


async def test_what_a_supplier_did_not_take_back_may_be_asked_again(api: Hub) -> None:
    booking_id = await confirmed(api)
    first = json(await cancel(api, booking_id))
    await worked(api, booking_id, status=B.CANCELLING)
    await worked(api, booking_id, status=B.CONFIRMED)
    api.clock.forward(hours=1)
    second = json(await cancel(api, booking_id))
    assert second["asked_at"] > first["asked_at"]
    assert (await kept(api, booking_id)).wishes.cancel is True


async def test_an_operator_changes_and_cancels_what_is_anybodys(api: Hub) -> None:
    booking_id = await confirmed(api)
    for name, role, status in ((BERT, Role.TRAVELLER, 404), ("otto", Role.OPERATOR, 202), ("ada", Role.ADMIN, 202)):
        assert (await cancel(api, booking_id, who=name, role=role)).status_code == status


async def test_waiting_for_a_booking_ends_when_it_moves(api: Hub) -> None:
    told = await booked(api)
    assert (await seen(api, told["id"], wait=0.05))["status"] == "pending"
    await worked(api, told["id"], charges=(waiting(api, told["id"], money()),))
    shown = await seen(api, told["id"], wait=0.05)
    assert shown["payments"][0]["action_url"] == "https://pay.example.com/1"
    looking = asyncio.create_task(seen(api, told["id"], wait=20))
    await worked(api, told["id"], status=B.CONFIRMING)
    assert (await looking)["status"] == "confirming"
    await worked(api, told["id"], status=B.FAILED)
    assert (await seen(api, told["id"], wait=20))["status"] == "failed"  # at once: nothing more will come


async def test_people_who_were_forgotten_are_not_shown(api: Hub) -> None:
    booking_id = await confirmed(api)
    async with transaction(api.services.engine) as connection:
        await bookings.change_people(connection, booking_id, None, now=api.clock.now)
    shown = await seen(api, booking_id)
    assert (shown["travellers"], shown["contact"]) == (None, None)
    assert (await put(api, booking_id, contact=CONTACT)).status_code == 409


async def test_a_booking_is_kept_nowhere_on_its_way(api: Hub) -> None:
    booking_id = (await booked(api, await rental_on_sale(api)))["id"]
    answer = await asked(api, "GET", f"/v1/bookings/{booking_id}")
    assert answer.headers["Cache-Control"] == "no-store"
