"""Which call of the pretend Stripe is answered how."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeVar

from adapters.payments.stripe.sandbox.book import (
    Book,
    Customer,
    Method,
    intent_paper,
    number,
    refund_paper,
    session_paper,
)
from adapters.payments.stripe.sandbox.cards import ALIAS, CARDS, HANDED_OVER
from adapters.payments.stripe.sandbox.door import Answering, Asked, no_raw_cards
from adapters.payments.stripe.sandbox.intents import Intents, refusal
from adapters.payments.stripe.sandbox.refunds import Refunds
from adapters.payments.stripe.sandbox.refusals import invalid, missing
from adapters.payments.stripe.sandbox.sessions import Sessions

Thing = TypeVar("Thing")

_DECLINES: Final[Mapping[str, str]] = {"declined": "generic_decline", "insufficient_funds": "insufficient_funds"}


class Desk:
    def __init__(self, book: Book, intents: Intents, sessions: Sessions, refunds: Refunds) -> None:
        self._book: Final = book
        self._intents: Final = intents
        self._sessions: Final = sessions
        self._refunds: Final = refunds

    @property
    def answers(self) -> Mapping[str, Answering]:
        """By operation."""
        return {
            "authorise": self._authorise,
            "list": self._list_intents,
            "search": self._search,
            "look": self._look,
            "capture": self._capture,
            "void": self._void,
            "link": self._link,
            "list_links": self._list_sessions,
            "look_link": self._look_link,
            "close_link": self._close_link,
            "refund": self._refund,
            "list_refunds": self._list_refunds,
            "look_refund": self._look_refund,
            "customer": self._customer,
            "method": self._method,
            "attach": self._attach,
            "list_events": self._list_events,
            "list_disputes": self._list_disputes,
        }

    def _authorise(self, asked: Asked) -> dict[str, Any]:
        no_raw_cards(asked.params.get("payment_method_data") or {})
        decline = _DECLINES.get(asked.outcome.name) if asked.outcome is not None else None
        intent = self._intents.create(asked.params, origin=asked.origin, decline=decline)
        return intent_paper(intent, expanded="latest_charge" in asked.expand)

    def _look(self, asked: Asked) -> dict[str, Any]:
        return intent_paper(self._intents.of(asked.names[0]), expanded="latest_charge" in asked.expand)

    def _capture(self, asked: Asked) -> dict[str, Any]:
        fails = asked.outcome.name if asked.outcome is not None else None
        intent = self._intents.of(asked.names[0])
        self._intents.capture(intent, asked.params.get("amount_to_capture"), fails=fails)
        if intent.method is not None and intent.method.card.disputes:
            self._refunds.dispute(intent)
        return intent_paper(intent, expanded="latest_charge" in asked.expand)

    def _void(self, asked: Asked) -> dict[str, Any]:
        intent = self._intents.cancel(self._intents.of(asked.names[0]))
        return intent_paper(intent, expanded="latest_charge" in asked.expand)

    def _search(self, asked: Asked) -> dict[str, Any]:
        """By one field of the metadata, which is all that the sandbox can search by."""
        query = str(asked.params.get("query", ""))
        name, _, value = query.removeprefix("metadata['").partition("']:'")
        if not query.endswith("'"):
            raise invalid("We were unable to parse your search query.", param="query")
        found = [one for one in self._intents.all() if one.metadata.get(name) == value[:-1]]
        papers = [intent_paper(one, expanded="data.latest_charge" in asked.expand) for one in found]
        return {"object": "search_result", "data": papers, "has_more": False, "url": "/v1/payment_intents/search"}

    def _list_intents(self, asked: Asked) -> dict[str, Any]:
        found, more = _page(self._intents.all(), asked.params)
        return _list([intent_paper(one, expanded="data.latest_charge" in asked.expand) for one in found], more=more)

    def _link(self, asked: Asked) -> dict[str, Any]:
        session = self._sessions.create(asked.params, origin=asked.origin)
        return session_paper(session, expanded="payment_intent" in asked.expand)

    def _look_link(self, asked: Asked) -> dict[str, Any]:
        return session_paper(self._sessions.of(asked.names[0]), expanded=_behind(asked.expand))

    def _close_link(self, asked: Asked) -> dict[str, Any]:
        return session_paper(self._sessions.expire(self._sessions.of(asked.names[0])), expanded=_behind(asked.expand))

    def _list_sessions(self, asked: Asked) -> dict[str, Any]:
        behind, status = asked.params.get("payment_intent"), asked.params.get("status")
        found, more = _page(
            [
                one
                for one in self._sessions.all()
                if behind in (None, one.intent.id if one.intent is not None else "") and status in (None, one.status)
            ],
            asked.params,
        )
        expanded = _behind(tuple(name.removeprefix("data.") for name in asked.expand))
        return _list([session_paper(one, expanded=expanded) for one in found], more=more)

    def _refund(self, asked: Asked) -> dict[str, Any]:
        wished = asked.outcome is not None and asked.outcome.name in ("pending", "failed")
        return refund_paper(self._refunds.create(asked.params, asked.outcome if wished else None))

    def _look_refund(self, asked: Asked) -> dict[str, Any]:
        return refund_paper(self._refunds.of(asked.names[0]))

    def _list_refunds(self, asked: Asked) -> dict[str, Any]:
        of = asked.params.get("payment_intent")
        found, more = _page([one for one in self._book.refunds.values() if of in (None, one.intent.id)], asked.params)
        return _list([refund_paper(one) for one in found], more=more)

    def _customer(self, asked: Asked) -> dict[str, Any]:
        customer = Customer(id=number("cus"), email=asked.params.get("email"), created=self._book.seconds())
        self._book.customers[customer.id] = customer
        return {"id": customer.id, "object": "customer", "created": customer.created, "email": customer.email}

    def _method(self, asked: Asked) -> dict[str, Any]:
        """A card as the browser hands it over: here, by the name of a test card."""
        no_raw_cards(asked.params)
        token = str((asked.params.get("card") or {}).get("token", "")).removeprefix(HANDED_OVER)
        if token not in CARDS:
            raise missing("token", token)
        method = Method(id=number("pm"), card=CARDS[token])
        self._book.methods[method.id] = method
        return _method_paper(method)

    def _attach(self, asked: Asked) -> dict[str, Any]:
        """From now on it can pay more than once. A card that is refused is refused here, but for the one that is not."""
        told, customer = asked.names[0], str(asked.params.get("customer", ""))
        if customer not in self._book.customers:
            raise missing("customer", customer)
        alias = told.removeprefix(ALIAS)
        if alias != told and alias in CARDS:
            method = Method(id=number("pm"), card=CARDS[alias])
        elif told in self._book.methods:
            method = self._book.methods[told]
        else:
            raise missing("PaymentMethod", told)
        if method.used and method.customer is None:
            raise invalid("This PaymentMethod was previously used and may not be used again.", param="payment_method")
        if method.card.code is not None and not (method.card.attaches or method.card.asks):
            raise refusal(method.card, None)
        method.customer = customer
        self._book.methods[method.id] = method
        return _method_paper(method)

    def _list_events(self, asked: Asked) -> dict[str, Any]:
        return _list(list(reversed(self._book.events.values()))[: int(asked.params.get("limit") or 10)], more=False)

    def _list_disputes(self, _asked: Asked) -> dict[str, Any]:
        return _list(list(reversed(self._book.disputes.values())), more=False)


def _method_paper(method: Method) -> dict[str, Any]:
    return {"id": method.id, "object": "payment_method", "customer": method.customer, "type": "card"}


def _behind(expand: Iterable[str]) -> bool:
    return any(name.startswith("payment_intent") for name in expand)


def _page(things: list[Thing], params: Mapping[str, Any]) -> tuple[list[Thing], bool]:
    """Newest first, and whether there are more."""
    newest: list[Any] = list(reversed(things))
    since = params.get("created", {}).get("gte") if isinstance(params.get("created"), dict) else None
    if since is not None:
        newest = [one for one in newest if one.created >= int(since)]
    if after := params.get("starting_after"):
        ids = [one.id for one in newest]
        newest = newest[ids.index(after) + 1 :] if after in ids else []
    limit = int(params.get("limit") or 10)
    return newest[:limit], len(newest) > limit


def _list(papers: list[dict[str, Any]], *, more: bool) -> dict[str, Any]:
    return {"object": "list", "data": papers, "has_more": more, "url": "/v1"}
