"""The rules of undoing: orders in the reverse of their order, then the money, then the end; and of refunds."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

import msgspec

from domain.bookings import (
    Booking,
    BookingStatus,
    Charge,
    ChargeStatus,
    Item,
    ItemStatus,
    Patience,
    Refund,
    moved,
)
from domain.ids import short_id
from domain.money import Money
from domain.orders import CancellationStatus
from domain.payments import RefundStatus
from domain.saga.actions import (
    Action,
    Asking,
    Authorise,
    CancelOrder,
    Capture,
    GiveBack,
    LookAtOrder,
    LookAtRefund,
    Settle,
    Turn,
    Void,
    Wait,
)
from domain.saga.buying import Rule, sent
from domain.saga.parts import with_charge
from domain.saga.terms import cancellation_terms, charge_in

_B, _C, _I = BookingStatus, ChargeStatus, ItemStatus
Wanted = tuple[Patience | None, Asking]


def _asked(booking: Booking, now: datetime) -> Action | None:
    """Whatever has to be asked. What has to wait holds up nothing else."""
    wanted = [*_orders(booking), *_holds_on_money(booking)]
    return _first(wanted, now)


def _first(wanted: list[Wanted], now: datetime) -> Action | None:
    for patience, asking in wanted:
        if patience is None or patience.next_at <= now:
            return asking
    waits = [patience.next_at for patience, _ in wanted if patience is not None]
    return Wait(until=min(waits)) if waits else None


def _orders(booking: Booking) -> Iterator[Wanted]:
    """The last that was sent is the first to be undone."""
    for item in sorted(booking.items, key=lambda one: (one.sent_at or booking.created_at, one.number), reverse=True):
        if (asking := _undoing_of(item)) is not None:
            yield item.patience, asking


def _undoing_of(item: Item) -> Asking | None:
    match item.status:
        case _I.CHOSEN if item.sent_at is not None:  # by somebody, perhaps, who is late
            return Settle(item=item.number)
        case _I.SENT:
            return sent(item, otherwise=Settle(item=item.number))
        case _I.HELD | _I.BOOKED:
            return CancelOrder(item=item.number)
        case _I.CANCELLING:
            told = item.cancellation
            under_way = told is not None and told.status is CancellationStatus.PENDING
            look = under_way and item.abilities.looks
            return LookAtOrder(item=item.number) if look else CancelOrder(item=item.number)
        case _:
            return None


def _holds_on_money(booking: Booking) -> Iterator[Wanted]:
    for charge in booking.charges:
        if charge.status is _C.ASKED:
            yield charge.patience, Authorise(charge=charge.id)
        elif charge.status in (_C.WAITING, _C.AUTHORISED):
            taking = charge.capturing
            yield charge.patience, Capture(charge=charge.id, amount=taking) if taking else Void(charge=charge.id)


def _never_asked(booking: Booking, _now: datetime) -> Action | None:
    for charge in booking.charges:
        if charge.status is _C.OPEN:
            return Turn(booking=with_charge(booking, charge.id, status=_C.VOIDED, patience=None))
    return None


def _nothing_taken_back(booking: Booking, _now: datetime) -> Action | None:
    """Where no supplier takes anything back, a confirmed booking stands as it stood."""
    if booking.confirmed_at is None or any(item.status is not _I.KEPT for item in booking.items):
        return None
    items = tuple(msgspec.structs.replace(item, status=_I.BOOKED) for item in booking.items)
    return Turn(booking=moved(booking, _B.CONFIRMED, items=items, undoing=None, cancel_asked_at=None))


def _planned(booking: Booking, now: datetime) -> Action | None:
    """What comes back, each refund under a key of its own, so that it is planned once."""
    owed = _owed_of_confirmed if booking.confirmed_at is not None else _owed_of_unconfirmed
    for charge, key, amount, item in owed(booking, now):
        back = min(amount, charge.refundable, key=lambda money: money.amount)
        if back.amount > 0 and all(refund.key != key for refund in charge.refunds):
            refund = Refund(id=short_id(key), key=key, amount=back, asked_at=now, item=item)
            return Turn(booking=with_charge(booking, charge.id, refunds=(*charge.refunds, refund)))
    return None


def _owed_of_confirmed(booking: Booking, now: datetime) -> Iterator[tuple[Charge, str, Money, int | None]]:
    for terms in cancellation_terms(booking, now).items:
        charge = charge_in(booking, terms.comes_back.currency)
        if charge is not None:
            yield charge, f"{charge.reference}-item-{terms.number}", terms.comes_back, terms.number


def _owed_of_unconfirmed(booking: Booking, _now: datetime) -> Iterator[tuple[Charge, str, Money, int | None]]:
    """Nothing was sold: all of it."""
    for charge in booking.charges:
        if charge.status is _C.CAPTURED:
            yield charge, f"{charge.reference}-undone", charge.refundable, None


def _given_back(booking: Booking, now: datetime) -> Action | None:
    """A refund that its gateway has heard of goes its way also after the booking's end."""
    unheard = [refund for refund in _refunds(booking) if refund[1].gateway_id is None]
    return _first([(refund.patience, GiveBack(charge=charge.id, refund=refund.id)) for charge, refund in unheard], now)


def _ended(booking: Booking, now: datetime) -> Action | None:
    if booking.undoing is None:
        return None
    return Turn(booking=moved(booking, booking.undoing, ended_at=now, token=None))


def _refunds(booking: Booking) -> list[tuple[Charge, Refund]]:
    return [
        (charge, refund)
        for charge in booking.charges
        for refund in charge.refunds
        if refund.status is RefundStatus.PENDING
    ]


def _on_their_way(booking: Booking, now: datetime) -> Action | None:
    """One that its gateway has heard of is looked at until it has arrived, or was refused."""
    wanted: list[Wanted] = []
    for charge, refund in _refunds(booking):
        look = LookAtRefund(charge=charge.id, refund=refund.id)
        send = GiveBack(charge=charge.id, refund=refund.id)
        asking: Asking = send if refund.gateway_id is None else look
        wanted.append((refund.patience, asking))
    return _first(wanted, now)


def _nothing_left(_booking: Booking, _now: datetime) -> Action | None:
    return Wait(until=None)


UNDOING: Final[tuple[Rule, ...]] = (
    _never_asked,
    _asked,
    _nothing_taken_back,
    _planned,
    _given_back,
    _ended,
)
# What is bought, or over: refunds go on.
AFTERWARDS: Final[tuple[Rule, ...]] = (_on_their_way, _nothing_left)
