"""Square's webhooks: who sent them, and which payment they are about.

https://developer.squareup.com/docs/webhooks/step3validate
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

import msgspec

from adapters.payments.square.wire import Amount
from domain.money import Money
from domain.payments import BadSignature, GatewayNotice, NoticeKind

_NAME: Final = "square"


class _Payment(msgspec.Struct, frozen=True, kw_only=True):
    id: str


class _Refund(msgspec.Struct, frozen=True, kw_only=True):
    payment_id: str


class _Disputed(msgspec.Struct, frozen=True, kw_only=True):
    payment_id: str | None = None


class _Dispute(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    amount_money: Amount | None = None
    reason: str | None = None
    disputed_payment: _Disputed = _Disputed()


class _About(msgspec.Struct, frozen=True, kw_only=True):
    payment: _Payment | None = None
    refund: _Refund | None = None
    dispute: _Dispute | None = None


class _Told(msgspec.Struct, frozen=True, kw_only=True):
    object: _About = _About()


class _Event(msgspec.Struct, frozen=True, kw_only=True):
    event_id: str
    type: str
    created_at: datetime
    data: _Told = _Told()


_EVENT: Final = msgspec.json.Decoder(_Event)
_KINDS: Final[Mapping[str, NoticeKind]] = MappingProxyType(
    {
        "payment.created": NoticeKind.PAYMENT,
        "payment.updated": NoticeKind.PAYMENT,
        "refund.created": NoticeKind.REFUND,
        "refund.updated": NoticeKind.REFUND,
        "dispute.created": NoticeKind.DISPUTE,
    }
)


def verified(
    secret: str, address: str | None, headers: Mapping[str, str], body: bytes, url: str, _now: datetime
) -> GatewayNotice:
    """`address` is the one that Square was told, where it is another than the one that we see ourselves.

    Square signs no time and sends the same again for a day: what is old is told from what is new by its number alone.
    Raises BadSignature, and ValueError for signed bytes that are no event.
    """
    payload = (address or url).encode() + body
    right = base64.b64encode(hmac.new(secret.encode(), payload, hashlib.sha256).digest())
    if not hmac.compare_digest(right, headers.get("x-square-hmacsha256-signature", "").encode()):
        raise BadSignature("its signature is not ours")
    return _notice(_EVENT.decode(body))


def _notice(event: _Event) -> GatewayNotice:
    about, kind = event.data.object, _KINDS.get(event.type, NoticeKind.OTHER)
    payment_id, dispute = None, None
    if about.payment is not None:
        payment_id = about.payment.id
    elif about.refund is not None:
        payment_id = about.refund.payment_id
    elif about.dispute is not None:
        dispute, payment_id = about.dispute, about.dispute.disputed_payment.payment_id
    return GatewayNotice(
        gateway=_NAME,
        id=event.event_id,
        kind=kind,
        happened_at=event.created_at,
        payment_id=payment_id,
        dispute=None if dispute is None else dispute.id,
        amount=None if dispute is None else _amount(dispute.amount_money),
        reason=None if dispute is None else dispute.reason,
    )


def _amount(told: Amount | None) -> Money | None:
    """None in a currency that we don't know: a dispute is heard of in any case."""
    try:
        return None if told is None else told.money
    except ValueError:
        return None
