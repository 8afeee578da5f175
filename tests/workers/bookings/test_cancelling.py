"""What travellers change their mind about, what comes back, and what is refunded beside that."""

import asyncio
from datetime import timedelta

import pytest

from domain.bookings import Booking, BookingStatus, ChargeStatus, ItemStatus, Wishes
from domain.findings import FindingKind
from domain.jobs import Queue, SweepBookings
from domain.money import Money
from domain.offers import FlightOffer
from domain.payments import Method, PaymentStatus, RefundStatus
from domain.saga.terms import cancellation_terms
from domain.saga.wishes import TooMuch, refund_wished
from storage import bookings
from storage.engine import transaction
from tests.builders import ALBATROSS, BLUEBIRD, money, offer
from tests.memory_gateway import BUSY, DEAF, LOST
from tests.workers.bookings.conftest import DEPARTURE_EVENING, FREE_TO_CANCEL, MakeOffice, Office
from tests.workers.bookings.test_buying import client_events
from workers.bookings.sweeping import sweep_bookings


async def cancelled(held: Office, *flights: FlightOffer) -> Booking:
    booking = await held.books(*flights)
    assert booking.status is BookingStatus.CONFIRMED
    await held.wishes(booking.id, Wishes(cancel=True))
    return await held.looks_until_over(booking.id)


def given_back(held: Office) -> list[Money]:
    return [refund.amount for refund in held.gateway.refunds.values()]


async def test_what_its_supplier_says_comes_back(office: MakeOffice) -> None:
    held = office()
    held.agency.fee = "70.00"
    booking = await cancelled(held)
    assert (booking.status, booking.items[0].status) == (BookingStatus.CANCELLED, ItemStatus.CANCELLED)
    assert held.agency.alive == []
    assert given_back(held) == [money("350.00")]
    assert await client_events(held) == [
        "payment.captured",
        "booking.confirmed",
        "payment.refunded",
        "booking.cancelled",
    ]


async def test_where_a_supplier_tells_what_it_pays_back_the_rest_is_its_fee(office: MakeOffice) -> None:
    held = office()
    held.agency.fee, held.agency.comes_back = None, "400.00"
    await cancelled(held)
    assert given_back(held) == [money("400.00")]


async def test_where_a_supplier_says_nothing_its_ladder_counts(office: MakeOffice) -> None:
    held = office()
    held.agency.fee = None
    booking = await held.books(offer(conditions=FREE_TO_CANCEL))
    before = cancellation_terms(booking, held.clock())
    assert (before.comes_back, before.kept) == ((money("420.00"),), (money("0.00"),))
    held.clock.until(DEPARTURE_EVENING + timedelta(minutes=1))
    after = cancellation_terms(booking, held.clock())
    assert (after.comes_back, after.kept) == ((money("320.00"),), (money("100.00"),))
    await held.wishes(booking.id, Wishes(cancel=True))
    await held.looks_until_over(booking.id)
    assert given_back(held) == [money("320.00")]


async def test_the_fee_is_that_of_the_moment_at_which_it_was_wished(office: MakeOffice) -> None:
    """Not of the one at which a supplier answered at last."""
    held = office()
    held.agency.fee = None
    booking = await held.books(offer(conditions=FREE_TO_CANCEL))
    held.clock.until(DEPARTURE_EVENING - timedelta(minutes=1))
    held.agency.mishaps["cancel"] = [BUSY] * 6
    await held.wishes(booking.id, Wishes(cancel=True))
    booking = await held.looks_until_over(booking.id)
    assert booking.ended_at is not None
    assert booking.ended_at > DEPARTURE_EVENING
    assert given_back(held) == [money("420.00")]


async def test_where_nobody_says_what_comes_back_people_ask(office: MakeOffice) -> None:
    held = office()
    held.agency.fee = None
    booking = await cancelled(held)
    assert given_back(held) == []
    (finding,) = await held.findings(booking.id)
    assert (finding.kind, finding.about) == (FindingKind.MONEY_WITHOUT_ORDER, "item:1")


async def test_a_fee_above_the_price_gives_nothing_back_and_asks_for_no_more(office: MakeOffice) -> None:
    held = office()
    held.agency.fee = "999.00"
    booking = await cancelled(held)
    assert booking.status is BookingStatus.CANCELLED
    assert given_back(held) == []


async def test_what_no_supplier_takes_back_stays_booked(office: MakeOffice) -> None:
    held = office()
    held.agency.mishaps["cancel"] = ["NOT_CANCELLABLE"]
    booking = await cancelled(held)
    assert (booking.status, booking.items[0].status) == (BookingStatus.CONFIRMED, ItemStatus.BOOKED)
    assert given_back(held) == []
    assert (await held.history(booking.id))[-1] == "cancellation.refused"
    assert await client_events(held) == ["payment.captured", "booking.confirmed"]
    await held.wishes(booking.id, Wishes(cancel=True))
    assert (await held.looks_until_over(booking.id)).status is BookingStatus.CANCELLED


async def test_one_flight_comes_back_and_the_other_is_kept(office: MakeOffice) -> None:
    held = office(ALBATROSS, BLUEBIRD)
    held.agency.mishaps["cancel"] = ["NOT_CANCELLABLE"]
    booking = await cancelled(held, offer(), offer(supplier=BLUEBIRD))
    assert booking.status is BookingStatus.CANCELLED
    assert [item.status for item in booking.items] == [ItemStatus.KEPT, ItemStatus.CANCELLED]
    assert given_back(held) == [money("420.00")]
    terms = cancellation_terms(booking, held.clock())
    assert (terms.comes_back, terms.kept) == ((money("420.00"),), (money("420.00"),))


