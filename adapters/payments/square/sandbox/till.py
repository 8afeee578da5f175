"""What the pretend Square remembers: payments that are approved, completed or cancelled, and refunds of them."""

import secrets
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

import msgspec

_HELD_FOR: Final = timedelta(days=7)
NONCE: Final = "cnon:card-nonce-"
# The cards that Square tells testers of, and why each of them is refused. https://developer.squareup.com/docs/devtools/sandbox/payments
CARDS: Final[Mapping[str, str | None]] = MappingProxyType(
    {
        "ok": None,
        "declined": "GENERIC_DECLINE",
        "rejected-cvv": "CVV_FAILURE",
        "rejected-postalcode": "ADDRESS_VERIFICATION_FAILURE",
        "rejected-expiration": "INVALID_EXPIRATION",
        "already-used": "CARD_TOKEN_USED",
    }
)
_WHOLE: Final = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"


class Refused(Exception):
    def __init__(self, status: int, category: str, code: str, detail: str, **more: Any) -> None:
        super().__init__(detail)
        self.status: Final = status
        self.body: Final = {"errors": [{"category": category, "code": code, "detail": detail}], **more}


class Payment(msgspec.Struct, kw_only=True):
    """`held` is approved and not yet taken; `authorised` ever was."""

    id: str
    amount: int
    currency: str
    reference: str
    location: str
    created_at: datetime
    updated_at: datetime
    delayed_until: datetime
    status: str = "APPROVED"
    authorised: int = 0
    refunded: int = 0
    decline: str | None = None
    note: str | None = None


class Refund(msgspec.Struct, kw_only=True):
    id: str
    payment: Payment
    amount: int
    status: str
    created_at: datetime
    updated_at: datetime


Tell = Callable[[str, str, str, dict[str, Any]], None]
Later = Callable[[float, Callable[[], None]], None]


class Till:
    """`tell` sends a webhook: its type, the kind of thing, its number and its paper."""

    def __init__(self, now: Callable[[], datetime], tell: Tell, later: Later) -> None:
        self._now: Final = now
        self._tell: Final = tell
        self._later: Final = later
        self._payments: Final[dict[str, Payment]] = {}
        self._refunds: Final[dict[str, Refund]] = {}

    def payments(self) -> Iterator[Payment]:
        for payment in self._payments.values():
            self._aged(payment)
            yield payment

    def payment(self, payment_id: str) -> Payment:
        """As it stands by now. Raises Refused."""
        payment = self._payments.get(payment_id)
        if payment is None:
            raise Refused(404, "INVALID_REQUEST_ERROR", "NOT_FOUND", f"Could not find payment with id: {payment_id}")
        self._aged(payment)
        return payment

    def refund(self, refund_id: str) -> Refund:
        refund = self._refunds.get(refund_id)
        if refund is None:
            raise Refused(404, "INVALID_REQUEST_ERROR", "NOT_FOUND", f"Could not find refund with id: {refund_id}")
        return refund

    def approve(self, told: Mapping[str, Any], *, currency: str, decline: str | None) -> Payment:
        """Raises Refused for a card that is refused; a failed payment is there all the same."""
        source = str(told.get("source_id", ""))
        card = source.removeprefix(NONCE)
        if card == source or card not in CARDS:
            raise Refused(404, "INVALID_REQUEST_ERROR", "NOT_FOUND", "Card nonce not found")
        amount = told.get("amount_money") or {}
        if amount.get("currency") != currency:
            raise Refused(
                400, "INVALID_REQUEST_ERROR", "INVALID_VALUE", f"This merchant can only process payments in {currency}"
            )
        if told.get("autocomplete") is not False:
            raise Refused(400, "INVALID_REQUEST_ERROR", "INVALID_VALUE", "The sandbox approves first")
        now = self._now()
        payment = Payment(
            id=secrets.token_urlsafe(16),
            amount=int(amount["amount"]),
            currency=currency,
            reference=str(told.get("reference_id", "")),
            location=str(told.get("location_id", "")),
            created_at=now,
            updated_at=now,
            delayed_until=now + _HELD_FOR,
            note=told.get("note"),
        )
        self._payments[payment.id] = payment
        code = decline or CARDS[card]
        if code is not None:
            payment.status, payment.decline = "FAILED", code
            raise Refused(
                400,
                "PAYMENT_METHOD_ERROR",
                code,
                f"Authorization error: '{code}'",
                payment=payment_paper(payment),
            )
        payment.authorised = payment.amount
        self._changed(payment, "payment.created")
        return payment

    def lower(self, payment: Payment, told: Mapping[str, Any]) -> Payment:
        wanted = int(told["payment"]["amount_money"]["amount"])
        _approved(payment)
        if not 0 < wanted <= payment.authorised:
            raise Refused(400, "INVALID_REQUEST_ERROR", "AMOUNT_TOO_HIGH", "The payment was approved for less")
        payment.amount = wanted
        self._changed(payment, "payment.updated")
        return payment

    def complete(self, payment: Payment, *, lapsed: bool) -> Payment:
        if lapsed:
            payment.delayed_until = self._now()
            self._aged(payment)
        _approved(payment)
        payment.status = "COMPLETED"
        self._changed(payment, "payment.updated")
        return payment

    def cancel(self, payment: Payment) -> Payment:
        _approved(payment)
        payment.status = "CANCELED"
        self._changed(payment, "payment.updated")
        return payment

    def give_back(self, told: Mapping[str, Any], *, settles: tuple[float, bool] | None) -> Refund:
        """`settles`: in how many seconds, and whether it is given back then; None: at once. Raises Refused."""
        payment = self.payment(str(told.get("payment_id", "")))
        if payment.status != "COMPLETED":
            raise Refused(400, "REFUND_ERROR", "PAYMENT_NOT_REFUNDABLE", "Only completed payments can be refunded")
        amount = int(told["amount_money"]["amount"])
        if not 0 < amount <= payment.amount - payment.refunded:
            raise Refused(
                400, "REFUND_ERROR", "REFUND_AMOUNT_INVALID", "The requested refund amount exceeds what is left of it"
            )
        now = self._now()
        refund = Refund(
            id=f"{payment.id}_{secrets.token_urlsafe(12)}",
            payment=payment,
            amount=amount,
            status="PENDING" if settles is not None else "COMPLETED",
            created_at=now,
            updated_at=now,
        )
        payment.refunded += amount
        self._refunds[refund.id] = refund
        self._tell("refund.created", "refund", refund.id, refund_paper(refund))
        if settles is not None:
            seconds, good = settles
            self._later(seconds, lambda: self._settle(refund, "COMPLETED" if good else "FAILED"))
        return refund

    def _settle(self, refund: Refund, status: str) -> None:
        refund.status, refund.updated_at = status, self._now()
        if status == "FAILED":
            refund.payment.refunded -= refund.amount
        self._tell("refund.updated", "refund", refund.id, refund_paper(refund))

    def _aged(self, payment: Payment) -> None:
        if payment.status == "APPROVED" and payment.delayed_until <= self._now():
            payment.status = "CANCELED"
            self._changed(payment, "payment.updated")

    def _changed(self, payment: Payment, kind: str) -> None:
        payment.updated_at = self._now()
        self._tell(kind, "payment", payment.id, payment_paper(payment))


