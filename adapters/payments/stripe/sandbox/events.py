"""What happened, as Stripe tells of it: kept in a list, and sent out signed."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import msgspec

from adapters.payments.stripe.sandbox.book import API_VERSION, Book, number
from adapters.payments.stripe.sandbox.world import World

_SECRET: Final = b"whsec_sandbox_stripe"  # known to everybody: it signs nothing but the sandbox's own webhooks


class Events:
    def __init__(self, world: World, book: Book) -> None:
        self._world: Final = world
        self._book: Final = book

    def happened(self, kind: str, paper: dict[str, Any]) -> None:
        """The paper as it is at this moment, whatever becomes of it until somebody reads it."""
        event: dict[str, Any] = {
            "id": number("evt"),
            "object": "event",
            "api_version": API_VERSION,
            "created": self._book.seconds(),
            "data": {"object": paper},
            "livemode": False,
            "pending_webhooks": 1,
            "request": {"id": None, "idempotency_key": None},
            "type": kind,
        }
        self._book.events[event["id"]] = event
        body = msgspec.json.encode(event)

        def write(now: datetime, _url: str) -> tuple[Mapping[str, str], bytes]:
            at = int(now.timestamp())
            signature = hmac.new(_SECRET, b"%d." % at + body, hashlib.sha256).hexdigest()
            headers = {"content-type": "application/json; charset=utf-8", "stripe-signature": f"t={at},v1={signature}"}
            return headers, body

        self._world.webhooks.send("stripe", write)
