"""Who asks, whether the signature is good, how much of the quota is left; and every answer gzipped, as Rapid has it."""

import gzip
import hashlib
import re
import secrets
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

import falcon.asgi

from adapters.suppliers.expedia.sandbox.errors import Refused, flat, invalid, mistake

_KEY: Final = re.compile(r"sandbox-expedia-.+")
_SECRET: Final = "sandbox-expedia-secret"  # noqa: S105 - what anybody may know
_SCHEME: Final = re.compile(r"EAN\s+(?P<parts>.+)", re.IGNORECASE)
_LATE_SECONDS: Final = 300
# length in seconds -> calls for each key
_QUOTA: Final[Mapping[str, tuple[int, int]]] = {"Minute": (60, 1_200), "Day": (86_400, 500_000)}

Clock = Callable[[], datetime]


def presented(header: str) -> dict[str, str]:
    """The parts of an Authorization header by their names in lower case: both spellings of their keys are around."""
    told = _SCHEME.fullmatch(header.strip())
    pairs = (part.partition("=") for part in told["parts"].split(",")) if told else ()
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def signature(key: str, timestamp: str) -> str:
    return hashlib.sha512(f"{key}{_SECRET}{timestamp}".encode()).hexdigest()


class Quota:
    """Counts by the minute and by the day; a call that is refused for its signature costs nothing."""

    def __init__(self, clock: Clock) -> None:
        self._clock: Final = clock
        self._used: Final[Counter[tuple[str, str, int]]] = Counter()

    def take(self, key: str) -> dict[str, str]:
        """The headers of the answer. Raises Refused when nothing is left, with the same headers."""
        now = self._clock().timestamp()
        headers: dict[str, str] = {"Rate-Limit-Reduction-Status": "inactive"}
        empty = False
        for name, (seconds, calls) in _QUOTA.items():
            window = (key, name, int(now // seconds))
            empty = empty or self._used[window] >= calls
            self._used[window] += not empty
            headers |= {
                f"Rate-Limit-{name}-Remaining": str(100 * (calls - self._used[window]) // calls),
                f"Rate-Limit-{name}-Reset": str((window[2] + 1) * seconds * 1000),
            }
        if empty:
            refused = flat(429, "too_many_requests")
            raise Refused(refused.status, refused.body, headers)
        return headers


class Gate:
    def __init__(self, clock: Clock, sweep: Callable[[], None]) -> None:
        self._clock: Final = clock
        self._quota: Final = Quota(clock)
        self._sweep: Final = sweep

    async def process_resource(
        self, request: falcon.asgi.Request, response: falcon.asgi.Response, resource: object, _: object
    ) -> None:
        request.context.key = self._key(request)
        response.set_headers(self._quota.take(request.context.key))
        if getattr(resource, "WANTS_TRAVELLER", False) and not request.get_header("Customer-Ip"):
            raise invalid(mistake("customer_ip.required", "Customer-Ip is required.", ("header", "Customer-Ip", None)))
        self._sweep()

    async def process_response(
        self, request: falcon.asgi.Request, response: falcon.asgi.Response, _: object, __: object
    ) -> None:
        response.set_header("Region", "us-west-2")
        response.set_header("transaction-id", secrets.token_hex(8))
        if response.data and "gzip" in (request.get_header("Accept-Encoding") or ""):
            response.data = gzip.compress(response.data, compresslevel=1, mtime=0)
            response.set_header("Content-Encoding", "gzip")

    def _key(self, request: falcon.asgi.Request) -> str:
        told = presented(request.get_header("Authorization") or "")
        key, timestamp = told.get("apikey", ""), told.get("timestamp", "")
        now = int(self._clock().timestamp())
        good = (
            _KEY.fullmatch(key)
            and timestamp.isdecimal()
            and abs(now - int(timestamp)) <= _LATE_SECONDS
            and secrets.compare_digest(told.get("signature", "").encode(), signature(key, timestamp).encode())
        )
        if good:
            return key
        refused = flat(
            401,
            "request_unauthenticated",
            ("header", "apikey", key),
            ("header", "signature", told.get("signature", "")),
            ("header", "timestamp", int(timestamp) if timestamp.isdecimal() else timestamp),
            ("server", "servertimestamp", now),
            message="Data required to authenticate your request is missing or inaccurate. "
            "Ensure that your request follows the guidelines in our documentation.",
        )
        raise Refused(refused.status, refused.body, {"WWW-Authenticate": "EAN"})


def credential(scope: Mapping[str, Any]) -> str | None:
    """The key alone: a signature is another one every second."""
    for name, value in scope.get("headers", ()):
        if name.lower() == b"authorization":
            return presented(bytes(value).decode("latin-1")).get("apikey")
    return None
