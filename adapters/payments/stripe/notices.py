"""Stripe's webhooks: who sent them, and which payment they are about.

https://docs.stripe.com/webhooks/signature
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

import msgspec

from adapters.payments.stripe.amounts import money
from adapters.payments.stripe.reading import NAME
from domain.money import Money
from domain.payments import BadSignature, GatewayNotice, NoticeKind

_TOLERANCE: Final = timedelta(minutes=5)  # both ways: what comes from the future is as strange as what is old


class _Told(msgspec.Struct, frozen=True, kw_only=True):
    """The object that an event is about; which fields it has depends on its kind."""

    id: str | None = None
    object: str = ""
    payment_intent: str | dict[str, Any] | None = None
    amount: int | None = None
    currency: str | None = None
    reason: str | None = None


class _About(msgspec.Struct, frozen=True, kw_only=True):
    object: _Told


class _Event(msgspec.Struct, frozen=True, kw_only=True):
    """https://docs.stripe.com/api/events/object"""

    id: str
    type: str
    created: int
    data: _About


_EVENT: Final = msgspec.json.Decoder(_Event)
# Events that tell of something which we have not done ourselves, or whose answer we may have missed.
_KINDS: Final[Mapping[str, NoticeKind]] = MappingProxyType(
    {
        **dict.fromkeys(
            (
                "payment_intent.amount_capturable_updated",
                "payment_intent.canceled",
                "payment_intent.payment_failed",
                "payment_intent.requires_action",
                "payment_intent.succeeded",
                "checkout.session.completed",
                "checkout.session.expired",
            ),
            NoticeKind.PAYMENT,
        ),
        **dict.fromkeys(("refund.created", "refund.updated", "refund.failed"), NoticeKind.REFUND),
        "charge.dispute.created": NoticeKind.DISPUTE,
    }
)
_ARE_PAYMENTS: Final = frozenset({"payment_intent", "checkout.session"})


def verified(secrets: str, headers: Mapping[str, str], body: bytes, _url: str, now: datetime) -> GatewayNotice:
    """`secrets` has one or several, with commas between them, while one takes over from another.

    Raises BadSignature, and ValueError for signed bytes that are no event.
    """
    at, signatures = _header(headers.get("stripe-signature", ""))
    if not _signed(secrets.split(","), b"%d." % at + body, signatures):
        raise BadSignature("no signature in it is ours")
    if abs(now - datetime.fromtimestamp(at, UTC)) > _TOLERANCE:
        raise BadSignature("it was signed at another time")
    return _notice(_EVENT.decode(body))


def _header(told: str) -> tuple[int, list[bytes]]:
    """`t=1492774577,v1=5257…,v1=…`: the time, and each signature of the one scheme that counts."""
    parts = [part.strip().partition("=") for part in told.split(",")]
    times = [value for name, _, value in parts if name == "t"]
    if len(times) != 1 or not (times[0].isascii() and times[0].isdecimal()) or len(times[0]) > 11:
        raise BadSignature("it is not signed")
    return int(times[0]), [value.encode() for name, _, value in parts if name == "v1"]


def _signed(secrets: Iterable[str], payload: bytes, signatures: list[bytes]) -> bool:
    """Every pair is compared, in constant time."""
    right = [hmac.new(one.strip().encode(), payload, hashlib.sha256).hexdigest().encode() for one in secrets]
    return sum(hmac.compare_digest(ours, theirs) for ours in right for theirs in signatures) > 0


def _notice(event: _Event) -> GatewayNotice:
    told = event.data.object
    kind = _KINDS.get(event.type, NoticeKind.OTHER)
    disputed = kind is NoticeKind.DISPUTE
    behind = told.payment_intent["id"] if isinstance(told.payment_intent, dict) else told.payment_intent
    return GatewayNotice(
        gateway=NAME,
        id=event.id,
        kind=kind,
        happened_at=datetime.fromtimestamp(event.created, UTC),
        payment_id=told.id if told.object in _ARE_PAYMENTS else behind,
        dispute=told.id if disputed else None,
        amount=_amount(told) if disputed else None,
        reason=told.reason if disputed else None,
    )


def _amount(told: _Told) -> Money | None:
    """None in a currency that we don't know: a dispute is heard of in any case."""
    try:
        return money(told.amount or 0, told.currency or "")
    except ValueError:
        return None
