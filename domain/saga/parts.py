"""Booking, items, charges and refunds with one part changed, and what all rules ask of them."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

import msgspec

from domain.bookings import (
    MOVES,
    Booking,
    BookingStatus,
    Charge,
    ChargeStatus,
    Item,
    ItemStatus,
    Patience,
    Refusal,
    moved,
    sums,
)
from domain.money import Money
from domain.orders import OrderStatus
from domain.saga.actions import Trouble, pause

_C, _I = ChargeStatus, ItemStatus
# Neither the payer's money nor a hold on it.
_NOTHING_THERE = frozenset({_C.VOIDED, _C.DECLINED, _C.EXPIRED})
# Something stands, or may stand, at the supplier.
_STANDS = frozenset({_I.SENT, _I.HELD, _I.BOOKED, _I.CANCELLING})


def item_of(booking: Booking, number: int) -> Item:
    return next(item for item in booking.items if item.number == number)


def charge_of(booking: Booking, charge_id: str) -> Charge:
    return next(charge for charge in booking.charges if charge.id == charge_id)


def with_item(booking: Booking, number: int, **changes: Any) -> Booking:
    items = tuple(msgspec.structs.replace(item, **changes) if item.number == number else item for item in booking.items)
    return msgspec.structs.replace(booking, items=items)


def with_charge(booking: Booking, charge_id: str, **changes: Any) -> Booking:
    charges = tuple(
        msgspec.structs.replace(charge, **changes) if charge.id == charge_id else charge for charge in booking.charges
    )
    return msgspec.structs.replace(booking, charges=charges)


def with_refund_changed(booking: Booking, charge_id: str, refund_id: str, **changes: Any) -> Booking:
    refunds = tuple(
        msgspec.structs.replace(refund, **changes) if refund.id == refund_id else refund
        for refund in charge_of(booking, charge_id).refunds
    )
    return with_charge(booking, charge_id, refunds=refunds)


def alive(booking: Booking) -> tuple[Charge, ...]:
    """The charges that are the booking's payment, or will be."""
    return tuple(charge for charge in booking.charges if charge.status not in _NOTHING_THERE and not charge.replaced)


def holdable(item: Item) -> bool:
    """Whether its supplier may keep it for a payer who takes their time."""
    return item.abilities.holds and not item.sold_at_once


def askable(item: Item) -> bool:
    """Whether its supplier can tell what became of an order that was sent."""
    if item.order is not None and item.abilities.looks:
        return True
    return item.abilities.finds and not awaited(item)


def awaited(item: Item) -> bool:
    """Its order is known, and only its end is not: it is paid, or worked on."""
    return item.order is not None and (item.paying or item.order.status is OrderStatus.PENDING)


def over(charge: Charge) -> bool:
    return charge.status in _NOTHING_THERE


def payable(items: Iterable[Item]) -> tuple[Money, ...]:
    """What travellers pay to us, one sum for each currency in which there is any."""
    return tuple(amount for amount in sums(item.payable for item in items) if amount.amount > 0)


def payable_in(items: Iterable[Item], currency: str) -> Money:
    return next((amount for amount in payable(items) if amount.currency == currency), Money.zero(currency))


def uncharged(booking: Booking) -> tuple[Money, ...]:
    """What travellers pay in currencies for which there is no charge yet."""
    charged = {charge.amount.currency for charge in alive(booking)}
    return tuple(amount for amount in payable(booking.items) if amount.currency not in charged)


def all_authorised(booking: Booking) -> bool:
    """Also where nothing has to be paid."""
    held = all(charge.status in (_C.AUTHORISED, _C.CAPTURED) for charge in alive(booking))
    return held and not uncharged(booking)


def anything_stands(booking: Booking) -> bool:
    """Whether anybody outside has, or may have, something of this booking's."""
    return any(item.status in _STANDS for item in booking.items) or any(
        charge.status is not _C.OPEN and not over(charge) for charge in booking.charges
    )


def undone(booking: Booking, end: BookingStatus, refusal: Refusal | None = None, **changes: Any) -> Booking:
    """From now on everything is undone, towards that end; what is being undone already goes on to its own."""
    if booking.undoing is not None:
        return booking
    return msgspec.structs.replace(booking, undoing=end, refusal=refusal or booking.refusal, **changes)


def again(earlier: Patience | None, trouble: Trouble, now: datetime, *, doubt: bool) -> Patience:
    """Asked once more after a pause that grows; doubt begins anew where there was none before."""
    same = earlier is not None and earlier.doubt is doubt
    tries = earlier.tries + 1 if earlier is not None and same else 1
    since = earlier.since if earlier is not None and same else now
    return Patience(since=since, tries=tries, next_at=now + pause(tries), detail=trouble.detail, doubt=doubt)


def patiences(booking: Booking) -> Iterator[Patience]:
    """All that is waited for in a booking."""
    for charge in booking.charges:
        yield from (refund.patience for refund in charge.refunds if refund.patience is not None)
    subjects: tuple[Item | Charge, ...] = (*booking.items, *booking.charges)
    yield from (subject.patience for subject in subjects if subject.patience is not None)


def restood(booking: Booking) -> Booking:
    """In doubt for as long as anything in it is, and back to where it was when all is known."""
    doubts = [patience for patience in patiences(booking) if patience.doubt]
    in_doubt = booking.status is BookingStatus.IN_DOUBT
    if doubts and BookingStatus.IN_DOUBT in MOVES[booking.status]:
        return moved(booking, BookingStatus.IN_DOUBT, doubted_from=booking.status, doubt=doubts[0].detail)
    if doubts and in_doubt:
        return msgspec.structs.replace(booking, doubt=doubts[0].detail)
    if in_doubt and booking.doubted_from is not None:
        return moved(booking, booking.doubted_from, doubted_from=None, doubt=None)
    return booking


def repatient(booking: Booking, change: Callable[[Patience], Patience]) -> Booking:
    """Every patience in the booking, changed."""

    def changed(patience: Patience | None) -> Patience | None:
        return None if patience is None else change(patience)

    replace = msgspec.structs.replace
    return replace(
        booking,
        items=tuple(replace(item, patience=changed(item.patience)) for item in booking.items),
        charges=tuple(
            replace(
                charge,
                patience=changed(charge.patience),
                refunds=tuple(replace(refund, patience=changed(refund.patience)) for refund in charge.refunds),
            )
            for charge in booking.charges
        ),
    )
