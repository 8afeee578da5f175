"""A booking from its acceptance to its confirmation, and what stands in the books on the way."""

from datetime import timedelta

from sqlalchemy import select

from domain.bookings import PAY_WITHIN, BookingStatus, ChargeStatus, ItemStatus, Wishes
from domain.offers import FlightConditions
from domain.orders import Reason
from domain.payments import Method, PaymentStatus
from storage.booking_tables import CLIENT_EVENTS
from storage.engine import transaction
from storage.flight_tables import FLIGHT_WATCHES
from tests.builders import ALBATROSS, BLUEBIRD, money, offer
from tests.memory_gateway import BUSY, CARD_OF_A_CAREFUL_BANK, DECLINED_CARD, GOOD_CARD
from tests.workers.bookings.conftest import MakeOffice, Office


async def client_events(held: Office) -> list[str]:
    async with transaction(held.tools.engine) as connection:
        found = await connection.execute(select(CLIENT_EVENTS.c.type).order_by(CLIENT_EVENTS.c.number))
        return list(found.scalars())


async def test_a_flight_is_booked_paid_and_confirmed(office: MakeOffice) -> None:
    held = office()
    booking = await held.books()
    assert booking.status is BookingStatus.CONFIRMED
    assert [item.status for item in booking.items] == [ItemStatus.BOOKED]
    assert [charge.status for charge in booking.charges] == [ChargeStatus.CAPTURED]
    assert [order["reference"] for order in held.agency.alive] == [booking.items[0].reference]
    assert held.gateway.total(PaymentStatus.CAPTURED) == money("420.00")


async def test_every_step_is_in_the_books_and_has_an_end(office: MakeOffice) -> None:
    held = office()
    booking = await held.books()
    steps = await held.steps(booking.id)
    assert [step.kind for step in steps] == ["quote", "authorise", "book", "capture"]
    assert [step.outcome for step in steps] == ["done", "authorised", "confirmed", "captured"]
    assert all(step.ended_at is not None for step in steps)
    assert steps[2].key == booking.items[0].reference
    assert (steps[1].key, steps[3].key) == (held.gateway.heard[0][1], held.gateway.heard[1][1])


async def test_its_owner_reads_how_it_went_and_clients_hear_of_it(office: MakeOffice) -> None:
    held = office()
    booking = await held.books()
    assert await held.history(booking.id) == [
        "booking.accepted",
        "payment.authorised",
        "booking.confirming",
        "item.booked",
        "payment.captured",
        "booking.confirmed",
    ]
    assert await client_events(held) == ["payment.captured", "booking.confirmed"]


async def test_flights_that_are_booked_are_watched_until_they_have_landed(office: MakeOffice) -> None:
    held = office()
    booking = await held.books()
    async with transaction(held.tools.engine) as connection:
        (watch,) = (await connection.execute(select(FLIGHT_WATCHES))).all()
    (segment,) = booking.items[0].offer.product.slices[0].segments  # type: ignore[union-attr]  # a flight
    assert watch.flight == "BA117.2027-03-01"
    assert watch.until > segment.arrives_at


async def test_a_second_look_at_what_is_confirmed_does_nothing(office: MakeOffice) -> None:
    held = office()
    booking = await held.books()
    await held.looks(booking.id)
    assert len(held.agency.alive) == 1
    assert len(await held.steps(booking.id)) == 4


async def test_a_lower_price_is_passed_on(office: MakeOffice) -> None:
    held = office()
    held.agency.price = "400.00"
    booking = await held.books()
    assert booking.status is BookingStatus.CONFIRMED
    assert held.gateway.total(PaymentStatus.CAPTURED) == money("400.00")


async def test_a_higher_price_is_asked_about_before_anything_is_charged(office: MakeOffice) -> None:
    held = office()
    held.agency.price = "430.00"
    booking = await held.looks(await held.accepts())
    assert booking.status is BookingStatus.NEEDS_CONSENT
    assert (booking.items[0].price, booking.items[0].costs) == (money("420.00"), money("430.00"))
    assert (held.gateway.heard, held.agency.alive) == ([], [])


async def test_a_rise_within_what_the_client_allows_is_nobodys_business(office: MakeOffice) -> None:
    held = office()
    held.agency.price = "430.00"
    booking = await held.books(max_price_increase_percent=3)
    assert booking.status is BookingStatus.CONFIRMED
    assert held.gateway.total(PaymentStatus.CAPTURED) == money("430.00")


async def test_whoever_consents_pays_the_price_that_they_saw(office: MakeOffice) -> None:
    held = office()
    held.agency.price = "430.00"
    booking = await held.looks(await held.accepts())
    await held.wishes(booking.id, Wishes(consent=True))
    booking = await held.looks_until_over(booking.id)
    assert booking.status is BookingStatus.CONFIRMED
    assert booking.prices == (money("430.00"),)
    assert (await held.kept(booking.id)).wishes == Wishes()


async def test_a_price_that_rises_again_is_asked_about_again(office: MakeOffice) -> None:
    held = office()
    held.agency.price = "430.00"
    booking = await held.looks(await held.accepts())
    held.agency.price = "440.00"
    await held.wishes(booking.id, Wishes(consent=True))
    booking = await held.looks(booking.id)
    assert booking.status is BookingStatus.NEEDS_CONSENT
    assert booking.items[0].price == money("430.00")


async def test_whoever_does_not_consent_has_bought_nothing(office: MakeOffice) -> None:
    held = office()
    held.agency.price = "430.00"
    booking = await held.looks(await held.accepts())
    await held.wishes(booking.id, Wishes(consent=False))
    booking = await held.looks_until_over(booking.id)
    assert booking.status is BookingStatus.CANCELLED
    assert held.gateway.heard == []


