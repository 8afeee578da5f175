"""Bookings that come to nothing, and orders of which nobody knows whether they exist."""

from datetime import timedelta

import pytest

from domain.bookings import BookingStatus, ItemStatus, Wishes
from domain.findings import FindingKind
from domain.orders import Order, OrderStatus, Reason
from domain.payments import Method, PaymentStatus
from domain.saga.resolving import NotInDoubt
from storage import booking_resolutions, bookings
from storage.booking_resolutions import InOtherHands
from storage.bookings import Claim
from storage.engine import transaction
from tests.builders import ALBATROSS, BLUEBIRD, money, offer
from tests.memory_gateway import BUSY, DEAF, LOST
from tests.workers.bookings.conftest import FREE_TO_CANCEL, MakeOffice, Office

VISIBLE_WITHIN = timedelta(seconds=10)


def no_money_is_held(held: Office) -> None:
    assert {payment.status for payment in held.gateway.held.values()} <= {PaymentStatus.VOIDED}


async def test_a_flight_that_is_sold_out_fails_and_the_money_goes_free(office: MakeOffice) -> None:
    held = office()
    held.agency.mishaps["book"] = ["SOLD_OUT"]
    booking = await held.books()
    assert booking.status is BookingStatus.FAILED
    assert booking.refusal is not None
    assert (booking.refusal.reason, booking.refusal.supplier) == (Reason.SOLD_OUT, ALBATROSS)
    no_money_is_held(held)


async def test_what_was_sold_out_when_it_was_quoted_is_never_charged(office: MakeOffice) -> None:
    held = office()
    held.agency.mishaps["quote"] = ["SOLD_OUT"]
    booking = await held.books()
    assert booking.status is BookingStatus.FAILED
    assert held.gateway.heard == []


async def test_the_first_flight_is_given_back_when_the_second_is_sold_out(office: MakeOffice) -> None:
    held = office(ALBATROSS, BLUEBIRD)
    held.agencies[BLUEBIRD].mishaps["book"] = ["SOLD_OUT"]
    booking = await held.books(offer(), offer(supplier=BLUEBIRD))
    assert booking.status is BookingStatus.FAILED
    assert [item.status for item in booking.items] == [ItemStatus.CANCELLED, ItemStatus.REFUSED]
    assert held.agency.alive == []
    no_money_is_held(held)


async def test_what_can_be_given_back_for_nothing_is_booked_first(office: MakeOffice) -> None:
    held = office(ALBATROSS, BLUEBIRD)
    held.agency.mishaps["book"] = ["SOLD_OUT"]
    booking = await held.books(offer(), offer(supplier=BLUEBIRD, conditions=FREE_TO_CANCEL))
    assert [step.about for step in await held.steps(booking.id) if step.kind == "book"] == ["item:2", "item:1"]
    assert [item.status for item in booking.items] == [ItemStatus.REFUSED, ItemStatus.CANCELLED]


async def test_what_no_supplier_takes_back_is_left_to_people(office: MakeOffice) -> None:
    held = office(ALBATROSS, BLUEBIRD)
    held.agencies[BLUEBIRD].mishaps["book"] = ["SOLD_OUT"]
    held.agency.mishaps["cancel"] = ["NOT_CANCELLABLE"]
    booking = await held.books(offer(), offer(supplier=BLUEBIRD))
    assert (booking.status, booking.items[0].status) == (BookingStatus.FAILED, ItemStatus.KEPT)
    no_money_is_held(held)
    (finding,) = await held.findings(booking.id)
    assert (finding.kind, finding.about) == (FindingKind.ORDER_WITHOUT_MONEY, "item:1")


async def test_an_authorisation_that_lapsed_before_it_was_taken_undoes_the_booking(office: MakeOffice) -> None:
    held = office()
    held.gateway.mishaps["capture"] = [BUSY]
    booking = await held.looks(await held.accepts())
    assert booking.charges[0].gateway_id is not None
    held.gateway.lapse(booking.charges[0].gateway_id)
    held.clock.forward(timedelta(minutes=1))
    booking = await held.looks_until_over(booking.id)
    assert booking.status is BookingStatus.FAILED
    assert held.agency.alive == []


async def test_an_order_whose_answer_was_lost_is_found_and_never_sent_again(office: MakeOffice) -> None:
    held = office(visible_within=VISIBLE_WITHIN)
    held.agency.mishaps["book"] = [LOST]
    booking = await held.looks(await held.accepts())
    assert booking.status is BookingStatus.IN_DOUBT
    assert booking.doubt is not None
    booking = await held.looks_until_over(booking.id)
    assert booking.status is BookingStatus.CONFIRMED
    assert held.agency.heard.count("book") == 1
    assert (await held.history(booking.id)).count("booking.in_doubt") == 1


async def test_an_order_that_never_came_to_be_is_made_once_more_under_another_reference(office: MakeOffice) -> None:
    held = office(visible_within=VISIBLE_WITHIN)
    held.agency.mishaps["book"] = [DEAF]
    booking_id = await held.accepts()
    first = (await held.kept(booking_id)).booking.items[0].reference
    booking = await held.looks_until_over(booking_id)
    assert booking.status is BookingStatus.CONFIRMED
    assert held.agency.heard.count("book") == 2
    assert [order["reference"] for order in held.agency.alive] == [booking.items[0].reference]
    assert booking.items[0].reference != first


