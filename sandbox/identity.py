"""A pretend issuer of identities: OpenID Connect with authorization code and PKCE, for people who exist nowhere else."""

import base64
import hashlib
import html
import json
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

import falcon
import falcon.asgi
import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import get_default_algorithms

from sandbox.pages import Refused, body, send

CLIENT: Final = "travelhub-sandbox"
_CODE_GOOD_FOR: Final = timedelta(minutes=1)
_TOKEN_GOOD_FOR: Final = timedelta(hours=1)
_LARGEST_FORM: Final = 64 * 1024
# Who lives here, by the name that `login_hint` takes.
PEOPLE: Final[Mapping[str, Mapping[str, Any]]] = {
    "amelia": {"sub": "1001", "name": "Amelia E.", "email": "amelia@sandbox.example", "email_verified": True},
    "bessie": {"sub": "1002", "name": "Bessie C.", "email": "bessie@sandbox.example", "email_verified": True},
    "carl": {"sub": "1003", "name": "Carl", "email": "amelia@sandbox.example", "email_verified": False},
}
# Each rotation brings a key of the next kind; those before stay published.
_KINDS: Final[tuple[tuple[str, Callable[[], Any]], ...]] = (
    ("RS256", lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048)),
    ("ES256", lambda: ec.generate_private_key(ec.SECP256R1())),
    ("EdDSA", ed25519.Ed25519PrivateKey.generate),
)


class Trouble(StrEnum):
    """What goes wrong with the next token, once."""

    DOWN = "down"
    ANOTHER_ISSUER = "another_issuer"
    ANOTHER_AUDIENCE = "another_audience"
    ANOTHER_NONCE = "another_nonce"
    EXPIRED = "expired"
    UNKNOWN_KEY = "unknown_key"
    NO_SIGNATURE = "no_signature"


class TroubleOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    trouble: Trouble