async def test_a_cancellation_whose_answer_was_lost_cancels_and_refunds_once(office: MakeOffice) -> None:
    held = office()
    held.agency.mishaps["cancel"] = [LOST]
    held.gateway.mishaps["refund"] = [LOST, DEAF]
    booking = await cancelled(held, offer(conditions=FREE_TO_CANCEL))
    assert booking.status is BookingStatus.CANCELLED
    assert given_back(held) == [money("420.00")]


async def test_whoever_changes_their_mind_before_anything_is_sold_pays_nothing(office: MakeOffice) -> None:
    held = office()
    booking_id = await held.accepts()
    await held.wishes(booking_id, Wishes(cancel=True))
    booking = await held.looks_until_over(booking_id)
    assert booking.status is BookingStatus.CANCELLED
    assert (held.agency.heard, held.gateway.heard) == ([], [])


async def test_whoever_changes_their_mind_while_it_is_booked_has_all_undone(office: MakeOffice) -> None:
    held = office()
    held.agency.pending = True
    booking = await held.looks(await held.accepts())
    await held.wishes(booking.id, Wishes(cancel=True))
    held.agency.orders["A1"]["status"] = "confirmed"
    booking = await held.looks_until_over(booking.id)
    assert booking.status is BookingStatus.CANCELLED
    assert held.agency.alive == []
    assert [payment.status for payment in held.gateway.held.values()] == [PaymentStatus.VOIDED]


async def test_a_wish_that_comes_while_a_step_is_under_way_is_heeded_before_the_next(office: MakeOffice) -> None:
    held = office()
    held.agency.answers_after["quote"] = asyncio.Event()
    booking_id = await held.accepts()
    looking = asyncio.create_task(held.looks(booking_id))
    await held.agency.asked_for("quote")
    await held.wishes(booking_id, Wishes(cancel=True))
    held.agency.answers_after["quote"].set()
    booking = await looking
    assert booking.status is BookingStatus.CANCELLED
    assert (held.agency.heard, held.gateway.heard) == (["quote"], [])


async def test_equal_refunds_are_two_refunds_and_never_more_than_was_paid(office: MakeOffice) -> None:
    held = office()
    booking = await held.books()
    for key in ("first", "second", "second"):
        await refunds(held, booking.id, "200.00", key)
    with pytest.raises(TooMuch):
        await refunds(held, booking.id, "20.01", "third")
    booking = await held.looks_until_over(booking.id)
    assert booking.status is BookingStatus.CONFIRMED
    assert given_back(held) == [money("200.00"), money("200.00")]
    assert booking.charges[0].refundable == money("20.00")
    with pytest.raises(TooMuch):
        await refunds(held, booking.id, "20.01", "fourth")


async def refunds(held: Office, booking_id: str, amount: str, key: str) -> None:
    """As the API does it."""
    async with transaction(held.tools.engine) as connection:
        kept = await bookings.locked(connection, booking_id)
        assert kept is not None
        charge = kept.booking.charges[0].id
        wishes = refund_wished(
            kept.booking, kept.wishes, charge, money(amount), key=key, asked_by="grace", now=held.clock()
        )
        await bookings.wish(connection, booking_id, wishes, now=held.clock())


async def test_what_was_refunded_before_is_not_given_back_twice(office: MakeOffice) -> None:
    held = office()
    booking = await held.books()
    await refunds(held, booking.id, "100.00", "goodwill")
    booking = await held.looks_until_over(booking.id)
    await held.wishes(booking.id, Wishes(cancel=True))
    await held.looks_until_over(booking.id)
    assert given_back(held) == [money("100.00"), money("320.00")]


async def test_a_refund_that_takes_its_time_is_looked_at_until_it_has_arrived(office: MakeOffice) -> None:
    held = office()
    held.gateway.refunds_take_time = True
    booking = await held.books()
    await held.wishes(booking.id, Wishes(cancel=True))
    booking = await held.looks(booking.id)
    assert (booking.status, booking.charges[0].refunds[0].status) == (BookingStatus.CANCELLED, RefundStatus.PENDING)
    held.gateway.refunds_take_time = False
    booking = await held.looks_until_over(booking.id)
    assert booking.charges[0].refunds[0].status is RefundStatus.DONE


async def test_a_refund_that_its_gateway_refuses_is_left_to_people(office: MakeOffice) -> None:
    held = office()
    held.gateway.refuses_refunds = True
    booking = await cancelled(held)
    (refund,) = booking.charges[0].refunds
    assert refund.status is RefundStatus.REFUSED
    assert [finding.kind for finding in await held.findings(booking.id)] == [FindingKind.REFUND_REFUSED]


async def test_the_sweeper_brings_back_what_is_due_and_nothing_else(office: MakeOffice) -> None:
    held = office()
    await held.books(name="done")
    waiting = await held.looks(await held.accepts(name="later", method=Method.LINK))
    await held.accepts(name="now")
    await sweep_bookings(SweepBookings(), held.tools)
    assert held.queued(Queue.BOOKINGS) == 1
    held.clock.forward(timedelta(minutes=5))
    await sweep_bookings(SweepBookings(), held.tools)
    assert held.queued(Queue.BOOKINGS) == 3
    assert waiting.charges[0].status is ChargeStatus.WAITING
