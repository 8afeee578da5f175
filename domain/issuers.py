"""Outside issuers of identities: whom we believe, what they publish of themselves, and what somebody brings from them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

# By the kind of a key, the one algorithm that we believe with it: what a token says of itself decides nothing. A secret
# that two share is no key of an issuer, so that nobody can sign with what is published.
ALGORITHMS: Final[Mapping[tuple[str, str | None], str]] = MappingProxyType(
    {("RSA", None): "RS256", ("EC", "P-256"): "ES256", ("OKP", "Ed25519"): "EdDSA"}
)
_GOOGLE: Final = "https://accounts.google.com"
_AT_THE_SANDBOX: Final = "_identity"
_SANDBOX_CLIENT: Final = "travelhub-sandbox"
_NEAR: Final = frozenset({"127.0.0.1", "localhost", "::1"})


class Issuer(msgspec.Struct, frozen=True, kw_only=True):
    """`audience` is for whom its tokens have to be. With `signs_in` our own sign-in page leads there, as that client."""

    url: str
    audience: str
    signs_in: bool = False


class PublicKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key of an issuer as it publishes it (RFC 7517), and the algorithm that goes with it."""

    id: str
    algorithm: str
    jwk: dict[str, Any]


class Published(msgspec.Struct, frozen=True, kw_only=True):
    """What an issuer says of itself."""

    issuer: str
    keys: tuple[PublicKey, ...]
    authorization_endpoint: str | None = None
    token_endpoint: str | None = None


class SignIn(msgspec.Struct, frozen=True, kw_only=True):
    """What has to be known to end what began with a redirect. `verifier` is the PKCE secret, `nonce` comes back in the
    token; `redirect_uri` is repeated to the issuer letter by letter.
    """

    issuer: str
    verifier: str
    nonce: str
    redirect_uri: str
    code: str = ""


def issuers(environment: Mapping[str, str]) -> Mapping[str, Issuer]:
    """By address: Google where GOOGLE_CLIENT_ID is set, else the sandbox's, and those of OIDC_ISSUERS.

    OIDC_ISSUERS holds addresses, each with a space and its audience, separated by commas. Raises ValueError.
    """
    told = [part.split() for part in environment.get("OIDC_ISSUERS", "").split(",") if part.strip()]
    if wrong := next((part for part in told if len(part) != 2), None):
        raise ValueError(
            f"OIDC_ISSUERS holds {' '.join(wrong)!r}, but an issuer is an address, a space and an audience"
        )
    found = [Issuer(url=url, audience=audience) for url, audience in told]
    if client := environment.get("GOOGLE_CLIENT_ID"):
        found.append(Issuer(url=_GOOGLE, audience=client, signs_in=True))
    elif sandbox := environment.get("SANDBOX_URL"):
        url = f"{sandbox.rstrip('/')}/{_AT_THE_SANDBOX}"
        found.append(Issuer(url=url, audience=_SANDBOX_CLIENT, signs_in=True))
    for issuer in found:
        _need_safe(issuer.url)
    return MappingProxyType({issuer.url: issuer for issuer in found})


def _need_safe(url: str) -> None:
    """Raises ValueError: whoever could change what an issuer publishes could be anybody."""
    told = urlsplit(url)
    if told.scheme != "https" and not (told.scheme == "http" and told.hostname in _NEAR):
        raise ValueError(f"an issuer is reached by https, and {url!r} is not")


def algorithm(jwk: Mapping[str, Any]) -> str | None:
    """None for a key that is not for signing, or of a kind that we do not believe."""
    kind, curve = jwk.get("kty"), jwk.get("crv")
    wanted = ALGORITHMS.get((str(kind), curve if kind != "RSA" else None))
    if jwk.get("use", "sig") != "sig" or jwk.get("alg", wanted) != wanted:
        return None
    return wanted
