"""How a supplier wants to be shown who asks."""

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from string import Formatter
from typing import Final, Protocol, runtime_checkable
from urllib.parse import urlencode
from xml.sax.saxutils import escape

import msgspec

from adapters.kit.calls import Call, Reply
from adapters.kit.failures import GiveUp
from domain.searches import Outcome

# A token is one more secret, under a name that no environment variable has.
TOKEN: Final = "token"  # noqa: S105 - its name, not its value
TOKEN_OPERATION: Final = "token"  # noqa: S105 - how the call for it is named in budgets and ledgers

_UNTOLD_LIFETIME_SECONDS: Final = 300.0
_PLACEHOLDER: Final = re.compile(rb"&([A-Z][A-Z0-9_]*);")
_QUOTES: Final = {'"': "&quot;", "'": "&apos;"}


class Auth(Protocol):
    """`secrets` are the names of the environment variables that hold the credentials."""

    @property
    def secrets(self) -> tuple[str, ...]: ...

    def signed(self, call: Call, secrets: Mapping[str, str], at: datetime) -> Call:
        """The call with its credentials; `secrets` holds a value for each name, `at` is when it is sent.

        Kinds that need a token find it there too, under `TOKEN`.
        """
        ...


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """What a supplier gave for our credentials, good for `expires_in` seconds. Its text never shows the value."""

    value: str
    expires_in: float

    def __repr__(self) -> str:
        return f"Token(expires_in={self.expires_in!r})"


@runtime_checkable
class TokenAuth(Auth, Protocol):
    """A kind that first has to ask for a token. `token_host` is where, if not where the calls go (live only)."""

    @property
    def token_host(self) -> str | None: ...

    def ask_token(self, secrets: Mapping[str, str]) -> Call:
        """The call for a token, credentials included."""
        ...

    def read_token(self, reply: Reply) -> Token:
        """Raises GiveUp for a reply without one."""
        ...


class HeaderKey(msgspec.Struct, frozen=True, kw_only=True):
    """One key in a request header."""

    header: str
    secret: str

    @property
    def secrets(self) -> tuple[str, ...]:
        return (self.secret,)

    def signed(self, call: Call, secrets: Mapping[str, str], at: datetime) -> Call:  # noqa: ARG002 - a key is timeless
        return _with_headers(call, (self.header, secrets[self.secret]))


class QueryKey(msgspec.Struct, frozen=True, kw_only=True):
    """One key as a query parameter, and so in every URL: the kit keeps it out of logs and cassettes."""

    param: str
    secret: str

    @property
    def secrets(self) -> tuple[str, ...]:
        return (self.secret,)

    def signed(self, call: Call, secrets: Mapping[str, str], at: datetime) -> Call:  # noqa: ARG002 - a key is timeless
        return msgspec.structs.replace(call, params=((self.param, secrets[self.secret]), *call.params))


class Headers(msgspec.Struct, frozen=True, kw_only=True):
    """Several headers that never change: name -> text with secrets in braces, such as `Bearer {HERON_TOKEN}`."""

    headers: Mapping[str, str]

    @property
    def secrets(self) -> tuple[str, ...]:
        named = (name for text in self.headers.values() for _, name, _, _ in Formatter().parse(text) if name)
        return tuple(dict.fromkeys(named))

    def signed(self, call: Call, secrets: Mapping[str, str], at: datetime) -> Call:  # noqa: ARG002 - a key is timeless
        return _with_headers(call, *((name, text.format_map(secrets)) for name, text in self.headers.items()))


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """A header that proves that we know the secret: lower-case hex SHA-512 of key, secret and whole Unix seconds.

    `template` is the header's text with `{key}`, `{signature}` and `{timestamp}` in it.
    """

    header: str
    template: str
    key: str
    secret: str

    @property
    def secrets(self) -> tuple[str, ...]:
        return (self.key, self.secret)

    def signed(self, call: Call, secrets: Mapping[str, str], at: datetime) -> Call:
        key, timestamp = secrets[self.key], str(int(at.timestamp()))
        signature = hashlib.sha512(f"{key}{secrets[self.secret]}{timestamp}".encode()).hexdigest()
        return _with_headers(
            call, (self.header, self.template.format(key=key, signature=signature, timestamp=timestamp))
        )


