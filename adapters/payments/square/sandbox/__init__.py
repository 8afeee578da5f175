"""A pretend Square that remembers: payments approved and completed, refunds, keys and webhooks as its documents tell."""

import asyncio
import base64
import hashlib
import hmac
import uuid
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, Final

import falcon.asgi
import msgspec

from adapters.payments.square.sandbox.door import Answering, Asked, Door, credential
from adapters.payments.square.sandbox.operations import OPERATIONS
from adapters.payments.square.sandbox.till import Refused, Till, payment_paper, refund_paper, truth
from adapters.payments.square.sandbox.world import World

__all__ = ["OPERATIONS", "OUTCOMES", "World", "create_app", "credential"]

# `broken` fails before anything is done, `broken_after` when it is done.
_TROUBLE: Final = frozenset({"broken", "broken_after", "slow_bank"})
OUTCOMES: Final[Mapping[str, frozenset[str]]] = {
    "authorise": _TROUBLE | {"declined", "insufficient_funds"},
    "lower": _TROUBLE,
    "capture": _TROUBLE | {"expired"},
    "void": _TROUBLE,
    "refund": _TROUBLE | {"failed", "pending"},
}
_DECLINES: Final[Mapping[str, str]] = {"declined": "GENERIC_DECLINE", "insufficient_funds": "INSUFFICIENT_FUNDS"}
_SIGNS: Final = b"sandbox-square-signs"  # known to everybody: it signs nothing but the sandbox's own webhooks
_CURRENCIES: Final[Mapping[str, str]] = {"LSANDBOX": "EUR", "LSANDBOXUSD": "USD", "LSANDBOXJPY": "JPY"}


def create_app(world: World) -> Callable[..., Awaitable[None]]:
    till = Till(world.now, _teller(world), _later)
    app = falcon.asgi.App()
    app.add_sink(Door(world, _answers(till)), prefix="/")
    world.payments.told_by("square", lambda: (truth(payment) for payment in till.payments()))
    return app


def _answers(till: Till) -> Mapping[str, Answering]:
    """By operation."""

    def authorise(asked: Asked) -> dict[str, Any]:
        decline = _DECLINES.get(asked.outcome.name) if asked.outcome is not None else None
        currency = _currency(str(asked.body.get("location_id", "")))
        return {"payment": payment_paper(till.approve(asked.body, currency=currency, decline=decline))}

    def capture(asked: Asked) -> dict[str, Any]:
        lapsed = asked.outcome is not None and asked.outcome.name == "expired"
        return {"payment": payment_paper(till.complete(till.payment(asked.names[0]), lapsed=lapsed))}

    def refund(asked: Asked) -> dict[str, Any]:
        wished = asked.outcome if asked.outcome is not None and asked.outcome.name in ("failed", "pending") else None
        settles = (
            None if wished is None else (5.0 if wished.seconds is None else wished.seconds, wished.name == "pending")
        )
        return {"refund": refund_paper(till.give_back(asked.body, settles=settles))}

    return {
        "authorise": authorise,
        "list": lambda asked: _listed(till, asked),
        "look": lambda asked: {"payment": payment_paper(till.payment(asked.names[0]))},
        "lower": lambda asked: {"payment": payment_paper(till.lower(till.payment(asked.names[0]), asked.body))},
        "capture": capture,
        "void": lambda asked: {"payment": payment_paper(till.cancel(till.payment(asked.names[0])))},
        "refund": refund,
        "look_refund": lambda asked: {"refund": refund_paper(till.refund(asked.names[0]))},
        "location": lambda asked: {"location": {"id": asked.names[0], "currency": _currency(asked.names[0])}},
    }


def _listed(till: Till, asked: Asked) -> dict[str, Any]:
    """Newest first, a page at a time; the cursor is how many came before."""
    since, location = asked.params.get("begin_time"), asked.params.get("location_id")
    begin = datetime.fromisoformat(str(since).replace(" ", "+")) if since else None
    found = [
        one
        for one in reversed(list(till.payments()))
        if (begin is None or one.created_at >= begin) and location in (None, one.location)
    ]
    limit, start = int(asked.params.get("limit") or 100), int(asked.params.get("cursor") or 0)
    more = {"cursor": str(start + limit)} if len(found) > start + limit else {}
    return {"payments": [payment_paper(one) for one in found[start : start + limit]], **more}


def _currency(location: str) -> str:
    if location not in _CURRENCIES:
        raise Refused(404, "INVALID_REQUEST_ERROR", "NOT_FOUND", f"Location with ID {location} was not found.")
    return _CURRENCIES[location]


def _teller(world: World) -> Callable[[str, str, str, dict[str, Any]], None]:
    def tell(kind: str, thing: str, number: str, paper: dict[str, Any]) -> None:
        event = {
            "merchant_id": "SANDBOX",
            "type": kind,
            "event_id": str(uuid.uuid4()),
            "created_at": world.now().isoformat().replace("+00:00", "Z"),
            "data": {"type": thing, "id": number, "object": {thing: paper}},
        }
        body = msgspec.json.encode(event)

        def write(_now: datetime, url: str) -> tuple[Mapping[str, str], bytes]:
            signature = base64.b64encode(hmac.new(_SIGNS, url.encode() + body, hashlib.sha256).digest()).decode()
            return {"content-type": "application/json", "x-square-hmacsha256-signature": signature}, body

        world.webhooks.send("square", write)

    return tell


def _later(seconds: float, act: Callable[[], None]) -> None:
    asyncio.get_running_loop().call_later(seconds, act)
