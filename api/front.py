"""The front door: every request gets its id, spends of its caller's limit and is counted; hot answers leave at once."""

import itertools
import re
import secrets
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Final

import falcon.asgi

from api import bodies
from api.limits import Standing
from api.memory import Hot
from api.metrics import BY_MEMORY, UNMATCHED
from api.notebook import LOOK
from api.people.credentials import Refused, credential_in
from api.problems import MEDIA_TYPE, Kind, Problem, unauthorized
from api.services import Services
from storage.failures import StorageDown

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

REQUEST_ID: Final = "travelhub.request_id"  # where the rest of the API finds them in the scope
ROUTE: Final = "travelhub.route"
STREAM: Final = "travelhub.stream"  # what goes on where Falcon ends
IDENTITY: Final = "travelhub.identity"  # who asks, as far as it is known
UNSURE: Final = "travelhub.unsure"  # a credential was shown that nobody can look up just now
_READ: Final = frozenset({b"x-request-id", b"accept-encoding", b"if-none-match", b"authorization", b"x-api-key"})
_AN_ID: Final = re.compile(rb"[A-Za-z0-9._-]{1,128}").fullmatch


def _too_many(standing: Standing) -> Problem:
    detail = f"All requests are back in {standing.reset} seconds."
    return Problem(Kind.TOO_MANY_REQUESTS, detail, headers=(("Retry-After", str(standing.reset)),))


class Front(falcon.asgi.App[falcon.asgi.Request, falcon.asgi.Response]):
    """Falcon, behind one door.

    What every answer needs is done here in one place instead of in middleware: a hot answer then costs a look at the
    headers, one at the limits and one into memory, and never reaches Falcon.
    """

    def __init__(self, services: Services, *, unlimited: frozenset[str], **options: Any) -> None:
        super().__init__(**options)
        self._services: Final = services
        self._unlimited: Final = unlimited
        self._process: Final = secrets.token_hex(8).encode()
        self._numbers: Final = itertools.count(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # type: ignore[override]  # Falcon's own types are wider
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        started = time.perf_counter()
        now = self._services.clock()
        if type(scope["headers"]) is not list:  # a server may hand over what can be read only once
            scope["headers"] = [(name, value) for name, value in scope["headers"]]
        read = {name: value for name, value in scope["headers"] if name in _READ}
        request_id = self._request_id(read)
        credential = credential_in(read)
        identity = None if credential is None else self._services.credentials.known(credential, now)
        always: Headers = [(b"x-request-id", request_id)]
        if scope["path"] not in self._unlimited:
            limits, client = self._services.limits, scope.get("client")
            standing = limits.spend(client[0] if client else "", None if identity is None else identity.owner, now)
            always += ((b"ratelimit-policy", limits.policy), (b"ratelimit", limits.header(standing)))
            if standing.left < 0:
                await self._refuse(scope, send, always, _too_many(standing), started)
                return
        if credential is not None and identity is None:
            try:
                identity = await self._services.credentials.verified(credential, now)
            except Refused as refused:
                await self._refuse(scope, send, always, unauthorized(str(refused)), started)
                return
            except StorageDown:
                scope[UNSURE] = True  # what anybody may read is read all the same
        hot = self._hot(scope, read, now) or await self._shared(scope, read, now)
        if hot is not None:
            if identity is not None and hot.route != LOOK:
                self._services.notebook.note(identity.owner, hot.search_id, now)
            await self._serve(send, always, hot, read, started)
        else:
            scope[REQUEST_ID], scope[IDENTITY] = request_id.decode(), identity
            await self._pass_on(scope, receive, send, always, started)

    def _request_id(self, read: Mapping[bytes, bytes]) -> bytes:
        told = read.get(b"x-request-id")
        return told if told is not None and _AN_ID(told) else b"%s-%x" % (self._process, next(self._numbers))

    def _hot(self, scope: Scope, read: Mapping[bytes, bytes], now: datetime) -> Hot | None:
        if scope["method"] != "GET":
            return None
        return self._services.answers.hot(
            (scope["path"], scope["query_string"], read.get(b"accept-encoding", b"")), now
        )

    async def _shared(self, scope: Scope, read: Mapping[bytes, bytes], now: datetime) -> Hot | None:
        """What had to make room here may still be at hand for all processes, for one look into Redis."""
        visited = scope["path"], scope["query_string"], read.get(b"accept-encoding", b"")
        known = self._services.answers.known(visited, now) if scope["method"] == "GET" else None
        page = await self._services.pages.find(known.search_id, known.slot[0]) if known is not None else None
        return None if known is None or page is None else self._services.answers.hot_page(known, page, now)

    async def _serve(self, send: Send, always: Headers, hot: Hot, read: Mapping[bytes, bytes], started: float) -> None:
        """The same answer that Falcon gave to the first request of this kind."""
        services = self._services
        services.searching.note_asked(hot.search_id)
        if_none_match = read.get(b"if-none-match")
        known = if_none_match is not None and bodies.matches(if_none_match.decode("latin-1"), hot.rendering.version)
        status = 304 if known else 200
        headers = [*(hot.rendering.short_headers if known else hot.rendering.headers), *always]
        if hot.link is not None:
            headers.append((b"link", hot.link))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if known else hot.rendering.body})
        services.metrics.answered("GET", hot.route, status, time.perf_counter() - started, by=BY_MEMORY)

    async def _refuse(self, scope: Scope, send: Send, always: Headers, refusal: Problem, started: float) -> None:
        body = refusal.document(always[0][1].decode())
        headers = [
            (b"content-type", MEDIA_TYPE.encode()),
            (b"content-length", b"%d" % len(body)),
            *((name.lower().encode(), value.encode()) for name, value in refusal.headers),
            *always,
        ]
        status = refusal.kind.status
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
        self._services.metrics.answered(scope["method"], UNMATCHED, status, time.perf_counter() - started)

    async def _pass_on(
        self, scope: Scope, receive: Receive, send: Send, always: Iterable[tuple[bytes, bytes]], started: float
    ) -> None:
        """Everything else is Falcon's; what every answer carries is added on its way out.

        Of a stream Falcon sends the head only. It goes on when Falcon has let go of request and response, so that an
        open line costs no more than it must.
        """

        async def sent(event: dict[str, Any]) -> None:
            if event["type"] == "http.response.start":
                head = event["headers"]
                if STREAM in scope:
                    head = [(name, value) for name, value in head if name != b"content-length"]
                event["headers"] = [*head, *always]
                route = scope.get(ROUTE, UNMATCHED)
                seconds = time.perf_counter() - started
                self._services.metrics.answered(scope["method"], route, event["status"], seconds)
            elif STREAM in scope:
                return
            await send(event)

        await super().__call__(scope, receive, sent)
        if STREAM in scope:
            await scope[STREAM](receive, send)
