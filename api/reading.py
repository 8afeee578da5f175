"""From a request to a call: who may, what was asked, every fault at once."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import parse_qsl, quote

import falcon.asgi
import msgspec

from api import idempotency, params
from api.calls import Asked, Reply, write
from api.front import IDENTITY, ROUTE, STREAM, UNSURE
from api.params import Nothing
from api.problems import Kind, Problem, invalid, not_there, unauthorized, unavailable
from api.route import JSON, Route, Who
from api.services import Services
from domain.people import Role, Shown
from storage.idempotency import Claim

LARGEST_BODY: Final = 1024 * 1024
_NOBODYS_NAME: Final = "\0"  # no text in PostgreSQL can hold it
Responder = Callable[..., Awaitable[None]]


def responder(route: Route, services: Services) -> Responder:
    """What Falcon calls for this route."""

    async def respond(req: falcon.asgi.Request, resp: falcon.asgi.Response, **place: str) -> None:
        req.scope[ROUTE] = route.path
        _check(route.who, req.scope)
        if any(_NOBODYS_NAME in name for name in place.values()):
            raise not_there("Nothing goes by such a name.")
        reply = await _answered(route, services, req, place)
        write(reply, resp, if_none_match=req.get_header("If-None-Match") if route.method == "GET" else None)
        if reply.stream is not None and req.method == "GET":
            req.scope[STREAM] = reply.stream

    return respond


async def _answered(route: Route, services: Services, req: falcon.asgi.Request, place: dict[str, str]) -> Reply:
    """A request that was carried out before is not even read again: what made sense then may make none now."""
    sent = await _body(req) if route.body is not None or route.signed else b""
    identity = req.scope[IDENTITY]
    if not route.idempotent or identity is None:
        return await route.call(services, _asked(route, services, req, place, sent))

    async def first(claim: Claim) -> Reply:
        return await route.call(services, _asked(route, services, req, place, sent, claim=claim))

    call = f"{req.method} {quote(req.scope['path'])}?{quote(req.query_string, safe='=&%')}"
    wanted = idempotency.asking(identity.owner, req.get_header(idempotency.HEADER), call, sent)
    return await idempotency.once(services, wanted, first, accept_encoding=req.get_header("Accept-Encoding") or "")


def _asked(
    route: Route,
    services: Services,
    req: falcon.asgi.Request,
    place: dict[str, str],
    sent: bytes,
    *,
    claim: Claim | None = None,
) -> Asked[Any, Any]:
    """Raises Problem naming everything that is wrong with the query string and the body."""
    query = params.from_query(route.query, req.query_string)
    body = params.from_body(route.body, sent) if route.body is not None else None
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
        address=client[0] if (client := req.scope.get("client")) else "",
        identity=req.scope[IDENTITY],
        now=services.clock(),
        claim=claim,
        sent=sent if route.signed else b"",
    )


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


class _Needs(msgspec.Struct, frozen=True, kw_only=True):
    """Which role, known by what, and what is said to whoever shows nothing."""

    role: Role
    shown: frozenset[Shown]
    wanted: str


_ALL: Final = frozenset(Shown)
_SIGNED_IN: Final = frozenset({Shown.TOKEN})
_IN_CHARGE: Final = frozenset({Shown.TOKEN, Shown.ADMIN_TOKEN})
_NEEDS: Final[Mapping[Who, _Needs]] = MappingProxyType(
    {
        Who.CALLER: _Needs(
            role=Role.TRAVELLER,
            shown=_ALL,
            wanted="This call keeps something for you: show an X-Api-Key or a bearer token.",
        ),
        Who.PERSON: _Needs(
            role=Role.TRAVELLER, shown=_SIGNED_IN, wanted="Sign in for this call, and show your bearer token."
        ),
        Who.OPERATOR: _Needs(role=Role.OPERATOR, shown=_IN_CHARGE, wanted="This call wants an operator's token."),
        Who.ADMIN: _Needs(role=Role.ADMIN, shown=_IN_CHARGE, wanted="This call wants the administrator's token."),
    }
)


def _check(who: Who, scope: dict[str, Any]) -> None:
    """Raises Problem: 401 for nobody, 403 for somebody who may not, 503 where nobody can tell who it is."""
    needs, identity = _NEEDS.get(who), scope[IDENTITY]
    if needs is None:
        return
    if identity is None:
        if UNSURE in scope:
            raise unavailable("The books in which your credential stands do not answer just now.")
        raise unauthorized(needs.wanted)
    if identity.shown not in needs.shown or not identity.role.reaches(needs.role):
        raise Problem(Kind.FORBIDDEN, needs.wanted)
