"""What is compared: our books of a booking beside its suppliers' and its gateways', and what may stand beside what."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

import msgspec

from domain.bookings import Booking, ChargeStatus, ItemStatus
from domain.findings import Finding, FindingKind
from domain.orders import Order, OrderStatus
from domain.payments import Payment, PaymentStatus

_I, _C, _P = ItemStatus, ChargeStatus, PaymentStatus


class Books(msgspec.Struct, frozen=True, kw_only=True):
    """What was heard of a booking. `orders` are by item, every order that its supplier has under our references;
    `payments` by charge, None where the gateway has none. Who could not be asked is left out.

    `due_at` is when a worker looks next, None when nobody does. `settled`: long enough unchanged for everybody
    outside to show it; before that nothing is missed that may only not be visible yet.
    """

    booking: Booking
    due_at: datetime | None
    settled: bool
    orders: Mapping[int, tuple[Order, ...]] = {}
    payments: Mapping[str, Payment | None] = {}

    @property
    def under_way(self) -> bool:
        return self.due_at is not None


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """`judged` names all that was compared, by kind and `about`: what stands of it and was not found again is gone.

    `wake` says what a worker has missed and will mend when it looks at the booking.
    """

    findings: tuple[Finding, ...]
    judged: frozenset[tuple[FindingKind, str]]
    wake: str | None


class Theirs(StrEnum):
    """What a supplier has of an item."""

    STANDING = "standing"
    ENDED = "ended"
    NOTHING = "nothing"


class Ruling(StrEnum):
    """`MISSED`: our books are behind, and a worker that looks again catches up."""

    FINE = "fine"
    MISSED = "missed"
    GONE = "gone"
    UNWANTED = "unwanted"


STANDING: Final = frozenset({OrderStatus.HELD, OrderStatus.PENDING, OrderStatus.CONFIRMED})
_R, _T = Ruling, Theirs
# By what our books say of an item, and by what its supplier has.
ORDERS: Final[Mapping[ItemStatus, Mapping[Theirs, Ruling]]] = MappingProxyType(
    {
        _I.CHOSEN: {_T.STANDING: _R.UNWANTED, _T.ENDED: _R.FINE, _T.NOTHING: _R.FINE},
        _I.SENT: {_T.STANDING: _R.MISSED, _T.ENDED: _R.MISSED, _T.NOTHING: _R.FINE},
        _I.HELD: {_T.STANDING: _R.FINE, _T.ENDED: _R.GONE, _T.NOTHING: _R.GONE},
        _I.BOOKED: {_T.STANDING: _R.FINE, _T.ENDED: _R.GONE, _T.NOTHING: _R.GONE},
        _I.REFUSED: {_T.STANDING: _R.UNWANTED, _T.ENDED: _R.FINE, _T.NOTHING: _R.FINE},
        _I.CANCELLING: {_T.STANDING: _R.FINE, _T.ENDED: _R.MISSED, _T.NOTHING: _R.MISSED},
        _I.CANCELLED: {_T.STANDING: _R.UNWANTED, _T.ENDED: _R.FINE, _T.NOTHING: _R.FINE},
        _I.KEPT: {_T.STANDING: _R.FINE, _T.ENDED: _R.GONE, _T.NOTHING: _R.GONE},
    }
)

_NO_MONEY: Final = frozenset({None, _P.VOIDED, _P.DECLINED, _P.EXPIRED})
# What a gateway may say of a charge without our books being behind; None: it has no such payment.
PAYMENTS: Final[Mapping[ChargeStatus, frozenset[PaymentStatus | None]]] = MappingProxyType(
    {
        _C.OPEN: frozenset({None}),
        _C.ASKED: frozenset({None}),
        _C.WAITING: frozenset({_P.WAITING}),
        _C.AUTHORISED: frozenset({_P.AUTHORISED}),
        _C.CAPTURED: frozenset({_P.CAPTURED}),
        _C.VOIDED: _NO_MONEY,
        _C.DECLINED: _NO_MONEY | {_P.WAITING},  # the gateway would take another card
        _C.EXPIRED: _NO_MONEY,
    }
)


def about_item(number: int) -> str:
    return f"item:{number}"


def about_charge(charge_id: str) -> str:
    return f"charge:{charge_id}"


def difference(books: Books, kind: FindingKind, about: str, detail: str, **document: Any) -> Finding:
    return Finding(kind=kind, booking_id=books.booking.id, about=about, detail=detail, document=document)
