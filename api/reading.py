"""From a request to a call: who may, what was asked, every fault at once."""

import hmac
from collections.abc import Awaitable, Callable
from typing import Any, Final
from urllib.parse import parse_qsl

import falcon.asgi

from api import params
from api.calls import Asked, write
from api.front import ROUTE, STREAM
from api.limits import key_of
from api.params import Nothing
from api.problems import Kind, Problem, invalid
from api.route import JSON, Route, Who
from api.services import Services

LARGEST_BODY: Final = 1024 * 1024
Responder = Callable[..., Awaitable[None]]


def responder(route: Route, services: Services) -> Responder:
    """What Falcon calls for this route."""

    async def respond(req: falcon.asgi.Request, resp: falcon.asgi.Response, **place: str) -> None:
        req.scope[ROUTE] = route.path
        if route.who is Who.ADMIN:
            _check_admin(req.get_header("Authorization"), services.admin_token)
        if route.who is Who.CALLER and caller_of(req) is None:
            raise Problem(
                Kind.UNAUTHORIZED,
                "This call keeps something for you: show an X-Api-Key or a bearer token.",
                headers=(("WWW-Authenticate", 'Bearer realm="travelhub"'),),
            )
        asked = await _asked(route, services, req, place)
        reply = await route.call(services, asked)
        write(reply, resp, if_none_match=req.get_header("If-None-Match") if route.method == "GET" else None)
        if reply.stream is not None and req.method == "GET":
            req.scope[STREAM] = reply.stream

    return respond


async def _asked(route: Route, services: Services, req: falcon.asgi.Request, place: dict[str, str]) -> Asked[Any, Any]:
    """Raises Problem naming everything that is wrong with the query string and the body."""
    query = params.from_query(route.query, req.query_string)
    body = params.from_body(route.body, await _body(req)) if route.body is not None else None
    further = tuple(route.further(body or query, services)) if route.further is not None else ()
    flaws = [*params.flaws(query.faults, in_body=False)]
    if body is not None:
        flaws += params.flaws((*body.faults, *further), in_body=True)
    else:
        flaws += params.flaws(further, in_body=False)
    if flaws:
        raise invalid(flaws)
    encoding = req.get_header("Accept-Encoding") or ""
    return Asked(
        method=req.method,
        route=route.path,
        query=query.made(),
        body=body.made() if body is not None else Nothing(),
        place=place,
        pairs=tuple(parse_qsl(req.query_string, keep_blank_values=True)),
        visited=(req.scope["path"], req.scope["query_string"], encoding.encode("latin-1")),
        headers={name.lower(): value for name, value in req.headers.items()},
        caller=caller_of(req),
        now=services.clock(),
    )


def caller_of(req: falcon.asgi.Request) -> str | None:
    """Stands for the credential that was shown and does not tell it; None where none was."""
    credential = req.get_header("X-Api-Key") or req.get_header("Authorization")
    return None if credential is None else key_of(credential.encode())


async def _body(req: falcon.asgi.Request) -> bytes:
    """Raises Problem for what is no JSON by its own word, or too large by its own word or in truth."""
    if (req.content_type or "").partition(";")[0].strip().lower() != JSON:
        raise Problem(Kind.UNSUPPORTED_MEDIA_TYPE, f"Send {JSON}, not {req.content_type or 'a body without a type'}.")
    too_large = Problem(Kind.TOO_LARGE, f"A body may have {LARGEST_BODY} bytes.")
    if (req.content_length or 0) > LARGEST_BODY:
        raise too_large
    body: bytes = await req.stream.read(LARGEST_BODY + 1)
    if len(body) > LARGEST_BODY:
        raise too_large
    return body


def _check_admin(authorization: str | None, token: str) -> None:
    """Compared in constant time; without a token of ours nobody is an administrator."""
    scheme, _, shown = (authorization or "").partition(" ")
    right = hmac.compare_digest(shown.strip().encode(), token.encode())
    if not (token and right and scheme.lower() == "bearer"):
        raise Problem(
            Kind.UNAUTHORIZED,
            "This call wants the administrator's token.",
            headers=(("WWW-Authenticate", 'Bearer realm="travelhub"'),),
        )
