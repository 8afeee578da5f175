"""The ledger: our bookings held against what suppliers have really booked and what the gateway has really taken."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Final

import msgspec

from domain.bookings import Booking, BookingStatus, Charge, Item, ItemStatus
from domain.money import Money
from domain.payments import RefundStatus


class RealOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What a supplier has stored, whatever it told of it. `state` is held, booked or cancelled."""

    supplier: str
    number: str
    reference: str | None
    surname: str
    state: str

    @property
    def alive(self) -> bool:
        return self.state != "cancelled"

    @property
    def key(self) -> tuple[str, str]:
        return self.supplier, self.number


class RealPayment(msgspec.Struct, frozen=True, kw_only=True):
    """What a gateway has in its books. `held` is authorised and neither captured nor let go."""

    reference: str
    held: Money
    captured: Money
    refunded: Money


class Accepted(msgspec.Struct, frozen=True, kw_only=True):
    """A booking that was answered with 202, and the surname that only its travellers have."""

    id: str
    surname: str


class Defect(StrEnum):
    """What must never be found. Each is counted in bookings."""

    DOUBLE = "double"  # two living orders for one item
    LOST = "lost"  # accepted, and gone from the books, not at an end in time, or confirmed without an order
    MONEY_WITHOUT_BOOKING = "money without booking"  # taken, or still held, for what is not booked
    BOOKING_WITHOUT_MONEY = "booking without money"  # booked, and not paid as agreed


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """A defect of one booking, in words that lead to it."""

    defect: Defect
    booking: str
    detail: str


class Ledger(msgspec.Struct, frozen=True, kw_only=True):
    """`ends` counts bookings by how they ended, `kept` orders that suppliers refused to take back, which operators know."""

    accepted: int
    ends: Mapping[BookingStatus, int]
    kept: int
    faults: tuple[Fault, ...]

    def count(self, defect: Defect) -> int:
        return len({fault.booking for fault in self.faults if fault.defect is defect})

    def lines(self) -> Iterator[tuple[str, int]]:
        yield "accepted", self.accepted
        for status in BookingStatus:
            if status in ENDS or self.ends.get(status):
                yield status.value, self.ends.get(status, 0)
        for defect in Defect:
            yield defect.value, self.count(defect)
        yield "kept by suppliers, known to operators", self.kept


ENDS: Final = frozenset({BookingStatus.CONFIRMED, BookingStatus.FAILED, BookingStatus.EXPIRED, BookingStatus.CANCELLED})
_ALIVE: Final = frozenset({ItemStatus.HELD, ItemStatus.BOOKED, ItemStatus.KEPT})


def judged(
    accepted: Iterable[Accepted],
    bookings: Mapping[str, Booking],
    orders: Iterable[RealOrder],
    payments: Iterable[RealPayment],
) -> Ledger:
    """Everything that was accepted, against the truth."""
    expected = tuple(accepted)
    real = {order.key: order for order in orders}
    paid: dict[str, RealPayment] = {payment.reference: payment for payment in payments}
    faults = [fault for one in expected for fault in _faults(one, bookings.get(one.id), real, paid)]
    faults += _strangers(expected, bookings, paid)
    ends: dict[BookingStatus, int] = {}
    for booking in bookings.values():
        ends[booking.status] = ends.get(booking.status, 0) + 1
    kept = sum(item.status is ItemStatus.KEPT for booking in bookings.values() for item in booking.items)
    return Ledger(accepted=len(expected), ends=ends, kept=kept, faults=tuple(faults))


def _faults(
    one: Accepted, booking: Booking | None, real: Mapping[tuple[str, str], RealOrder], paid: Mapping[str, RealPayment]
) -> Iterator[Fault]:
    if booking is None:
        yield Fault(defect=Defect.LOST, booking=one.id, detail="nobody knows of it")
        return
    if booking.status not in ENDS:
        doubt = f": {booking.doubt}" if booking.doubt else ""
        yield Fault(defect=Defect.LOST, booking=one.id, detail=f"still {booking.status}{doubt}")
        return
    yield from _orders(one, booking, real)
    yield from _money(booking, paid)


def _orders(one: Accepted, booking: Booking, real: Mapping[tuple[str, str], RealOrder]) -> Iterator[Fault]:
    """Each living order of these travellers is one of ours, and each of ours lives."""
    living = {
        order.key for order in real.values() if order.alive and order.surname.casefold() == one.surname.casefold()
    }
    ours = {key: item for item in booking.items if item.status in _ALIVE and (key := _key(item)) is not None}
    for item in booking.items:
        if item.status in _ALIVE and _key(item) not in living:
            yield Fault(
                defect=Defect.LOST,
                booking=booking.id,
                detail=f"item {item.number} has no order at {item.offer.supplier}",
            )
    for supplier, number in living - ours.keys():
        known = [item for item in booking.items if item.offer.supplier == supplier and item.status in _ALIVE]
        defect = Defect.DOUBLE if known else Defect.BOOKING_WITHOUT_MONEY
        yield Fault(defect=defect, booking=booking.id, detail=f"{supplier} has {number} as well")