def _approved(payment: Payment) -> None:
    if payment.status != "APPROVED":
        raise Refused(
            400, "INVALID_REQUEST_ERROR", "BAD_REQUEST", f"Payment {payment.id} has the status {payment.status}"
        )


def payment_paper(payment: Payment) -> dict[str, Any]:
    errors = [{"category": "PAYMENT_METHOD_ERROR", "code": payment.decline}] if payment.decline is not None else []
    return {
        "id": payment.id,
        "created_at": _instant(payment.created_at),
        "updated_at": _instant(payment.updated_at),
        "amount_money": {"amount": payment.amount, "currency": payment.currency},
        "total_money": {"amount": payment.amount, "currency": payment.currency},
        "refunded_money": {"amount": payment.refunded, "currency": payment.currency},
        "status": payment.status,
        "delay_duration": "PT168H",
        "delay_action": "CANCEL",
        "delayed_until": _instant(payment.delayed_until),
        "source_type": "CARD",
        "card_details": {"errors": errors},
        "location_id": payment.location,
        "reference_id": payment.reference,
        "note": payment.note,
    }


def refund_paper(refund: Refund) -> dict[str, Any]:
    return {
        "id": refund.id,
        "status": refund.status,
        "amount_money": {"amount": refund.amount, "currency": refund.payment.currency},
        "payment_id": refund.payment.id,
        "location_id": refund.payment.location,
        "created_at": _instant(refund.created_at),
        "updated_at": _instant(refund.updated_at),
    }


def truth(payment: Payment) -> dict[str, Any]:
    """`authorised` was ever held, `held` is held now; decimal strings in the payment's currency."""
    taken = payment.amount if payment.status == "COMPLETED" else 0
    held = payment.amount if payment.status == "APPROVED" else 0
    amounts = {"authorised": payment.authorised, "held": held, "captured": taken, "refunded": payment.refunded}
    return {
        "id": payment.id,
        "reference": payment.reference,
        "status": payment.status,
        "currency": payment.currency,
        **{name: _decimal(units, payment.currency) for name, units in amounts.items()},
    }


def _decimal(units: int, currency: str) -> str:
    return str(units) if currency in _WHOLE else f"{units // 100}.{units % 100:02}"


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
