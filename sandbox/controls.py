"""What tests and people ask the sandbox itself: its health, its ledger, its faults and the truth of its world."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final, TypeVar

import falcon
import falcon.asgi
import msgspec

from sandbox.aircraft import CABINS
from sandbox.faults import Faults, Order, misplaced
from sandbox.ledger import Ledger, summary
from sandbox.world import World

Wanted = TypeVar("Wanted")


class Refused(Exception):
    """Bad input, named: `where` is `{"parameter": …}` or `{"pointer": …}`."""

    def __init__(self, detail: str, *, where: Mapping[str, str] | None = None, status: int = 422) -> None:
        super().__init__(detail)
        self.detail: Final = detail
        self.where: Final = where
        self.status: Final = status


async def _tell(_req: falcon.asgi.Request, resp: falcon.asgi.Response, refused: Refused, _params: Any) -> None:
    resp.status = refused.status
    resp.content_type = "application/problem+json"
    problem: dict[str, object] = {"title": "The sandbox can't do that", "detail": refused.detail}
    if refused.where is not None:
        problem["errors"] = [{**refused.where, "detail": refused.detail}]
    resp.data = msgspec.json.encode({"status": refused.status, **problem})


def _parameters(req: falcon.asgi.Request, *known: str) -> Mapping[str, str]:
    """The query, each name once. Raises Refused for a name that means nothing here."""
    if unknown := sorted(set(req.params) - set(known)):
        raise Refused(f"there is no parameter {unknown[0]!r}", where={"parameter": unknown[0]})
    if repeated := [name for name, value in req.params.items() if not isinstance(value, str)]:
        raise Refused(f"{repeated[0]!r} is there more than once", where={"parameter": repeated[0]})
    return {name: str(value) for name, value in req.params.items()}


_FAILING_PATH: Final = re.compile(r"(?P<detail>.*?)(?: - at `\$\.?(?P<path>.*)`)?", re.DOTALL)
_UNKNOWN_OR_MISSING: Final = re.compile(r".*(?:unknown|missing required) field `(?P<field>[^`]+)`")


async def _body(req: falcon.asgi.Request, wanted: type[Wanted]) -> Wanted:
    """Raises Refused: 400 for what is not JSON, 422 for what is not `wanted`, naming the field."""
    raw = await req.bounded_stream.read()
    try:
        return msgspec.json.decode(raw, type=wanted)
    except msgspec.ValidationError as error:
        raise Refused(str(error), where={"pointer": _pointer(str(error))}) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refused(f"the body is not JSON: {error}", status=400) from error


def _pointer(complaint: str) -> str:
    """Where msgspec complains, as a JSON pointer; empty for the whole body."""
    told = _FAILING_PATH.fullmatch(complaint)
    path = (told and told["path"]) or ""
    named = _UNKNOWN_OR_MISSING.match(complaint)
    return "".join(f"/{part}" for part in (path.replace(".", "/"), named["field"] if named else "") if part)


def _send(resp: falcon.asgi.Response, value: object, *, status: int = 200) -> None:
    resp.status = status
    resp.content_type = falcon.MEDIA_JSON
    resp.data = msgspec.json.encode(value)


class HealthPage:
    def __init__(self, suppliers: Iterable[str]) -> None:
        self._suppliers: Final = tuple(suppliers)

    async def on_get(self, _req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        _send(resp, {"status": "ok", "suppliers": self._suppliers})


class LedgerPage:
    def __init__(self, ledger: Ledger) -> None:
        self._ledger: Final = ledger

    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        asked = _parameters(req, "supplier", "operation", "summary")
        rows = list(self._ledger.rows(supplier=asked.get("supplier"), operation=asked.get("operation")))
        told: dict[str, object] = {"count": len(rows), "dropped": self._ledger.dropped}
        match asked.get("summary", "false"):
            case "true":
                _send(resp, {"summary": summary(iter(rows)), **told})
            case "false":
                _send(resp, {"calls": rows, **told})
            case other:
                raise Refused(f"{other!r} is neither true nor false", where={"parameter": "summary"})

    async def on_delete(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        _parameters(req)
        _send(resp, {"deleted": self._ledger.wipe()})


class FaultsPage:
    """`operations` are those of each supplier, so that a fault that could never strike is refused."""

    def __init__(self, faults: Faults, operations: Mapping[str, frozenset[str]]) -> None:
        self._faults: Final = faults
        self._operations: Final = operations

    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        _parameters(req)
        _send(resp, {"faults": tuple(self._faults)})

    async def on_post(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        order = await _body(req, Order)
        operations = self._operations.get(order.supplier)
        if operations is None:
            known = ", ".join(self._operations)
            raise Refused(f"there is no supplier {order.supplier!r}, only {known}", where={"pointer": "/supplier"})
        if order.operation is not None and order.operation not in operations:
            known = ", ".join(sorted(operations))
            raise Refused(f"{order.supplier} has no {order.operation!r}, only {known}", where={"pointer": "/operation"})
        if field := misplaced(order):
            raise Refused(f"{field!r} means nothing for {order.kind}", where={"pointer": f"/{field}"})
        _send(resp, self._faults.add(order), status=201)

    async def on_delete(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        wanted = _parameters(req, "id").get("id")
        if wanted is not None and not wanted.isdecimal():
            raise Refused(f"{wanted!r} is not a number", where={"parameter": "id"})
        deleted = self._faults.clear(None if wanted is None else int(wanted))
        if wanted is not None and not deleted:
            raise Refused(f"no fault {wanted} waits", where={"parameter": "id"}, status=404)
        _send(resp, {"deleted": deleted})


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
        _parameters(req)
        world = self._world
        counts = {"airports": len(world.airports), "airlines": len(world.airlines)}
        _send(resp, {"seed": world.seed, "now": world.now(), **counts})

    async def on_get_airport(self, req: falcon.asgi.Request, resp: falcon.asgi.Response, iata: str) -> None:
        _parameters(req)
        airport = self._world.airports.get(iata)
        if airport is None:
            raise Refused(f"there is no airport {iata!r}", status=404)
        _send(resp, airport)

    async def on_get_flights(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """Every journey with the fares of all cabins: what the suppliers have to sell."""
        asked = _parameters(req, "origin", "destination", "date")
        origin, destination = (self._airport(asked, name) for name in ("origin", "destination"))
        day = _day(asked)
        journeys = [
            {
                "id": journey.id,
                "legs": journey.legs,
                "duration_minutes": int(journey.duration.total_seconds() // 60),
                "fares": [fare for cabin in CABINS for fare in self._world.fares(journey, cabin)],
            }
            for journey in self._world.journeys(origin, destination, day)
        ]
        _send(resp, {"origin": origin, "destination": destination, "date": day, "journeys": journeys})

    async def on_post_sell(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        sale = await _body(req, Sale)
        sold = self._world.sell(sale.journey_id, sale.family, sale.cabin, sale.seats)
        _send(resp, {"sold": sold}, status=200 if sold else 409)

    def _airport(self, asked: Mapping[str, str], name: str) -> str:
        if asked.get(name) not in self._world.airports:
            raise Refused(f"{asked.get(name)!r} is not one of our airports", where={"parameter": name})
        return asked[name]


def _day(asked: Mapping[str, str]) -> date:
    try:
        return date.fromisoformat(asked.get("date", ""))
    except ValueError as error:
        raise Refused("a date looks like 2027-03-01", where={"parameter": "date"}) from error


def controls(
    *, world: World, ledger: Ledger, faults: Faults, operations: Mapping[str, frozenset[str]]
) -> "falcon.asgi.App[falcon.asgi.Request, falcon.asgi.Response]":
    app = falcon.asgi.App()
    app.add_error_handler(Refused, _tell)
    app.req_options.strip_url_path_trailing_slash = True
    app.add_route("/_health", HealthPage(operations))
    app.add_route("/_ledger", LedgerPage(ledger))
    app.add_route("/_faults", FaultsPage(faults, operations))
    pages = WorldPages(world)
    app.add_route("/_world", pages)
    app.add_route("/_world/airports/{iata}", pages, suffix="airport")
    app.add_route("/_world/flights", pages, suffix="flights")
    app.add_route("/_world/sell", pages, suffix="sell")
    return app
