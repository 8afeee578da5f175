"""Refunds, whole or in part, never more than was captured; and disputes."""

from collections.abc import Mapping
from typing import Any, Final

from adapters.payments.stripe.sandbox.book import Book, Intent, Refund, number, refund_paper
from adapters.payments.stripe.sandbox.events import Events
from adapters.payments.stripe.sandbox.intents import Intents
from adapters.payments.stripe.sandbox.refusals import invalid, missing
from adapters.payments.stripe.sandbox.world import Later, Outcome


class Refunds:
    def __init__(self, book: Book, events: Events, intents: Intents, later: Later) -> None:
        self._book: Final = book
        self._events: Final = events
        self._intents: Final = intents
        self._later: Final = later

    def create(self, params: Mapping[str, Any], outcome: Outcome | None) -> Refund:
        """With the outcome `pending` it is done some seconds later, with `failed` it comes back then. Raises Refused."""
        intent = self._intents.of(str(params.get("payment_intent", "")))
        charge = intent.charge
        if charge is None or not charge.captured:
            raise invalid("This PaymentIntent does not have a successful charge to refund.", param="payment_intent")
        left = charge.captured - charge.refunded
        amount = int(params.get("amount") or left)
        if not left:
            raise invalid(f"Charge {charge.id} has already been refunded.", code="charge_already_refunded")
        if amount > left:
            raise invalid(
                f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})", param="amount"
            )
        charge.refunded += amount
        refund = Refund(
            id=number("re"),
            intent=intent,
            amount=amount,
            created=self._book.seconds(),
            status="succeeded" if outcome is None else "pending",
            metadata=dict(params.get("metadata") or {}),
        )
        self._book.refunds[refund.id] = refund
        self._events.happened("refund.created", refund_paper(refund))
        if outcome is not None:
            fails = outcome.name == "failed"
            self._later(outcome.seconds if outcome.seconds is not None else 5.0, lambda: self._settled(refund, fails))
        return refund

    def of(self, refund_id: str) -> Refund:
        refund = self._book.refunds.get(refund_id)
        if refund is None:
            raise missing("refund", refund_id)
        return refund

    def dispute(self, intent: Intent) -> None:
        """The holder's bank wants the money back."""
        if intent.charge is None or intent.charge.disputed:
            return
        intent.charge.disputed = True
        dispute = {
            "id": number("du"),
            "object": "dispute",
            "amount": intent.received,
            "charge": intent.charge.id,
            "created": self._book.seconds(),
            "currency": intent.currency,
            "livemode": False,
            "metadata": {},
            "payment_intent": intent.id,
            "reason": "fraudulent",
            "status": "needs_response",
        }
        self._book.disputes[str(dispute["id"])] = dispute
        self._events.happened("charge.dispute.created", dispute)

    def _settled(self, refund: Refund, fails: bool) -> None:  # noqa: FBT001  # told by position to a timer
        charge = refund.intent.charge
        if fails and charge is not None:
            charge.refunded -= refund.amount
            refund.status, refund.failure_reason = "failed", "expired_or_canceled_card"
        else:
            refund.status = "succeeded"
        self._events.happened("refund.failed" if fails else "refund.updated", refund_paper(refund))
