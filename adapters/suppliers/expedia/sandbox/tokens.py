"""Opaque tokens: what a link is about and how long it is good for, sealed, so that nobody changes a letter of it."""

import base64
import hashlib
import hmac
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import orjson

from adapters.suppliers.expedia.sandbox.errors import bad_link

_SEAL_BYTES: Final = 12


class Tokens:
    """`clock` is the server's own: what a token is about lies in the world, its end does not."""

    def __init__(self, secret: bytes, clock: Callable[[], datetime]) -> None:
        self._secret: Final = secret
        self._clock: Final = clock

    def link(self, method: str, path: str, kind: str, about: dict[str, Any], *, lasts: timedelta) -> dict[str, str]:
        """A link object as Rapid writes it."""
        ends = self._clock().astimezone(UTC) + lasts
        token = self._sealed({"kind": kind, "ends": ends.timestamp(), **about})
        expires = f"{ends:%Y-%m-%dT%H:%M:%S}.{ends.microsecond // 1000:03}Z"
        return {"method": method, "href": f"{path}?token={token}", "expires": expires}

    def opened(self, token: str | None, kind: str) -> dict[str, Any]:
        """Raises Refused for a token that is forged, expired or for something else."""
        try:
            raw = base64.urlsafe_b64decode((token or "").encode())
            packed = raw[_SEAL_BYTES:]
            told: dict[str, Any] = orjson.loads(zlib.decompress(packed))
        except (ValueError, zlib.error) as error:
            raise bad_link() from error
        intact = hmac.compare_digest(raw[:_SEAL_BYTES], self._seal(packed))
        if not intact or told.get("kind") != kind or told["ends"] < self._clock().timestamp():
            raise bad_link()
        return told

    def _sealed(self, told: dict[str, Any]) -> str:
        packed = zlib.compress(orjson.dumps(told), level=1)
        packed += bytes(-(len(packed) + _SEAL_BYTES) % 3)  # no padding at the end of the text
        return base64.urlsafe_b64encode(self._seal(packed) + packed).decode()

    def _seal(self, packed: bytes) -> bytes:
        return hmac.digest(self._secret, packed, hashlib.sha256)[:_SEAL_BYTES]
