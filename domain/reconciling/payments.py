"""Payments: what our books say of a charge beside what its gateway has, and what is kept beside what it was kept for."""

from collections.abc import Iterator
from typing import Any, Final

from domain.bookings import Booking, BookingStatus, Charge, ChargeStatus, Item, ItemStatus
from domain.findings import Finding, FindingKind
from domain.money import Money, total
from domain.payments import Payment, PaymentStatus, RefundStatus
from domain.reconciling.books import PAYMENTS, Books, about_charge, difference

_K, _I, _C, _P = FindingKind, ItemStatus, ChargeStatus, PaymentStatus
_BOUGHT: Final = frozenset({_I.BOOKED, _I.KEPT})  # somebody has to pay for these
_SEEN: Final = (
    *(_K.MONEY_WITHOUT_ORDER, _K.ORDER_WITHOUT_MONEY, _K.UNKNOWN_PAYMENT),
    *(_K.AMOUNT_DIFFERS, _K.REFUND_MISSING),
)
_SUMS: Final = (_K.MONEY_WITHOUT_ORDER, _K.ORDER_WITHOUT_MONEY, _K.AMOUNT_DIFFERS)


def about_payment(payment: Payment) -> str:
    return f"payment:{payment.gateway}:{payment.id}"


def unknown_payment(payment: Payment) -> Finding | None:
    """Of a payment that no booking of ours knows. What took and holds nothing is nobody's concern."""
    if not stands(payment):
        return None
    return Finding(
        kind=_K.UNKNOWN_PAYMENT,
        about=about_payment(payment),
        detail=f"{payment.gateway} has {payment.status} {payment.amount} under {payment.reference or 'no name'},"
        " and no booking of ours knows of it",
        document={"ours": None, "theirs": _payment(payment)},
    )


def stands(payment: Payment) -> bool:
    """Whether somebody's money is held or taken."""
    taken = payment.status is _P.CAPTURED and (payment.captured - payment.refunded).amount > 0
    return taken or payment.status is _P.AUTHORISED


def missed(books: Books) -> Iterator[str]:
    """In what a worker is behind."""
    for charge in books.booking.charges:
        if charge.id not in books.payments:
            continue
        payment = books.payments[charge.id]
        if _behind(charge, payment):
            yield f"charge {charge.id} is {charge.status} here and {_status(payment)} there"
        elif payment is not None and payment.refunded == charge.refunded and _refund_pending(charge):
            yield f"a refund of charge {charge.id} is under way here and done there"


def differences(books: Books) -> Iterator[Finding]:
    """Of all charges whose gateways were asked, once nobody is at the booking any more."""
    if books.under_way:
        return
    for charge in books.booking.charges:
        if charge.id not in books.payments:
            continue
        payment = books.payments[charge.id]
        if _behind(charge, payment):
            yield _other_state(books, charge, payment)
        elif payment is not None and charge.captured is not None:
            yield from _other_amounts(books, charge, payment)


def sums(books: Books) -> Iterator[Finding]:
    """In each currency, once nobody is at the booking any more."""
    if books.under_way:
        return
    booking = books.booking
    for currency in _currencies(booking):
        taken = total((_taken(one) for one in _charges(booking, currency)), currency)
        kept = taken - total((one.refunded for one in _charges(booking, currency)), currency)
        items = [item for item in booking.items if item.payable.currency == currency]
        needed = total((item.payable for item in items if _costs(booking, item)), currency)
        allowed = total(
            (item.payable for item in items if item.status in _BOUGHT or _may_cost(booking, item)), currency
        )
        about, sums = f"booking:{currency}", {"taken": str(taken), "kept": str(kept), "needed": str(needed)}
        if kept.amount > allowed.amount:
            kind = _K.AMOUNT_DIFFERS if allowed.amount else _K.MONEY_WITHOUT_ORDER
            detail = f"keeps {kept} for what costs {allowed}"
            yield difference(books, kind, about, detail, **sums)
        elif taken.amount < needed.amount:
            kind = _K.AMOUNT_DIFFERS if taken.amount else _K.ORDER_WITHOUT_MONEY
            detail = f"has taken {taken} for what costs {needed}"
            yield difference(books, kind, about, detail, **sums)


