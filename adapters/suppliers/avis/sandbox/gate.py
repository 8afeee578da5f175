"""Who may come in: a token for two headers, and on every call that token and the client's name beside it."""

import base64
import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Final

import falcon
import falcon.asgi
import msgspec

from adapters.suppliers.avis.sandbox.refusals import Refused, bad_token, stranger
from adapters.suppliers.avis.sandbox.worlds import SUPPLIER, World

_CLIENT: Final = re.compile(r"sandbox-avis-[\w-]{1,37}")
_SECRET: Final = "sandbox-avis-secret"  # noqa: S105 - everybody may know it
_LIFETIME_SECONDS: Final = 7140
_BRIEF_SECONDS: Final = 5  # of a client that has "brief" in its name

# What any call can be made to end in.
ANYWHERE: Final = frozenset({"token_expired", "throttled"})


def credential(scope: Mapping[str, Any]) -> str | None:
    """The client's name: a token is another one every two hours."""
    for name, value in scope.get("headers", ()):
        if name.lower() == b"client_id":
            return bytes(value).decode("latin-1")
    return None


class Tokens:
    """They say themselves whose they are and until when; what is revoked is remembered."""

    def __init__(self, key: bytes, now: Callable[[], datetime]) -> None:
        self._key: Final = key
        self._now: Final = now
        self._revoked: Final[set[str]] = set()
        self._given = 0

    def given(self, client: str) -> tuple[str, int]:
        """A new one, and for how many seconds it is good."""
        seconds = _BRIEF_SECONDS if "brief" in client else _LIFETIME_SECONDS
        self._given += 1
        return self._sealed(f"{client} {int(self._now().timestamp()) + seconds} {self._given}"), seconds

    def good(self, token: str, client: str) -> bool:
        try:
            words = base64.urlsafe_b64decode(token.partition(".")[0]).decode()
            owner, until, _ = words.split(" ")
            sealed, ends = self._sealed(words), int(until)
        except ValueError:
            return False
        return sealed == token and owner == client and self._now().timestamp() < ends and token not in self._revoked

    def revoke(self, token: str) -> None:
        self._revoked.add(token)

    def _sealed(self, words: str) -> str:
        text = base64.urlsafe_b64encode(words.encode()).decode()
        return f"{text}.{hashlib.blake2s(words.encode(), key=self._key, digest_size=12).hexdigest()}"


class TokenDesk:
    """GET, with the credentials in headers. Their schema says POST, which is taken as well."""

    WITHOUT_TOKEN = True

    def __init__(self, tokens: Tokens) -> None:
        self._tokens: Final = tokens

    async def on_get(self, request: falcon.asgi.Request, response: falcon.asgi.Response) -> None:
        client = request.get_header("client_id") or ""
        if not _CLIENT.fullmatch(client) or request.get_header("client_secret") != _SECRET:
            raise stranger()
        token, seconds = self._tokens.given(client)
        response.content_type = falcon.MEDIA_JSON
        response.data = msgspec.json.encode({"access_token": token, "token_type": "Bearer", "expires_in": seconds})

    on_post = on_get


class Gate:
    """Falcon's middleware. `request.context.wish` is what was ordered for this call, None where nothing was."""

    def __init__(self, tokens: Tokens, world: World, operations: Iterable[tuple[str, str, str]]) -> None:
        self._tokens: Final = tokens
        self._world: Final = world
        self._named: Final = [(verb, re.compile(path), name) for verb, path, name in operations]

    async def process_resource(
        self, request: falcon.asgi.Request, _: falcon.asgi.Response, resource: object, __: object
    ) -> None:
        if getattr(resource, "WITHOUT_TOKEN", False):
            return
        client = request.get_header("client_id") or ""
        if not _CLIENT.fullmatch(client):
            raise stranger()
        kind, _space, token = (request.get_header("Authorization") or "").partition(" ")
        if kind != "Bearer" or not self._tokens.good(token, client):
            raise bad_token()
        self._check_form(request)
        wish = self._world.outcomes.claim(SUPPLIER, self._operation(request))
        if wish is not None and wish.name == "token_expired":
            self._tokens.revoke(token)
            raise bad_token()
        if wish is not None and wish.name == "throttled":
            raise Refused(429, "429", "Too Many Requests", "Too Many Requests")  # no header says for how long
        request.context.wish = wish

    def _operation(self, request: falcon.asgi.Request) -> str:
        named = (name for verb, path, name in self._named if verb == request.method and path.fullmatch(request.path))
        return next(named, "unknown")

    @staticmethod
    def _check_form(request: falcon.asgi.Request) -> None:
        if not request.client_accepts_json:
            raise Refused(406, "406", "Not Acceptable", "Could not find acceptable representation")
        sends = request.method in {"POST", "PUT"}
        if sends and not (request.content_type or "").startswith("application/json"):
            details = "org.springframework.web.HttpMediaTypeNotSupportedException"
            raise Refused(415, "415", "Unsupported Media Type", details)
