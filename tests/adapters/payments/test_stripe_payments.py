"""What only Stripe does: banks that ask, links, cards that pay twice, money in odd units."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.kit.failures import Answered, GiveUp, Unknown
from adapters.payments.stripe.amounts import minor, money
from domain.money import EXPONENTS, Money
from domain.orders import Reason
from domain.payments import Payment, PaymentStatus
from tests.adapters.payments.tills import Till, euro, soon


def now() -> datetime:
    return datetime.now(UTC)


async def linked(till: Till, **told: Any) -> Payment:
    return await till.gateway.authorise(till.link(now=now(), **told), deadline=soon())


def does(till: Till, payment: Payment, **form: str) -> httpx.Response:
    """What the payer does on the page to which they were sent."""
    assert payment.action_url is not None
    return till.controls.post(payment.action_url, data=form)


# ---- banks that ask ----


@pytest.mark.parametrize("card", ["authenticationRequired", "threeDSecure2Required", "threeDSecureRequired"])
async def test_a_bank_may_want_to_hear_from_its_holder(stripe: Till, card: str) -> None:
    waits_until = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
    wanted = stripe.wanted(token=f"pm_card_{card}", waits_until=waits_until)
    waiting = await stripe.gateway.authorise(wanted, deadline=soon())
    assert (waiting.status, waiting.waits_until) == (PaymentStatus.WAITING, waits_until)
    assert "Is it you who pays?" in stripe.controls.get(str(waiting.action_url)).text
    does(stripe, waiting, answer="right")
    payment = await stripe.gateway.look(waiting.id, deadline=soon())
    assert (payment.status, payment.action_url) == (PaymentStatus.AUTHORISED, None)
    assert stripe.truth(wanted.reference)[0].held == "120.00"


@pytest.mark.parametrize(
    ("card", "answer", "why"),
    [
        ("pm_card_authenticationRequired", "wrong", "payment_intent_authentication_failure"),
        ("pm_card_authenticationRequiredChargeDeclinedInsufficientFunds", "right", "insufficient_funds"),
    ],
)
async def test_a_card_may_be_refused_after_its_bank_has_asked(stripe: Till, card: str, answer: str, why: str) -> None:
    waiting = await stripe.gateway.authorise(stripe.wanted(token=card), deadline=soon())
    does(stripe, waiting, answer=answer)
    payment = await stripe.gateway.look(waiting.id, deadline=soon())
    assert (payment.status, payment.decline) == (PaymentStatus.DECLINED, why)


async def test_nobody_has_to_answer_a_bank_about_a_payment_that_is_voided(stripe: Till) -> None:
    waiting = await stripe.gateway.authorise(stripe.wanted(token="pm_card_authenticationRequired"), deadline=soon())
    voided = await stripe.gateway.void(waiting, key=f"{waiting.reference}-void", deadline=soon())
    assert (voided.status, voided.action_url) == (PaymentStatus.VOIDED, None)
    does(stripe, waiting, answer="right")
    assert stripe.truth(waiting.reference)[0].held == "0.00"


async def test_a_payer_comes_back_to_where_they_were_sent_from(stripe: Till) -> None:
    wanted = stripe.wanted(token="pm_card_authenticationRequired", return_url="https://app.example.org/trips/1")
    waiting = await stripe.gateway.authorise(wanted, deadline=soon())
    assert does(stripe, waiting, answer="right").headers["location"] == "https://app.example.org/trips/1"


# ---- links ----


async def test_a_link_holds_the_money_once_somebody_pays(stripe: Till) -> None:
    link = await linked(stripe)
    assert link.status is PaymentStatus.WAITING
    assert link.waits_until is not None
    assert timedelta(minutes=29) < link.waits_until - now() <= timedelta(minutes=30)
    assert "Booking XK4T2P" in stripe.controls.get(str(link.action_url)).text
    does(stripe, link, action="pay", card="pm_card_visa")
    paid = await stripe.gateway.look(link.id, deadline=soon())
    assert (paid.id, paid.reference, paid.status) == (link.id, link.reference, PaymentStatus.AUTHORISED)
    captured = await stripe.gateway.capture(paid, euro("100.00"), key=f"{link.reference}-capture", deadline=soon())
    assert (captured.id, captured.captured) == (link.id, euro("100.00"))
    refund = await stripe.gateway.refund(captured, euro("40.00"), key=f"{link.reference}-1", deadline=soon())
    assert refund.payment_id == link.id
    (row,) = stripe.truth(link.reference)
    assert (row.id, row.captured, row.refunded) == (link.id, "100.00", "40.00")


async def test_a_link_asked_for_twice_is_one_link(stripe: Till) -> None:
    wanted = stripe.link(now=now())
    stripe.breaks("link", "reset", after=True)
    with pytest.raises(Unknown):
        await stripe.gateway.authorise(wanted, deadline=soon())
    again = await stripe.gateway.authorise(wanted, deadline=soon())
    assert [row.id for row in stripe.truth(wanted.reference)] == [again.id]


async def test_a_refused_card_leaves_a_link_open_for_another(stripe: Till) -> None:
    link = await linked(stripe)
    refusal = does(stripe, link, action="pay", card="pm_card_chargeDeclined")
    assert refusal.status_code == 402
    assert "Your card was declined." in refusal.text
    assert (await stripe.gateway.look(link.id, deadline=soon())).status is PaymentStatus.WAITING
    does(stripe, link, action="pay", card="pm_card_mastercard")
    assert (await stripe.gateway.look(link.id, deadline=soon())).status is PaymentStatus.AUTHORISED


async def test_a_bank_may_ask_whoever_pays_by_a_link(stripe: Till) -> None:
    link = await linked(stripe)
    asked = does(stripe, link, action="pay", card="pm_card_threeDSecure2Required").headers["location"]
    assert (await stripe.gateway.look(link.id, deadline=soon())).status is PaymentStatus.WAITING
    stripe.controls.post(asked, data={"answer": "right"})
    assert (await stripe.gateway.look(link.id, deadline=soon())).status is PaymentStatus.AUTHORISED


async def test_whoever_leaves_may_come_back(stripe: Till) -> None:
    link = await linked(stripe, return_url="https://app.example.org/trips/1")
    assert does(stripe, link, action="leave").headers["location"] == "https://app.example.org/trips/1"
    assert (await stripe.gateway.look(link.id, deadline=soon())).status is PaymentStatus.WAITING


async def test_a_link_that_is_voided_is_dead(stripe: Till) -> None:
    link = await linked(stripe)
    for _ in range(2):
        voided = await stripe.gateway.void(link, key=f"{link.reference}-void", deadline=soon())
        assert voided.status is PaymentStatus.VOIDED
    assert does(stripe, link, action="pay").status_code == 400
    assert stripe.truth(link.reference)[0].held == "0.00"


async def test_a_payer_who_is_quicker_than_our_void_gets_the_money_back_at_once(stripe: Till) -> None:
    link = await linked(stripe)
    does(stripe, link, action="pay")
    voided = await stripe.gateway.void(link, key=f"{link.reference}-void", deadline=soon())
    assert (voided.id, voided.status) == (link.id, PaymentStatus.VOIDED)
    assert stripe.truth(link.reference)[0].held == "0.00"


async def test_what_nobody_has_paid_can_not_be_captured(stripe: Till) -> None:
    link = await linked(stripe)
    with pytest.raises(Answered) as refusal:
        await stripe.gateway.capture(link, link.amount, key=f"{link.reference}-capture", deadline=soon())
    assert refusal.value.reason is Reason.NOT_POSSIBLE


async def test_the_number_behind_a_link_leads_to_the_link(stripe: Till) -> None:
    link = await linked(stripe)
    assert await stripe.gateway.find(link.reference, deadline=soon()) == link
    does(stripe, link, action="pay")
    found = await stripe.gateway.find(link.reference, deadline=soon())
    assert found is not None
    assert (found.id, found.status) == (link.id, PaymentStatus.AUTHORISED)
    listed = [one async for one in stripe.gateway.payments(now() - timedelta(minutes=1), deadline=soon())]
    assert [one.id for one in listed if one.reference == link.reference] == [link.id]


async def test_a_link_without_an_end_is_not_made(stripe: Till) -> None:
    with pytest.raises(GiveUp):
        await stripe.gateway.authorise(stripe.wanted(token=None), deadline=soon())


# ---- one card for several payments ----


def a_card(till: Till, of: str = "tok_visa") -> str:
    """As an app hands it to Stripe: good for one payment."""
    made = till.controls.post(
        f"/{till.name}/v1/payment_methods",
        data={"type": "card", "card[token]": of},
        headers={"authorization": "Bearer sk_test_sandbox"},
    )
    number: str = made.raise_for_status().json()["id"]
    return number


async def test_a_card_that_is_not_kept_pays_once(stripe: Till) -> None:
    card = a_card(stripe)
    first = await stripe.gateway.authorise(stripe.wanted(token=card), deadline=soon())
    assert first.status is PaymentStatus.AUTHORISED
    with pytest.raises(GiveUp, match="previously used"):
        await stripe.gateway.authorise(stripe.wanted(token=card), deadline=soon())


async def test_a_shared_card_pays_in_each_currency(stripe: Till) -> None:
    card = a_card(stripe)
    yen = Money(amount=Decimal(9000), currency="JPY")
    told = [
        await stripe.gateway.authorise(wanted, deadline=soon())
        for wanted in (
            stripe.wanted(token=card, shared=True),
            stripe.wanted(token=card, shared=True, money=yen),
        )
    ]
    assert [(one.status, one.amount) for one in told] == [
        (PaymentStatus.AUTHORISED, euro("120.00")),
        (PaymentStatus.AUTHORISED, yen),
    ]
    assert stripe.truth(told[1].reference)[0].held == "9000"


async def test_a_shared_card_that_is_refused_is_declined(stripe: Till) -> None:
    card = a_card(stripe, "tok_chargeDeclined")
    payment = await stripe.gateway.authorise(stripe.wanted(token=card, shared=True), deadline=soon())
    assert (payment.status, payment.decline) == (PaymentStatus.DECLINED, "generic_decline")


async def test_the_sandbox_takes_no_card_numbers(stripe: Till) -> None:
    refused = stripe.controls.post(
        "/stripe/v1/payment_methods",
        data={"type": "card", "card[number]": "4242424242424242"},
        headers={"authorization": "Bearer sk_test_sandbox"},
    )
    assert refused.status_code == 400
    assert "unsafe" in refused.json()["error"]["message"]


# ---- keys ----


async def test_trouble_that_did_nothing_is_got_over_under_another_key(stripe: Till) -> None:
    """Stripe keeps its trouble under our key for a day, and a traveller can't wait that long."""
    wanted = stripe.wanted()
    stripe.plays("authorise", "broken")
    with pytest.raises(Unknown):
        await stripe.gateway.authorise(wanted, deadline=soon())
    first, again = [await stripe.gateway.authorise(wanted, deadline=soon()) for _ in range(2)]
    assert first == again
    assert [row.id for row in stripe.truth(wanted.reference)] == [first.id]


