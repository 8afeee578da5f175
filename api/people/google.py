"""Signing in at Google: there by a redirect, back with a code, which a worker exchanges (authorization code with PKCE)."""

import base64
import hashlib
import hmac
import secrets
from typing import Annotated, Any, Final
from urllib.parse import urlencode

import msgspec
from msgspec import Meta

from api.calls import Asked, Reply, reply
from api.params import Nothing
from api.people.accounts import new_id, new_secret, signed_in
from api.people.tokens import BadToken
from api.problems import Kind, Problem, supplier_failed, unauthorized, unavailable
from api.services import Services
from domain.enquiries import SignInEnquiry
from domain.issuers import Issuer, Published, SignIn
from domain.searches import Outcome
from storage import issuers
from storage.engine import transaction

_CALLBACK: Final = "/v1/auth/google/callback"
_COOKIE: Final = "travelhub_sign_in"
_PATIENCE: Final = 12.0  # seconds; the issuer has eight
_Opaque = Annotated[str, Meta(max_length=2000)]


class Returned(msgspec.Struct, frozen=True, kw_only=True):
    """What an issuer sends back with whoever signed in; only the first three are looked at."""

    state: Annotated[str, Meta(min_length=1, max_length=200)]
    code: _Opaque | None = None
    error: _Opaque | None = None
    error_description: _Opaque | None = None
    error_uri: _Opaque | None = None
    scope: _Opaque | None = None
    authuser: _Opaque | None = None
    prompt: _Opaque | None = None
    hd: _Opaque | None = None
    iss: _Opaque | None = None
    session_state: _Opaque | None = None


async def redirect(services: Services, _: Asked[Nothing, Nothing]) -> Reply:
    """Leads to Google, which leads back to the callback. The cookie ties the way back to the browser that went."""
    issuer, published = _where(services)
    state, verifier, nonce = new_secret(), secrets.token_urlsafe(48), new_secret()
    redirect_uri = f"{services.public_url}{_CALLBACK}"
    begun = SignIn(issuer=issuer.url, verifier=verifier, nonce=nonce, redirect_uri=redirect_uri)
    await issuers.begin(services.redis, state, begun)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    wish = {
        "response_type": "code",
        "client_id": issuer.audience,
        "redirect_uri": redirect_uri,
        "scope": "openid email profile",
        "state": state,
        "nonce": nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    place = f"{published.authorization_endpoint}?{urlencode(wish)}"
    headers = (("Location", place), ("Set-Cookie", _cookie(services, _tied(state), 600)), ("Cache-Control", "no-store"))
    return Reply(status=302, headers=headers)


async def callback(services: Services, asked: Asked[Returned, Nothing]) -> Reply:
    """Whoever comes for the first time has an account from then on. It is another one than that of a password with the same
    address: an issuer's word opens no account that was not made by it.
    """
    issuer, _ = _where(services)
    told = asked.query
    begun = await issuers.take(services.redis, told.state)
    if begun is None or not _same_browser(asked, told.state):
        raise unauthorized("This sign-in did not begin here, or too long ago: begin again.")
    if told.error is not None or not told.code:
        raise unauthorized("The sign-in was broken off there.")
    token = await _exchanged(services, msgspec.structs.replace(begun, code=told.code))
    try:
        brought = await services.outside.read(issuer, token, asked.now)
    except BadToken as error:
        raise unauthorized(str(error)) from error
    if brought.nonce is None or not hmac.compare_digest(brought.nonce.encode(), begun.nonce.encode()):
        raise unauthorized("The token was made for another sign-in.")
    person = await services.outside.person(brought, new_id(), now=asked.now)
    if person is None:
        raise unauthorized("This account is closed.")
    async with transaction(services.engine) as connection:
        answer = await signed_in(connection, services, person, now=asked.now)
    return reply(services, asked, answer, headers=(("Set-Cookie", _cookie(services, "", 0)),))


def _where(services: Services) -> tuple[Issuer, Published]:
    """Raises Problem where nobody can sign in elsewhere, or nobody has read yet where that is."""
    issuer = next((one for one in services.outside.issuers.values() if one.signs_in), None)
    if issuer is None:
        raise Problem(Kind.NOT_FOUND, "GOOGLE_CLIENT_ID is not set here, so nobody signs in there.")
    published = services.outside.published.get(issuer.url)
    if published is None or published.authorization_endpoint is None:
        raise unavailable("What the issuer publishes is being read.")
    return issuer, published


async def _exchanged(services: Services, begun: SignIn) -> str:
    """Raises Problem: 401 where the issuer says no, 502 where it says nothing."""
    ticket = new_secret()
    await issuers.begin(services.redis, ticket, begun)
    told = await services.enquiring.answer(SignInEnquiry(ticket=ticket), wait=_PATIENCE)
    if told is None:
        raise unavailable("The issuer has not answered yet: begin again.")
    tokens = told.of(str) if told.told_at is not None else ()
    if not tokens:
        if any(report.status is Outcome.REFUSED for report in told.reports):
            raise unauthorized("The issuer does not know this sign-in: begin again.")
        raise supplier_failed(told.reports)
    return tokens[0]


def _tied(state: str) -> str:
    return hashlib.sha256(f"browser {state}".encode()).hexdigest()


def _same_browser(asked: Asked[Any, Any], state: str) -> bool:
    """Else somebody could sign another one in as himself."""
    shown = dict(part.strip().partition("=")[::2] for part in asked.headers.get("cookie", "").split(";"))
    return hmac.compare_digest(shown.get(_COOKIE, "").encode(), _tied(state).encode())


def _cookie(services: Services, value: str, seconds: int) -> str:
    safe = "; Secure" if services.public_url.startswith("https:") else ""
    return f"{_COOKIE}={value}; Path={_CALLBACK}; Max-Age={seconds}; HttpOnly; SameSite=Lax{safe}"
