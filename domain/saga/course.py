"""The course of a booking: what is next, how it stands while that is under way, and what came of it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

import msgspec

from domain.bookings import Booking, BookingStatus, ChargeStatus, ItemStatus, Patience, Wishes
from domain.saga.actions import (
    Action,
    Asking,
    Authorise,
    Book,
    CancelOrder,
    Capture,
    GiveBack,
    LookAtOrder,
    LookAtPayment,
    LookAtRefund,
    PayOrder,
    Quote,
    Result,
    Settle,
    Void,
)
from domain.saga.buying import BUYING, Rule
from domain.saga.money import (
    after_authorise,
    after_capture,
    after_payment_look,
    after_refund,
    after_void,
    waits_until,
)
from domain.saga.orders import (
    after_book,
    after_cancel,
    after_look,
    after_payment_of_order,
    after_quote,
    after_settle,
)
from domain.saga.parts import charge_of, item_of, repatient, restood, with_charge, with_item
from domain.saga.undoing import AFTERWARDS, UNDOING
from domain.saga.wishes import heeded

Begun = Callable[[Booking, Any, datetime], Booking]
After = Callable[[Booking, Any, Result, datetime], Booking]


def next_step(booking: Booking, wishes: Wishes, now: datetime) -> Action:
    """What is to be done now: the first rule that has something to say. Wishes are heeded before anything else."""
    if (turn := heeded(booking, wishes, now)) is not None:
        return turn
    for rule in _rules(booking):
        if (action := rule(booking, now)) is not None:
            return action
    raise LookupError(f"no rule says how booking {booking.id} goes on")


def _rules(booking: Booking) -> tuple[Rule, ...]:
    if booking.over or booking.status is BookingStatus.CONFIRMED:
        return AFTERWARDS
    return BUYING if booking.undoing is None else UNDOING


def begun(booking: Booking, action: Asking, now: datetime) -> Booking:
    """The booking while the call is under way, as it has to be found by whoever comes after a crash."""
    begin = _BEGUN.get(type(action))
    return booking if begin is None else begin(booking, action, now)


def after(booking: Booking, action: Asking, result: Result, now: datetime, *, began: datetime) -> Booking:
    """What came of it. `booking` is how it stood before the action began, at the moment `began`.

    What the outside has heard at that moment, such as until when a payer has time, it has to hear when it is asked again.
    """
    under_way = begun(booking, action, began)
    if isinstance(action, Authorise):
        was = charge_of(booking, action.charge).status
        return restood(after_authorise(under_way, action, result, now, was=was))
    return restood(_AFTER[type(action)](under_way, action, result, now))


def woken(booking: Booking, now: datetime) -> Booking:
    """Whatever waits is asked now: its time has come, or somebody says that there is news."""

    def at_once(patience: Patience) -> Patience:
        return patience if patience.next_at <= now else msgspec.structs.replace(patience, next_at=now)

    return repatient(booking, at_once)


def _order_sent(booking: Booking, action: Book | Settle, now: datetime) -> Booking:
    item = item_of(booking, action.item)
    return with_item(booking, item.number, status=ItemStatus.SENT, sent_at=item.sent_at or now)


def _payment_sent(booking: Booking, action: PayOrder, _now: datetime) -> Booking:
    return with_item(booking, action.item, status=ItemStatus.SENT, paying=True)


def _cancellation_sent(booking: Booking, action: CancelOrder, _now: datetime) -> Booking:
    return with_item(booking, action.item, status=ItemStatus.CANCELLING)


def _authorisation_sent(booking: Booking, action: Authorise, now: datetime) -> Booking:
    """Whatever the gateway hears stays the same when it is sent again: it knows the key."""
    charge = charge_of(booking, action.charge)
    until = charge.waits_until or waits_until(booking, now)
    return with_charge(booking, charge.id, status=ChargeStatus.ASKED, waits_until=until)


def _capture_sent(booking: Booking, action: Capture, _now: datetime) -> Booking:
    return with_charge(booking, action.charge, capturing=action.amount)


_BEGUN: Final[Mapping[type[Any], Begun]] = MappingProxyType(
    {
        Book: _order_sent,
        Settle: _order_sent,  # until it is known that nobody has sent it
        PayOrder: _payment_sent,
        CancelOrder: _cancellation_sent,
        Authorise: _authorisation_sent,
        Capture: _capture_sent,
    }
)

_AFTER: Final[Mapping[type[Any], After]] = MappingProxyType(
    {
        Quote: after_quote,
        Book: after_book,
        Settle: after_settle,
        PayOrder: after_payment_of_order,
        LookAtOrder: after_look,
        CancelOrder: after_cancel,
        LookAtPayment: after_payment_look,
        Capture: after_capture,
        Void: after_void,
        GiveBack: after_refund,
        LookAtRefund: after_refund,
    }
)
