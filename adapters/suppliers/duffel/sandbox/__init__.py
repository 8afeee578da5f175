"""A pretend Duffel over the sandbox's world: searches, offers, orders, payments and cancellations of version 2."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import falcon
import falcon.asgi

from adapters.suppliers.duffel.sandbox.desk import Desk
from adapters.suppliers.duffel.sandbox.door import Door, credential, refuse, refuse_plainly
from adapters.suppliers.duffel.sandbox.market import Market
from adapters.suppliers.duffel.sandbox.offer_papers import OfferPapers
from adapters.suppliers.duffel.sandbox.offers import OfferRequests, Offers
from adapters.suppliers.duffel.sandbox.papers import Papers
from adapters.suppliers.duffel.sandbox.refusals import Refused
from adapters.suppliers.duffel.sandbox.world import World

__all__ = ["OPERATIONS", "OUTCOMES", "SELLS", "World", "create_app", "credential"]

SELLS: Final = ("flights",)

OPERATIONS: Final = (
    ("POST", r"/air/offer_requests/?", "search"),
    ("GET", r"/air/offers/?", "offers"),
    ("GET", r"/air/offers/[^/]+", "offer"),
    ("POST", r"/air/offers/[^/]+/actions/price", "price"),
)

# By operation, what its next call can be made to end in.
OUTCOMES: Final[Mapping[str, frozenset[str]]] = {
    "search": frozenset({"nothing"}),
    "offer": frozenset({"sold_out", "price_changed"}),
    "price": frozenset({"sold_out", "price_changed"}),
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
    return app
