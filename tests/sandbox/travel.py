"""Worlds with a clock in the test's hand, and a supplier that sells nothing but its own name."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import falcon.asgi

from sandbox.connections import Journey
from sandbox.world import World

NOON = datetime(2027, 1, 10, 12, 0, tzinfo=UTC)
DAY = datetime(2027, 3, 11, tzinfo=UTC).date()


class Clock:
    """Stands still until it is told to go on."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def go_on(self, **time: float) -> None:
        self.now += timedelta(**time)


def a_world(*, seed: int = 1, clock: Clock | None = None) -> World:
    return World(seed=seed, clock=clock or Clock())


def flights(journeys: Iterable[Journey]) -> list[str]:
    return [" ".join(f"{leg.carrier}{leg.number} {leg.departs.isoformat()}" for leg in one.legs) for one in journeys]


class _Counter:
    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response, **_place: str) -> None:
        resp.media = {"path": req.path, "query": req.query_string, "flights": [f"XX{number}" for number in range(200)]}

    async def on_post(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        resp.status = 201
        resp.media = {"heard": await req.get_media()}


class PretendSupplier:
    """What a supplier's `sandbox.py` looks like to the server."""

    OPERATIONS: tuple[tuple[str, str, str], ...] = (
        ("GET", r"/v1/search", "search"),
        ("GET", r"/v1/places/[A-Z]{3}", "place"),
        ("POST", r"/v1/search", "book"),
    )

    def credential(self, scope: Any) -> str | None:
        return next((value.decode() for name, value in scope["headers"] if name == b"x-key"), None)

    def create_app(self, world: World) -> Any:
        assert "ZRH" in world.airports
        app = falcon.asgi.App()
        app.add_route("/v1/search", _Counter())
        app.add_route("/v1/places/{iata}", _Counter())
        return app
