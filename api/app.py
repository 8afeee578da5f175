"""The application: routes and nothing else."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from functools import cache
from types import SimpleNamespace

import falcon.asgi
import msgspec
from falcon.asgi import Request, Response

from api.background import Background
from api.front import Front
from api.mishaps import answer_mishaps
from api.openapi import description
from api.reading import responder
from api.routes import ROUTES, UNLIMITED
from api.services import Description, Services

Responder = Callable[..., Awaitable[None]]


def create_app(services: Services, *around: object) -> falcon.asgi.App[falcon.asgi.Request, falcon.asgi.Response]:
    """The API over these services; its background work starts and ends with the server's lifespan.

    `around` are Falcon components that start before that work and end after it.
    """
    services = msgspec.structs.replace(services, description=_described(services.clock().date()))
    app = Front(services, unlimited=UNLIMITED, middleware=[*around, Background(services)])
    answer_mishaps(app)
    for path, responders in _by_path(services).items():
        app.add_route(path, SimpleNamespace(**responders))
    return app


@cache
def _described(today: date) -> Description:
    """Made once for all applications of a process: there is one in production, and hundreds where they are tried."""
    return description(ROUTES, today=today)


def _by_path(services: Services) -> Mapping[str, Mapping[str, Responder]]:
    """HEAD is answered as GET is, and Falcon leaves the body out."""
    places: defaultdict[str, dict[str, Responder]] = defaultdict(dict)
    for route in ROUTES:
        path, respond = _numbered(route.path, responder(route, services))
        places[path][f"on_{route.method.lower()}"] = respond
        if route.method == "GET":
            places[path]["on_head"] = respond
    return places


def _numbered(path: str, respond: Responder) -> tuple[str, Responder]:
    """The path with its names numbered, because Falcon wants all that may stand at one place to go by one name there.

    We call what stands behind `/v1/flights/` an offer's id, or the number of a flight, by what follows.
    """
    parts = path.split("/")
    names = {f"part{at}": part[1:-1] for at, part in enumerate(parts) if part.startswith("{")}
    numbered = "/".join(f"{{part{at}}}" if f"part{at}" in names else part for at, part in enumerate(parts))

    async def named(req: Request, resp: Response, **place: str) -> None:
        await respond(req, resp, **{names[part]: told for part, told in place.items()})

    return numbered, named
