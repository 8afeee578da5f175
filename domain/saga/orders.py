"""What comes of quotes, orders and cancellations."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from domain.bookings import Booking, BookingStatus, Item, ItemStatus, Refusal, order_reference
from domain.orders import Cancellation, CancellationStatus, Order, OrderStatus, Reason
from domain.saga.actions import (
    CANCELLED_AGAIN_AFTER,
    TRIED_FOR,
    UNSEEN_FOR,
    Book,
    CancelOrder,
    Fault,
    LookAtOrder,
    PayOrder,
    Quote,
    Quoted,
    Result,
    Settle,
    Trouble,
)
from domain.saga.parts import again, item_of, undone, with_item

_I = ItemStatus
# References under which an order is sent: another one where nothing came of the first. A hold refused does not count.
_ATTEMPTS: Final = 2
_WORKED_ON: Final = Trouble(fault=Fault.LATER, detail="its supplier still works on it")
_NOT_ONE_OF_OURS: Final = "its supplier gave an answer that fits no question of ours"

# How an item stands when its supplier tells the order to be so.
_BY_ORDER: Final[Mapping[OrderStatus, ItemStatus]] = MappingProxyType(
    {
        OrderStatus.HELD: _I.HELD,
        OrderStatus.PENDING: _I.SENT,
        OrderStatus.CONFIRMED: _I.BOOKED,
        OrderStatus.CANCELLED: _I.REFUSED,
        OrderStatus.FAILED: _I.REFUSED,
    }
)


def after_quote(booking: Booking, action: Quote, result: Result, now: datetime) -> Booking:
    item = item_of(booking, action.item)
    if isinstance(result, Quoted):
        if result.offer.expires_at <= now:
            return _unsellable(booking, item, Reason.EXPIRED, "its quote was too old when it came")
        return with_item(booking, item.number, quote=result.offer, abilities=result.abilities, patience=None)
    trouble = _trouble(result)
    if trouble.fault in (Fault.REFUSED, Fault.NEVER):
        return _unsellable(booking, item, trouble.reason or Reason.NOT_POSSIBLE, trouble.detail)
    return _once_more(booking, item, trouble, now)  # nothing is bought by a quote, whatever became of it


def after_book(booking: Booking, action: Book, result: Result, now: datetime) -> Booking:
    item = item_of(booking, action.item)
    if isinstance(result, Order):
        return ordered(booking, item, result, now)
    trouble = _trouble(result)
    match trouble.fault:
        case Fault.REFUSED:
            return _not_sold(booking, action, item, trouble)
        case Fault.NEVER:
            after = with_item(booking, item.number, status=_I.CHOSEN)
            return _failing(after, item, Reason.NOT_POSSIBLE, trouble.detail)
        case Fault.LATER:
            return _once_more(booking, item, trouble, now, status=_I.CHOSEN)
        case Fault.UNKNOWN:
            return in_doubt(booking, item, trouble, now, order=trouble.order or item.order)


def _not_sold(booking: Booking, action: Book, item: Item, trouble: Trouble) -> Booking:
    """A definite no; what was only refused to be held may still be sold."""
    if trouble.reason is Reason.NOT_POSSIBLE and action.hold:
        return _anew(booking, item, sold_at_once=True)
    if trouble.reason is Reason.NO_SUCH_ORDER and _may_be_sent_anew(item):
        return _anew(booking, item)
    return refused(booking, item, trouble.reason or Reason.NOT_POSSIBLE, trouble.detail)


def after_settle(booking: Booking, action: Settle, result: Result, now: datetime) -> Booking:
    item = item_of(booking, action.item)
    if isinstance(result, Order):
        return ordered(booking, item, result, now)
    trouble = _trouble(result)
    if trouble.fault is Fault.REFUSED:
        return refused(booking, item, trouble.reason or Reason.NOT_POSSIBLE, trouble.detail)
    return in_doubt(booking, item, trouble, now, order=trouble.order or item.order)


def after_payment_of_order(booking: Booking, action: PayOrder, result: Result, now: datetime) -> Booking:
    item = item_of(booking, action.item)
    if isinstance(result, Order) and result.status is not OrderStatus.HELD:
        return ordered(booking, item, result, now)
    if isinstance(result, Order):  # heard, and not seen yet
        return in_doubt(booking, item, _WORKED_ON, now, order=result)
    trouble = _trouble(result)
    held: dict[str, Any] = {"status": _I.HELD, "paying": False}
    match trouble.fault:
        case Fault.REFUSED | Fault.NEVER:
            reason = trouble.reason or Reason.NOT_POSSIBLE
            return _failing(with_item(booking, item.number, **held), item, reason, trouble.detail)
        case Fault.LATER:
            return _once_more(booking, item, trouble, now, **held)
        case Fault.UNKNOWN:
            return in_doubt(booking, item, trouble, now, order=trouble.order or item.order)


def after_look(booking: Booking, action: LookAtOrder, result: Result, now: datetime) -> Booking:
    item = item_of(booking, action.item)
    if not isinstance(result, Order):
        known = item.patience is not None and not item.patience.doubt
        patience = again(item.patience, _trouble(result), now, doubt=not known)
        return with_item(booking, item.number, patience=patience)
    if item.status is _I.CANCELLING:
        if result.status in (OrderStatus.CANCELLED, OrderStatus.FAILED):
            return with_item(booking, item.number, status=_I.CANCELLED, order=result, patience=None)
        return _stands_yet(booking, item, now)
    return ordered(booking, item, result, now)


def _stands_yet(booking: Booking, item: Item, now: datetime) -> Booking:
    """What was taken for a cancellation under way, and is none after a while, is wished for once more."""
    patience = again(item.patience, _WORKED_ON, now, doubt=False)
    forgotten = now - patience.since >= CANCELLED_AGAIN_AFTER
    return with_item(booking, item.number, patience=patience, cancellation=None if forgotten else item.cancellation)


def after_cancel(booking: Booking, action: CancelOrder, result: Result, now: datetime) -> Booking:
    item = item_of(booking, action.item)
    if isinstance(result, Cancellation):
        waits = result.status is CancellationStatus.PENDING and item.abilities.looks
        patience = again(item.patience, _WORKED_ON, now, doubt=False) if waits else None
        status = _I.CANCELLING if waits else _I.CANCELLED
        return with_item(booking, item.number, status=status, cancellation=result, patience=patience)
    trouble = _trouble(result)
    if trouble.fault is not Fault.REFUSED:
        patience = again(item.patience, trouble, now, doubt=trouble.fault is Fault.UNKNOWN)
        return with_item(booking, item.number, patience=patience)
    if trouble.reason is Reason.ALREADY_CANCELLED:
        return with_item(booking, item.number, status=_I.CANCELLED, patience=None)
    if trouble.reason is Reason.NO_SUCH_ORDER:
        return _unseen(booking, item, trouble, now)
    return with_item(booking, item.number, status=_I.KEPT, patience=None)


def _unseen(booking: Booking, item: Item, trouble: Trouble, now: datetime) -> Booking:
    """A supplier that has just told of an order may not find it yet; after a while it is not there."""
    if item.patience is not None and now - item.patience.since >= UNSEEN_FOR:
        return with_item(booking, item.number, status=_I.CANCELLED, patience=None)
    return with_item(booking, item.number, patience=again(item.patience, trouble, now, doubt=True))


def ordered(booking: Booking, item: Item, order: Order, now: datetime) -> Booking:
    """As its supplier tells it."""
    status = _BY_ORDER[order.status]
    if status is _I.REFUSED:
        return refused(booking, item, Reason.NOT_POSSIBLE, f"its order is {order.status}", order=order)
    if status is _I.SENT:  # where nobody can look, only people learn what becomes of it
        patience = again(item.patience, _WORKED_ON, now, doubt=not item.abilities.looks)
        return with_item(booking, item.number, status=status, order=order, patience=patience)
    return with_item(booking, item.number, status=status, order=order, paying=False, patience=None)


def refused(booking: Booking, item: Item, reason: Reason, detail: str, *, order: Order | None = None) -> Booking:
    """Nothing stands at its supplier, and the whole booking fails with it."""
    refusal = Refusal(reason=reason, detail=detail, supplier=item.offer.supplier)
    after = with_item(
        booking, item.number, status=_I.REFUSED, refusal=refusal, order=order or item.order, paying=False, patience=None
    )
    return _failing(after, item, reason, detail)


def _failing(booking: Booking, item: Item, reason: Reason, detail: str) -> Booking:
    refusal = Refusal(reason=reason, detail=detail, supplier=item.offer.supplier)
    after = with_item(booking, item.number, refusal=refusal, patience=None)
    return undone(after, BookingStatus.FAILED, refusal)


def in_doubt(booking: Booking, item: Item, trouble: Trouble, now: datetime, *, order: Order | None) -> Booking:
    patience = again(item.patience, trouble, now, doubt=True)
    return with_item(booking, item.number, order=order, patience=patience)


def _anew(booking: Booking, item: Item, **changes: Any) -> Booking:
    """Nothing came of the first order: another one, under a reference that nobody has heard yet."""
    attempt = item.attempt + 1
    reference = order_reference(booking.id, item.number, attempt)
    return with_item(
        booking, item.number, status=_I.CHOSEN, attempt=attempt, reference=reference, order=None, sent_at=None,
        paying=False, patience=None, **changes,
    )  # fmt: skip


def _may_be_sent_anew(item: Item) -> bool:
    return item.attempt < _ATTEMPTS + item.sold_at_once


def _once_more(booking: Booking, item: Item, trouble: Trouble, now: datetime, **changes: Any) -> Booking:
    """Nothing has happened: the same again, until it has been tried for long enough."""
    patience = again(item.patience, trouble, now, doubt=False)
    after = with_item(booking, item.number, patience=patience, **changes)
    if now - patience.since >= TRIED_FOR:
        return _given_up(after, item, trouble)
    return after


def _given_up(booking: Booking, item: Item, trouble: Trouble) -> Booking:
    still = item_of(booking, item.number)
    if still.status is _I.CHOSEN:
        return _unsellable(booking, still, Reason.NOT_POSSIBLE, trouble.detail)
    return _failing(booking, still, Reason.NOT_POSSIBLE, trouble.detail)


def _unsellable(booking: Booking, item: Item, reason: Reason, detail: str) -> Booking:
    """Nothing was sold; what was ever begun to be sent is settled first, in case that somebody still sends it."""
    if item.sent_at is None:
        return refused(booking, item, reason, detail)
    return _failing(booking, item, reason, detail)


def _trouble(result: Result) -> Trouble:
    """Raises TypeError for what no supplier can have answered."""
    if not isinstance(result, Trouble):
        raise TypeError(_NOT_ONE_OF_OURS)
    return result
