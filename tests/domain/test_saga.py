"""What is next for a booking, and what comes of it, without anybody outside."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from domain.bookings import (
    MOVES,
    Abilities,
    Booking,
    BookingStatus,
    Charge,
    ChargeStatus,
    Item,
    ItemStatus,
    Wishes,
    order_reference,
)
from domain.cancellation import CancellationStep, Ladder
from domain.cars import RentalConditions
from domain.money import Money
from domain.offers import FlightConditions, Offer
from domain.orders import Cancellation, CancellationStatus, Order, OrderStatus, Quote, QuotedOffer, Reason
from domain.payment import PaymentTime
from domain.payments import Method
from domain.saga import actions
from domain.saga.actions import Fault, Quoted, Trouble, Turn, Wait, pause
from domain.saga.buying import differs
from domain.saga.course import after, begun, next_step, woken
from domain.saga.news import news
from domain.saga.terms import cancellation_terms
from domain.saga.wishes import TooMuch, with_refund
from tests.builders import NOW, car_query, flight_query, money, offer, rental_offer

NOTHING = Wishes()
AT_THE_DESK = RentalConditions(payment=(PaymentTime.ON_SITE,))


def item(sold: Offer | None = None, *, number: int = 1, **changes: Any) -> Item:
    sold = sold or offer()
    query = car_query() if sold.price.currency == "GBP" else flight_query()
    return Item(
        number=number, offer=sold, query=query, price=sold.price, reference=order_reference("abc", number), **changes
    )


def quoted(one: Item, price: Money | None = None, **terms: Any) -> QuotedOffer:
    quote = Quote(
        supplier=one.offer.supplier,
        price=price or one.price,
        price_components=(),
        conditions=msgspec.structs.replace(one.offer.conditions, **terms),
        quoted_at=NOW,
        expires_at=NOW + timedelta(hours=1),
    )
    return QuotedOffer(id="quoted", offer=one.offer, query=one.query, quote=quote)


def booking(*items: Item, **changes: Any) -> Booking:
    return Booking(
        id="abc", reference="ABCDEF", owner="amelia", created_at=NOW, items=items or (item(),),
        **{"method": Method.CARD, "gateway": "purse", "token": "tok", **changes},
    )  # fmt: skip


def charge(**changes: Any) -> Charge:
    told: dict[str, Any] = {"status": ChargeStatus.CAPTURED, "captured": money(), "gateway_id": "p1", **changes}
    return Charge(id="c1", reference="R1", gateway="purse", method=Method.CARD, amount=money(), **told)


def confirmed(*items: Item, **changes: Any) -> Booking:
    order = Order(supplier="albatross", id="A1", status=OrderStatus.CONFIRMED)
    sold = tuple(msgspec.structs.replace(one, status=ItemStatus.BOOKED, order=order) for one in items or (item(),))
    return booking(*sold, status=BookingStatus.CONFIRMED, confirmed_at=NOW, charges=(charge(),), **changes)


def turned(one: Booking, wishes: Wishes = NOTHING) -> Booking:
    """After all turns that need nobody."""
    while isinstance(turn := next_step(one, wishes, NOW), Turn):
        one, wishes = turn.booking, wishes if turn.heeded is None else wishes.without(turn.heeded)
    return one


def test_everything_is_quoted_before_anything_is_charged() -> None:
    first, second = item(), item(number=2)
    assert next_step(booking(first, second), NOTHING, NOW) == actions.Quote(item=1)
    first = msgspec.structs.replace(first, quote=quoted(first))
    assert next_step(booking(first, second), NOTHING, NOW) == actions.Quote(item=2)


def test_a_quote_of_more_than_ten_minutes_ago_is_none() -> None:
    one = item(quote=quoted(item()))
    assert next_step(booking(one), NOTHING, NOW + timedelta(minutes=10)) == actions.Quote(item=1)


def test_there_is_one_charge_for_each_currency() -> None:
    dollars = item(offer(price=money("10.00", "USD")), number=2)
    both = [msgspec.structs.replace(one, quote=quoted(one)) for one in (item(), dollars, item(number=3))]
    assert [one.amount for one in turned(booking(*both)).charges] == [money("840.00"), money("10.00", "USD")]


def test_what_is_paid_at_the_desk_never_meets_a_gateway() -> None:
    car = item(rental_offer(conditions=AT_THE_DESK))
    ready = turned(booking(msgspec.structs.replace(car, quote=quoted(car))))
    assert (ready.charges, ready.status) == ((), BookingStatus.CONFIRMING)
    assert next_step(ready, NOTHING, NOW) == actions.Book(item=1)


@pytest.mark.parametrize(
    ("price", "allowed", "asks"),
    [
        ("420.00", 0, False),
        ("419.99", 0, False),
        ("420.01", 0, True),
        ("441.00", 5, False),
        ("441.01", 5, True),
    ],
)
def test_a_rise_is_measured_to_the_cent(price: str, allowed: int, *, asks: bool) -> None:
    one = item()
    dearer = msgspec.structs.replace(one, quote=quoted(one, money(price)))
    assert differs(booking(dearer, max_price_increase_percent=allowed), dearer) is asks


def test_another_currency_is_another_price_however_much_may_be_added() -> None:
    one = item()
    strange = msgspec.structs.replace(one, quote=quoted(one, money("1.00", "USD")))
    assert differs(booking(strange, max_price_increase_percent=100), strange)


def test_worse_terms_are_asked_about_and_better_ones_are_not() -> None:
    sure = item(offer(conditions=FlightConditions(refundable=True)))
    assert differs(booking(sure), msgspec.structs.replace(sure, quote=quoted(sure, refundable=False)))
    assert not differs(booking(sure), msgspec.structs.replace(sure, quote=quoted(sure, refundable=None)))
    desk = item(rental_offer(conditions=AT_THE_DESK))
    assert differs(booking(desk), msgspec.structs.replace(desk, quote=quoted(desk, payment=(PaymentTime.NOW,))))


def test_an_order_that_may_have_been_sent_is_never_taken_for_unsent() -> None:
    one = item(quote=quoted(item()), abilities=Abilities(finds=True))
    before = booking(one, status=BookingStatus.CONFIRMING, charges=(charge(status=ChargeStatus.AUTHORISED),))
    sending = begun(before, actions.Book(item=1), NOW)
    assert (sending.items[0].status, sending.items[0].sent_at) == (ItemStatus.SENT, NOW)
    silent = after(before, actions.Book(item=1), Trouble(fault=Fault.UNKNOWN, detail="silence"), NOW, began=NOW)
    assert (silent.status, silent.items[0].status) == (BookingStatus.IN_DOUBT, ItemStatus.SENT)
    assert next_step(silent, NOTHING, NOW) == Wait(until=NOW + pause(1))
    later = NOW + pause(1)
    assert next_step(silent, NOTHING, later) == next_step(woken(silent, NOW), NOTHING, NOW) == actions.Book(item=1)


def test_what_is_asked_again_is_asked_in_the_words_of_the_first_time_however_long_the_answer_took() -> None:
    before = booking(item(quote=quoted(item())), charges=(charge(status=ChargeStatus.OPEN),))
    asking, answered = actions.Authorise(charge=before.charges[0].id), NOW + timedelta(seconds=20)
    silent = after(before, asking, Trouble(fault=Fault.UNKNOWN, detail="silence"), answered, began=NOW)
    assert silent.charges[0].waits_until == begun(before, asking, NOW).charges[0].waits_until
    sending = actions.Book(item=1)
    unsure = after(before, sending, Trouble(fault=Fault.UNKNOWN, detail="silence"), answered, began=NOW)
    assert unsure.items[0].sent_at == NOW


def test_pauses_grow_to_five_minutes() -> None:
    assert [pause(tries).total_seconds() for tries in (1, 2, 3, 8, 9, 100)] == [2, 4, 8, 256, 300, 300]


def test_what_was_begun_is_settled_before_a_booking_is_over() -> None:
    one = item(quote=quoted(item()), sent_at=NOW)
    wished = turned(booking(one, status=BookingStatus.CONFIRMING), Wishes(cancel=True))
    assert wished.status is BookingStatus.CANCELLING
    assert next_step(wished, NOTHING, NOW) == actions.Settle(item=1)


def test_a_cancellation_of_which_nothing_came_is_wished_for_once_more() -> None:
    looks = item(abilities=Abilities(looks=True))
    one = turned(confirmed(looks), Wishes(cancel=True, cancel_asked_at=NOW))
    wished, look = actions.CancelOrder(item=1), actions.LookAtOrder(item=1)
    assert next_step(one, NOTHING, NOW) == wished
    one = after(one, wished, Cancellation(status=CancellationStatus.PENDING), NOW, began=NOW)
    standing = one.items[0].order
    assert standing is not None
    for minutes, then in ((1, look), (2, wished)):
        now = NOW + timedelta(minutes=minutes)
        assert next_step(woken(one, now), NOTHING, now) == look
        one = after(one, look, standing, now, began=now)
        assert next_step(woken(one, now), NOTHING, now) == then


def test_a_cancellation_waits_while_money_is_taken() -> None:
    taking = booking(
        item(status=ItemStatus.BOOKED, quote=quoted(item())),
        status=BookingStatus.CONFIRMING,
        charges=(charge(status=ChargeStatus.AUTHORISED, captured=None, capturing=money()),),
    )
    assert next_step(taking, Wishes(cancel=True), NOW) == actions.Capture(charge="c1", amount=money())


def test_a_confirmed_booking_wants_nothing_more() -> None:
    assert next_step(confirmed(), NOTHING, NOW) == Wait(until=None)


@pytest.mark.parametrize(
    ("told", "back"),
    [
        ({"fee": money("70.00")}, "350.00"),
        ({"refund": money("400.00")}, "400.00"),
        ({"refund": money("500.00")}, "420.00"),
        ({"fee": money("999.00")}, "0.00"),
        ({}, "320.00"),
    ],
    ids=["fee", "refund", "more than was paid", "fee above the price", "ladder"],
)
def test_what_comes_back_is_what_was_charged_less_the_fee(told: dict[str, Any], back: str) -> None:
    ladder = Ladder(steps=(CancellationStep(fee=money("100.00"), since=NOW - timedelta(days=1)),))
    one = item(
        offer(conditions=FlightConditions(cancellation=ladder)),
        cancellation=Cancellation(status=CancellationStatus.CANCELLED, **told),
    )
    (terms,) = cancellation_terms(confirmed(one), NOW).items
    assert (terms.comes_back, terms.kept, terms.certain) == (money(back), money() - money(back), True)


def test_where_nobody_says_what_comes_back_nothing_is_promised() -> None:
    (terms,) = cancellation_terms(confirmed(), NOW).items
    assert (terms.comes_back, terms.certain) == (money("0.00"), False)


def test_the_fee_of_a_cancelled_booking_is_that_of_the_moment_of_the_wish() -> None:
    ladder = Ladder(steps=(CancellationStep(fee=money("100.00"), since=NOW),))
    one = item(offer(conditions=FlightConditions(cancellation=ladder)))
    early = confirmed(one, cancel_asked_at=NOW - timedelta(seconds=1))
    assert cancellation_terms(early, NOW + timedelta(days=1)).comes_back == (money(),)


def test_the_same_key_is_the_same_refund_and_no_sum_of_refunds_is_more_than_was_taken() -> None:
    once = with_refund(charge(), money("200.00"), key="a", asked_by=None, now=NOW)
    assert with_refund(once, money("200.00"), key="a", asked_by=None, now=NOW) == once
    twice = with_refund(once, money("200.00"), key="b", asked_by=None, now=NOW)
    assert twice.refundable == money("20.00")
    for wrong in (money("20.01"), money("0.00"), money("1.00", "USD")):
        with pytest.raises(TooMuch):
            with_refund(twice, wrong, key="c", asked_by=None, now=NOW)


def test_a_refusal_fails_the_booking_and_says_who_refused() -> None:
    sold_out = Trouble(fault=Fault.REFUSED, detail="no seats", reason=Reason.SOLD_OUT)
    failed = turned(after(booking(), actions.Quote(item=1), sold_out, NOW, began=NOW))
    assert failed.status is BookingStatus.FAILED
    assert failed.refusal is not None
    assert (failed.refusal.reason, failed.refusal.supplier) == (Reason.SOLD_OUT, "albatross")


def test_a_quote_that_is_too_old_when_it_comes_is_none() -> None:
    told = Quoted(offer=quoted(item()), abilities=Abilities())
    late = after(booking(), actions.Quote(item=1), told, NOW + timedelta(minutes=10), began=NOW)
    assert late.undoing is BookingStatus.FAILED


def test_news_are_told_of_what_changed_and_of_nothing_else() -> None:
    one = confirmed()
    assert news(one, one) == ()
    (told,) = news(booking(*one.items, status=BookingStatus.CONFIRMING, charges=one.charges), one)
    assert (told.type, told.for_clients) == ("booking.confirmed", True)
    assert told.data["previous_status"] == "confirming"
    assert "travellers" not in told.data


def test_an_end_is_an_end() -> None:
    for status in (status for status, ways in MOVES.items() if not ways):
        assert turned(booking(status=status), Wishes(cancel=True, consent=True, token="tok")).status is status
