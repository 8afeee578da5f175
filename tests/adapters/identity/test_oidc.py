"""What issuers publish is read and checked, and a code becomes a token once."""

from collections.abc import Callable
from typing import Any

import httpx
import jwt
import msgspec
import pytest

from adapters.identity.oidc import IdentityDesk, identity_desk
from adapters.kit.failures import Failure, GiveUp, TryLater
from domain.issuers import Issuer, algorithm, issuers
from domain.searches import Outcome
from tests.adapters.identity.issuer import ISSUER, URL, begun, network, ordered


async def test_an_issuer_publishes_where_to_go_and_which_keys_to_believe() -> None:
    over = network()
    desk = IdentityDesk({URL: ISSUER}, over=over)
    told = await desk.published(ISSUER)
    assert (told.issuer, told.authorization_endpoint, told.token_endpoint) == (URL, f"{URL}/authorize", f"{URL}/token")
    for _ in range(2):
        await ordered(over, "rotate")
    keys = (await desk.published(ISSUER)).keys
    assert [key.algorithm for key in keys] == ["RS256", "ES256", "EdDSA"]
    assert keys[0] == told.keys[0]


async def test_a_code_becomes_a_token_once() -> None:
    over = network()
    desk = IdentityDesk({URL: ISSUER}, over=over)
    published, sign_in = await desk.published(ISSUER), await begun(over)
    token = await desk.exchanged(published, ISSUER, sign_in)
    assert jwt.decode(token, options={"verify_signature": False})["email"] == "amelia@sandbox.example"
    with pytest.raises(GiveUp) as refused:
        await desk.exchanged(published, ISSUER, sign_in)
    assert refused.value.outcome is Outcome.REFUSED


@pytest.mark.parametrize("told", [{"verifier": "w" * 64}, {"redirect_uri": "http://127.0.0.1:8000/elsewhere"}])
async def test_a_code_in_other_hands_is_worth_nothing(told: dict[str, str]) -> None:
    over = network()
    desk = IdentityDesk({URL: ISSUER}, over=over)
    sign_in = msgspec.structs.replace(await begun(over), **told)
    with pytest.raises(GiveUp):
        await desk.exchanged(await desk.published(ISSUER), ISSUER, sign_in)


async def test_an_issuer_that_is_down_may_be_asked_again() -> None:
    over = network()
    desk = IdentityDesk({URL: ISSUER}, over=over)
    published, sign_in = await desk.published(ISSUER), await begun(over)
    await ordered(over, "trouble", trouble="down")
    with pytest.raises(TryLater):
        await desk.exchanged(published, ISSUER, sign_in)


SAID: dict[str, Any] = {"issuer": URL, "jwks_uri": f"{URL}/keys", "token_endpoint": f"{URL}/token"}


def saying(discovery: Any, keys: Any = None) -> IdentityDesk:
    def answered(request: httpx.Request) -> httpx.Response:
        told = keys if request.url.path.endswith("/keys") else discovery
        return told if isinstance(told, httpx.Response) else httpx.Response(200, json=told)

    return IdentityDesk({URL: ISSUER}, over=httpx.MockTransport(answered))


@pytest.mark.parametrize(
    ("desk", "outcome"),
    [
        (lambda: saying(SAID | {"issuer": "https://another.example"}, {"keys": []}), GiveUp),
        (lambda: saying({"issuer": URL}, {"keys": []}), GiveUp),
        (lambda: saying(SAID, {"no": "keys"}), GiveUp),
        (lambda: saying(SAID, httpx.Response(200, text="<html>")), GiveUp),
        (lambda: saying(SAID, httpx.Response(200, content=b" " * 600_000)), GiveUp),
        (lambda: saying(httpx.Response(404)), GiveUp),
        (lambda: saying(httpx.Response(302, headers={"Location": "https://evil.example"})), Failure),
        (lambda: saying(httpx.Response(503)), TryLater),
        (lambda: saying(httpx.Response(429)), TryLater),
    ],
)
async def test_what_is_no_issuer_is_not_believed(desk: Callable[[], IdentityDesk], outcome: type[Failure]) -> None:
    with pytest.raises(outcome):
        await desk().published(ISSUER)


async def test_an_issuer_on_https_is_not_led_to_http() -> None:
    safe = Issuer(url="https://issuer.example", audience="us")
    said = {"issuer": safe.url, "jwks_uri": "http://issuer.example/keys"}
    desk = IdentityDesk({}, over=httpx.MockTransport(lambda _: httpx.Response(200, json=said)))
    with pytest.raises(GiveUp, match="less safe"):
        await desk.published(safe)


async def test_keys_that_nobody_should_believe_are_left_out() -> None:
    strange = [
        {"kty": "oct", "kid": "shared", "k": "c2VjcmV0"},
        {"kty": "RSA", "kid": "for sealing", "use": "enc", "n": "AQ", "e": "AQAB"},
        {"kty": "RSA", "kid": "weak", "alg": "HS256", "n": "AQ", "e": "AQAB"},
        {"kty": "EC", "kid": "another curve", "crv": "secp256k1", "x": "AQ", "y": "AQ"},
        {"kty": "RSA", "n": "AQ", "e": "AQAB"},
    ]
    private = {"kty": "RSA", "kid": "good", "n": "AQ", "e": "AQAB", "d": "what nobody publishes"}
    (key,) = (await saying(SAID, {"keys": [*strange, private]}).published(ISSUER)).keys
    assert (key.id, key.algorithm) == ("good", "RS256")
    assert "d" not in key.jwk


def test_whom_we_believe_stands_in_the_environment() -> None:
    told = issuers({"OIDC_ISSUERS": "https://a.example/auth/v1 authenticated, https://b.example us"})
    assert [(one.url, one.audience, one.signs_in) for one in told.values()] == [
        ("https://a.example/auth/v1", "authenticated", False),
        ("https://b.example", "us", False),
    ]
    assert issuers({}) == {}
    assert issuers({"SANDBOX_URL": "http://127.0.0.1:8900"}) == {URL: ISSUER}
    google = issuers({"SANDBOX_URL": "http://127.0.0.1:8900", "GOOGLE_CLIENT_ID": "us"})
    assert google == {
        "https://accounts.google.com": Issuer(url="https://accounts.google.com", audience="us", signs_in=True)
    }
    assert identity_desk({"GOOGLE_CLIENT_ID": "us"}).issuers == google


@pytest.mark.parametrize("told", ["https://a.example", "http://a.example us", "https://a.example us too", "ftp://a us"])
def test_an_issuer_that_is_none_or_not_safe_is_named(told: str) -> None:
    with pytest.raises(ValueError, match="issuer"):
        issuers({"OIDC_ISSUERS": told})


def test_the_key_decides_on_the_algorithm() -> None:
    assert algorithm({"kty": "RSA"}) == "RS256"
    assert algorithm({"kty": "RSA", "alg": "RS512"}) is None
    assert algorithm({"kty": "oct", "alg": "HS256"}) is None
