"""What a payment of Stripe's is in our words."""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final, TypeVar

from adapters.payments.stripe.amounts import money
from adapters.payments.stripe.wire import Intent, Redirect, Refunded, RefundMade, Session
from domain.payments import GatewayRefund, Payment, PaymentStatus, RefundStatus

Word = TypeVar("Word")
Meaning = TypeVar("Meaning")

NAME: Final = "stripe"
REFERENCE: Final = "reference"  # under these names what is ours stands in the metadata
WAITS_UNTIL: Final = "waits_until"
LINK: Final = "link"
KEY: Final = "key"

_P = PaymentStatus
# https://docs.stripe.com/payments/paymentintents/lifecycle
_STATUSES: Final[Mapping[str, PaymentStatus]] = MappingProxyType(
    {
        "requires_payment_method": _P.DECLINED,  # it had one, and that one was refused
        "requires_confirmation": _P.WAITING,
        "requires_action": _P.WAITING,
        "processing": _P.WAITING,
        "requires_capture": _P.AUTHORISED,
        "succeeded": _P.CAPTURED,
        "canceled": _P.VOIDED,
    }
)
_RUN_OUT: Final = frozenset({"automatic", "expired"})  # cancelled by Stripe itself, because nobody captured in time
_REFUNDS: Final[Mapping[str | None, RefundStatus]] = MappingProxyType(
    {
        None: RefundStatus.PENDING,
        "pending": RefundStatus.PENDING,
        "requires_action": RefundStatus.PENDING,
        "succeeded": RefundStatus.DONE,
        "failed": RefundStatus.REFUSED,
        "canceled": RefundStatus.REFUSED,
    }
)


def of_intent(intent: Intent) -> Payment:
    """Raises ValueError for a status or a currency that we don't know."""
    status = _known(_STATUSES, intent.status)
    if status is _P.VOIDED and intent.cancellation_reason in _RUN_OUT:
        status = _P.EXPIRED
    charge = intent.latest_charge if isinstance(intent.latest_charge, Refunded) else None
    action = intent.next_action
    redirect = (action.redirect_to_url if action is not None else None) or Redirect()
    until = intent.metadata.get(WAITS_UNTIL)
    waits = status is _P.WAITING
    error = intent.last_payment_error
    return Payment(
        gateway=NAME,
        id=intent.id,
        reference=intent.metadata.get(REFERENCE, ""),
        status=status,
        amount=money(intent.amount, intent.currency),
        captured=money(intent.amount_received, intent.currency),
        refunded=money(charge.amount_refunded if charge is not None else 0, intent.currency),
        action_url=redirect.url if waits else None,
        waits_until=_instant(int(until)) if waits and until else None,
        decline=(error.decline_code or error.code) if error is not None and status is _P.DECLINED else None,
    )


def of_session(session: Session) -> Payment:
    """A link keeps its own number for good; what was paid through it is a PaymentIntent behind it."""
    paid = session.payment_intent
    if session.status == "complete" and isinstance(paid, Intent):
        intent = of_intent(paid)
        return Payment(
            gateway=NAME,
            id=session.id,
            reference=session.metadata.get(REFERENCE, ""),
            status=intent.status,
            amount=intent.amount,
            captured=intent.captured,
            refunded=intent.refunded,
        )
    nothing = money(0, session.currency)
    waits = session.status != "expired"
    until = session.metadata.get(WAITS_UNTIL) or session.expires_at
    return Payment(
        gateway=NAME,
        id=session.id,
        reference=session.metadata.get(REFERENCE, ""),
        status=_P.WAITING if waits else _P.EXPIRED,
        amount=money(session.amount_total, session.currency),
        captured=nothing,
        refunded=nothing,
        action_url=session.url if waits else None,
        waits_until=_instant(int(until)) if waits else None,
    )


def of_refund(refund: RefundMade, payment_id: str) -> GatewayRefund:
    return GatewayRefund(
        gateway=NAME,
        id=refund.id,
        payment_id=payment_id,
        amount=money(refund.amount, refund.currency),
        status=_known(_REFUNDS, refund.status),
        detail=refund.failure_reason,
    )


def _known(table: Mapping[Word, Meaning], word: Word) -> Meaning:
    try:
        return table[word]
    except KeyError as error:
        raise ValueError(f"Stripe says {word!r}, which we don't know") from error


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
