"""A ledger that could not notice a defect would be worth nothing: each of them is planted and found."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final

import msgspec

from domain.bookings import Booking, BookingStatus, Charge, ChargeStatus, Item, ItemStatus
from domain.money import Money
from domain.orders import Cancellation, CancellationStatus, Order, OrderStatus
from domain.payments import Method
from tests.builders import NOW, flight_query, money, offer
from tests.chaos.ledger import Accepted, Defect, Ledger, RealOrder, RealPayment, judged

PRICE: Final = offer().price
ACCEPTED: Final = Accepted(id="b1", surname="Stormb")
ORDER: Final = RealOrder(supplier=offer().supplier, number="o1", reference="R", surname="STORMB", state="booked")
PAYMENT: Final = RealPayment(reference="C", held=Money.zero("EUR"), captured=PRICE, refunded=Money.zero("EUR"))


def item(**changes: Any) -> Item:
    order = Order(supplier=offer().supplier, id="o1", status=OrderStatus.CONFIRMED, price=PRICE)
    booked = Item(
        number=1, offer=offer(), query=flight_query(), price=PRICE, reference="R", status=ItemStatus.BOOKED, order=order
    )
    return msgspec.structs.replace(booked, **changes)


def booking(*items: Item, **changes: Any) -> Booking:
    charge = Charge(
        id="c1", reference="C", gateway="bank", method=Method.CARD, amount=PRICE, status=ChargeStatus.CAPTURED,
        captured=PRICE,
    )  # fmt: skip
    confirmed = Booking(
        id="b1", reference="BCDFGH", owner="amelia", created_at=NOW, items=items or (item(),), method=Method.CARD,
        gateway="bank", status=BookingStatus.CONFIRMED, charges=(charge,), confirmed_at=NOW,
    )  # fmt: skip
    return msgspec.structs.replace(confirmed, **changes)


def ledger(
    ours: Booking | None, orders: Iterable[RealOrder] = (ORDER,), payments: Iterable[RealPayment] = (PAYMENT,)
) -> Ledger:
    return judged([ACCEPTED], {} if ours is None else {ours.id: ours}, orders, payments)


def defects(found: Ledger) -> dict[Defect, int]:
    return {defect: number for defect in Defect if (number := found.count(defect))}


def test_a_booking_with_its_order_and_its_money_is_as_it_should_be() -> None:
    found = ledger(booking())
    assert defects(found) == {}
    assert dict(found.lines())["confirmed"] == 1


def test_a_second_order_for_the_same_travellers_is_double() -> None:
    assert defects(ledger(booking(), (ORDER, msgspec.structs.replace(ORDER, number="o2")))) == {Defect.DOUBLE: 1}


def test_another_customers_order_is_nobody_elses() -> None:
    stranger = msgspec.structs.replace(ORDER, number="o2", surname="Stormc")
    assert defects(ledger(booking(), (ORDER, stranger))) == {}


def test_what_was_accepted_and_is_not_in_the_books_is_lost() -> None:
    assert ledger(None, orders=(), payments=()).count(Defect.LOST) == 1


def test_what_is_not_at_its_end_is_lost() -> None:
    assert defects(ledger(booking(status=BookingStatus.IN_DOUBT, doubt="nobody answers"))) == {Defect.LOST: 1}


def test_a_confirmed_booking_whose_order_nobody_has_is_lost() -> None:
    gone = msgspec.structs.replace(ORDER, state="cancelled")
    assert defects(ledger(booking(), (gone,))) == {Defect.LOST: 1}
    assert defects(ledger(booking(), ())) == {Defect.LOST: 1}


def test_an_order_that_lives_on_when_the_booking_failed_is_a_booking_without_money() -> None:
    failed = booking(item(status=ItemStatus.CANCELLED), status=BookingStatus.FAILED, confirmed_at=None, charges=())
    assert defects(ledger(failed, payments=())) == {Defect.BOOKING_WITHOUT_MONEY: 1}


def test_a_booking_that_was_never_paid_is_a_booking_without_money() -> None:
    assert defects(ledger(booking(), payments=())) == {Defect.BOOKING_WITHOUT_MONEY: 1}


def test_money_that_was_taken_for_what_failed_is_money_without_booking() -> None:
    failed = booking(item(status=ItemStatus.REFUSED), status=BookingStatus.FAILED, confirmed_at=None)
    assert defects(ledger(failed, orders=())) == {Defect.MONEY_WITHOUT_BOOKING: 1}


def test_money_that_is_still_held_after_the_end_is_money_without_booking() -> None:
    failed = booking(item(status=ItemStatus.REFUSED), status=BookingStatus.FAILED, confirmed_at=None)
    held = msgspec.structs.replace(PAYMENT, held=PRICE, captured=Money.zero("EUR"))
    assert defects(ledger(failed, (), (held,))) == {Defect.MONEY_WITHOUT_BOOKING: 1}


def test_money_that_no_booking_knows_is_money_without_booking() -> None:
    stray = msgspec.structs.replace(PAYMENT, reference="D")
    assert defects(ledger(booking(), payments=(PAYMENT, stray))) == {Defect.MONEY_WITHOUT_BOOKING: 1}


def test_of_a_cancelled_booking_no_more_is_kept_than_its_supplier_keeps() -> None:
    back = Cancellation(status=CancellationStatus.CANCELLED, refund=money("400.00"))
    cancelled = booking(
        item(status=ItemStatus.CANCELLED, cancellation=back),
        status=BookingStatus.CANCELLED,
        cancel_asked_at=NOW + timedelta(hours=1),
    )
    gone, rest = msgspec.structs.replace(ORDER, state="cancelled"), PRICE - money("400.00")
    paid_back = msgspec.structs.replace(PAYMENT, refunded=money("400.00"))
    assert rest == money("20.00")
    assert defects(ledger(cancelled, (gone,), (paid_back,))) == {}
    assert defects(ledger(cancelled, (gone,))) == {Defect.MONEY_WITHOUT_BOOKING: 1}
    too_much = msgspec.structs.replace(PAYMENT, refunded=PRICE)
    assert defects(ledger(cancelled, (gone,), (too_much,))) == {Defect.BOOKING_WITHOUT_MONEY: 1}


def test_what_a_supplier_refuses_to_take_back_is_counted_by_itself() -> None:
    stuck = booking(item(status=ItemStatus.KEPT), status=BookingStatus.FAILED, confirmed_at=None, charges=())
    found = ledger(stuck, payments=())
    assert (defects(found), found.kept) == ({}, 1)
