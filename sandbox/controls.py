"""What tests and people ask the sandbox itself: its health, its ledger, its faults and the truth of its world."""

from collections.abc import Iterable, Mapping
from typing import Final

import falcon
import falcon.asgi
import msgspec

from sandbox import identity
from sandbox.aircraft import CABINS
from sandbox.aviation.page import AviationPages
from sandbox.books import BooksPage
from sandbox.cars.page import CarsPage
from sandbox.faults import Faults, Order, misplaced
from sandbox.hotels.page import HotelsPage
from sandbox.ledger import Ledger, summary
from sandbox.outcomes import OutcomesPage
from sandbox.pages import Refused, body, day_asked, number_asked, parameters, send, tell
from sandbox.payments import PaymentsPage
from sandbox.rates import RatesPage
from sandbox.webhooks import WebhooksPage
from sandbox.world import World


class HealthPage:
    def __init__(self, suppliers: Iterable[str]) -> None:
        self._suppliers: Final = tuple(suppliers)

    async def on_get(self, _req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        send(resp, {"status": "ok", "suppliers": self._suppliers})


class LedgerPage:
    def __init__(self, ledger: Ledger) -> None:
        self._ledger: Final = ledger

    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        asked = parameters(req, "supplier", "operation", "summary")
        rows = list(self._ledger.rows(supplier=asked.get("supplier"), operation=asked.get("operation")))
        told: dict[str, object] = {"count": len(rows), "dropped": self._ledger.dropped}
        match asked.get("summary", "false"):
            case "true":
                send(resp, {"summary": summary(iter(rows)), **told})
            case "false":
                send(resp, {"calls": rows, **told})
            case other:
                raise Refused(f"{other!r} is neither true nor false", where={"parameter": "summary"})

    async def on_delete(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        parameters(req)
        send(resp, {"deleted": self._ledger.wipe()})


class FaultsPage:
    """`operations` are those of each supplier, so that a fault that could never strike is refused."""

    def __init__(self, faults: Faults, operations: Mapping[str, frozenset[str]]) -> None:
        self._faults: Final = faults
        self._operations: Final = operations

    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        parameters(req)
        send(resp, {"faults": tuple(self._faults)})

    async def on_post(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        order = await body(req, Order)
        operations = self._operations.get(order.supplier)
        if operations is None:
            known = ", ".join(self._operations)
            raise Refused(f"there is no supplier {order.supplier!r}, only {known}", where={"pointer": "/supplier"})
        if order.operation is not None and order.operation not in operations:
            known = ", ".join(sorted(operations))
            raise Refused(f"{order.supplier} has no {order.operation!r}, only {known}", where={"pointer": "/operation"})
        if field := misplaced(order):
            raise Refused(f"{field!r} means nothing for {order.kind}", where={"pointer": f"/{field}"})
        send(resp, self._faults.add(order), status=201)

    async def on_delete(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        number = number_asked(parameters(req, "id"), "id")
        deleted = self._faults.clear(number)
        if number is not None and not deleted:
            raise Refused(f"no fault {number} waits", where={"parameter": "id"}, status=404)
        send(resp, {"deleted": deleted})


class Sale(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    journey_id: str
    family: str
    cabin: str
    seats: int


class WorldPages:
    """`/_world`, and below it the airports, the flights with their fares, and a till."""

    def __init__(self, world: World) -> None:
        self._world: Final = world

    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        parameters(req)
        world = self._world
        counts = {"airports": len(world.airports), "airlines": len(world.airlines)}
        send(resp, {"seed": world.seed, "now": world.now(), **counts})

    async def on_get_airport(self, req: falcon.asgi.Request, resp: falcon.asgi.Response, iata: str) -> None:
        parameters(req)
        airport = self._world.airports.get(iata)
        if airport is None:
            raise Refused(f"there is no airport {iata!r}", status=404)
        send(resp, airport)

    async def on_get_flights(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """Every journey with the fares of all cabins: what the suppliers have to sell."""
        asked = parameters(req, "origin", "destination", "date")
        origin, destination = (self._airport(asked, name) for name in ("origin", "destination"))
        day = day_asked(asked)
        journeys = [
            {
                "id": journey.id,
                "legs": journey.legs,
                "duration_minutes": int(journey.duration.total_seconds() // 60),
                "fares": [fare for cabin in CABINS for fare in self._world.fares(journey, cabin)],
            }
            for journey in self._world.journeys(origin, destination, day)
        ]
        send(resp, {"origin": origin, "destination": destination, "date": day, "journeys": journeys})

    async def on_post_sell(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        sale = await body(req, Sale)
        sold = self._world.sell(sale.journey_id, sale.family, sale.cabin, sale.seats)
        send(resp, {"sold": sold}, status=200 if sold else 409)

    def _airport(self, asked: Mapping[str, str], name: str) -> str:
        if asked.get(name) not in self._world.airports:
            raise Refused(f"{asked.get(name)!r} is not one of our airports", where={"parameter": name})
        return asked[name]


def controls(
    *,
    world: World,
    ledger: Ledger,
    faults: Faults,
    operations: Mapping[str, frozenset[str]],
    outcomes: Mapping[str, Mapping[str, frozenset[str]]],
    sells: Mapping[str, frozenset[str]],
    gateways: frozenset[str] = frozenset(),
) -> "falcon.asgi.App[falcon.asgi.Request, falcon.asgi.Response]":
    app = falcon.asgi.App()
    app.add_error_handler(Refused, tell)
    app.req_options.strip_url_path_trailing_slash = True
    app.add_route("/_health", HealthPage(name for name in operations if name not in gateways))
    app.add_route("/_ledger", LedgerPage(ledger))
    app.add_route("/_faults", FaultsPage(faults, operations))
    app.add_route("/_outcomes", OutcomesPage(world.outcomes, outcomes))
    app.add_route(
        "/_world/hotels", HotelsPage(world.hotels, [slug for slug, sold in sells.items() if "hotels" in sold])
    )
    app.add_route("/_world/cars", CarsPage(world, [slug for slug, sold in sells.items() if "cars" in sold]))
    app.add_route("/_world/orders", BooksPage(world.books))
    app.add_route("/_world/payments", PaymentsPage(world.payments))
    app.add_route("/_webhooks", WebhooksPage(world.webhooks, gateways))
    app.add_route("/_rates/{name}", RatesPage(world.now))
    identity.add_to(app)
    pages = WorldPages(world)
    app.add_route("/_world", pages)
    app.add_route("/_world/airports/{iata}", pages, suffix="airport")
    app.add_route("/_world/flights", pages, suffix="flights")
    app.add_route("/_world/sell", pages, suffix="sell")
    aviation = AviationPages(world)
    app.add_route("/_world/aviation/flights", aviation, suffix="flights")
    app.add_route("/_world/aviation/positions", aviation, suffix="positions")
    return app
