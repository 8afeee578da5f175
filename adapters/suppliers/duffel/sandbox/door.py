"""Who asks, in which version and how often; and how every answer looks from outside."""

import hashlib
import math
import re
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any, Final

import falcon
import falcon.asgi
import msgspec

from adapters.suppliers.duffel.sandbox.refusals import Refused, malformed, missing

_TOKEN: Final = re.compile(r"duffel_(test|live)_\w+")
_IN_CURRENCY: Final = re.compile(r"duffel_(?:test|live)_([a-z]{3})_\w+")
_EXPIRED: Final = re.compile(r"duffel_(test|live)_expired\w*")
_USUAL_CURRENCY: Final = "EUR"
_VERSION: Final = "v2"
_CALLS_A_MINUTE, _SEARCHES_A_MINUTE = 4000, 30
_GUEST: Final = "duffel_test_sandbox"  # the token of whoever has none: it tries things out, and is not made to wait
_SEARCHES_OF_A_GUEST: Final = 1200
_SEARCH: Final = ("POST", "/air/offer_requests")
_MOST_MINUTES_KEPT: Final = 4


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """What a token says: duffel_test_gbp_anything is an account in pounds, duffel_test_anything one in euros."""

    token: str
    live: bool
    currency: str


def credential(scope: Mapping[str, Any]) -> str | None:
    """The bearer token, whatever it is worth."""
    told = _header(scope, b"authorization")
    return told.removeprefix("Bearer ") if told and told.startswith("Bearer ") else None


def _header(scope: Mapping[str, Any], name: bytes) -> str | None:
    found = (bytes(value).decode("latin-1") for told, value in scope.get("headers", ()) if told.lower() == name)
    return next(found, None)


class Meter:
    """Counts the calls of each token by the minute of the clock: what a window holds is whole again at full minutes."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now: Final = now
        self._counts: Final[dict[datetime, Counter[tuple[str, bool]]]] = {}

    def count(self, token: str, *, search: bool) -> tuple[int, int, datetime]:
        """The limit, what is left of it (below zero: too many) and when it is whole again."""
        minute = self._now().astimezone(UTC).replace(second=0, microsecond=0)
        while len(self._counts) >= _MOST_MINUTES_KEPT and minute not in self._counts:
            del self._counts[min(self._counts)]
        counts = self._counts.setdefault(minute, Counter())
        counts[token, False] += 1
        counts[token, True] += search
        ends = minute + timedelta(minutes=1)
        rooms = [(_CALLS_A_MINUTE - counts[token, False], _CALLS_A_MINUTE)]
        if search:
            most = _SEARCHES_OF_A_GUEST if token == _GUEST else _SEARCHES_A_MINUTE
            rooms.append((most - counts[token, True], most))
        left, limit = min(rooms)
        return limit, left, ends


class Door:
    """Falcon's middleware: numbers each request, checks who comes in and puts the meter's reading on every answer."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._meter: Final = Meter(now)
        self._requests = 0

    async def process_request(self, request: falcon.asgi.Request, response: falcon.asgi.Response) -> None:
        self._requests += 1
        number = hashlib.blake2s(str(self._requests).encode(), digest_size=10).hexdigest()
        request.context.number = number
        response.set_header("x-request-id", number)
        request.context.account = self._account(request)
        self._check_headers(request)
        search = (request.method, request.path.rstrip("/")) == _SEARCH
        limit, left, ends = self._meter.count(request.context.account.token, search=search)
        response.set_header("ratelimit-limit", str(limit))
        response.set_header("ratelimit-remaining", str(max(0, left)))
        response.set_header("ratelimit-reset", format_datetime(ends, usegmt=True))
        if left < 0:
            raise Refused(429, "rate_limit_error", "rate_limit_exceeded", "Wait until the minute is over")

    def _account(self, request: falcon.asgi.Request) -> Account:
        token = credential(request.scope)
        if token is None:
            raise _stranger("missing_authorization_header", "The Authorization header is missing or not a bearer's")
        mode = _TOKEN.fullmatch(token)
        if mode is None:
            raise _stranger("access_token_not_found", "The access token is unknown")
        if _EXPIRED.fullmatch(token):
            raise _stranger("expired_access_token", "The access token has expired")
        named = _IN_CURRENCY.fullmatch(token)
        return Account(token=token, live=mode[1] == "live", currency=named[1].upper() if named else _USUAL_CURRENCY)

    @staticmethod
    def _check_headers(request: falcon.asgi.Request) -> None:
        version = request.get_header("duffel-version")
        if version is None:
            raise Refused(400, "invalid_request_error", "missing_version_header", "Duffel-Version is missing")
        if version != _VERSION:
            raise Refused(400, "invalid_request_error", "unsupported_version", f"{version} is not served")
        if not request.client_accepts_json:
            raise Refused(406, "invalid_request_error", "unsupported_format", "Only application/json is served")


