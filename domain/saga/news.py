"""What became of a booking between two moments: its history, what clients hear of it, and what people have to see."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

import msgspec

from domain.bookings import Booking, BookingStatus, Charge, ChargeStatus, ItemStatus, Patience, Refund
from domain.findings import Finding, FindingKind
from domain.money import Money
from domain.payments import RefundStatus
from domain.saga.actions import DOUBTED_FOR
from domain.saga.parts import askable, item_of
from domain.saga.terms import cancellation_terms

_B, _C = BookingStatus, ChargeStatus


class News(msgspec.Struct, frozen=True, kw_only=True):
    """`data` holds ids and facts, never travellers."""

    type: str
    data: dict[str, Any]

    @property
    def for_clients(self) -> bool:
        return self.type in TOLD_TO_CLIENTS


TOLD_TO_CLIENTS: Final = frozenset(
    {
        "booking.confirmed",
        "booking.failed",
        "booking.needs_consent",
        "booking.cancelled",
        "booking.expired",
        "payment.captured",
        "payment.refunded",
        "payment.action_required",
    }
)
_ITEM_NEWS: Final = frozenset(
    {ItemStatus.HELD, ItemStatus.BOOKED, ItemStatus.REFUSED, ItemStatus.CANCELLED, ItemStatus.KEPT}
)


def news(before: Booking, after: Booking) -> tuple[News, ...]:
    """In the order in which they are told: items, payments, the booking itself."""
    return (*_of_items(before, after), *_of_payments(before, after), *_of_itself(before, after))


def _of_items(before: Booking, after: Booking) -> Iterator[News]:
    for item in after.items:
        was = item_of(before, item.number).status
        taken_back = was is ItemStatus.KEPT and item.status is ItemStatus.BOOKED
        if item.status is not was and item.status in _ITEM_NEWS and not taken_back:
            told: dict[str, Any] = {"item": item.number, "supplier": item.offer.supplier}
            if item.refusal is not None and item.status is ItemStatus.REFUSED:
                told["reason"] = item.refusal.reason
            yield News(type=f"item.{item.status}", data=told)


def _of_payments(before: Booking, after: Booking) -> Iterator[News]:
    earlier = {charge.id: charge for charge in before.charges}
    for charge in after.charges:
        was = earlier.get(charge.id)
        if was is None or was.status is not charge.status:
            yield from _of_charge(after, charge)
        given = {refund.id: refund.status for refund in was.refunds} if was is not None else {}
        for refund in charge.refunds:
            if given.get(refund.id) is not refund.status:
                yield _of_refund(after, charge, refund)


def _of_charge(booking: Booking, charge: Charge) -> Iterator[News]:
    amount = charge.captured if charge.status is _C.CAPTURED and charge.captured is not None else charge.amount
    told = _payment(booking, charge, amount)
    if charge.status is _C.WAITING:
        yield News(type="payment.action_required", data={**told, "waits_until": charge.waits_until})
    elif charge.status is _C.DECLINED:
        yield News(type="payment.declined", data={**told, "decline": charge.decline})
    elif charge.status not in (_C.OPEN, _C.ASKED):
        yield News(type=f"payment.{charge.status}", data=told)


def _of_refund(booking: Booking, charge: Charge, refund: Refund) -> News:
    kinds = {RefundStatus.PENDING: "refunding", RefundStatus.DONE: "refunded", RefundStatus.REFUSED: "refund_refused"}
    told = _payment(booking, charge, refund.amount)
    return News(type=f"payment.{kinds[refund.status]}", data={**told, "refund_id": refund.id, "item": refund.item})


def _payment(booking: Booking, charge: Charge, amount: Money) -> dict[str, Any]:
    return {"payment_id": charge.id, "booking_id": booking.id, "amount": amount}


def _of_itself(before: Booking, after: Booking) -> Iterator[News]:
    if after.undoing is None and before.undoing is not None and after.status is _B.CONFIRMED:
        yield News(type="cancellation.refused", data=_standing(before, after))
    elif after.status is not before.status:
        yield News(type=f"booking.{after.status}", data=_standing(before, after))


def _standing(before: Booking, after: Booking) -> dict[str, Any]:
    return {
        "booking_id": after.id,
        "reference": after.reference,
        "status": after.status,
        "previous_status": before.status,
        "prices": list(after.prices),
    }


def findings(before: Booking, after: Booking, now: datetime) -> tuple[Finding, ...]:
    """What nobody but people can set right."""
    return (
        *_kept(before, after),
        *_doubts(after, now),
        *_nobody_says(before, after, now),
        *_refused_refunds(before, after),
    )


def _kept(before: Booking, after: Booking) -> Iterator[Finding]:
    """An order that its supplier won't take back, of a booking for which nothing was taken."""
    for item in after.items:
        kept = item.status is ItemStatus.KEPT and item_of(before, item.number).status is not ItemStatus.KEPT
        if kept and after.confirmed_at is None:
            yield _finding(
                after,
                FindingKind.ORDER_WITHOUT_MONEY,
                f"item:{item.number}",
                f"{item.offer.supplier} refuses to take back the order of item {item.number}",
                {"supplier": item.offer.supplier, "reference": item.reference, "order": _number(item.order)},
            )


