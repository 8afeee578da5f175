"""OpenID Connect: what an issuer publishes of itself, and a code exchanged for the token of whoever has signed in there."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final, TypeVar
from urllib.parse import urlencode, urlsplit

import httpx
import msgspec

from adapters.kit import transport
from adapters.kit.calls import Call, Reply
from adapters.kit.failures import GiveUp, ruling_for_status
from domain.issuers import Issuer, PublicKey, Published, SignIn, algorithm, issuers
from domain.searches import Outcome

Said = TypeVar("Said")
_PATIENCE: Final = timedelta(seconds=8)
_LARGEST: Final = 512 * 1024  # bytes
_MOST_KEYS: Final = 50
_FORM: Final = "application/x-www-form-urlencoded"


class _Discovery(msgspec.Struct, frozen=True):
    issuer: str
    jwks_uri: str
    authorization_endpoint: str | None = None
    token_endpoint: str | None = None


class _KeySet(msgspec.Struct, frozen=True):
    keys: list[dict[str, Any]]


class _Tokens(msgspec.Struct, frozen=True):
    id_token: str


class IdentityDesk:
    """Speaks to every issuer that we believe. `over` stands in for the network in tests."""

    def __init__(
        self,
        believed: Mapping[str, Issuer],
        *,
        client_secret: str = "",
        over: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.issuers: Final = believed
        self._client_secret: Final = client_secret
        self._over: Final = over

    async def published(self, issuer: Issuer) -> Published:
        """Raises TryLater, and GiveUp for what is no issuer, or another than was asked."""
        told = await self._read(f"{issuer.url}/.well-known/openid-configuration", _Discovery, "discovery")
        if told.issuer != issuer.url:
            raise GiveUp("discovery: this is another issuer", outcome=Outcome.ERROR)
        for url in (told.jwks_uri, told.authorization_endpoint, told.token_endpoint):
            if url is not None and urlsplit(url).scheme != urlsplit(issuer.url).scheme:
                raise GiveUp("discovery: an address is less safe than its issuer's", outcome=Outcome.ERROR)
        keys = (await self._read(told.jwks_uri, _KeySet, "keys")).keys[:_MOST_KEYS]
        return Published(
            issuer=issuer.url,
            keys=tuple(key for jwk in keys if (key := _key(jwk)) is not None),
            authorization_endpoint=told.authorization_endpoint,
            token_endpoint=told.token_endpoint,
        )

    async def exchanged(self, published: Published, issuer: Issuer, begun: SignIn) -> str:
        """The id token for the code, which is good once. Raises TryLater, and GiveUp where the issuer says no."""
        if published.token_endpoint is None:
            raise GiveUp("token: this issuer exchanges nothing", outcome=Outcome.ERROR)
        form = {
            "grant_type": "authorization_code",
            "code": begun.code,
            "redirect_uri": begun.redirect_uri,
            "client_id": issuer.audience,
            "code_verifier": begun.verifier,
        }
        if self._client_secret:
            form["client_secret"] = self._client_secret
        call = Call(
            operation="token", path="", method="POST", headers=(("content-type", _FORM),), body=urlencode(form).encode()
        )
        return _decoded(await self._sent(published.token_endpoint, call), _Tokens, "token").id_token

    async def _read(self, url: str, kind: type[Said], what: str) -> Said:
        return _decoded(await self._sent(url, Call(operation=what, path="")), kind, what)

    async def _sent(self, url: str, call: Call) -> Reply:
        async with transport.client(_PATIENCE, 1, self._over) as http:
            reply = await transport.sent(http, url, call, largest=_LARGEST)
        if ruling := ruling_for_status(reply.status):
            raise ruling.raised(f"{call.operation}: the issuer answers {reply.status}", code=None, retry_after=None)
        return reply


def identity_desk(environment: Mapping[str, str]) -> IdentityDesk:
    """Raises ValueError."""
    return IdentityDesk(issuers(environment), client_secret=environment.get("GOOGLE_CLIENT_SECRET", ""))


def _decoded(reply: Reply, kind: type[Said], what: str) -> Said:
    try:
        return msgspec.json.decode(reply.body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise GiveUp(f"{what}: not what an issuer says", outcome=Outcome.ERROR) from error


def _key(jwk: Mapping[str, Any]) -> PublicKey | None:
    """None for a key without a name, or that we do not believe. What is secret of one is not kept, should it be there."""
    wanted, name = algorithm(jwk), jwk.get("kid")
    if wanted is None or not isinstance(name, str):
        return None
    public = {part: jwk[part] for part in ("kty", "crv", "n", "e", "x", "y") if part in jwk}
    return PublicKey(id=name, algorithm=wanted, jwk=public)
