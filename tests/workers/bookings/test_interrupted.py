"""Workers that die between any two lines of the books, that come twice, or that lose what they held."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from domain.bookings import Booking, BookingStatus, ItemStatus, Wishes
from domain.orders import OrderStatus
from domain.payments import Method, PaymentStatus
from domain.saga.actions import Book
from domain.saga.course import begun
from storage import bookings
from storage.bookings import CLAIMED_FOR, Claim, ClaimLost, Step
from storage.engine import transaction
from tests.builders import ALBATROSS, BLUEBIRD, money, offer
from tests.memory_gateway import KILLED, KILLED_AFTER, Dead
from tests.workers.bookings.conftest import FREE_TO_CANCEL, MakeOffice, Office

AFTER_THE_CLAIM = CLAIMED_FOR + timedelta(seconds=1)


async def dies(held: Office, booking_id: str) -> None:
    with pytest.RaisesGroup(Dead):
        await held.looks(booking_id)
    held.clock.forward(AFTER_THE_CLAIM)


def is_sold_once(held: Office, booking: Booking) -> None:
    assert booking.status is BookingStatus.CONFIRMED
    assert [order["status"] for order in held.agency.orders.values()] == ["confirmed"]
    assert [payment.status for payment in held.gateway.held.values()] == [PaymentStatus.CAPTURED]
    assert held.gateway.total(PaymentStatus.CAPTURED) == money("420.00")


@pytest.mark.parametrize("when", [KILLED, KILLED_AFTER])
@pytest.mark.parametrize("step", ["quote", "book"])
async def test_a_worker_that_dies_while_it_asks_a_supplier_sells_once(office: MakeOffice, step: str, when: str) -> None:
    held = office()
    held.agency.mishaps[step] = [when]
    booking_id = await held.accepts()
    await dies(held, booking_id)
    is_sold_once(held, await held.looks_until_over(booking_id))


@pytest.mark.parametrize("when", [KILLED, KILLED_AFTER])
@pytest.mark.parametrize("step", ["authorise", "capture"])
async def test_a_worker_that_dies_while_it_asks_a_gateway_charges_once(
    office: MakeOffice, step: str, when: str
) -> None:
    held = office()
    held.gateway.mishaps[step] = [when]
    booking_id = await held.accepts()
    await dies(held, booking_id)
    is_sold_once(held, await held.looks_until_over(booking_id))


@pytest.mark.parametrize("when", [KILLED, KILLED_AFTER])
async def test_a_worker_that_dies_while_it_pays_a_held_order_pays_it_once(office: MakeOffice, when: str) -> None:
    held = office(holds=True)
    held.agency.mishaps["pay"] = [when]
    booking = await held.looks(await held.accepts(method=Method.LINK))
    assert booking.charges[0].gateway_id is not None
    held.gateway.pay(booking.charges[0].gateway_id)
    held.clock.forward(timedelta(minutes=1))
    await dies(held, booking.id)
    is_sold_once(held, await held.looks_until_over(booking.id))


@pytest.mark.parametrize("when", [KILLED, KILLED_AFTER])
async def test_a_worker_that_dies_while_it_cancels_cancels_once_and_refunds_once(office: MakeOffice, when: str) -> None:
    held = office()
    booking = await held.books(offer(conditions=FREE_TO_CANCEL))
    held.agency.mishaps["cancel"] = [when]
    held.gateway.mishaps["refund"] = [when]
    await held.wishes(booking.id, Wishes(cancel=True))
    await dies(held, booking.id)
    await dies(held, booking.id)
    booking = await held.looks_until_over(booking.id)
    assert booking.status is BookingStatus.CANCELLED
    assert held.agency.alive == []
    assert [refund.amount for refund in held.gateway.refunds.values()] == [money("420.00")]


@pytest.mark.parametrize("when", [KILLED, KILLED_AFTER])
async def test_a_worker_that_dies_while_it_lets_money_go_leaves_no_hold(office: MakeOffice, when: str) -> None:
    held = office()
    held.agency.mishaps["book"] = ["SOLD_OUT"]
    held.gateway.mishaps["void"] = [when]
    booking_id = await held.accepts()
    await dies(held, booking_id)
    booking = await held.looks_until_over(booking_id)
    assert booking.status is BookingStatus.FAILED
    assert [payment.status for payment in held.gateway.held.values()] == [PaymentStatus.VOIDED]


async def test_what_a_dead_worker_never_sent_is_sent_by_the_next_one(office: MakeOffice) -> None:
    """It died between its line in the books and the call."""
    held = office()
    booking_id = await held.accepts()
    await _left_behind(held, booking_id)
    held.clock.forward(AFTER_THE_CLAIM)
    is_sold_once(held, await held.looks_until_over(booking_id))


async def test_what_a_dead_worker_never_sent_is_never_sent_when_nobody_wants_it_any_more(office: MakeOffice) -> None:
    held = office()
    booking_id = await held.accepts()
    await _left_behind(held, booking_id)
    await held.wishes(booking_id, Wishes(cancel=True))
    held.clock.forward(AFTER_THE_CLAIM)
    booking = await held.looks_until_over(booking_id)
    assert (booking.status, booking.items[0].status) == (BookingStatus.CANCELLED, ItemStatus.REFUSED)
    assert "book" not in held.agency.heard
    assert [payment.status for payment in held.gateway.held.values()] == [PaymentStatus.VOIDED]


async def _left_behind(held: Office, booking_id: str) -> None:
    """A booking whose order is about to be sent, by a worker that is no more."""
    held.agency.mishaps["book"] = [KILLED]
    await dies(held, booking_id)
    kept = await held.kept(booking_id)
    item = kept.booking.items[0]
    async with transaction(held.tools.engine) as connection:  # as if not even this had been written
        await connection.exec_driver_sql("DELETE FROM order_attempts")
    assert (item.status, item.order) == (ItemStatus.SENT, None)
    held.agency.heard.clear()


async def test_two_workers_at_once_sell_once(office: MakeOffice) -> None:
    held = office()
    booking_id = await held.accepts()
    await asyncio.gather(*(held.looks(booking_id) for _ in range(4)))
    is_sold_once(held, await held.looks_until_over(booking_id))
    assert [step.kind for step in await held.steps(booking_id)] == ["quote", "authorise", "book", "capture"]


async def test_whoever_has_lost_a_booking_writes_nothing_about_it_any_more(office: MakeOffice) -> None:
    held = office()
    booking_id = await held.accepts()
    late, now = Claim(booking_id=booking_id, by=uuid4().hex), held.clock()
    async with transaction(held.tools.engine) as connection:
        kept = await bookings.claim(connection, late, now=now)
    assert kept is not None
    held.clock.forward(AFTER_THE_CLAIM)
    booking = await held.looks_until_over(booking_id)
    is_sold_once(held, booking)
    step = Step(kind="book", about="item:1", key=kept.booking.items[0].reference)
    sent = begun(kept.booking, Book(item=1), now)
    async with transaction(held.tools.engine) as connection:
        with pytest.raises(ClaimLost):
            await bookings.begin(connection, late, step, sent, now=held.clock())
    assert (await held.kept(booking_id)).booking == booking


async def test_a_worker_whose_booking_was_taken_over_while_it_waited_stops_in_silence(office: MakeOffice) -> None:
    held = office()
    booking_id = await held.accepts()
    held.agency.answers_after["book"] = asyncio.Event()
    slow = asyncio.create_task(held.looks(booking_id))
    await held.agency.asked_for("book")
    held.clock.forward(AFTER_THE_CLAIM)
    async with transaction(held.tools.engine) as connection:
        other = Claim(booking_id=booking_id, by="another worker")
        assert await bookings.claim(connection, other, now=held.clock()) is not None
    held.agency.answers_after["book"].set()
    booking = await slow
    assert booking.items[0].status is ItemStatus.SENT  # what it heard, it could not write any more
    held.clock.forward(AFTER_THE_CLAIM)
    is_sold_once(held, await held.looks_until_over(booking_id))


async def test_a_bundle_is_undone_by_whoever_comes_after_the_dead(office: MakeOffice) -> None:
    held = office(ALBATROSS, BLUEBIRD)
    held.agencies[BLUEBIRD].mishaps["book"] = ["SOLD_OUT"]
    held.agency.mishaps["cancel"] = [KILLED_AFTER]
    booking_id = await held.accepts(offer(), offer(supplier=BLUEBIRD))
    await dies(held, booking_id)
    booking = await held.looks_until_over(booking_id)
    assert booking.status is BookingStatus.FAILED
    assert [len(agency.alive) for agency in held.agencies.values()] == [0, 0]
    order = booking.items[0].order
    assert order is not None
    assert order.status is OrderStatus.CONFIRMED  # as it was told; that it was cancelled stands in the item
    assert booking.items[0].status is ItemStatus.CANCELLED
