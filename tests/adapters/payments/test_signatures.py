"""Whose webhooks are believed, and which payment they are about."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from adapters.payments.registry import gateways, signatures
from domain.money import Money
from domain.payments import BadSignature, GatewayNotice, NoticeKind, Verify

NOW: Final = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
URL: Final = "http://127.0.0.1:8000/v1/payments/webhook/square"
PAID: Final = {"id": "pi_1", "object": "payment_intent", "metadata": {"reference": "X"}}


def stripe(**environment: str) -> Verify:
    """As somebody with secrets of their own has it."""
    told = {"STRIPE_SECRET_KEY": "sk_live", "STRIPE_WEBHOOK_SECRET": "whsec_new", **environment}
    return signatures(told)["stripe"]


def square(**environment: str) -> Verify:
    told = {"SQUARE_ACCESS_TOKEN": "t", "SQUARE_LOCATION": "L", "SQUARE_WEBHOOK_KEY": "new", **environment}
    return signatures(told)["square"]


def an_event(kind: str = "payment_intent.succeeded", **about: Any) -> bytes:
    event = {"id": "evt_1", "object": "event", "type": kind, "created": 1803900000, "data": {"object": about or PAID}}
    return json.dumps(event).encode()


def signed(body: bytes, *secrets: str, at: datetime = NOW, scheme: str = "v1") -> dict[str, str]:
    stamp = str(int(at.timestamp()))
    made = [hmac.new(one.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest() for one in secrets]
    return {"stripe-signature": ",".join([f"t={stamp}", *(f"{scheme}={one}" for one in made)])}


def square_signed(body: bytes, by: str = "new", url: str = URL) -> dict[str, str]:
    made = hmac.new(by.encode(), url.encode() + body, hashlib.sha256).digest()
    return {"x-square-hmacsha256-signature": base64.b64encode(made).decode()}


def stripe_notice(body: bytes, headers: dict[str, str] | None = None, *, at: datetime = NOW) -> GatewayNotice:
    return stripe()(headers if headers is not None else signed(body, "whsec_new"), body, "", at)


def test_a_signed_webhook_of_stripes_is_believed() -> None:
    notice = stripe_notice(an_event())
    assert (notice.gateway, notice.id, notice.kind) == ("stripe", "evt_1", NoticeKind.PAYMENT)
    assert notice.payment_id == "pi_1"
    assert notice.happened_at == datetime.fromtimestamp(1803900000, UTC)


@pytest.mark.parametrize("seconds", [-299, 0, 299])
def test_a_webhook_may_be_five_minutes_on_its_way(seconds: int) -> None:
    assert stripe_notice(an_event(), at=NOW + timedelta(seconds=seconds)).id == "evt_1"


@pytest.mark.parametrize("seconds", [-301, 301, 86_400])
def test_a_webhook_from_another_time_is_refused(seconds: int) -> None:
    with pytest.raises(BadSignature):
        stripe_notice(an_event(), at=NOW + timedelta(seconds=seconds))


def test_either_of_two_signatures_will_do_while_a_secret_is_replaced() -> None:
    body = an_event()
    assert stripe_notice(body, signed(body, "whsec_old", "whsec_new")).id == "evt_1"
    verify = stripe(STRIPE_WEBHOOK_SECRET="whsec_newer, whsec_new")
    assert verify(signed(body, "whsec_new"), body, "", NOW).id == "evt_1"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"stripe-signature": ""},
        {"stripe-signature": "t=,v1="},
        {"stripe-signature": "v1=abc"},
        {"stripe-signature": "t=1803900000"},
        {"stripe-signature": "t=99999999999999999999,v1=abc"},
        {"stripe-signature": "t=1803900000,t=1803900001,v1=abc"},
        {"stripe-signature": "t=1803900000,v1=\xe9"},
        signed(an_event(), "whsec_other"),
        signed(an_event(), "whsec_new", scheme="v0"),
        signed(an_event() + b" ", "whsec_new"),
    ],
)
def test_a_forged_webhook_of_stripes_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(BadSignature):
        stripe_notice(an_event(), headers)


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b'{"id":"evt_1"}'])
def test_signed_bytes_may_still_tell_of_nothing(body: bytes) -> None:
    with pytest.raises(ValueError):
        stripe_notice(body)


@pytest.mark.parametrize(
    ("kind", "about", "means", "payment"),
    [
        ("payment_intent.amount_capturable_updated", PAID, NoticeKind.PAYMENT, "pi_1"),
        ("checkout.session.completed", {"id": "cs_1", "object": "checkout.session"}, NoticeKind.PAYMENT, "cs_1"),
        ("refund.updated", {"id": "re_1", "object": "refund", "payment_intent": "pi_1"}, NoticeKind.REFUND, "pi_1"),
        ("payment_intent.created", PAID, NoticeKind.OTHER, "pi_1"),
        ("balance.available", {"object": "balance"}, NoticeKind.OTHER, None),
    ],
)
def test_a_webhook_of_stripes_is_about_a_payment(
    kind: str, about: dict[str, Any], means: NoticeKind, payment: str | None
) -> None:
    notice = stripe_notice(an_event(kind, **about))
    assert (notice.kind, notice.payment_id) == (means, payment)


@pytest.mark.parametrize(("currency", "amount"), [("eur", Money.of("12.30", "EUR")), ("xxx", None)])
def test_a_dispute_is_heard_of_in_any_currency(currency: str, amount: Money | None) -> None:
    about = {"id": "du_1", "object": "dispute", "payment_intent": "pi_1", "amount": 1230, "reason": "fraudulent"}
    notice = stripe_notice(an_event("charge.dispute.created", currency=currency, **about))
    assert (notice.kind, notice.dispute, notice.payment_id) == (NoticeKind.DISPUTE, "du_1", "pi_1")
    assert (notice.amount, notice.reason) == (amount, "fraudulent")


def a_square_event(kind: str = "payment.updated", **about: Any) -> bytes:
    event = {
        "event_id": "7f1c",
        "type": kind,
        "created_at": "2027-03-01T11:00:00Z",
        "data": {"object": about or {"payment": {"id": "sq_1"}}},
    }
    return json.dumps(event).encode()


@pytest.mark.parametrize(
    ("kind", "about", "means"),
    [
        ("payment.updated", {"payment": {"id": "sq_1"}}, NoticeKind.PAYMENT),
        ("refund.updated", {"refund": {"id": "r", "payment_id": "sq_1"}}, NoticeKind.REFUND),
        ("dispute.created", {"dispute": {"id": "d", "disputed_payment": {"payment_id": "sq_1"}}}, NoticeKind.DISPUTE),
        ("order.updated", {"payment": {"id": "sq_1"}}, NoticeKind.OTHER),
    ],
)
def test_a_signed_webhook_of_squares_is_believed(kind: str, about: dict[str, Any], means: NoticeKind) -> None:
    body = a_square_event(kind, **about)
    notice = square()(square_signed(body), body, URL, NOW)
    assert (notice.gateway, notice.id, notice.kind, notice.payment_id) == ("square", "7f1c", means, "sq_1")


def test_square_signs_the_address_that_it_was_told() -> None:
    body, told = a_square_event(), "https://travel.example.org/v1/payments/webhook/square"
    assert square(SQUARE_WEBHOOK_URL=told)(square_signed(body, url=told), body, URL, NOW).id == "7f1c"
    with pytest.raises(BadSignature):
        square()(square_signed(body, url=told), body, URL, NOW)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-square-hmacsha256-signature": ""},
        {"x-square-hmacsha256-signature": "\xe9"},
        square_signed(a_square_event(), "other"),
        square_signed(a_square_event() + b" "),
    ],
)
def test_a_forged_webhook_of_squares_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(BadSignature):
        square()(headers, a_square_event(), URL, NOW)


# ---- which gateways there are ----


def test_without_secrets_and_sandbox_there_is_no_gateway() -> None:
    assert dict(gateways({})) == {}


def test_at_the_sandbox_all_of_them_are_there() -> None:
    assert list(signatures({"SANDBOX_URL": "http://127.0.0.1:8900"})) == ["stripe", "square"]


def test_the_default_comes_first() -> None:
    told = {"SANDBOX_URL": "http://127.0.0.1:8900", "DEFAULT_GATEWAY": "square"}
    assert list(signatures(told)) == ["square", "stripe"]


def test_a_default_that_is_not_connected_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="DEFAULT_GATEWAY"):
        signatures({"DEFAULT_GATEWAY": "square"})


def test_half_of_the_secrets_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="STRIPE_WEBHOOK_SECRET"):
        signatures({"STRIPE_SECRET_KEY": "sk_live", "SANDBOX_URL": "http://127.0.0.1:8900"})
