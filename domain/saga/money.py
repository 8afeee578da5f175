"""What comes of payments: authorised, declined, captured, voided, given back."""

from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from domain.bookings import PAY_WITHIN, Booking, BookingStatus, Charge, ChargeStatus, Patience, Refund, Refusal
from domain.orders import Reason
from domain.payments import GatewayRefund, Payment, PaymentStatus, RefundStatus
from domain.saga.actions import (
    TRIED_FOR,
    Authorise,
    Capture,
    Fault,
    GiveBack,
    LookAtPayment,
    LookAtRefund,
    Result,
    Trouble,
    Void,
)
from domain.saga.parts import again, charge_of, undone, with_charge, with_refund_changed

_C, _P = ChargeStatus, PaymentStatus
_PAYER: Final = Trouble(fault=Fault.LATER, detail="its payer has something to do")
_ON_ITS_WAY: Final = Trouble(fault=Fault.LATER, detail="the gateway is giving it back")
_NOT_TAKEN: Final = Trouble(fault=Fault.LATER, detail="the gateway has not taken it yet")
_NOT_FREE: Final = Trouble(fault=Fault.LATER, detail="the gateway has not let go of it yet")
_LOOKS_AT_PAYER: Final = timedelta(minutes=1)  # at most, between two; webhooks come earlier


def waits_until(booking: Booking, now: datetime) -> datetime:
    """How long a payer has: no longer than anything is held for."""
    held = [item.order.hold_until for item in booking.items if item.order is not None and item.order.hold_until]
    return min([now + PAY_WITHIN, *held])


def after_authorise(
    booking: Booking, action: Authorise, result: Result, now: datetime, *, was: ChargeStatus
) -> Booking:
    """`was` is how the charge stood before it was asked for: OPEN where no earlier call can have done anything."""
    charge = charge_of(booking, action.charge)
    if isinstance(result, Payment):
        return as_told(booking, charge, result, now)
    trouble = _trouble(result)
    if trouble.fault is Fault.REFUSED:
        return _declined(booking, charge, trouble.detail)
    if trouble.fault is Fault.UNKNOWN or was is not _C.OPEN:
        return with_charge(booking, charge.id, patience=again(charge.patience, trouble, now, doubt=True))
    if trouble.fault is Fault.NEVER:
        return _declined(booking, charge, trouble.detail, reason=Reason.NOT_POSSIBLE)
    patience = again(charge.patience, trouble, now, doubt=False)
    if now - patience.since >= TRIED_FOR:
        return _declined(booking, charge, trouble.detail, reason=Reason.NOT_POSSIBLE)
    return with_charge(booking, charge.id, status=_C.OPEN, patience=patience)


def after_payment_look(booking: Booking, action: LookAtPayment, result: Result, now: datetime) -> Booking:
    charge = charge_of(booking, action.charge)
    if isinstance(result, Payment):
        return as_told(booking, charge, result, now)
    return with_charge(
        booking, charge.id, patience=_soon(again(charge.patience, _trouble(result), now, doubt=False), now)
    )


def after_capture(booking: Booking, action: Capture, result: Result, now: datetime) -> Booking:
    charge = charge_of(booking, action.charge)
    if isinstance(result, Payment):
        told = as_told(booking, charge, result, now)
        if result.status is _P.AUTHORISED:
            return with_charge(told, charge.id, patience=again(charge.patience, _NOT_TAKEN, now, doubt=False))
        return with_charge(told, charge.id, capturing=None)
    trouble = _trouble(result)
    if trouble.fault is not Fault.REFUSED:
        doubt = trouble.fault is Fault.UNKNOWN or (charge.patience is not None and charge.patience.doubt)
        return with_charge(booking, charge.id, patience=again(charge.patience, trouble, now, doubt=doubt))
    gone: dict[str, Any] = {"status": _C.EXPIRED} if trouble.reason is Reason.EXPIRED else {}
    after = with_charge(booking, charge.id, capturing=None, patience=None, decline=trouble.detail, **gone)
    return undone(after, BookingStatus.FAILED, Refusal(reason=Reason.DECLINED, detail=trouble.detail))


