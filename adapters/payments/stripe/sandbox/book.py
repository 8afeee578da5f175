"""Everything that the pretend Stripe remembers, as long as its process lives, and how each thing is written."""

import secrets
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Final

import msgspec

from adapters.payments.stripe.sandbox.cards import Card

API_VERSION: Final = "2026-10-28.endive"


class Method(msgspec.Struct, kw_only=True):
    """A card that somebody has handed to Stripe. Without a customer it pays once."""

    id: str
    card: Card
    customer: str | None = None
    used: bool = False


class Charge(msgspec.Struct, kw_only=True):
    """What was moved for a payment; in `refunds` by their numbers."""

    id: str
    captured: int = 0
    refunded: int = 0
    disputed: bool = False


class Intent(msgspec.Struct, kw_only=True):
    """`authorised` is what was ever held, `held` what is held now."""

    id: str
    amount: int
    currency: str
    created: int
    status: str
    method: Method | None = None
    metadata: dict[str, str] = {}
    customer: str | None = None
    description: str | None = None
    receipt_email: str | None = None
    return_url: str | None = None
    authorised: int = 0
    held: int = 0
    held_until: int | None = None
    received: int = 0
    charge: Charge | None = None
    error: dict[str, Any] | None = None
    action_url: str | None = None
    cancellation_reason: str | None = None
    canceled_at: int | None = None
    session: str | None = None


class Session(msgspec.Struct, kw_only=True):
    """`behind` is what the PaymentIntent is made of once somebody pays."""

    id: str
    amount: int
    currency: str
    created: int
    expires_at: int
    url: str
    success_url: str
    cancel_url: str
    name: str
    behind: dict[str, Any]
    metadata: dict[str, str] = {}
    email: str | None = None
    status: str = "open"
    intent: Intent | None = None


class Refund(msgspec.Struct, kw_only=True):
    id: str
    intent: Intent
    amount: int
    created: int
    status: str
    metadata: dict[str, str] = {}
    failure_reason: str | None = None


class Customer(msgspec.Struct, kw_only=True):
    id: str
    email: str | None
    created: int


class Book:
    """All of it by number, in the order in which it was made."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now: Final = now
        self.intents: Final[dict[str, Intent]] = {}
        self.sessions: Final[dict[str, Session]] = {}
        self.refunds: Final[dict[str, Refund]] = {}
        self.customers: Final[dict[str, Customer]] = {}
        self.methods: Final[dict[str, Method]] = {}
        self.disputes: Final[dict[str, dict[str, Any]]] = {}
        self.events: Final[dict[str, dict[str, Any]]] = {}

    def seconds(self) -> int:
        return int(self._now().timestamp())

    def refunds_of(self, intent: Intent) -> Iterator[Refund]:
        return (refund for refund in self.refunds.values() if refund.intent is intent)


def number(prefix: str) -> str:
    """`pi_3f9c…`: nobody can guess one."""
    return f"{prefix}_{secrets.token_hex(12)}"


def intent_paper(intent: Intent, *, expanded: bool) -> dict[str, Any]:
    charge = intent.charge
    action = {"type": "redirect_to_url", "redirect_to_url": {"url": intent.action_url, "return_url": intent.return_url}}
    return {
        "id": intent.id,
        "object": "payment_intent",
        "amount": intent.amount,
        "amount_capturable": intent.held,
        "amount_received": intent.received,
        "canceled_at": intent.canceled_at,
        "cancellation_reason": intent.cancellation_reason,
        "capture_method": "manual",
        "client_secret": f"{intent.id}_secret_sandbox",
        "confirmation_method": "automatic",
        "created": intent.created,
        "currency": intent.currency,
        "customer": intent.customer,
        "description": intent.description,
        "last_payment_error": intent.error,
        "latest_charge": None if charge is None else charge_paper(intent, charge) if expanded else charge.id,
        "livemode": False,
        "metadata": intent.metadata,
        "next_action": action if intent.action_url else None,
        "payment_method": intent.method.id if intent.method is not None else None,
        "payment_method_types": ["card"],
        "receipt_email": intent.receipt_email,
        "status": intent.status,
    }


def charge_paper(intent: Intent, charge: Charge) -> dict[str, Any]:
    return {
        "id": charge.id,
        "object": "charge",
        "amount": intent.amount,
        "amount_captured": charge.captured,
        "amount_refunded": charge.refunded,
        "captured": charge.captured > 0,
        "currency": intent.currency,
        "disputed": charge.disputed,
        "livemode": False,
        "metadata": intent.metadata,
        "payment_intent": intent.id,
        "payment_method_details": {"card": {"capture_before": intent.held_until}, "type": "card"},
        "refunded": charge.captured > 0 and charge.refunded == charge.captured,
        "status": "succeeded",
    }


def session_paper(session: Session, *, expanded: bool) -> dict[str, Any]:
    intent = session.intent
    paid = intent is not None and intent.status in ("requires_capture", "succeeded")
    return {
        "id": session.id,
        "object": "checkout.session",
        "amount_subtotal": session.amount,
        "amount_total": session.amount,
        "cancel_url": session.cancel_url,
        "created": session.created,
        "currency": session.currency,
        "customer_email": session.email,
        "expires_at": session.expires_at,
        "livemode": False,
        "metadata": session.metadata,
        "mode": "payment",
        "payment_intent": None if intent is None else intent_paper(intent, expanded=True) if expanded else intent.id,
        "payment_method_types": ["card"],
        "payment_status": "paid" if paid and intent is not None and intent.status == "succeeded" else "unpaid",
        "status": session.status,
        "success_url": session.success_url,
        "url": session.url if session.status == "open" else None,
    }


def refund_paper(refund: Refund) -> dict[str, Any]:
    failed = {"failure_reason": refund.failure_reason} if refund.failure_reason is not None else {}
    return {
        "id": refund.id,
        "object": "refund",
        "amount": refund.amount,
        "charge": refund.intent.charge.id if refund.intent.charge is not None else None,
        "created": refund.created,
        "currency": refund.intent.currency,
        "metadata": refund.metadata,
        "payment_intent": refund.intent.id,
        "reason": None,
        "status": refund.status,
        **failed,
    }