def _stranger(code: str, message: str) -> Refused:
    return Refused(401, "authentication_error", code, message)


async def refuse(
    request: falcon.asgi.Request,
    response: falcon.asgi.Response,
    refused: Refused,
    _params: Mapping[str, Any],
    **_: object,
) -> None:
    response.status = refused.status
    response.content_type = falcon.MEDIA_JSON
    response.data = refused.body(request.context.number)


async def refuse_plainly(
    request: falcon.asgi.Request,
    response: falcon.asgi.Response,
    error: falcon.HTTPError,
    params: Mapping[str, Any],
    **_: object,
) -> None:
    """What Falcon says by itself: no such path, or none with that verb."""
    refused = missing("resource") if error.status_code in (404, 405) else malformed(error.title or "")
    await refuse(request, response, refused, params)


# ---- what resources share ----


def tell(response: falcon.asgi.Response, told: object, *, status: int = 200) -> None:
    """In the envelope."""
    _send(response, {"data": told}, status)


def tell_page(
    response: falcon.asgi.Response, records: list[Any], *, limit: int, before: str | None, after: str | None
) -> None:
    """All three keys of `meta` are there, null or not."""
    _send(response, {"data": records, "meta": {"limit": limit, "before": before, "after": after}}, 200)


def _send(response: falcon.asgi.Response, body: object, status: int) -> None:
    response.status = status
    response.content_type = falcon.MEDIA_JSON
    response.data = msgspec.json.encode(body)


async def body(request: falcon.asgi.Request) -> dict[str, Any]:
    """What stands in the envelope. Raises Refused for anything else."""
    raw = await request.stream.read()
    try:
        told = msgspec.json.decode(raw)
    except msgspec.DecodeError as error:
        raise malformed("The body is not JSON") from error
    if not isinstance(told, dict) or not isinstance(told.get("data"), dict):
        raise malformed("The body has no data")
    data: dict[str, Any] = told["data"]
    return data


def zulu(moment: datetime) -> str:
    """To the millisecond, as theirs are at times."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def km(start: Any, end: Any) -> float:
    """Great circle between two airports, by the cosine of the angle at the middle of the Earth."""
    one, other = _direction(start), _direction(end)
    return 6371.0 * math.acos(max(-1.0, min(1.0, sum(a * b for a, b in zip(one, other, strict=True)))))


def _direction(airport: Any) -> tuple[float, float, float]:
    latitude, longitude = math.radians(airport.latitude), math.radians(airport.longitude)
    return math.cos(latitude) * math.cos(longitude), math.cos(latitude) * math.sin(longitude), math.sin(latitude)


def opaque(prefix: str, *parts: object) -> str:
    """The same id for the same parts: nothing can be read off it."""
    digest = hashlib.blake2b("|".join(map(str, (prefix, *parts))).encode(), digest_size=15).digest()
    number, letters = int.from_bytes(digest, "big"), []
    while number:
        number, letter = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[letter])
    return f"{prefix}_0000{''.join(letters)[:18].rjust(18, '0')}"


_LETTERS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
