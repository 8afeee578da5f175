"""How a supplier is shown who asks."""

import hashlib
from datetime import UTC, datetime

import pytest

from adapters.kit.auth import (
    TOKEN,
    Auth,
    ClientCredentials,
    HeaderKey,
    Headers,
    InBody,
    QueryKey,
    Signature,
    Token,
    TokenAuth,
    TokenByGet,
    placeholder,
)
from adapters.kit.calls import Call
from adapters.kit.failures import GiveUp
from adapters.kit.xml import document, escaped
from tests.adapters.kit import declared
from tests.builders import NOW

CALL = Call(operation="search", path="/flights", params=(("to", "JFK"),), headers=(("accept-language", "en"),))
BY_FORM = ClientCredentials(path="/oauth/token", client_id="HERON_CLIENT_ID", client_secret="HERON_CLIENT_SECRET")
BY_GET = TokenByGet(path="/oauth/token/v2", client_id="HERON_CLIENT_ID", client_secret="HERON_CLIENT_SECRET")
CREDENTIALS = {"HERON_CLIENT_ID": "we & co", "HERON_CLIENT_SECRET": "s3cr3t/+"}


def test_a_key_in_a_header_stands_beside_the_calls_own_headers() -> None:
    signed = HeaderKey(header="apikey", secret="ALBATROSS_KEY").signed(CALL, {"ALBATROSS_KEY": "s3cret"}, NOW)
    assert signed.headers == (("accept-language", "en"), ("apikey", "s3cret"))
    assert signed.params == CALL.params


def test_a_key_in_the_address_stands_in_front_of_the_calls_own_parameters() -> None:
    signed = QueryKey(param="access_key", secret="ALBATROSS_KEY").signed(CALL, {"ALBATROSS_KEY": "s3cret"}, NOW)
    assert signed.params == (("access_key", "s3cret"), ("to", "JFK"))
    assert signed.headers == CALL.headers


def test_several_headers_hold_their_secrets_where_the_declaration_says() -> None:
    auth = Headers(headers={"authorization": "Bearer {HERON_TOKEN}", "x-affiliate-id": "{HERON_AFFILIATE}"})
    signed = auth.signed(CALL, {"HERON_TOKEN": "a{b}c", "HERON_AFFILIATE": "42"}, NOW)
    assert signed.headers[1:] == (("authorization", "Bearer a{b}c"), ("x-affiliate-id", "42"))


def test_a_signature_is_of_key_secret_and_the_second_in_which_it_is_sent() -> None:
    auth = Signature(
        header="Authorization",
        template="HRN APIKey={key},Signature={signature},timestamp={timestamp}",
        key="HERON_KEY",
        secret="HERON_SECRET",
    )
    at = datetime(2027, 1, 15, 12, 0, 0, 999_999, tzinfo=UTC)
    signed = auth.signed(CALL, {"HERON_KEY": "key", "HERON_SECRET": "secret"}, at)
    digest = hashlib.sha512(b"keysecret1800014400").hexdigest()
    assert signed.headers[-1] == ("Authorization", f"HRN APIKey=key,Signature={digest},timestamp=1800014400")


def in_body(body: str, secrets: dict[str, str]) -> str:
    auth = InBody(secrets=tuple(secrets))
    told = auth.signed(Call(operation="search", path="/", method="POST", body=body.encode()), secrets, NOW).body
    assert told is not None
    return told.decode()


@pytest.mark.parametrize("secret", ["T1234", "a<b>&\"c'", "&HERON_VENDOR;"])
def test_a_secret_in_a_body_arrives_as_it_is_whatever_signs_are_in_it(secret: str) -> None:
    body = f'<ID vendor="{placeholder("HERON_VENDOR")}">{placeholder("HERON_VENDOR")}</ID>'
    told = document(in_body(body, {"HERON_VENDOR": secret}).encode())
    assert (told.attributes["vendor"], told.text) == (secret, secret)


def test_no_traveller_is_called_like_a_place_for_a_secret() -> None:
    body = f"<Name>{escaped(placeholder('HERON_VENDOR'))}</Name>"
    assert in_body(body, {"HERON_VENDOR": "T1234"}) == body


