"""The pretend aviationstack: keys, plans, quotas and pages as its documents describe them, over the pretend world.

A second, independent reading of the documents: it shares no line with the adapter.
"""

import re
import zlib
from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

import falcon
import falcon.asgi
import orjson

OPERATIONS: tuple[tuple[str, str, str], ...] = (
    ("GET", r"(/v1)?/airports/?", "airports"),
    ("GET", r"(/v1)?/airlines/?", "airlines"),
)

# What aviationstack has and this sandbox has not: to call these unknown would be a lie.
_NOT_PRETENDED = re.compile(
    r"(/v1)?/(flights|timetable|flightsFuture|routes|airplanes|aircraft_types|taxes|cities|countries)/?"
)

_KEY_PREFIX = "sandbox-aviationstack-"
_FREE_KEY = "sandbox-aviationstack-free"
_MONTH = timedelta(days=30)
_SPEED = (5, timedelta(seconds=1))  # unverified: the documents name the refusal but not the speed
_LARGEST_PAGE = 100

Row = dict[str, str | None]


class AirportFact(Protocol):
    @property
    def iata(self) -> str: ...
    @property
    def icao(self) -> str | None: ...
    @property
    def name(self) -> str: ...
    @property
    def city_code(self) -> str | None: ...
    @property
    def country(self) -> str: ...
    @property
    def timezone(self) -> str: ...
    @property
    def latitude(self) -> float: ...
    @property
    def longitude(self) -> float: ...


class AirlineFact(Protocol):
    @property
    def iata(self) -> str | None: ...
    @property
    def icao(self) -> str | None: ...
    @property
    def name(self) -> str: ...
    @property
    def country(self) -> str | None: ...
    @property
    def callsign(self) -> str | None: ...


class World(Protocol):
    @property
    def seed(self) -> int: ...
    @property
    def airports(self) -> Mapping[str, AirportFact]: ...
    @property
    def airlines(self) -> Mapping[str, AirlineFact]: ...
    def now(self) -> datetime: ...


class Refused(Exception):
    """One of aviationstack's error answers."""

    def __init__(
        self, status: int, code: str, message: str, context: Mapping[str, list[dict[str, str]]] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"error": {"code": code, "message": message, **({"context": context} if context else {})}}


