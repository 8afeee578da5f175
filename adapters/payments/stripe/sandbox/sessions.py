"""Checkout sessions: a page on which somebody pays, or leaves, until it closes."""

from collections.abc import Mapping
from typing import Any, Final

from adapters.payments.stripe.sandbox.book import Book, Method, Session, number, session_paper
from adapters.payments.stripe.sandbox.cards import ALIAS, CARDS
from adapters.payments.stripe.sandbox.events import Events
from adapters.payments.stripe.sandbox.intents import Intents
from adapters.payments.stripe.sandbox.refusals import invalid, missing
from adapters.payments.stripe.sandbox.world import Later

_SHORTEST: Final = 30 * 60  # seconds
_LONGEST: Final = 24 * 3600


class Sessions:
    def __init__(self, book: Book, events: Events, intents: Intents, later: Later) -> None:
        self._book: Final = book
        self._events: Final = events
        self._intents: Final = intents
        self._later: Final = later

    def create(self, params: Mapping[str, Any], *, origin: str) -> Session:
        """Raises Refused."""
        now, item = self._book.seconds(), _only(params.get("line_items"))
        price = item["price_data"]
        expires_at = int(params.get("expires_at") or now + _LONGEST)
        if not _SHORTEST <= expires_at - now <= _LONGEST:
            raise invalid(
                "The `expires_at` timestamp must be at least 30 minutes and at most 24 hours from Checkout Session "
                "creation.",
                param="expires_at",
            )
        if params.get("mode") != "payment":
            raise invalid("The sandbox only has pages on which one payment is made", param="mode")
        session_id = number("cs_test")
        amount = int(price["unit_amount"]) * int(item.get("quantity", 1))
        session = Session(
            id=session_id,
            amount=amount,
            currency=str(price["currency"]).lower(),
            created=now,
            expires_at=expires_at,
            url=f"{origin}/pay/{session_id}",
            success_url=str(params["success_url"]),
            cancel_url=str(params.get("cancel_url") or params["success_url"]),
            name=str(price["product_data"]["name"]),
            behind=dict(params.get("payment_intent_data") or {}),
            metadata=dict(params.get("metadata") or {}),
            email=params.get("customer_email"),
        )
        self._book.sessions[session_id] = session
        self._later(expires_at - now, lambda: self._aged(session))
        return session

    def of(self, session_id: str) -> Session:
        """As it stands by now. Raises Refused."""
        session = self._book.sessions.get(session_id)
        if session is None:
            raise missing("checkout.session", session_id)
        self._aged(session)
        return session

    def all(self) -> list[Session]:
        for session in self._book.sessions.values():
            self._aged(session)
        return list(self._book.sessions.values())

    def expire(self, session: Session) -> Session:
        if session.status != "open":
            raise invalid(f'Only Checkout Sessions with a status in ["open"] can be expired. It is {session.status}.')
        self._expired(session)
        return session

    def pay(self, session: Session, card: str, *, origin: str) -> None:
        """Raises Refused for a card that is refused: another one may be tried."""
        if session.status != "open":
            raise invalid(f"This page is {session.status}.")
        if session.intent is not None and session.intent.status == "requires_action":
            raise invalid("The bank is being asked already.")
        alias = card.removeprefix(ALIAS)
        if alias not in CARDS:
            raise missing("PaymentMethod", card)
        params = {**session.behind, "amount": session.amount, "currency": session.currency}
        params["return_url"] = f"{origin}/pay/{session.id}"
        method = Method(id=number("pm"), card=CARDS[alias])
        session.intent = self._intents.behind(params, method, session=session.id, origin=origin)
        self.noticed(session)

    def noticed(self, session: Session) -> None:
        """The page closes as soon as its money is held."""
        if session.status == "open" and session.intent is not None and session.intent.status == "requires_capture":
            session.status = "complete"
            self._tell("checkout.session.completed", session)

    def _aged(self, session: Session) -> None:
        if session.status == "open" and session.expires_at <= self._book.seconds():
            self._expired(session)

    def _expired(self, session: Session) -> None:
        session.status = "expired"
        if session.intent is not None and session.intent.status == "requires_action":
            self._intents.cancel(session.intent)
        self._tell("checkout.session.expired", session)

    def _tell(self, kind: str, session: Session) -> None:
        self._events.happened(kind, session_paper(session, expanded=False))


def _only(items: Any) -> dict[str, Any]:
    if not isinstance(items, list) or len(items) != 1 or "price_data" not in items[0]:
        raise invalid("The sandbox takes one line item with its price", param="line_items")
    found: dict[str, Any] = items[0]
    return found
