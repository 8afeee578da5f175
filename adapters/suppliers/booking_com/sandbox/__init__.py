"""A pretend Demand API 3.1 over the sandbox's world: hotels to search and book, cars to search."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import falcon.asgi

from adapters.suppliers.booking_com.sandbox.cars import cars_endpoints
from adapters.suppliers.booking_com.sandbox.content import content_endpoints
from adapters.suppliers.booking_com.sandbox.gate import Counter, Endpoint, Gate, bearer, write_error
from adapters.suppliers.booking_com.sandbox.orders import orders_endpoints
from adapters.suppliers.booking_com.sandbox.search import search_endpoints
from adapters.suppliers.booking_com.sandbox.worlds import World

# path -> how a call to it is named
_NAMES: Final = {
    "/accommodations/search": "search",
    "/accommodations/availability": "availability",
    "/accommodations/details": "details",
    "/accommodations/constants": "constants",
    "/common/locations/cities": "cities",
    "/common/payments/currencies": "currencies",
    "/orders/preview": "preview",
    "/orders/create": "create",
    "/orders/details": "orders",
    "/orders/details/accommodations": "order_details",
    "/orders/cancel": "cancel",
    "/cars/search": "car_search",
    "/cars/details": "car_details",
    "/cars/suppliers": "car_suppliers",
    "/cars/depots": "depots",
}
OPERATIONS: Final = tuple(("POST", path, name) for path, name in _NAMES.items())
SELLS: Final = ("hotels", "cars")
OUTCOMES: Final[Mapping[str, frozenset[str]]] = {
    "availability": frozenset({"sold_out"}),
    "preview": frozenset({"sold_out", "price_changed"}),
    "create": frozenset({"sold_out", "declined", "expired", "duplicate", "visible_late"}),
    "cancel": frozenset({"not_cancellable"}),
}


def credential(scope: Mapping[str, Any]) -> str | None:
    return bearer(scope)


def create_app(world: World) -> Callable[..., Awaitable[None]]:
    app = falcon.asgi.App(middleware=[Gate(Counter(world.now))])
    app.set_error_serializer(write_error)
    endpoints = {
        **search_endpoints(world),
        **content_endpoints(world),
        **orders_endpoints(world),
        **cars_endpoints(world),
    }
    for path, handle in endpoints.items():
        app.add_route(path, Endpoint(path, handle))
    return app