async def test_an_order_that_never_comes_to_be_fails_the_booking(office: MakeOffice) -> None:
    held = office(visible_within=VISIBLE_WITHIN)
    held.agency.mishaps["book"] = [DEAF, DEAF]
    booking = await held.books()
    assert booking.status is BookingStatus.FAILED
    assert held.agency.heard.count("book") == 2
    no_money_is_held(held)


async def test_money_of_which_nobody_knows_whether_it_is_held_is_asked_for_under_the_same_key(
    office: MakeOffice,
) -> None:
    held = office()
    held.gateway.mishaps["authorise"] = [LOST, DEAF]
    held.gateway.mishaps["capture"] = [LOST]
    booking = await held.books()
    assert booking.status is BookingStatus.CONFIRMED
    assert len(held.gateway.held) == 1
    assert len({key for operation, key in held.gateway.heard if operation == "authorise"}) == 1


async def test_an_order_that_its_supplier_still_works_on_is_looked_at_until_it_is_done(office: MakeOffice) -> None:
    held = office()
    held.agency.pending = True
    booking = await held.looks(await held.accepts())
    assert booking.status is BookingStatus.CONFIRMING
    held.agency.orders["A1"]["status"] = "confirmed"
    booking = await held.looks_until_over(booking.id)
    assert booking.status is BookingStatus.CONFIRMED


async def test_a_held_flight_whose_payment_is_refused_is_let_go(office: MakeOffice) -> None:
    held = office(holds=True)
    held.agency.mishaps["pay"] = ["EXPIRED"]
    booking = await held.looks(await held.accepts(method=Method.LINK))
    assert booking.charges[0].gateway_id is not None
    held.gateway.pay(booking.charges[0].gateway_id)
    booking = await held.looks_until_over(booking.id)
    assert booking.status is BookingStatus.FAILED
    assert held.agency.alive == []
    no_money_is_held(held)


async def test_an_old_quote_is_taken_again_and_a_rise_after_the_payment_undoes_all(office: MakeOffice) -> None:
    held = office()
    booking = await held.looks(await held.accepts(method=Method.LINK))
    assert booking.charges[0].gateway_id is not None
    held.gateway.pay(booking.charges[0].gateway_id)
    held.clock.forward(timedelta(minutes=11))
    held.agency.price = "500.00"
    booking = await held.looks_until_over(booking.id)
    assert booking.status is BookingStatus.FAILED
    assert booking.refusal is not None
    assert booking.refusal.reason is Reason.PRICE_CHANGED
    assert held.agency.heard == ["quote", "quote"]
    no_money_is_held(held)


# ---- suppliers that can't be asked ----


async def doubted(held: Office) -> str:
    held.agency.mishaps["book"] = [LOST]
    booking = await held.looks(await held.accepts())
    assert booking.status is BookingStatus.IN_DOUBT
    return booking.id


async def test_what_nobody_can_be_asked_about_is_shown_to_people_at_once(office: MakeOffice) -> None:
    held = office(finds=False, looks=False)
    booking_id = await doubted(held)
    (finding,) = await held.findings(booking_id)
    assert (finding.kind, finding.about) == (FindingKind.ORDER_IN_DOUBT, "item:1")


@pytest.mark.parametrize(
    ("there", "ends"), [(True, BookingStatus.CONFIRMED), (False, BookingStatus.FAILED)], ids=["there", "not there"]
)
async def test_a_person_who_has_asked_says_how_it_goes_on(
    office: MakeOffice, *, there: bool, ends: BookingStatus
) -> None:
    held = office(finds=False, looks=False)
    booking_id = await doubted(held)
    order = Order(supplier=ALBATROSS, id="A1", status=OrderStatus.CONFIRMED, price=money("420.00")) if there else None
    async with transaction(held.tools.engine) as connection:
        kept = await booking_resolutions.resolve(connection, booking_id, 1, order, by="grace", now=held.clock())
    assert kept is not None
    booking = await held.looks_until_over(booking_id)
    assert booking.status is ends
    assert held.agency.heard.count("book") == 1
    assert "item.resolved" in await held.history(booking_id)


async def test_nobody_says_anything_about_what_is_known_or_in_other_hands(office: MakeOffice) -> None:
    held = office(finds=False, looks=False)
    booking_id = await doubted(held)
    held.clock.forward(timedelta(minutes=1))
    async with transaction(held.tools.engine) as connection:
        claim = Claim(booking_id=booking_id, by="a worker")
        assert await bookings.claim(connection, claim, now=held.clock()) is not None
        with pytest.raises(InOtherHands):
            await booking_resolutions.resolve(connection, booking_id, 1, None, by="grace", now=held.clock())
        assert (
            await bookings.give_back(connection, claim, due_at=held.clock(), seen=Wishes(), now=held.clock()) is False
        )
        await booking_resolutions.resolve(connection, booking_id, 1, None, by="grace", now=held.clock())
        with pytest.raises(NotInDoubt):
            await booking_resolutions.resolve(connection, booking_id, 1, None, by="grace", now=held.clock())
        with pytest.raises(LookupError):
            await booking_resolutions.resolve(connection, booking_id, 2, None, by="grace", now=held.clock())
        assert await booking_resolutions.resolve(connection, "nobody", 1, None, by="grace", now=held.clock()) is None