class InBody(msgspec.Struct, frozen=True, kw_only=True):
    """Secrets in an XML body, which has a `placeholder` wherever one belongs."""

    secrets: tuple[str, ...]

    def signed(self, call: Call, secrets: Mapping[str, str], at: datetime) -> Call:  # noqa: ARG002 - a key is timeless
        """Raises GiveUp for a placeholder without a secret: a mistake of ours, found before anything is sent."""

        def filled(place: "re.Match[bytes]") -> bytes:
            name = place[1].decode()
            if name not in secrets:
                raise GiveUp(f"{call.operation}: no secret is named {name}", outcome=Outcome.ERROR)
            return escape(secrets[name], _QUOTES).encode()

        return call if call.body is None else msgspec.structs.replace(call, body=_PLACEHOLDER.sub(filled, call.body))


def placeholder(secret: str) -> str:
    """Where `InBody` puts a secret: an entity, since escaped text can't hold one, whatever a traveller is called."""
    return f"&{secret};"


class _TokenReply(msgspec.Struct):
    access_token: str
    expires_in: float = _UNTOLD_LIFETIME_SECONDS


_decode_token: Final = msgspec.json.Decoder(_TokenReply, strict=False).decode


class _BearerToken(msgspec.Struct, frozen=True, kw_only=True):
    """What the kinds below share: names of the credentials, and how a token is read."""

    path: str
    client_id: str
    client_secret: str
    token_host: str | None = None

    @property
    def secrets(self) -> tuple[str, ...]:
        return (self.client_id, self.client_secret)

    def read_token(self, reply: Reply) -> Token:
        try:
            told = _decode_token(reply.body)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise GiveUp("the supplier gave no token that we can read", outcome=Outcome.ERROR) from error
        if not told.access_token or not told.expires_in > 0:
            raise GiveUp("the supplier gave an empty token", outcome=Outcome.ERROR)
        return Token(value=told.access_token, expires_in=told.expires_in)


class ClientCredentials(_BearerToken, frozen=True, kw_only=True):
    """OAuth2 client credentials: a token for a posted form, shown as `Authorization: Bearer`."""

    def ask_token(self, secrets: Mapping[str, str]) -> Call:
        form = {
            "grant_type": "client_credentials",
            "client_id": secrets[self.client_id],
            "client_secret": secrets[self.client_secret],
        }
        return Call(
            operation=TOKEN_OPERATION,
            method="POST",
            path=self.path,
            headers=(("content-type", "application/x-www-form-urlencoded"),),
            body=urlencode(form).encode(),
        )

    def signed(self, call: Call, secrets: Mapping[str, str], at: datetime) -> Call:  # noqa: ARG002 - tokens.py knows its age
        return _with_headers(call, ("authorization", f"Bearer {secrets[TOKEN]}"))


class TokenByGet(_BearerToken, frozen=True, kw_only=True):
    """A token for a GET with the credentials in its headers; the client id stands beside the token on every call."""

    def ask_token(self, secrets: Mapping[str, str]) -> Call:
        shown = (("client_id", secrets[self.client_id]), ("client_secret", secrets[self.client_secret]))
        return Call(operation=TOKEN_OPERATION, path=self.path, headers=shown)

    def signed(self, call: Call, secrets: Mapping[str, str], at: datetime) -> Call:  # noqa: ARG002 - tokens.py knows its age
        shown = ("authorization", f"Bearer {secrets[TOKEN]}"), ("client_id", secrets[self.client_id])
        return _with_headers(call, *shown)


def _with_headers(call: Call, *headers: tuple[str, str]) -> Call:
    return msgspec.structs.replace(call, headers=(*call.headers, *headers))
