"""Stripe's objects, as far as we read them; amounts are in its units (amounts.py), times in seconds since 1970."""

from typing import Generic, TypeVar

import msgspec

Record = TypeVar("Record")


class Refunded(msgspec.Struct, frozen=True, kw_only=True):
    """A charge: what was really moved for a PaymentIntent."""

    id: str
    amount_captured: int = 0
    amount_refunded: int = 0


class Redirect(msgspec.Struct, frozen=True, kw_only=True):
    url: str | None = None


class NextAction(msgspec.Struct, frozen=True, kw_only=True):
    redirect_to_url: Redirect | None = None


class PaymentError(msgspec.Struct, frozen=True, kw_only=True):
    code: str | None = None
    decline_code: str | None = None


class Intent(msgspec.Struct, frozen=True, kw_only=True):
    """https://docs.stripe.com/api/payment_intents/object"""

    id: str
    amount: int
    currency: str
    status: str
    created: int
    amount_received: int = 0
    metadata: dict[str, str] = {}
    latest_charge: Refunded | str | None = None
    next_action: NextAction | None = None
    last_payment_error: PaymentError | None = None
    cancellation_reason: str | None = None


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """https://docs.stripe.com/api/checkout/sessions/object"""

    id: str
    status: str
    amount_total: int
    currency: str
    expires_at: int
    created: int
    url: str | None = None
    metadata: dict[str, str] = {}
    payment_intent: Intent | str | None = None


class RefundMade(msgspec.Struct, frozen=True, kw_only=True):
    """https://docs.stripe.com/api/refunds/object"""

    id: str
    amount: int
    currency: str
    payment_intent: str
    status: str | None = None
    failure_reason: str | None = None
    metadata: dict[str, str] = {}


class PaymentMethod(msgspec.Struct, frozen=True, kw_only=True):
    id: str


class Customer(msgspec.Struct, frozen=True, kw_only=True):
    id: str


class Page(msgspec.Struct, Generic[Record], frozen=True, kw_only=True):
    """A list or the result of a search."""

    data: tuple[Record, ...]
    has_more: bool = False
