"""A pretend Avis Budget Group over the sandbox's world: tokens, locations, cars and reservations of version 2."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Final

import falcon
import falcon.asgi

from adapters.suppliers.avis.sandbox.counters import Terms
from adapters.suppliers.avis.sandbox.gate import ANYWHERE, Gate, TokenDesk, Tokens, credential
from adapters.suppliers.avis.sandbox.places import Keyword
from adapters.suppliers.avis.sandbox.refusals import Refused, Writer
from adapters.suppliers.avis.sandbox.rentals import Market
from adapters.suppliers.avis.sandbox.reservations import Reservations
from adapters.suppliers.avis.sandbox.vehicles import Desk, Rates, Vehicles
from adapters.suppliers.avis.sandbox.worlds import World

__all__ = ["OPERATIONS", "OUTCOMES", "SELLS", "World", "create_app", "credential"]

SELLS: Final = ("cars",)

OPERATIONS: Final = (
    ("GET", r"/oauth/token/v[12]", "token"),
    ("POST", r"/oauth/token/v[12]", "token"),
    ("GET", r"/cars/locations/v2/keyword", "locations"),
    ("GET", r"/cars/catalog/v2/vehicles", "availability"),
    ("POST", r"/cars/catalog/v2/vehicles/rates", "rates"),
    ("POST", r"/cars/reservation/v2", "book"),
    ("GET", r"/cars/reservation/v2", "retrieve"),
    ("PUT", r"/cars/reservation/v2", "cancel"),
    ("GET", r"/terms/v2/location/[^/]+/[^/]+/[^/]+/[^/]+", "terms"),
)

# By operation, what its next call can be made to end in.
OUTCOMES: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "locations": ANYWHERE,
        "availability": ANYWHERE | {"nothing_there", "sold_out"},
        "rates": ANYWHERE | {"sold_out", "price_changed", "expired"},
        "book": ANYWHERE
        | {"sold_out", "price_changed", "expired", "declined", "rejected", "pending", "stored_then_500"},
        "retrieve": ANYWHERE,
        "cancel": ANYWHERE | {"rejected", "stored_then_500"},
    }
)


def create_app(world: World) -> Callable[..., Awaitable[None]]:
    tokens = Tokens(world.seed_for("rental cars", "tokens").randbytes(32), world.now)
    app = falcon.asgi.App(middleware=[Gate(tokens, world, OPERATIONS)])
    writer = Writer(world.now)
    app.add_error_handler(falcon.HTTPError, writer.plainly)
    app.add_error_handler(Refused, writer.refused)
    market = Market(world)
    desk = Desk(world, market)
    door = TokenDesk(tokens)
    for version in ("v1", "v2"):
        app.add_route(f"/oauth/token/{version}", door)
    app.add_route("/cars/locations/v2/keyword", Keyword(world))
    app.add_route("/cars/catalog/v2/vehicles", Vehicles(world, market))
    app.add_route("/cars/catalog/v2/vehicles/rates", Rates(desk))
    app.add_route("/cars/reservation/v2", Reservations(desk))
    app.add_route("/terms/v2/location/{brand_told}/{country}/{code}/{locale}", Terms(world))
    return app
