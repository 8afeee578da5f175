"""What clients wish of a booking under way, taken in between two steps."""

from datetime import datetime

import msgspec

from domain.bookings import (
    Booking,
    BookingStatus,
    Charge,
    ChargeStatus,
    Item,
    Refund,
    RefundWish,
    Wishes,
    moved,
)
from domain.ids import short_id
from domain.money import Money
from domain.payments import Method, RefundStatus
from domain.saga.actions import Turn
from domain.saga.parts import charge_of, undone, with_charge

_B, _C = BookingStatus, ChargeStatus
_UNPAID = frozenset({_C.OPEN, _C.ASKED, _C.WAITING})


class TooMuch(ValueError):
    """More than what is left of the payment, or nothing of it, or another currency; the sentence says which."""


def heeded(booking: Booking, wishes: Wishes, now: datetime) -> Turn | None:
    """The booking with all that can be heeded now. None: nothing is wished, or all of it has to wait."""
    after = _refunds(booking, wishes.refunds)
    if wishes.token is not None:
        after = _paid_by_card(after, wishes.token)
    if wishes.consent is not None:
        after = _consented(after, consents=wishes.consent, now=now)
    cancel = wishes.cancel and not _taking(after)
    if cancel:
        after = _cancelled(after, wishes.cancel_asked_at or now)
    taken_in = msgspec.structs.replace(
        wishes, cancel=cancel, cancel_asked_at=wishes.cancel_asked_at if cancel else None
    )
    return Turn(booking=after, heeded=taken_in) if taken_in != Wishes() else None


def _taking(booking: Booking) -> bool:
    """Its money is being taken: it is confirmed first, and then cancelled."""
    begun = any(charge.capturing is not None or charge.status is _C.CAPTURED for charge in booking.charges)
    return begun and booking.confirmed_at is None and booking.undoing is None


def _cancelled(booking: Booking, now: datetime) -> Booking:
    if booking.over or booking.undoing is not None:
        return booking
    after = undone(booking, _B.CANCELLED, cancel_asked_at=now)
    if booking.status in (_B.CONFIRMING, _B.CONFIRMED):
        return moved(after, _B.CANCELLING)
    if booking.status is _B.IN_DOUBT and booking.doubted_from is _B.CONFIRMING:
        return msgspec.structs.replace(after, doubted_from=_B.CANCELLING)
    return after


def _consented(booking: Booking, *, consents: bool, now: datetime) -> Booking:
    """What was quoted is what is agreed now, and is quoted again: meanwhile it may have changed once more."""
    if booking.status is not _B.NEEDS_CONSENT or booking.undoing is not None:
        return booking
    if not consents:
        return undone(booking, _B.CANCELLED, cancel_asked_at=now)
    items = tuple(_agreed(item) for item in booking.items)
    return moved(booking, _B.PENDING, items=items, consent_until=None)


def _agreed(item: Item) -> Item:
    if item.quote is None:
        return item
    quote = item.quote.quote
    return msgspec.structs.replace(item, price=quote.price, agreed=quote.conditions, quote=None)


def _paid_by_card(booking: Booking, token: str) -> Booking:
    """A payment that waits for its payer is given up for one by card."""
    waits = any(charge.status is _C.WAITING for charge in booking.charges)
    if not waits or booking.undoing is not None:
        return booking
    after = msgspec.structs.replace(booking, token=token, method=Method.CARD)
    for charge in booking.charges:
        if charge.status in _UNPAID:
            after = with_charge(after, charge.id, replaced=True)
    return after


def _refunds(booking: Booking, wishes: tuple[RefundWish, ...]) -> Booking:
    for wish in wishes:
        charge = charge_of(booking, wish.charge)
        if any(refund.id == wish.refund.id for refund in charge.refunds):
            continue
        refund = wish.refund
        if refund.amount > charge.refundable:
            why = f"{charge.refundable} are left of the payment"
            refund = msgspec.structs.replace(refund, status=RefundStatus.REFUSED, detail=why)
        booking = with_charge(booking, charge.id, refunds=(*charge.refunds, refund))
    return booking


def with_refund(
    charge: Charge, amount: Money, *, key: str, asked_by: str | None, now: datetime, item: int | None = None
) -> Charge:
    """The charge with one more refund. The same key again is the same refund. Raises TooMuch."""
    if any(refund.key == key for refund in charge.refunds):
        return charge
    refund = _refund(charge, amount, key=key, asked_by=asked_by, now=now, item=item)
    return msgspec.structs.replace(charge, refunds=(*charge.refunds, refund))


def refund_wished(
    booking: Booking, wishes: Wishes, charge_id: str, amount: Money, *, key: str, asked_by: str | None, now: datetime
) -> Wishes:
    """The wishes with a refund of that charge, beside those that nobody has heeded yet. Raises TooMuch and StopIteration.

    The same key again is the same refund, also one that was heeded long ago.
    """
    heard = _refunds(booking, wishes.refunds)
    charge = charge_of(heard, charge_id)
    if any(refund.key == key for refund in charge.refunds):
        return wishes
    refund = _refund(charge, amount, key=key, asked_by=asked_by, now=now, item=None)
    return msgspec.structs.replace(wishes, refunds=(*wishes.refunds, RefundWish(charge=charge_id, refund=refund)))


def _refund(
    charge: Charge, amount: Money, *, key: str, asked_by: str | None, now: datetime, item: int | None
) -> Refund:
    if amount.currency != charge.amount.currency:
        raise TooMuch(f"the payment is in {charge.amount.currency}, not in {amount.currency}")
    if amount.amount <= 0:
        raise TooMuch("a refund gives something back")
    if amount > charge.refundable:
        raise TooMuch(f"{charge.refundable} are left of the payment, not {amount}")
    return Refund(id=short_id(key), key=key, amount=amount, asked_at=now, asked_by=asked_by, item=item)
