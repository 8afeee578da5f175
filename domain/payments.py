"""What travellers pay through a gateway: authorised, captured, refunded, and what the gateway's own books say of it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum

import msgspec

from domain.money import Money


class Method(StrEnum):
    """`LINK`: the payer follows an address to a page of the gateway's."""

    CARD = "card"
    LINK = "link"


class PaymentStatus(StrEnum):
    """As a gateway has it. `WAITING`: the payer has something to do, at an address and until a time."""

    WAITING = "waiting"
    AUTHORISED = "authorised"
    CAPTURED = "captured"
    VOIDED = "voided"
    DECLINED = "declined"
    EXPIRED = "expired"


class Payment(msgspec.Struct, frozen=True, kw_only=True):
    """A payment in a gateway's books. `id` is its own number for it, `reference` ours, derived from the charge.

    `amount` is what is or was authorised. `decline` is the gateway's code for why not.
    """

    gateway: str
    id: str
    reference: str
    status: PaymentStatus
    amount: Money
    captured: Money
    refunded: Money
    action_url: str | None = None
    waits_until: datetime | None = None
    decline: str | None = None


class RefundStatus(StrEnum):
    PENDING = "pending"
    DONE = "done"
    REFUSED = "refused"


class GatewayRefund(msgspec.Struct, frozen=True, kw_only=True):
    """A refund in a gateway's books; two of equal amounts are two refunds, told apart by the key they were asked with."""

    gateway: str
    id: str
    payment_id: str
    amount: Money
    status: RefundStatus
    detail: str | None = None


class NoticeKind(StrEnum):
    """What a gateway's webhook is about. The state of a payment is never believed from a notice: it is looked up."""

    PAYMENT = "payment"
    REFUND = "refund"
    DISPUTE = "dispute"
    OTHER = "other"


class GatewayNotice(msgspec.Struct, frozen=True, kw_only=True):
    """A webhook of a gateway whose signature was right. `id` is its own: the same notice may come many times.

    `payment_id` is the payment's number as the notice has it: of a paid link perhaps not the one that it was asked for
    under, which the gateway's `look` tells.
    `dispute` is the gateway's id of the dispute that a DISPUTE tells of, with its amount and reason.
    """

    gateway: str
    id: str
    kind: NoticeKind
    happened_at: datetime
    payment_id: str | None = None
    dispute: str | None = None
    amount: Money | None = None
    reason: str | None = None


class BadSignature(Exception):
    """A webhook that the gateway did not send, or sent too long ago: nothing in it counts."""


# Reads a webhook from its headers (lower case), its bytes and the address that it was sent to, at an aware UTC time.
# Raises BadSignature, and ValueError for signed bytes that tell of nothing.
Verify = Callable[[Mapping[str, str], bytes, str, datetime], GatewayNotice]
