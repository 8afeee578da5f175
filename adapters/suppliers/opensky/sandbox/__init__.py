"""The pretend OpenSky Network: tokens, credits, state vectors, flights and tracks over the pretend world.

A second, independent reading of the documents: it shares no line with the adapter.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any

import falcon
import falcon.asgi
import orjson

from adapters.suppliers.opensky.sandbox.facts import World
from adapters.suppliers.opensky.sandbox.flown import flights, interval, track, when
from adapters.suppliers.opensky.sandbox.gate import (
    Asked,
    Buckets,
    Refused,
    bearer,
    checked,
    client_of,
    cost_of_area,
    cost_of_days,
    token,
)
from adapters.suppliers.opensky.sandbox.states import states, validity

# The API's own base path is /api, and its tokens come from another host, which has none.
OPERATIONS: tuple[tuple[str, str, str], ...] = (
    ("POST", r"/auth/realms/opensky-network/protocol/openid-connect/token", "token"),
    ("GET", r"(/api)?/states/all", "states"),
    ("GET", r"(/api)?/states/own", "own"),
    ("GET", r"(/api)?/flights/(all|aircraft|arrival|departure)", "flights"),
    ("GET", r"(/api)?/tracks(/|/all)?", "tracks"),
)

_A_RECEIVER = 1_408_237_098

Application = falcon.asgi.App[falcon.asgi.Request, falcon.asgi.Response]


def credential(scope: dict[str, Any]) -> str | None:
    """The client to whom the token was given that the caller shows."""
    shown = bearer(dict(scope.get("headers", ())))
    return None if shown is None else client_of(shown)


def create_app(world: World) -> Application:
    counter = _Counter(world)
    app = falcon.asgi.App()
    app.add_sink(counter.answer, "/")
    app.add_error_handler(Refused, _refuse)
    return app


async def _refuse(
    _request: falcon.asgi.Request, response: falcon.asgi.Response, refused: Refused, _params: dict[str, Any]
) -> None:
    response.status = refused.status
    response.content_type = falcon.MEDIA_TEXT
    response.data = refused.body
    response.set_headers(refused.headers)


class _Call:
    """One call on its way to the counter: what it asks, and who asks."""

    def __init__(self, req: falcon.asgi.Request, world: World) -> None:
        self.asked = Asked(req.query_string.encode("latin-1"))
        self.client = checked(bearer(dict(req.scope["headers"])), world.now())
        self.caller = self.client or req.remote_addr or "nobody"
        self.kind = req.path.rstrip("/").rsplit("/", 1)[-1]

    def known(self, *, otherwise: int = 401) -> None:
        if self.client is None:
            raise Refused(otherwise, "Unauthorised" if otherwise == 401 else "Forbidden")


class _Counter:
    def __init__(self, world: World) -> None:
        self._world = world
        self._buckets = Buckets(world.now)
        self._answers: dict[str, Callable[[_Call], Awaitable[tuple[Any, int | None]]]] = {
            "states": self._states, "own": self._own, "flights": self._flights, "tracks": self._track,
        }  # fmt: skip

    async def answer(self, req: falcon.asgi.Request, resp: falcon.asgi.Response | None, **_: Any) -> None:
        assert resp is not None  # only a WebSocket comes without one
        operation = _operation(req.method, req.path)
        if operation == "token":
            resp.status, told = token(await req.bounded_stream.read(), self._world.now())
            resp.data = orjson.dumps(told)
            return
        body, left = await self._answers[operation](_Call(req, self._world))
        resp.data = orjson.dumps(body)
        if left is not None:
            resp.set_header("X-Rate-Limit-Remaining", str(left))

    async def _states(self, call: _Call) -> tuple[Any, int | None]:
        anonymous = call.client is None
        at = validity(call.asked, self._world.now(), anonymous=anonymous)
        one_by_one = bool(call.asked.several("serials"))
        cost = 1 if one_by_one else cost_of_area(call.asked.box())
        left = self._buckets.pay(call.caller, "states", cost, anonymous=anonymous)
        # All of the world takes a moment, in which other suppliers' callers shall not wait.
        heard = await asyncio.to_thread(self._world.aviation.airborne, at)
        return states(heard, call.asked, at), left

    async def _own(self, call: _Call) -> tuple[Any, int | None]:
        """What one receiver in the Alps hears, for nothing."""
        call.known(otherwise=403)
        at = validity(call.asked, self._world.now(), anonymous=False)
        heard = await asyncio.to_thread(self._world.aviation.airborne, at)
        near = [one for one in heard if 46 <= one.fix.latitude <= 48 and 7 <= one.fix.longitude <= 10]
        return states(near, call.asked, at, sensor=_A_RECEIVER), None

    async def _flights(self, call: _Call) -> tuple[Any, int | None]:
        call.known()
        begin, end = interval(call.asked, call.kind)
        cost = cost_of_days(begin, end, self._world.now())
        left = self._buckets.pay(call.caller, "flights", cost, anonymous=False)
        return await asyncio.to_thread(flights, self._world, call.asked, call.kind, begin, end), left

    async def _track(self, call: _Call) -> tuple[Any, int | None]:
        call.known()
        now = self._world.now()
        at = when(call.asked, now)
        left = self._buckets.pay(call.caller, "tracks", cost_of_days(at, at, now), anonymous=False)
        return track(self._world, call.asked, at), left


def _operation(method: str, path: str) -> str:
    for known, pattern, operation in OPERATIONS:
        if method == known and re.fullmatch(pattern, path):
            return operation
    raise Refused(404, "Not Found")
