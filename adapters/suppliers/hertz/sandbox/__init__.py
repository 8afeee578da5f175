"""A pretend Hertz over the sandbox's world: OpenTravel's vehicle messages of 2007A, as its schemas and clients have them."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

import falcon.asgi

from adapters.suppliers.hertz.sandbox import availability, desk
from adapters.suppliers.hertz.sandbox.availability import Availability
from adapters.suppliers.hertz.sandbox.counters import Counters
from adapters.suppliers.hertz.sandbox.desk import Desk
from adapters.suppliers.hertz.sandbox.door import ROOTS, Door, Message, operation_in
from adapters.suppliers.hertz.sandbox.references import References
from adapters.suppliers.hertz.sandbox.world import World

__all__ = ["OPERATIONS", "OUTCOMES", "SELLS", "create_app", "credential", "operation_in"]

_PATH: Final = "/DirectLinkWEB/handlers/DirectLinkHandler"

# One address for all: neither path nor verb tells them apart, only the name of the document's root does.
OPERATIONS: Final = tuple(("POST", _PATH, operation) for operation in ROOTS.values())
SELLS: Final = ("cars",)
OUTCOMES: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {availability.OPERATION: availability.OUTCOMES, **desk.OUTCOMES}
)


def credential(_: Any) -> str | None:
    """Who asks stands in the document, and not in the request's head."""
    return None


def create_app(world: World) -> Callable[..., Awaitable[None]]:
    """Reservations live as long as the app."""
    references, counters = References(world.seed_for("quote references").randbytes(32)), Counters(world)
    searching, booking = Availability(world, references, counters), Desk(world, references, counters)
    messages = {
        "availability": Message(handler=searching.answer, version="2.007"),
        "book": Message(handler=booking.book, version="2.007"),
        "retrieve": Message(handler=booking.retrieve, version="1.008"),
        "cancel": Message(handler=booking.cancel, version="3.003"),
        "locations": Message(handler=counters.answer, version="2.007"),
    }
    app = falcon.asgi.App()
    app.add_route(_PATH, Door(messages))
    return app
