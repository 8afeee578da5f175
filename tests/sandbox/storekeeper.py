"""A made-up supplier that stores what is ordered, tells it in JSON and XML, and plays outcomes."""

import gzip
from collections.abc import Mapping
from typing import Any

import falcon.asgi

from sandbox.world import World

OFFERS_XML = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<ota:Offers xmlns:ota="urn:example:heron" Count="3">'
    '<ota:Notes><ota:Note N="1"/><ota:Note N="2"/><ota:Note N="3"/><ota:Note N="4"/></ota:Notes>'
    '<ota:Offer Code="ECMR"><ota:Rate Amount="100.00" Currency="EUR"/><ota:Seats>4</ota:Seats></ota:Offer>'
    '<ota:Offer Code="CDMR"><ota:Rate Amount="120.50" Currency="EUR"/><ota:Seats>5</ota:Seats></ota:Offer>'
    '<ota:Offer Code="IDMR"><ota:Rate Amount="140.00" Currency="EUR"/><ota:Seats>5</ota:Seats></ota:Offer>'
    "</ota:Offers>"
)


class _Orders:
    def __init__(self, world: World) -> None:
        self._world = world
        self._kept: list[str] = []

    async def on_get(self, _req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        resp.media = {"orders": self._kept}

    async def on_post(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        outcome = self._world.outcomes.claim("heron", "order")
        if outcome is not None:
            resp.status = 409
            resp.media = {"outcome": outcome.name, "seconds": outcome.seconds}
            return
        order = await req.get_media()
        self._kept.append(order["reference"])
        resp.status = 201
        resp.media = {"kept": [{"reference": reference} for reference in self._kept]}

    async def on_delete(self, _req: falcon.asgi.Request, _resp: falcon.asgi.Response) -> None:
        self._kept.clear()


class _Offers:
    async def on_get(self, _req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        resp.content_type = "text/xml; charset=utf-8"
        resp.data = OFFERS_XML.encode()


class _ZippedOffers:
    async def on_get(self, _req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        resp.content_type = "text/xml; charset=utf-8"
        resp.set_header("content-encoding", "gzip")
        resp.data = gzip.compress(OFFERS_XML.encode())


class _Counter:
    """One address for everything: the first word of what is said there tells what is wanted."""

    async def on_post(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        resp.media = {"heard": (await req.stream.read()).decode()}


class Storekeeper:
    OPERATIONS: tuple[tuple[str, str, str], ...] = (
        ("POST", r"/orders", "order"),
        ("GET", r"/orders", "orders"),
        ("GET", r"/offers", "offers"),
        ("GET", r"/offers/zipped", "zipped_offers"),
        ("POST", r"/counter", "rent"),
        ("POST", r"/counter", "return"),
    )
    OUTCOMES: Mapping[str, frozenset[str]] = {"order": frozenset({"sold_out", "visible_late"})}
    SELLS = ("cars",)

    def operation_in(self, body: bytes) -> str | None:
        return body.decode().partition(" ")[0]

    def credential(self, scope: Any) -> str | None:  # noqa: ARG002  # nobody needs a key here
        return None

    def create_app(self, world: World) -> Any:
        app = falcon.asgi.App()
        app.add_route("/orders", _Orders(world))
        app.add_route("/offers", _Offers())
        app.add_route("/offers/zipped", _ZippedOffers())
        app.add_route("/counter", _Counter())
        return app