def _key(item: Item) -> tuple[str, str] | None:
    return None if item.order is None else (item.offer.supplier, item.order.id)


def _money(booking: Booking, paid: Mapping[str, RealPayment]) -> Iterator[Fault]:
    """What the gateway keeps is what is booked, or what a supplier keeps of what was cancelled."""
    due = _due(booking)
    for charge in booking.charges:
        there = paid.get(charge.reference)
        if there is not None and there.held.amount:
            yield Fault(
                defect=Defect.MONEY_WITHOUT_BOOKING,
                booking=booking.id,
                detail=f"{there.held} are still held for a booking that is {booking.status}",
            )
    taken = _taken(booking.charges, paid)
    for currency in sorted(due.keys() | taken.keys()):
        wanted, got = due.get(currency, Decimal()), taken.get(currency, Decimal())
        if got > wanted:
            yield Fault(
                defect=Defect.MONEY_WITHOUT_BOOKING, booking=booking.id, detail=f"{got} {currency} taken, {wanted} due"
            )
        if got < wanted:
            yield Fault(
                defect=Defect.BOOKING_WITHOUT_MONEY, booking=booking.id, detail=f"{got} {currency} taken, {wanted} due"
            )


def _due(booking: Booking) -> dict[str, Decimal]:
    """What is to be ours at the end, by currency: the price of what lives, and what is kept of what was given back.

    What a supplier keeps of a booking that failed is at our cost, and nobody owes it.
    """
    due: dict[str, Decimal] = {}
    if booking.confirmed_at is None or booking.status is BookingStatus.FAILED:
        return due
    for item in booking.items:
        money = item.payable
        amount = kept(booking, item) if item.status is ItemStatus.CANCELLED else money.amount
        due[money.currency] = due.get(money.currency, Decimal()) + amount
    for charge in booking.charges:
        for refund in charge.refunds:
            if refund.item is None and refund.status is not RefundStatus.REFUSED:
                due[refund.amount.currency] = due.get(refund.amount.currency, Decimal()) - refund.amount.amount
    return {currency: amount for currency, amount in due.items() if amount}


def kept(booking: Booking, item: Item) -> Decimal:
    """What is not given back of a cancelled item: by its supplier's word, else by the ladder at the moment of the wish."""
    price, told = item.payable, item.cancellation
    if told is not None and told.fee is not None and told.fee.currency == price.currency:
        fee = told.fee.amount
    elif told is not None and told.refund is not None and told.refund.currency == price.currency:
        fee = price.amount - told.refund.amount
    else:
        fee = _by_ladder(booking, item)
    return min(max(fee, Decimal()), price.amount)


def _by_ladder(booking: Booking, item: Item) -> Decimal:
    """Where nobody tells a fee that can be compared, nothing comes back."""
    told = item.order.cancellation if item.order is not None else None
    conditions = item.quote.quote.conditions if item.quote is not None else item.offer.conditions
    ladder = told or conditions.cancellation
    if ladder is None or booking.cancel_asked_at is None:
        return item.payable.amount
    fee = ladder.fee_at(booking.cancel_asked_at)
    if fee is None:
        return Decimal()
    return fee.amount if fee.currency == item.payable.currency else item.payable.amount


def _taken(charges: Iterable[Charge], paid: Mapping[str, RealPayment]) -> dict[str, Decimal]:
    taken: dict[str, Decimal] = {}
    for charge in charges:
        there = paid.get(charge.reference)
        if there is not None:
            currency = there.captured.currency
            taken[currency] = taken.get(currency, Decimal()) + there.captured.amount - there.refunded.amount
    return {currency: amount for currency, amount in taken.items() if amount}


def _strangers(
    accepted: Iterable[Accepted], bookings: Mapping[str, Booking], paid: Mapping[str, RealPayment]
) -> Iterator[Fault]:
    """Money at the gateway under a reference that no booking has."""
    ours = {charge.reference for one in accepted if (there := bookings.get(one.id)) for charge in there.charges}
    for reference, payment in paid.items():
        if reference not in ours and (payment.held.amount or payment.captured.amount != payment.refunded.amount):
            yield Fault(
                defect=Defect.MONEY_WITHOUT_BOOKING, booking=reference, detail="a payment that no booking knows"
            )