def judged(books: Books) -> Iterator[tuple[FindingKind, str]]:
    for charge in books.booking.charges:
        if charge.patience is None or not charge.patience.doubt:
            yield _K.STUCK, about_charge(charge.id)
    if not books.settled or books.under_way:
        return
    for charge in books.booking.charges:
        if charge.id in books.payments:
            yield from ((kind, about_charge(charge.id)) for kind in _SEEN)
    for currency in _currencies(books.booking):
        yield from ((kind, f"booking:{currency}") for kind in _SUMS)


def _behind(charge: Charge, payment: Payment | None) -> bool:
    return (payment.status if payment is not None else None) not in PAYMENTS[charge.status]


def _other_state(books: Books, charge: Charge, payment: Payment | None) -> Finding:
    """By what is worst about it: money taken for nothing, an order that nobody pays, money that is or may be held."""
    detail = f"is {charge.status} in our books and {_status(payment)} at {charge.gateway}"
    if payment is not None and payment.status is _P.CAPTURED:
        kind = _K.MONEY_WITHOUT_ORDER
    elif charge.status is _C.CAPTURED:
        kind = _K.ORDER_WITHOUT_MONEY if _bought(books.booking) else _K.AMOUNT_DIFFERS
    else:
        kind = _K.UNKNOWN_PAYMENT
    return difference(books, kind, about_charge(charge.id), detail, ours=_charge(charge), theirs=_payment(payment))


def _other_amounts(books: Books, charge: Charge, payment: Payment) -> Iterator[Finding]:
    documents: dict[str, Any] = {"ours": _charge(charge), "theirs": _payment(payment)}
    about = about_charge(charge.id)
    assert charge.captured is not None
    if payment.captured != charge.captured:
        detail = f"{charge.captured} were taken by our books, {payment.captured} by {charge.gateway}'s"
        yield difference(books, _K.AMOUNT_DIFFERS, about, detail, **documents)
    done = total(
        (one.amount for one in charge.refunds if one.status is RefundStatus.DONE), currency=charge.amount.currency
    )
    if not done.amount <= payment.refunded.amount <= charge.refunded.amount:
        detail = f"{charge.refunded} were given back by our books, {payment.refunded} by {charge.gateway}'s"
        yield difference(books, _K.REFUND_MISSING, about, detail, **documents)


def _refund_pending(charge: Charge) -> bool:
    return any(one.status is RefundStatus.PENDING for one in charge.refunds)


def _costs(booking: Booking, item: Item) -> bool:
    """What a supplier won't take back of a booking that never came about is told as that, and nobody's money is taken."""
    return item.status is _I.BOOKED or (item.status is _I.KEPT and booking.confirmed_at is not None)


def _may_cost(booking: Booking, item: Item) -> bool:
    """What the traveller has cancelled may cost something, up to all of it; what we have undone costs nothing."""
    by_traveller = BookingStatus.CANCELLED in (booking.undoing, booking.status)
    return item.status is _I.CANCELLED and by_traveller


def _charges(booking: Booking, currency: str) -> Iterator[Charge]:
    return (charge for charge in booking.charges if charge.amount.currency == currency)


def _taken(charge: Charge) -> Money:
    return charge.captured if charge.captured is not None else Money.zero(charge.amount.currency)


def _bought(booking: Booking) -> bool:
    return any(item.status in _BOUGHT for item in booking.items)


def _currencies(booking: Booking) -> tuple[str, ...]:
    every = (*(item.payable.currency for item in booking.items), *(one.amount.currency for one in booking.charges))
    return tuple(dict.fromkeys(every))


def _status(payment: Payment | None) -> str:
    return "nothing" if payment is None else payment.status


def _charge(charge: Charge) -> dict[str, Any]:
    return {
        "gateway": charge.gateway,
        "gateway_id": charge.gateway_id,
        "reference": charge.reference,
        "status": charge.status,
        "amount": str(charge.amount),
        "captured": None if charge.captured is None else str(charge.captured),
        "refunded": str(charge.refunded),
    }


def _payment(payment: Payment | None) -> dict[str, Any] | None:
    if payment is None:
        return None
    return {
        "gateway": payment.gateway,
        "id": payment.id,
        "reference": payment.reference,
        "status": payment.status,
        "amount": str(payment.amount),
        "captured": str(payment.captured),
        "refunded": str(payment.refunded),
    }
