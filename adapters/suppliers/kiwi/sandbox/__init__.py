"""A pretend Tequila over the sandbox's world: searches, places, checks, bookings and payments as its documents tell."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import falcon.asgi

from adapters.suppliers.kiwi.sandbox.bookings import Booking, ConfirmPayment, SaveBooking
from adapters.suppliers.kiwi.sandbox.checks import CheckFlights
from adapters.suppliers.kiwi.sandbox.desk import Desk
from adapters.suppliers.kiwi.sandbox.gate import Gate, Quota, credential, write_error
from adapters.suppliers.kiwi.sandbox.gazetteer import Gazetteer
from adapters.suppliers.kiwi.sandbox.locations import locations
from adapters.suppliers.kiwi.sandbox.market import Market
from adapters.suppliers.kiwi.sandbox.search import Multi, Search
from adapters.suppliers.kiwi.sandbox.world import World

__all__ = ["OPERATIONS", "OUTCOMES", "SELLS", "World", "create_app", "credential"]

SELLS: Final = ("flights",)

OPERATIONS: Final = (
    ("GET", r"/v2/search", "search"),
    ("POST", r"/v2/flights_multi", "multi"),
    ("GET", r"/v2/booking/check_flights", "check"),
    ("POST", r"/v2/booking/save_booking", "save"),
    ("POST", r"/v2/booking/confirm_payment", "confirm"),
    ("GET", r"/locations/[a-z]+", "locations"),
)

# By operation, what its next call can be made to end in.
OUTCOMES: Final[Mapping[str, frozenset[str]]] = {
    "search": frozenset({"nothing"}),
    "check": frozenset({"expired", "pending", "price_changed", "sold_out"}),
    "save": frozenset({"expired", "price_changed", "sold_out"}),
    "confirm": frozenset({"declined", "expired"}),
}


def create_app(world: World) -> Callable[..., Awaitable[None]]:
    gazetteer, market = Gazetteer(world.airports), Market(world)
    desk = Desk(world, gazetteer, market)
    bookings: dict[int, Booking] = {}
    app = falcon.asgi.App(middleware=[Gate(Quota(world.now))])
    app.set_error_serializer(write_error)
    resources = {
        "/v2/search": Search(world, gazetteer, market),
        "/v2/flights_multi": Multi(world, gazetteer, market),
        "/v2/booking/check_flights": CheckFlights(desk),
        "/v2/booking/save_booking": SaveBooking(desk, bookings),
        "/v2/booking/confirm_payment": ConfirmPayment(desk, bookings),
        **locations(world, gazetteer),
    }
    for path, resource in resources.items():
        app.add_route(path, resource)
    return app
