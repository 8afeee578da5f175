"""Who asks and how often, and how every answer and refusal is written."""

import re
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import falcon.asgi
import msgspec

from adapters.suppliers.kiwi.sandbox.params import Params, bad

_KEY: Final = re.compile(r"sandbox-kiwi-.+")
_QUOTA: Final = ((600, timedelta(seconds=60)), (100, timedelta(seconds=5)))  # calls, in any window of this length
_JSON: Final = msgspec.json.Encoder(decimal_format="number")


def credential(scope: Mapping[str, Any]) -> str | None:
    """The `apikey` header; in the query string it was seen to work as well."""
    for name, value in scope.get("headers", ()):
        if name.lower() == b"apikey":
            return bytes(value).decode("latin-1")
    return Params(scope.get("query_string", b"").decode("latin-1")).text("apikey")


class Refused(falcon.HTTPUnprocessableEntity):
    """A refusal in the older form, a list by parameter, which the locations calls speak."""


def refused(param: str, sentence: str) -> Refused:
    return Refused(title=param, description=sentence)


def write_error(_: falcon.asgi.Request, response: falcon.asgi.Response, error: falcon.HTTPError) -> None:
    if isinstance(error, Refused):
        send(response, {"message": [{"param": error.title, "errors": [error.description]}]})
    else:
        send(response, {"status": error.title, "error": error.description or error.title})


def send(response: falcon.asgi.Response, body: object) -> None:
    """Money stands in it as a number, to its last digit."""
    response.content_type = falcon.MEDIA_JSON
    response.data = _JSON.encode(body)


async def posted(request: falcon.asgi.Request) -> dict[str, Any]:
    """A body of JSON, its numbers exact. Raises a refusal for anything else."""
    try:
        told = _DECODER.decode(await request.stream.read())
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise bad("Could not parse the body: it is not JSON") from error
    if not isinstance(told, dict):
        raise bad("Could not parse the body: it is not an object")
    return told


_DECODER: Final = msgspec.json.Decoder(float_hook=Decimal)


class Quota:
    """Remembers when each key was let in, to the instant. A refused call costs nothing."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._let_in: dict[str, deque[datetime]] = defaultdict(lambda: deque(maxlen=max(calls for calls, _ in _QUOTA)))

    def allows(self, key: str) -> bool:
        now, let_in = self._now(), self._let_in[key]
        if any(len(let_in) >= calls and let_in[-calls] > now - span for calls, span in _QUOTA):
            return False
        let_in.append(now)
        return True


class Gate:
    """Who asks, and whether they may ask now. Falcon comes here only for paths that exist."""

    def __init__(self, quota: Quota) -> None:
        self._quota = quota

    async def process_resource(
        self, request: falcon.asgi.Request, _: falcon.asgi.Response, __: object, ___: object
    ) -> None:
        key = credential(request.scope)
        if key is None or not _KEY.fullmatch(key):
            raise bad("unknown partner provided - check the apikey header")
        if not self._quota.allows(key):
            raise falcon.HTTPTooManyRequests(title="Too Many Requests", description="the quota of this key is used up")