class Meter:
    """What each key has used, counted exactly and at arrival: a call counts when it is let in."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._calls: defaultdict[str, deque[datetime]] = defaultdict(deque)

    def admit(self, key: str) -> None:
        now, calls = self._now(), self._calls[key]
        while calls and calls[0] <= now - _MONTH:
            calls.popleft()
        if len(calls) >= (100 if key == _FREE_KEY else 10_000):
            raise Refused(429, "usage_limit_reached", "The monthly volume of requests of your plan is used up.")
        most, span = _SPEED
        if len(calls) >= most and calls[-most] > now - span:
            raise Refused(429, "rate_limit_reached", "You are sending requests faster than your plan allows.")
        calls.append(now)


def credential(scope: dict[str, Any]) -> str | None:
    """The key that the caller shows: aviationstack takes it in the query and nowhere else."""
    shown = parse_qs(bytes(scope.get("query_string", b"")).decode("latin-1")).get("access_key")
    return shown[0] if shown else None


Application = falcon.asgi.App[falcon.asgi.Request, falcon.asgi.Response]


def create_app(world: World) -> Application:
    catalogues: dict[str, Sequence[Callable[[], Row]]] = {
        "airports": _airports(world),
        "airlines": _airlines(world),
    }
    meter = Meter(world.now)

    async def answer(req: falcon.asgi.Request, resp: falcon.asgi.Response | None, **_: Any) -> None:
        assert resp is not None  # only a WebSocket comes without one
        operation = _operation(req.method, req.path)
        key = _checked(credential(req.scope))
        meter.admit(key)
        resp.data = orjson.dumps(_page(catalogues[operation], req, free=key == _FREE_KEY))

    async def refuse(
        _request: falcon.asgi.Request, response: falcon.asgi.Response, refused: Refused, _params: dict[str, Any]
    ) -> None:
        response.status = refused.status
        response.data = orjson.dumps(refused.body)

    app = falcon.asgi.App()
    app.add_sink(answer, "/")
    app.add_error_handler(Refused, refuse)
    return app


def _operation(method: str, path: str) -> str:
    for known, pattern, operation in OPERATIONS:
        if method == known and re.fullmatch(pattern, path):
            return operation
    if _NOT_PRETENDED.fullmatch(path):
        raise Refused(
            501, "sandbox_not_pretended", f"aviationstack has {path}, but this sandbox does not pretend it yet."
        )
    raise Refused(404, "invalid_api_function", "This API function does not exist.")


def _checked(key: str | None) -> str:
    if key is None:
        raise Refused(401, "missing_access_key", "No access key was shown. Send it as access_key=YOUR_ACCESS_KEY.")
    if not key.startswith(_KEY_PREFIX) or key == _KEY_PREFIX:
        raise Refused(401, "invalid_access_key", "The access key that was shown is not valid.")
    return key


def _page(rows: Sequence[Callable[[], Row]], request: falcon.asgi.Request, *, free: bool) -> dict[str, object]:
    search = request.get_param("search")
    if search and free:
        raise Refused(403, "function_access_restricted", "Your plan does not include search. Please upgrade it.")
    limit = min(_number(request, "limit") or _LARGEST_PAGE, _LARGEST_PAGE)
    offset = _number(request, "offset") or 0
    if search:
        wanted = search.casefold()
        rows = [row for row in rows if any(wanted in (text or "").casefold() for text in row().values())]
    data = [row() for row in rows[offset : offset + limit]]
    pagination = {"offset": offset, "limit": limit, "count": len(data), "total": len(rows)}
    return {"pagination": pagination, "data": data}


def _number(request: falcon.asgi.Request, name: str) -> int | None:
    text = request.get_param(name)
    if text is not None and not re.fullmatch(r"[0-9]{1,9}", text):
        complaint = {"key": "invalid_integer", "message": f"{name} must be a whole number."}
        raise Refused(400, "validation_error", "The request has parameters that are not valid.", {name: [complaint]})
    return None if text is None else int(text)


# A few rows in a thousand are incomplete or odd, as upstream's are; which ones follows from the seed and the code.
_FLAWED_AIRPORTS: Mapping[int, Row] = {
    0: {"timezone": None},
    1: {"icao_code": ""},
    2: {"latitude": None, "longitude": None},
    3: {"country_iso2": ""},
}
_FLAWED_AIRLINES: Mapping[int, Row] = {
    0: {"iata_code": None, "icao_code": ""},
    1: {"status": None},
    2: {"country_iso2": ""},
    3: {"airline_name": ""},
}


def _flaw(flaws: Mapping[int, Row], world: World, code: str) -> Row:
    return flaws.get(zlib.crc32(f"{world.seed}:{code}".encode()) % 1000, {})


def _airports(world: World) -> Sequence[Callable[[], Row]]:
    def row(place: int, fact: AirportFact) -> Row:
        return {
            "id": str(9_000_000 + place),
            "gmt": _hours_from_greenwich(fact.timezone, world.now()),
            "airport_id": str(place),
            "iata_code": fact.iata,
            "city_iata_code": fact.city_code or fact.iata,
            "icao_code": fact.icao or "",
            "country_iso2": fact.country,
            "geoname_id": str(6_000_000 + place),
            "latitude": str(fact.latitude),
            "longitude": str(fact.longitude),
            "airport_name": fact.name,
            "country_name": None,
            "phone_number": None,
            "timezone": fact.timezone,
        } | _flaw(_FLAWED_AIRPORTS, world, fact.iata)

    facts = sorted(world.airports.values(), key=lambda fact: fact.iata)
    return [partial(row, place, fact) for place, fact in enumerate(facts, start=1)]


def _airlines(world: World) -> Sequence[Callable[[], Row]]:
    def row(place: int, fact: AirlineFact) -> Row:
        return {
            "id": str(8_000_000 + place),
            "fleet_average_age": None,
            "airline_id": str(place),
            "callsign": fact.callsign,
            "hub_code": None,
            "iata_code": fact.iata,
            "icao_code": fact.icao or "",
            "country_iso2": fact.country,
            "date_founded": None,
            "iata_prefix_accounting": None,
            "airline_name": fact.name,
            "country_name": None,
            "fleet_size": None,
            "status": "active",
            "type": "scheduled",
        } | _flaw(_FLAWED_AIRLINES, world, fact.iata or fact.name)

    facts = sorted(world.airlines.values(), key=lambda fact: (fact.name, fact.iata or ""))
    return [partial(row, place, fact) for place, fact in enumerate(facts, start=1)]


def _hours_from_greenwich(timezone: str, now: datetime) -> str:
    """Standard time, as text: "-10", "5.5"."""
    local = now.astimezone(ZoneInfo(timezone))
    standard = (local.utcoffset() or timedelta()) - (local.dst() or timedelta())
    return f"{standard / timedelta(hours=1):g}"