def after_void(booking: Booking, action: Void, result: Result, now: datetime) -> Booking:
    charge = charge_of(booking, action.charge)
    if not isinstance(result, Payment):
        trouble = _trouble(result)
        doubt = trouble.fault is Fault.UNKNOWN
        return with_charge(booking, charge.id, patience=again(charge.patience, trouble, now, doubt=doubt))
    after = _synced(booking, charge, result)
    if result.status is _P.CAPTURED:  # somebody took it meanwhile: it is the payment, or is given back
        return with_charge(after, charge.id, replaced=False)
    if result.status in (_P.WAITING, _P.AUTHORISED):
        return with_charge(after, charge.id, patience=again(charge.patience, _NOT_FREE, now, doubt=False))
    return after


def after_refund(booking: Booking, action: GiveBack | LookAtRefund, result: Result, now: datetime) -> Booking:
    charge = charge_of(booking, action.charge)
    refund = next(one for one in charge.refunds if one.id == action.refund)
    return with_refund_changed(booking, charge.id, refund.id, **_refund_changes(refund, result, now))


def _refund_changes(refund: Refund, result: Result, now: datetime) -> dict[str, Any]:
    if isinstance(result, GatewayRefund):
        pending = result.status is RefundStatus.PENDING
        patience = again(refund.patience, _ON_ITS_WAY, now, doubt=False) if pending else None
        return {"status": result.status, "gateway_id": result.id, "detail": result.detail, "patience": patience}
    trouble = _trouble(result)
    if trouble.fault is Fault.REFUSED and refund.gateway_id is None:
        return {"status": RefundStatus.REFUSED, "detail": trouble.detail, "patience": None}
    return {"patience": again(refund.patience, trouble, now, doubt=trouble.fault is Fault.UNKNOWN)}


def as_told(booking: Booking, charge: Charge, payment: Payment, now: datetime) -> Booking:
    """As the gateway tells it, with what it means for the booking."""
    after = _synced(booking, charge, payment)
    if payment.status is _P.WAITING:
        patience = _soon(again(charge.patience, _PAYER, now, doubt=False), now)
        return with_charge(after, charge.id, patience=patience)
    if payment.status is _P.DECLINED:
        return _declined(after, charge, payment.decline or "declined")
    if payment.status is _P.VOIDED:
        return _declined(after, charge, "the payment was voided at the gateway", status=_C.VOIDED)
    if payment.status is _P.EXPIRED and not charge.replaced:
        return undone(after, BookingStatus.EXPIRED)
    return after


def _synced(booking: Booking, charge: Charge, payment: Payment) -> Booking:
    taken = payment.captured if payment.status is _P.CAPTURED else charge.captured
    return with_charge(
        booking, charge.id, status=_C.of(payment.status), gateway_id=payment.id, action_url=payment.action_url,
        waits_until=payment.waits_until or charge.waits_until, decline=payment.decline, captured=taken, patience=None,
    )  # fmt: skip


def _declined(
    booking: Booking,
    charge: Charge,
    detail: str,
    *,
    reason: Reason = Reason.DECLINED,
    status: ChargeStatus = _C.DECLINED,
) -> Booking:
    after = with_charge(booking, charge.id, status=status, decline=detail, patience=None)
    if charge.replaced:
        return after
    return undone(after, BookingStatus.FAILED, Refusal(reason=reason, detail=detail))


def _soon(patience: Patience, now: datetime) -> Patience:
    """Somebody sits there and waits."""
    return msgspec.structs.replace(patience, next_at=min(patience.next_at, now + _LOOKS_AT_PAYER))


def _trouble(result: Result) -> Trouble:
    """Raises TypeError for what no gateway can have answered."""
    if not isinstance(result, Trouble):
        raise TypeError("a gateway gave an answer that fits no question of ours")
    return result