class _Key(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    algorithm: str
    private: Any

    def public(self) -> dict[str, Any]:
        told = get_default_algorithms()[self.algorithm].to_jwk(self.private.public_key())
        jwk: dict[str, Any] = json.loads(told) if isinstance(told, str) else dict(told)
        return {**jwk, "kid": self.id, "use": "sig", "alg": self.algorithm}


class _Grant(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who has said yes. `challenge` and `redirect_uri` have to fit when the code is exchanged."""

    who: str
    nonce: str
    challenge: str
    redirect_uri: str
    until: datetime


class IdentityPages:
    """`/_identity`, which is also the issuer's name. `now` is the true time: tokens are about it, not about the world's."""

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._now: Final = now
        self._keys: Final[list[_Key]] = []
        self._grants: Final[dict[str, _Grant]] = {}
        self._trouble: Trouble | None = None

    async def on_get_discovery(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        issuer = _issuer(req)
        send(
            resp,
            {
                "issuer": issuer,
                "authorization_endpoint": f"{issuer}/authorize",
                "token_endpoint": f"{issuer}/token",
                "jwks_uri": f"{issuer}/keys",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": [algorithm for algorithm, _ in _KINDS],
                "code_challenge_methods_supported": ["S256"],
            },
        )

    async def on_get_keys(self, _req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        self._key()
        send(resp, {"keys": [key.public() for key in self._keys]})

    async def on_post_rotate(self, _req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        self._key()
        send(resp, {"kid": self._grown().id}, status=201)

    async def on_post_trouble(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        self._trouble = (await body(req, TroubleOrder)).trouble
        send(resp, {"trouble": self._trouble}, status=201)

    async def on_get_authorize(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """A page to choose a person; straight back for a `login_hint` that is one, or for `deny`."""
        asked = {name: str(value) for name, value in req.params.items()}
        _need_request(asked)
        who = asked.get("login_hint", "")
        if who == "deny":
            self._back(resp, asked, {"error": "access_denied"})
        elif who in PEOPLE:
            code = secrets.token_urlsafe(24)
            self._grants[code] = _Grant(
                who=who,
                nonce=asked.get("nonce", ""),
                challenge=asked["code_challenge"],
                redirect_uri=asked["redirect_uri"],
                until=self._now() + _CODE_GOOD_FOR,
            )
            self._back(resp, asked, {"code": code})
        else:
            resp.content_type = falcon.MEDIA_HTML
            resp.text = _page(asked)

    async def on_post_token(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        form = {name: told[-1] for name, told in parse_qs((await req.stream.read(_LARGEST_FORM)).decode()).items()}
        grant = self._grants.pop(form.get("code", ""), None)
        trouble, self._trouble = self._trouble, None
        if trouble is Trouble.DOWN:
            send(resp, {"error": "temporarily_unavailable"}, status=503)
        elif grant is None or not self._fits(grant, form):
            send(resp, {"error": "invalid_grant"}, status=400)
        else:
            send(resp, {"token_type": "Bearer", "id_token": self._token(_issuer(req), grant, trouble)})

    def _fits(self, grant: _Grant, form: Mapping[str, str]) -> bool:
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        wanted = {"grant_type": "authorization_code", "client_id": CLIENT, "redirect_uri": grant.redirect_uri}
        fits = all(form.get(name) == value for name, value in wanted.items())
        return fits and challenge == grant.challenge and self._now() < grant.until

    def _token(self, issuer: str, grant: _Grant, trouble: Trouble | None) -> str:
        key = self._key()
        begins = self._now() - (2 * _TOKEN_GOOD_FOR if trouble is Trouble.EXPIRED else timedelta())
        claims = {
            **PEOPLE[grant.who],
            "iss": "https://another.example" if trouble is Trouble.ANOTHER_ISSUER else issuer,
            "aud": "another-client" if trouble is Trouble.ANOTHER_AUDIENCE else CLIENT,
            "nonce": "another" if trouble is Trouble.ANOTHER_NONCE else grant.nonce,
            "iat": int(begins.timestamp()),
            "exp": int((begins + _TOKEN_GOOD_FOR).timestamp()),
        }
        if trouble is Trouble.NO_SIGNATURE:
            return jwt.encode(claims, "", algorithm="none", headers={"kid": key.id})
        private = ed25519.Ed25519PrivateKey.generate() if trouble is Trouble.UNKNOWN_KEY else key.private
        algorithm = "EdDSA" if trouble is Trouble.UNKNOWN_KEY else key.algorithm
        name = "nobody-knows-it" if trouble is Trouble.UNKNOWN_KEY else key.id
        return jwt.encode(claims, private, algorithm=algorithm, headers={"kid": name})

    def _key(self) -> _Key:
        """The newest. The first is made when it is needed: it takes a tenth of a second."""
        return self._keys[-1] if self._keys else self._grown()

    def _grown(self) -> _Key:
        algorithm, make = _KINDS[len(self._keys) % len(_KINDS)]
        # A name of its own: after a restart nobody takes it for another one.
        key = _Key(id=f"sandbox-{secrets.token_hex(4)}", algorithm=algorithm, private=make())
        self._keys.append(key)
        return key

    def _back(self, resp: falcon.asgi.Response, asked: Mapping[str, str], told: Mapping[str, str]) -> None:
        resp.status = 302
        mark = "&" if urlsplit(asked["redirect_uri"]).query else "?"
        resp.set_header(
            "Location", f"{asked['redirect_uri']}{mark}{urlencode({**told, 'state': asked.get('state', '')})}"
        )


def _issuer(req: falcon.asgi.Request) -> str:
    return f"{req.prefix}/_identity"


def _need_request(asked: Mapping[str, str]) -> None:
    """Raises Refused."""
    wanted = {"response_type": "code", "client_id": CLIENT, "code_challenge_method": "S256"}
    for name, value in wanted.items():
        if asked.get(name) != value:
            raise Refused(f"{name} is not {value}", where={"parameter": name}, status=400)
    for name in ("redirect_uri", "code_challenge"):
        if not asked.get(name):
            raise Refused(f"{name} is missing", where={"parameter": name}, status=400)
    if urlsplit(asked["redirect_uri"]).scheme not in {"http", "https"}:
        raise Refused("redirect_uri leads nowhere", where={"parameter": "redirect_uri"}, status=400)


def _page(asked: Mapping[str, str]) -> str:
    links = "".join(
        f'<li><a href="?{html.escape(urlencode({**asked, "login_hint": who}))}">{html.escape(who)}</a></li>'
        for who in (*PEOPLE, "deny")
    )
    return f"<!doctype html><title>Sandbox</title><h1>Who are you?</h1><ul>{links}</ul>"


def add_to(app: "falcon.asgi.App[falcon.asgi.Request, falcon.asgi.Response]") -> None:
    pages = IdentityPages()
    app.add_route("/_identity/.well-known/openid-configuration", pages, suffix="discovery")
    for name in ("keys", "authorize", "token", "rotate", "trouble"):
        app.add_route(f"/_identity/{name}", pages, suffix=name)
