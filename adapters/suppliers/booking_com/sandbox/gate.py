"""The door of the pretend Demand API: who asks, how, how often, and the form of every answer and refusal."""

import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import falcon.asgi
import msgspec

_TOKEN: Final = re.compile(r"sandbox-booking-.+")
_CALLS, _WINDOW = 600, timedelta(seconds=60)
_LETTERS: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_encode: Final = msgspec.json.Encoder(decimal_format="number").encode

Body = dict[str, Any]
Handle = Callable[[Body], Body]


class Refused(Exception):
    """One error in their envelope: never more, so that mistakes come to light one at a time."""

    def __init__(self, status: int, error_id: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status: Final = status
        self.error: Final = {"id": error_id, "message": message, **more}


def invalid(message: str, error_id: str = "invalid_parameter") -> Refused:
    return Refused(400, error_id, message)


class Counter:
    """So many calls a minute for each token. Above that nothing goes through until the minute is over."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now: Final = now
        self._minutes: Final[dict[str, tuple[datetime, int]]] = {}

    def allows(self, token: str) -> bool:
        now = self._now()
        began, calls = self._minutes.get(token, (now, 0))
        if now - began >= _WINDOW:
            began, calls = now, 0
        self._minutes[token] = (began, calls + 1)
        return calls < _CALLS


def bearer(scope: Mapping[str, Any]) -> str | None:
    told = _header(scope, b"authorization") or ""
    return told.removeprefix("Bearer ") if told.startswith("Bearer ") else None


def _header(scope: Mapping[str, Any], name: bytes) -> str | None:
    found = (bytes(value).decode("latin-1") for key, value in scope.get("headers", ()) if key.lower() == name)
    return next(found, None)


class Gate:
    """Both credentials on every call, the token and the affiliate's number. Falcon comes here for paths that exist."""

    def __init__(self, counter: Counter) -> None:
        self._counter: Final = counter

    async def process_resource(
        self, request: falcon.asgi.Request, _: falcon.asgi.Response, __: object, ___: object
    ) -> None:
        token, affiliate = bearer(request.scope), _header(request.scope, b"x-affiliate-id") or ""
        if token is None or not _TOKEN.fullmatch(token) or not affiliate.isdecimal():
            raise falcon.HTTPUnauthorized(title="unauthorized", description="The token or the affiliate is unknown.")
        if not self._counter.allows(token):
            raise falcon.HTTPTooManyRequests(title="too_many_requests", description="Too many requests.")


class Endpoint:
    """One path: a POST with a JSON object, whatever it is about."""

    def __init__(self, path: str, handle: Handle) -> None:
        self._path: Final = path
        self._handle: Final = handle

    async def on_post(self, request: falcon.asgi.Request, response: falcon.asgi.Response) -> None:
        body = await request.stream.read()
        response.content_type = falcon.MEDIA_JSON
        try:
            _check_form(request)
            answer = self._handle(_object(body))
        except Refused as refused:
            response.status = refused.status
            answer = {"errors": [refused.error]}
        response.data = _encode({"request_id": _request_id(self._path, body), **answer})


def _check_form(request: falcon.asgi.Request) -> None:
    kind = (request.content_type or "").partition(";")[0].strip()
    if kind != "application/json":
        raise Refused(415, "unsupported_media_type", f"Content type '{kind}' is not supported.")
    if not request.client_accepts_json:
        raise Refused(406, "not_acceptable", "Only 'application/json' is produced.")
    if request.query_string:
        raise invalid("Query strings are not supported.", "invalid_request")


def _object(body: bytes) -> Body:
    try:
        told = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise invalid("The request is not valid JSON.", "malformed_request") from error
    if not isinstance(told, dict):
        raise invalid("The request is not an object.", "malformed_request")
    return told


def _request_id(path: str, body: bytes) -> str:
    """26 characters, the same for the same question: the world may stand still."""
    number = int.from_bytes(hashlib.blake2b(path.encode() + body, digest_size=16).digest(), "big")
    return "01" + "".join(_LETTERS[number >> 5 * place & 31] for place in range(24))


def write_error(_: falcon.asgi.Request, response: falcon.asgi.Response, error: falcon.HTTPError) -> None:
    """What never came to an endpoint: no such path, another verb, no right to ask."""
    told = {"id": (error.title or "").lower().replace(" ", "_"), "message": error.description or error.title}
    response.content_type = falcon.MEDIA_JSON
    response.data = _encode({"request_id": _request_id(told["id"] or "", b""), "errors": [told]})