def _doubts(booking: Booking, now: datetime) -> Iterator[Finding]:
    for item in booking.items:
        if item.status not in (ItemStatus.SENT, ItemStatus.CANCELLING) or item.patience is None:
            continue
        if (item.patience.doubt and not askable(item)) or _long(item.patience, now):
            yield _finding(
                booking,
                FindingKind.ORDER_IN_DOUBT,
                f"item:{item.number}",
                item.patience.detail,
                {"supplier": item.offer.supplier, "reference": item.reference, "order": _number(item.order)},
            )
    for charge in booking.charges:
        if charge.patience is not None and charge.patience.doubt and _long(charge.patience, now):
            document = {"gateway": charge.gateway, "reference": charge.reference, "payment": charge.gateway_id}
            yield _finding(booking, FindingKind.STUCK, f"charge:{charge.id}", charge.patience.detail, document)


def _nobody_says(before: Booking, after: Booking, now: datetime) -> Iterator[Finding]:
    """What was cancelled, and neither its supplier's answer nor any ladder tells what comes back: nothing, until asked."""
    ended = after.status is _B.CANCELLED and before.status is not _B.CANCELLED and after.confirmed_at is not None
    if not ended:
        return
    for terms in cancellation_terms(after, now).items:
        item = item_of(after, terms.number)
        if item.status is ItemStatus.CANCELLED and not terms.certain and terms.kept.amount:
            yield _finding(
                after,
                FindingKind.MONEY_WITHOUT_ORDER,
                f"item:{item.number}",
                f"{item.offer.supplier} did not say what comes back for item {item.number}, so that {terms.kept} are kept",
                {"supplier": item.offer.supplier, "reference": item.reference, "order": _number(item.order)},
            )


def _long(patience: Patience, now: datetime) -> bool:
    return now - patience.since >= DOUBTED_FOR


def _refused_refunds(before: Booking, after: Booking) -> Iterator[Finding]:
    known = {
        refund.id for charge in before.charges for refund in charge.refunds if refund.status is RefundStatus.REFUSED
    }
    for charge in after.charges:
        for refund in charge.refunds:
            if refund.status is RefundStatus.REFUSED and refund.id not in known:
                document = {"gateway": charge.gateway, "payment": charge.gateway_id, "amount": refund.amount}
                why = refund.detail or "the gateway gave no reason"
                yield _finding(after, FindingKind.REFUND_REFUSED, f"refund:{refund.id}", why, document)


def _finding(booking: Booking, kind: FindingKind, about: str, detail: str, document: dict[str, Any]) -> Finding:
    return Finding(kind=kind, about=about, detail=detail, booking_id=booking.id, document=document)


def _number(order: Any) -> str | None:
    return None if order is None else order.id
