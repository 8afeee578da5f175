"""PaymentIntents: confirmed as they are made, captured or cancelled later, and run out after a week."""

from collections.abc import Mapping
from typing import Any, Final

from adapters.payments.stripe.sandbox.book import Book, Charge, Intent, Method, intent_paper, number
from adapters.payments.stripe.sandbox.cards import ALIAS, CARDS, Card
from adapters.payments.stripe.sandbox.events import Events
from adapters.payments.stripe.sandbox.refusals import Refused, invalid, missing, unexpected

HELD_FOR: Final = 7 * 24 * 3600  # seconds
_CAN_BE_CANCELLED: Final = frozenset(
    {"requires_payment_method", "requires_confirmation", "requires_action", "requires_capture", "processing"}
)
_SENTENCES: Final[Mapping[str | None, str]] = {
    "insufficient_funds": "Your card has insufficient funds.",
    "expired_card": "Your card has expired.",
    "incorrect_cvc": "Your card's security code is incorrect.",
    "processing_error": "An error occurred while processing your card. Try again in a little bit.",
}


class Intents:
    """`origin` in its calls is where a browser reaches this sandbox."""

    def __init__(self, book: Book, events: Events) -> None:
        self._book: Final = book
        self._events: Final = events

    def of(self, intent_id: str) -> Intent:
        """As it stands by now. Raises Refused."""
        intent = self._book.intents.get(intent_id)
        if intent is None:
            raise missing("payment_intent", intent_id)
        self._aged(intent)
        return intent

    def all(self) -> list[Intent]:
        for intent in self._book.intents.values():
            self._aged(intent)
        return list(self._book.intents.values())

    def create(self, params: Mapping[str, Any], *, origin: str, decline: str | None = None) -> Intent:
        """Raises Refused for a card that is refused; the PaymentIntent is there all the same, and wants another card."""
        amount = _amount(params.get("amount"), "amount")
        if params.get("capture_method") != "manual" or params.get("confirm") != "true":
            raise invalid("The sandbox only takes payments that are confirmed at once and captured later")
        method = self._method(str(params.get("payment_method", "")), params.get("customer"))
        intent = self._new(params, amount, method)
        self._charge(intent, method, origin=origin, decline=decline)
        return intent

    def behind(self, params: Mapping[str, Any], method: Method, *, session: str, origin: str) -> Intent:
        """What a payer's card makes of a link. Raises Refused."""
        intent = self._new(params, int(params["amount"]), method)
        intent.session = session
        self._charge(intent, method, origin=origin, decline=None)
        return intent

    def answered(self, intent: Intent, *, honest: bool) -> None:
        """What the holder told the bank; a wrong answer refuses the card."""
        if intent.status != "requires_action" or intent.method is None:
            return
        intent.action_url = None
        card = intent.method.card
        if not honest:
            card = Card(code="payment_intent_authentication_failure", decline=None)
        if card.code is not None:
            self._refused(intent, card)
        else:
            self._hold(intent)

    def capture(self, intent: Intent, told: str | None, *, fails: str | None) -> Intent:
        if intent.status != "requires_capture":
            raise unexpected(
                f"This PaymentIntent could not be captured because it has a status of {intent.status}. "
                "Only a PaymentIntent with one of the following statuses may be captured: requires_capture.",
                intent_paper(intent, expanded=False),
            )
        if fails == "expired":
            self._cancelled(intent, "expired")
            raise invalid("The authorization has expired", code="charge_expired_for_capture")
        if fails == "failed":
            self._cancelled(intent, "automatic")
            raise Refused(
                402, "card_error", "Your card was declined.", code="card_declined", decline_code="do_not_honor"
            )
        amount = intent.held if told is None else _amount(told, "amount_to_capture")
        if amount > intent.held:
            raise invalid(
                f"The amount_to_capture of {amount} is greater than the capturable amount of {intent.held}",
                param="amount_to_capture",
                code="amount_too_large",
            )
        intent.status, intent.held, intent.received = "succeeded", 0, amount
        assert intent.charge is not None
        intent.charge.captured = amount
        self._tell("payment_intent.succeeded", intent)
        return intent

    def cancel(self, intent: Intent) -> Intent:
        if intent.status not in _CAN_BE_CANCELLED:
            raise unexpected(
                f"You cannot cancel this PaymentIntent because it has a status of {intent.status}.",
                intent_paper(intent, expanded=False),
            )
        self._cancelled(intent, "requested_by_customer")
        return intent

    def _new(self, params: Mapping[str, Any], amount: int, method: Method) -> Intent:
        intent = Intent(
            id=number("pi"),
            amount=amount,
            currency=str(params["currency"]).lower(),
            created=self._book.seconds(),
            status="requires_payment_method",
            method=method,
            metadata=dict(params.get("metadata") or {}),
            customer=params.get("customer"),
            description=params.get("description"),
            receipt_email=params.get("receipt_email"),
            return_url=params.get("return_url"),
        )
        self._book.intents[intent.id] = intent
        self._tell("payment_intent.created", intent)
        return intent

    def _method(self, told: str, customer: str | None) -> Method:
        alias = told.removeprefix(ALIAS)
        if alias != told:
            if alias not in CARDS:
                raise missing("PaymentMethod", told)
            return Method(id=number("pm"), card=CARDS[alias], customer=customer)
        method = self._book.methods.get(told)
        if method is None:
            raise missing("PaymentMethod", told)
        if method.customer != customer:
            raise invalid("The provided PaymentMethod belongs to somebody else", param="payment_method")
        if method.used and customer is None:
            raise invalid(
                "The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, and "
                "may not be used again.",
                param="payment_method",
            )
        return method

    def _charge(self, intent: Intent, method: Method, *, origin: str, decline: str | None) -> None:
        method.used = True
        card = method.card if decline is None else Card(code="card_declined", decline=decline)
        if card.asks:
            intent.status, intent.action_url = "requires_action", f"{origin}/authenticate/{intent.id}"
            self._tell("payment_intent.requires_action", intent)
        elif card.code is not None:
            self._refused(intent, card)
            raise refusal(card, intent)
        else:
            self._hold(intent)

    def _hold(self, intent: Intent) -> None:
        intent.status, intent.error = "requires_capture", None
        intent.authorised = intent.held = intent.amount
        intent.held_until = self._book.seconds() + HELD_FOR
        intent.charge = Charge(id=number("ch"))
        self._tell("payment_intent.amount_capturable_updated", intent)

    def _refused(self, intent: Intent, card: Card) -> None:
        intent.status, intent.method = "requires_payment_method", None
        intent.error = {
            "type": "card_error",
            "code": card.code,
            "decline_code": card.decline,
            "message": sentence(card),
        }
        self._tell("payment_intent.payment_failed", intent)

    def _cancelled(self, intent: Intent, reason: str) -> None:
        intent.status, intent.held, intent.cancellation_reason = "canceled", 0, reason
        intent.action_url, intent.canceled_at = None, self._book.seconds()
        self._tell("payment_intent.canceled", intent)

    def _aged(self, intent: Intent) -> None:
        """A bank gives held money free after a week."""
        if intent.status == "requires_capture" and (intent.held_until or 0) <= self._book.seconds():
            self._cancelled(intent, "expired")

    def _tell(self, kind: str, intent: Intent) -> None:
        self._events.happened(kind, intent_paper(intent, expanded=False))


def sentence(card: Card) -> str:
    return _SENTENCES.get(card.decline, "Your card was declined.")


def refusal(card: Card, intent: Intent | None) -> Refused:
    more: dict[str, Any] = {"code": card.code}
    if card.decline is not None:
        more["decline_code"] = card.decline
    if intent is not None:
        more["payment_intent"] = intent_paper(intent, expanded=False)
    return Refused(402, "card_error", sentence(card), **more)


def _amount(told: Any, param: str) -> int:
    if not isinstance(told, str) or not told.isdecimal() or int(told) < 1:
        raise invalid("This value must be greater than or equal to 1.", param=param, code="parameter_invalid_integer")
    return int(told)