# ---- money ----


@pytest.mark.parametrize(
    ("amount", "currency", "units"),
    [
        ("12.30", "EUR", 1230),
        ("1234", "JPY", 1234),
        ("1234", "ISK", 123400),
        ("1234", "UGX", 123400),
        ("12.00", "MGA", 12),
        ("12.30", "HUF", 1230),
        ("1.230", "KWD", 1230),
    ],
)
def test_each_currency_has_a_unit_of_its_own(amount: str, currency: str, units: int) -> None:
    told = Money(amount=Decimal(amount), currency=currency)
    assert minor(told) == units
    assert money(units, currency.lower()) == told


@pytest.mark.parametrize(
    ("amount", "currency"), [("12.50", "MGA"), ("1.234", "KWD"), ("1.000", "IQD"), ("1.0000", "CLF")]
)
async def test_what_stripe_can_not_write_is_not_asked_for(stripe: Till, amount: str, currency: str) -> None:
    told = Money(amount=Decimal(amount), currency=currency)
    with pytest.raises(GiveUp, match=currency):
        await stripe.gateway.authorise(stripe.wanted(money=told), deadline=soon())
    assert stripe.calls("authorise") == 0


@given(st.sampled_from(sorted(EXPONENTS)), st.integers(min_value=0, max_value=10**12))
def test_no_amount_changes_on_its_way(currency: str, units: int) -> None:
    told = Money(amount=Decimal(units).scaleb(-EXPONENTS[currency]), currency=currency)
    try:
        written = minor(told)
    except ValueError:
        return
    assert money(written, currency.lower()) == told
