"""A pretend Duffel over the sandbox's world: searches, offers, orders, payments and cancellations of version 2."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import falcon
import falcon.asgi

from adapters.suppliers.duffel.sandbox.cancellations import Cancellations
from adapters.suppliers.duffel.sandbox.changes import AirlineChanges
from adapters.suppliers.duffel.sandbox.desk import Desk
from adapters.suppliers.duffel.sandbox.door import Door, credential, refuse, refuse_plainly
from adapters.suppliers.duffel.sandbox.market import Market
from adapters.suppliers.duffel.sandbox.offer_papers import OfferPapers
from adapters.suppliers.duffel.sandbox.offers import OfferRequests, Offers
from adapters.suppliers.duffel.sandbox.order_book import OrderBook
from adapters.suppliers.duffel.sandbox.order_papers import OrderPapers
from adapters.suppliers.duffel.sandbox.orders import Orders, Payments
from adapters.suppliers.duffel.sandbox.papers import Papers
from adapters.suppliers.duffel.sandbox.places import Suggestions, catalogues
from adapters.suppliers.duffel.sandbox.refusals import Refused
from adapters.suppliers.duffel.sandbox.world import World

__all__ = ["OPERATIONS", "OUTCOMES", "SELLS", "World", "create_app", "credential"]

SELLS: Final = ("flights",)

OPERATIONS: Final = (
    ("POST", r"/air/offer_requests/?", "search"),
    ("GET", r"/air/offers/?", "offers"),
    ("GET", r"/air/offers/[^/]+", "offer"),
    ("POST", r"/air/offers/[^/]+/actions/price", "price"),
    ("POST", r"/air/orders/?", "book"),
    ("GET", r"/air/orders/?", "orders"),
    ("GET", r"/air/orders/[^/]+", "order"),
    ("POST", r"/air/payments/?", "pay"),
    ("POST", r"/air/order_cancellations/?", "cancel"),
    ("POST", r"/air/order_cancellations/[^/]+/actions/confirm", "confirm"),
    ("GET", r"/air/airports/?", "airports"),
    ("GET", r"/air/airlines/?", "airlines"),
    ("GET", r"/places/suggestions/?", "places"),
)

# By operation, what its next call can be made to end in.
OUTCOMES: Final[Mapping[str, frozenset[str]]] = {
    "search": frozenset({"nothing"}),
    "offer": frozenset({"sold_out", "price_changed"}),
    "price": frozenset({"sold_out", "price_changed"}),
    "book": frozenset(
        {"airline_error", "declined", "expired", "in_doubt", "pending", "price_changed", "sold_out", "visible_late"}
    ),
    "pay": frozenset({"declined", "in_doubt"}),
    "cancel": frozenset({"not_cancellable"}),
    "confirm": frozenset({"in_doubt"}),
}


def create_app(world: World) -> Callable[..., Awaitable[None]]:
    papers = Papers(world)
    desk = Desk(world, papers, Market(world))
    write = OfferPapers(world, papers)
    app = falcon.asgi.App(middleware=[Door(world.now)])
    app.req_options.strip_url_path_trailing_slash = True
    app.add_error_handler(Refused, refuse)
    app.add_error_handler(falcon.HTTPError, refuse_plainly)
    requests, offers = OfferRequests(desk, write), Offers(desk, write)
    app.add_route("/air/offer_requests", requests)
    app.add_route("/air/offer_requests/{request_id}", requests, suffix="one")
    app.add_route("/air/offers", offers)
    app.add_route("/air/offers/{offer_id}", offers, suffix="one")
    app.add_route("/air/offers/{offer_id}/actions/price", offers, suffix="price")
    for spelling in ("upsell", "upsell_offers"):
        app.add_route(f"/air/offers/{{offer_id}}/{spelling}", offers, suffix="upsell")
    book, order_papers = OrderBook(desk), OrderPapers(papers, write)
    orders, payments = Orders(desk, book, write, order_papers), Payments(desk, book)
    app.add_route("/air/orders", orders)
    app.add_route("/air/orders/{order_id}", orders, suffix="one")
    app.add_route("/air/orders/{order_id}/available_services", orders, suffix="services")
    app.add_route("/air/orders/{order_id}/services", orders, suffix="services")
    app.add_route("/air/payments", payments)
    app.add_route("/air/payments/{payment_id}", payments, suffix="one")
    cancellations = Cancellations(desk, book, write)
    app.add_route("/air/order_cancellations", cancellations)
    app.add_route("/air/order_cancellations/{quote_id}", cancellations, suffix="one")
    app.add_route("/air/order_cancellations/{quote_id}/actions/confirm", cancellations, suffix="confirm")
    changes = AirlineChanges(desk, book, write)
    app.add_route("/air/airline_initiated_changes", changes)
    app.add_route("/air/airline_initiated_changes/{change_id}", changes, suffix="one")
    app.add_route("/air/airline_initiated_changes/{change_id}/actions/accept", changes, suffix="accept")
    for word, catalogue in catalogues(world, papers).items():
        app.add_route(f"/air/{word}", catalogue)
        app.add_route(f"/air/{word}/{{row_id}}", catalogue, suffix="one")
    app.add_route("/places/suggestions", Suggestions(world, papers))
    return app
