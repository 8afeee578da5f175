"""A pretend Stripe that remembers: PaymentIntents, Checkout pages, refunds, keys and webhooks as its documents tell."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

import falcon.asgi

from adapters.payments.stripe.sandbox.book import Book, Intent, Session
from adapters.payments.stripe.sandbox.desk import Desk
from adapters.payments.stripe.sandbox.door import Door, credential
from adapters.payments.stripe.sandbox.events import Events
from adapters.payments.stripe.sandbox.intents import Intents
from adapters.payments.stripe.sandbox.operations import OPERATIONS
from adapters.payments.stripe.sandbox.pages import BankPage, PayPage
from adapters.payments.stripe.sandbox.refunds import Refunds
from adapters.payments.stripe.sandbox.sessions import Sessions
from adapters.payments.stripe.sandbox.world import World

__all__ = ["OPERATIONS", "OUTCOMES", "World", "create_app", "credential"]


# `broken` fails before anything is done, `broken_after` when it is done: both are kept under the key.
_TROUBLE: Final = frozenset({"broken", "broken_after", "slow_bank"})
OUTCOMES: Final[Mapping[str, frozenset[str]]] = {
    "authorise": _TROUBLE | {"declined", "insufficient_funds"},
    "capture": _TROUBLE | {"expired", "failed"},
    "void": _TROUBLE,
    "link": _TROUBLE,
    "close_link": _TROUBLE,
    "refund": _TROUBLE | {"failed", "pending"},
}
_WHOLE: Final = "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF"
_THOUSANDTHS: Final = "BHD JOD KWD OMR TND"


def create_app(world: World) -> Callable[..., Awaitable[None]]:
    book = Book(world.now)
    events = Events(world, book)
    intents = Intents(book, events)
    sessions = Sessions(book, events, intents, _later)
    desk = Desk(book, intents, sessions, Refunds(book, events, intents, _later))
    app = falcon.asgi.App()
    app.add_route("/pay/{session_id}", PayPage(sessions))
    app.add_route("/authenticate/{intent_id}", BankPage(intents, sessions))
    app.add_sink(Door(world, desk.answers), prefix="/")
    world.payments.told_by("stripe", lambda: _truth(intents, sessions))
    return app


def _later(seconds: float, act: Callable[[], None]) -> None:
    asyncio.get_running_loop().call_later(seconds, act)


def _truth(intents: Intents, sessions: Sessions) -> Iterator[Mapping[str, Any]]:
    """Every PaymentIntent, and every link by which nobody has paid."""
    for intent in intents.all():
        yield _row(intent.session or intent.id, intent.metadata.get("reference"), intent, intent)
    for session in sessions.all():
        if session.intent is None:
            yield _row(session.id, session.metadata.get("reference"), session, None)


def _row(number: str, reference: str | None, about: Intent | Session, intent: Intent | None) -> Mapping[str, Any]:
    """`authorised` was ever held, `held` is held now."""
    currency = about.currency.upper()
    charge = intent.charge if intent is not None else None
    return {
        "id": number,
        "reference": reference,
        "status": about.status,
        "currency": currency,
        "authorised": _amount(intent.authorised if intent is not None else 0, currency),
        "held": _amount(intent.held if intent is not None else 0, currency),
        "captured": _amount(intent.received if intent is not None else 0, currency),
        "refunded": _amount(charge.refunded if charge is not None else 0, currency),
    }


def _amount(units: int, currency: str) -> str:
    return str(Decimal(units).scaleb(0 if currency in _WHOLE else -3 if currency in _THOUSANDTHS else -2))
