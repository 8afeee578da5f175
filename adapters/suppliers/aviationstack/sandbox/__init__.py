"""The pretend aviationstack: keys, plans, quotas and pages as its documents describe them, over the pretend world.

A second, independent reading of the documents: it shares no line with the adapter.
"""

import asyncio
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import falcon
import falcon.asgi
import orjson

from adapters.suppliers.aviationstack.sandbox.boards import future, timetable
from adapters.suppliers.aviationstack.sandbox.catalogues import airlines, airports, listed, routes
from adapters.suppliers.aviationstack.sandbox.facts import World
from adapters.suppliers.aviationstack.sandbox.flights import flights
from adapters.suppliers.aviationstack.sandbox.gate import Asked, Meter, Refused, checked, is_free

OPERATIONS: tuple[tuple[str, str, str], ...] = (
    ("GET", r"(/v1)?/airports/?", "airports"),
    ("GET", r"(/v1)?/airlines/?", "airlines"),
    ("GET", r"(/v1)?/routes/?", "routes"),
    ("GET", r"(/v1)?/flights/?", "flights"),
    ("GET", r"(/v1)?/timetable/?", "timetable"),
    ("GET", r"(/v1)?/flightsFuture/?", "future"),
)

# What aviationstack has and this sandbox has not: to call these unknown would be a lie.
_NOT_PRETENDED = re.compile(r"(/v1)?/(airplanes|aircraft_types|taxes|cities|countries)/?")

Application = falcon.asgi.App[falcon.asgi.Request, falcon.asgi.Response]
Answer = Callable[[Asked], dict[str, Any]]


def credential(scope: dict[str, Any]) -> str | None:
    """The key that the caller shows: aviationstack takes it in the query and nowhere else."""
    shown = parse_qs(bytes(scope.get("query_string", b"")).decode("latin-1")).get("access_key")
    return shown[0] if shown else None


def create_app(world: World) -> Application:
    all_airports, all_airlines = airports(world), airlines(world)
    answers: dict[str, Answer] = {
        "airports": lambda asked: listed(all_airports, asked),
        "airlines": lambda asked: listed(all_airlines, asked),
        "routes": lambda asked: routes(world, asked),
        "flights": lambda asked: flights(world, asked),
        "timetable": lambda asked: timetable(world, asked),
        "future": lambda asked: future(world, asked),
    }
    meter = Meter(world.now)

    async def answer(req: falcon.asgi.Request, resp: falcon.asgi.Response | None, **_: Any) -> None:
        assert resp is not None  # only a WebSocket comes without one
        operation = _operation(req.method, req.path)
        key = checked(credential(req.scope))
        meter.admit(key, operation)
        asked = Asked(operation, req.params, free=is_free(key))
        # A busy airport's day takes a moment, in which other suppliers' callers shall not wait.
        resp.data = orjson.dumps(await asyncio.to_thread(answers[operation], asked))

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