async def test_a_price_that_nobody_answers_to_expires(office: MakeOffice) -> None:
    held = office()
    held.agency.price = "430.00"
    booking = await held.books()
    assert booking.status is BookingStatus.EXPIRED
    assert held.gateway.heard == []
    assert await client_events(held) == ["booking.needs_consent", "booking.expired"]


async def test_what_is_not_refundable_any_more_is_asked_about(office: MakeOffice) -> None:
    held = office()
    held.agency.refundable = False
    booking = await held.looks(await held.accepts(offer(conditions=FlightConditions(refundable=True))))
    assert booking.status is BookingStatus.NEEDS_CONSENT


async def test_a_declined_card_buys_nothing(office: MakeOffice) -> None:
    held = office()
    booking = await held.books(token=DECLINED_CARD)
    assert booking.status is BookingStatus.FAILED
    assert booking.refusal is not None
    assert booking.refusal.reason is Reason.DECLINED
    assert held.agency.alive == []


async def test_a_bank_that_wants_to_hear_its_holder_is_waited_for(office: MakeOffice) -> None:
    held = office()
    booking = await held.looks(await held.accepts(token=CARD_OF_A_CAREFUL_BANK))
    (charge,) = booking.charges
    assert (booking.status, charge.status) == (BookingStatus.PENDING, ChargeStatus.WAITING)
    assert charge.action_url is not None
    assert charge.gateway_id is not None
    held.gateway.pay(charge.gateway_id)
    booking = await held.looks_until_over(booking.id)
    assert booking.status is BookingStatus.CONFIRMED
    assert await client_events(held) == ["payment.action_required", "payment.captured", "booking.confirmed"]


async def test_a_link_is_paid_while_the_flight_is_held(office: MakeOffice) -> None:
    held = office(holds=True)
    booking = await held.looks(await held.accepts(method=Method.LINK))
    assert (booking.status, booking.items[0].status) == (BookingStatus.PENDING, ItemStatus.HELD)
    (charge,) = booking.charges
    assert charge.gateway_id is not None
    held.gateway.pay(charge.gateway_id)
    booking = await held.looks_until_over(booking.id)
    assert booking.status is BookingStatus.CONFIRMED
    assert [order["status"] for order in held.agency.orders.values()] == ["confirmed"]
    assert held.agency.heard.count("book") == 1


async def test_what_an_airline_does_not_hold_is_booked_when_the_link_is_paid(office: MakeOffice) -> None:
    held = office(holds=True)
    held.agency.mishaps["book"] = ["NOT_POSSIBLE"]
    booking = await held.looks(await held.accepts(method=Method.LINK))
    assert (booking.status, booking.items[0].status) == (BookingStatus.PENDING, ItemStatus.CHOSEN)
    assert booking.charges[0].gateway_id is not None
    held.gateway.pay(booking.charges[0].gateway_id)
    booking = await held.looks_until_over(booking.id)
    assert booking.status is BookingStatus.CONFIRMED
    assert [order["status"] for order in held.agency.orders.values()] == ["confirmed"]


async def test_a_link_that_nobody_pays_is_dead_after_half_an_hour_and_the_flight_is_free(office: MakeOffice) -> None:
    held = office(holds=True)
    accepted_at = held.clock()
    booking = await held.books(method=Method.LINK)
    assert booking.status is BookingStatus.EXPIRED
    assert booking.ended_at is not None
    assert PAY_WITHIN <= booking.ended_at - accepted_at < PAY_WITHIN + timedelta(minutes=1)
    assert held.agency.alive == []
    assert [payment.status for payment in held.gateway.held.values()] == [PaymentStatus.VOIDED]


async def test_a_card_may_pay_what_a_link_was_sent_for(office: MakeOffice) -> None:
    held = office()
    booking = await held.looks(await held.accepts(method=Method.LINK))
    await held.wishes(booking.id, Wishes(token=GOOD_CARD))
    booking = await held.looks_until_over(booking.id)
    assert booking.status is BookingStatus.CONFIRMED
    assert [payment.status for payment in held.gateway.held.values()] == [PaymentStatus.VOIDED, PaymentStatus.CAPTURED]


async def test_flights_of_two_airlines_are_one_payment(office: MakeOffice) -> None:
    held = office(ALBATROSS, BLUEBIRD)
    booking = await held.books(offer(), offer(supplier=BLUEBIRD))
    assert booking.status is BookingStatus.CONFIRMED
    assert [len(agency.alive) for agency in held.agencies.values()] == [1, 1]
    assert [payment.captured for payment in held.gateway.held.values()] == [money("840.00")]


async def test_a_supplier_that_is_busy_for_a_while_is_asked_again(office: MakeOffice) -> None:
    held = office()
    held.agency.mishaps["book"] = [BUSY]
    booking = await held.books()
    assert booking.status is BookingStatus.CONFIRMED
    assert len(held.agency.alive) == 1


async def test_a_gateway_that_is_busy_for_too_long_fails_the_booking(office: MakeOffice) -> None:
    held = office()
    held.gateway.mishaps["authorise"] = [BUSY] * 30
    booking = await held.books()
    assert booking.status is BookingStatus.FAILED
    assert held.agency.alive == []
    assert held.gateway.held == {}


async def test_nobody_books_for_travellers_who_are_forgotten(office: MakeOffice) -> None:
    held = office()
    booking_id = await held.accepts()
    await held.forgets(booking_id)
    booking = await held.looks_until_over(booking_id)
    assert booking.status is BookingStatus.FAILED
    assert held.gateway.heard == []
