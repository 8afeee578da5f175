"""A call as its resource sees it: what was asked, already read and checked, and what is to be answered."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, Generic, TypeVar

import falcon.asgi
import msgspec

from api import bodies
from api.bodies import Rendering
from api.memory import Visited
from api.services import Services
from domain.people import Identity, Role
from storage.idempotency import Claim

# Gets what ASGI calls `receive` and `send`, and ends when the answer does.
Stream = Callable[
    [Callable[[], Awaitable[dict[str, Any]]], Callable[[dict[str, Any]], Awaitable[None]]], Awaitable[None]
]
Query = TypeVar("Query")
Body = TypeVar("Body")


class Asked(msgspec.Struct, Generic[Query, Body], frozen=True, kw_only=True):
    """`place` holds the parts of the path that are names; `pairs` the query string as it was sent.

    `address` is where the request comes from, `identity` is whose good credential was shown; None where none was.
    `claim` is there where the call is carried out once for each key that a client makes up.
    `sent` is the body of a signed call, byte for byte.
    """

    method: str
    route: str
    query: Query
    body: Body
    place: Mapping[str, str]
    pairs: tuple[tuple[str, str], ...]
    visited: Visited
    headers: Mapping[str, str]
    address: str
    identity: Identity | None
    now: datetime
    claim: Claim | None = None
    sent: bytes = b""

    @property
    def caller(self) -> str | None:
        """The owner's id, under which things are kept."""
        return None if self.identity is None else self.identity.owner

    @property
    def role(self) -> Role:
        """Nobody may do more than a traveller."""
        return Role.TRAVELLER if self.identity is None else self.identity.role

    @property
    def path(self) -> str:
        return self.visited[0]

    @property
    def accept_encoding(self) -> str:
        return self.visited[2].decode("latin-1")


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """Either a rendering, or events, or nothing but a status and headers.

    A `stream` takes the line over when the head is out: for answers that ten thousand clients keep open at once.
    """

    status: int = 200
    rendering: Rendering | None = None
    stream: Stream | None = None
    events: "AsyncIterator[falcon.asgi.SSEvent] | None" = None
    headers: tuple[tuple[str, str], ...] = ()


def reply(
    services: Services,
    asked: Asked[Any, Any],
    answer: msgspec.Struct,
    *,
    status: int = 200,
    cache_control: str = "no-store",
    headers: tuple[tuple[str, str], ...] = (),
) -> Reply:
    """An answer as JSON, in the coding that the client prefers."""
    body = msgspec.json.encode(answer)
    rendering = services.shelf.rendering(body, asked.accept_encoding, cache_control=cache_control)
    return Reply(status=status, rendering=rendering, headers=headers)


def write(reply: Reply, resp: "falcon.asgi.Response", *, if_none_match: str | None) -> None:
    """Put the reply on the wire; 304 where the client holds this version already."""
    resp.status = reply.status
    for name, value in reply.headers:
        resp.append_header(name, value)  # Falcon sets no cookies by the other way
    if reply.events is not None:
        resp.sse = reply.events
        return
    shown = reply.rendering
    if shown is None:
        return
    known = if_none_match is not None and reply.status == 200 and bodies.matches(if_none_match, shown.version)
    if known:
        resp.status = 304
    else:
        resp.data = shown.body
    for raw, content in shown.short_headers if known else shown.headers:
        resp.set_header(raw.decode(), content.decode())
