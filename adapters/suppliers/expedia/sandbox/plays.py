"""Outcomes on request: ordered at the sandbox from outside, or by Rapid's own `Test` header."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import falcon.asgi

from adapters.suppliers.expedia.sandbox.errors import flat
from adapters.suppliers.expedia.sandbox.world import SELLER, World

# operation -> what the Test header may say there. Any other value is handled as if it were absent.
TEST_HEADER: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "availability": frozenset({"standard", "unknown_internal_error", "service_unavailable", "no_availability"}),
        "price_check": frozenset(
            {"available", "price_changed", "sold_out", "unknown_internal_error", "service_unavailable"}
        ),
        "book": frozenset(
            {
                *("standard", "complete_payment_session", "price_mismatch", "cc_declined", "rooms_unavailable"),
                *("internal_server_error", "service_unavailable"),
            }
        ),
        "retrieve": frozenset({"standard", "degraded_response", "internal_server_error", "service_unavailable"}),
        "find": frozenset({"standard", "degraded_response", "internal_server_error", "service_unavailable"}),
        "resume": frozenset({"standard", "internal_server_error", "service_unavailable"}),
        "cancel_held": frozenset({"standard", "post_stay_cancel", "internal_server_error", "service_unavailable"}),
        "cancel_room": frozenset({"standard", "post_stay_cancel", "unknown_internal_error", "service_unavailable"}),
    }
)

# operation -> the outcomes that can be ordered, and what they are called here.
ORDERED: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "availability": {"nothing_there": "no_availability"},
        "price_check": {"sold_out": "sold_out", "price_changed": "price_changed"},
        "book": {
            "sold_out": "rooms_unavailable",
            "price_changed": "price_mismatch",
            "declined": "cc_declined",
            "pending": "pending",
            "payment_challenge": "complete_payment_session",
            "stored_then_500": "stored_then_500",
            "visible_late": "visible_late",
        },
        "retrieve": {"partial": "degraded_response"},
        "find": {"partial": "degraded_response"},
        "resume": {"pending": "accepted"},
        "cancel_held": {"pending": "accepted"},
        "cancel_room": {"pending": "accepted"},
    }
)
OUTCOMES: Final = MappingProxyType({operation: frozenset(names) for operation, names in ORDERED.items()})

_BROKEN: Final = frozenset({"unknown_internal_error", "internal_server_error"})


class Plays:
    def __init__(self, world: World) -> None:
        self._world: Final = world

    def wished(self, operation: str) -> Any:
        """What was ordered from outside for this call; None where nobody wished for anything."""
        return self._world.outcomes.claim(SELLER, operation) if operation in ORDERED else None

    def played(self, operation: str, request: falcon.asgi.Request, wish: Any = None) -> str | None:
        """How the call is to end. Raises Refused where it ends in a failure of the server."""
        wish = wish or self.wished(operation)
        if wish is not None:
            return ORDERED[operation][wish.name]
        told = request.get_header("Test")
        if told is None or told not in TEST_HEADER.get(operation, ()):
            return None
        if told in _BROKEN:
            raise flat(500, "unknown_internal_error")
        if told == "service_unavailable" and operation != "resume":
            raise flat(503, "service_unavailable")
        return "accepted" if told == "service_unavailable" else told


def tested(request: falcon.asgi.Request) -> bool:
    """Whether the call is about a booking that is none."""
    return request.get_header("Test") == "standard"