def test_a_place_without_a_secret_is_our_mistake() -> None:
    with pytest.raises(GiveUp, match="HERON_VENDOR"):
        in_body(placeholder("HERON_VENDOR"), {"HERON_OTHER": "x"})


def test_a_call_without_a_body_has_no_place_for_a_secret() -> None:
    assert InBody(secrets=("HERON_VENDOR",)).signed(CALL, {"HERON_VENDOR": "x"}, NOW) == CALL


def test_a_token_is_asked_for_by_a_form() -> None:
    call = BY_FORM.ask_token(CREDENTIALS)
    assert (call.method, call.path, call.operation) == ("POST", "/oauth/token", "token")
    assert call.headers == (("content-type", "application/x-www-form-urlencoded"),)
    assert call.body == b"grant_type=client_credentials&client_id=we+%26+co&client_secret=s3cr3t%2F%2B"


def test_a_token_is_asked_for_by_headers() -> None:
    call = BY_GET.ask_token(CREDENTIALS)
    assert (call.method, call.path, call.body) == ("GET", "/oauth/token/v2", None)
    assert call.headers == (("client_id", "we & co"), ("client_secret", "s3cr3t/+"))


def test_a_token_is_shown_as_a_bearer_and_where_it_is_wanted_beside_the_client_id() -> None:
    told = CREDENTIALS | {TOKEN: "t0k3n"}
    assert BY_FORM.signed(CALL, told, NOW).headers[1:] == (("authorization", "Bearer t0k3n"),)
    assert BY_GET.signed(CALL, told, NOW).headers[1:] == (("authorization", "Bearer t0k3n"), ("client_id", "we & co"))


@pytest.mark.parametrize("auth", [BY_FORM, BY_GET])
@pytest.mark.parametrize(
    ("body", "seconds"),
    [
        (b'{"access_token": "t0k3n", "expires_in": 1800, "token_type": "Bearer"}', 1800),
        (b'{"access_token": "t0k3n", "expires_in": "7140"}', 7140),
        (b'{"access_token": "t0k3n"}', 300),
    ],
)
def test_a_token_is_read_with_its_lifetime(auth: TokenAuth, body: bytes, seconds: float) -> None:
    assert auth.read_token(declared.reply(body)) == Token(value="t0k3n", expires_in=seconds)


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"<html>", b"\xff", b'{"access_token": ""}', b'{"access_token": "s3", "expires_in": -1}']
)
def test_a_reply_without_a_token_is_given_up(body: bytes) -> None:
    with pytest.raises(GiveUp) as failure:
        BY_FORM.read_token(declared.reply(body))
    assert "s3" not in str(failure.value)


def test_a_token_never_shows_its_value() -> None:
    token = Token(value="t0k3n", expires_in=60)
    assert "t0k3n" not in f"{token} {token!r}"


@pytest.mark.parametrize(
    ("auth", "names"),
    [
        (HeaderKey(header="apikey", secret="HERON_KEY"), ("HERON_KEY",)),
        (QueryKey(param="access_key", secret="HERON_KEY"), ("HERON_KEY",)),
        (Headers(headers={"a": "{HERON_A} {HERON_B}", "b": "{HERON_A}", "c": "plain"}), ("HERON_A", "HERON_B")),
        (
            Signature(header="a", template="{key}", key="HERON_KEY", secret="HERON_SECRET"),
            ("HERON_KEY", "HERON_SECRET"),
        ),
        (InBody(secrets=("HERON_VENDOR",)), ("HERON_VENDOR",)),
        (BY_FORM, ("HERON_CLIENT_ID", "HERON_CLIENT_SECRET")),
        (BY_GET, ("HERON_CLIENT_ID", "HERON_CLIENT_SECRET")),
    ],
)
def test_each_names_the_variables_that_hold_its_secrets(auth: Auth, names: tuple[str, ...]) -> None:
    assert auth.secrets == names
    assert isinstance(auth, TokenAuth) is (auth in (BY_FORM, BY_GET))
