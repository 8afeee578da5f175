"""What a booking may rely on at every gateway: held, taken and given back once for each key, whatever gets lost."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from adapters.kit.failures import Answered, Failure, GiveUp, TryLater, Unknown
from adapters.payments.registry import GATEWAYS, gateways
from domain.orders import Reason
from domain.payments import Payment, PaymentStatus, RefundStatus
from tests.adapters.payments.conftest import opened
from tests.adapters.payments.tills import GOOD, REFUSED, Till, euro, soon

# Faults that strike the reply to a call which did what it was to do.
LOST_REPLIES: Final = ("reset", "cut", "garbage", "html", "empty", "wrong_json", "status")


async def held(till: Till, amount: str = "120.00", **told: Any) -> Payment:
    payment = await till.gateway.authorise(till.wanted(amount, **told), deadline=soon())
    assert payment.status is PaymentStatus.AUTHORISED
    return payment


async def taken(till: Till, amount: str = "120.00") -> Payment:
    payment = await held(till, amount)
    return await till.gateway.capture(payment, payment.amount, key=f"{payment.reference}-capture", deadline=soon())


async def failure_of(asked: Any) -> Failure:
    with pytest.raises(Failure) as failed:
        await asked
    return failed.value


# ---- money is held ----


async def test_held_money_is_not_taken(till: Till) -> None:
    payment = await held(till)
    assert payment.gateway == till.name
    assert payment.amount == euro("120.00")
    assert payment.captured == payment.refunded == euro("0.00")
    (row,) = till.truth(payment.reference)
    assert (row.held, row.captured) == ("120.00", "0.00")
    assert await till.gateway.look(payment.id, deadline=soon()) == payment


@pytest.mark.parametrize(("name", "card", "why"), REFUSED)
async def test_a_refused_card_is_a_declined_payment(sandbox_address: str, name: str, card: str, why: str) -> None:
    async with opened(name, sandbox_address) as till:
        wanted = till.wanted(token=card)
        payment = await till.gateway.authorise(wanted, deadline=soon())
        again = await till.gateway.authorise(wanted, deadline=soon())
        rows = till.truth(wanted.reference)
    assert (payment.status, payment.decline) == (PaymentStatus.DECLINED, why)
    assert payment.reference == wanted.reference
    assert again == payment
    assert all(row.authorised == "0.00" for row in rows)


async def test_asked_twice_it_is_held_once(till: Till) -> None:
    wanted = till.wanted()
    first = await till.gateway.authorise(wanted, deadline=soon())
    second = await till.gateway.authorise(wanted, deadline=soon())
    assert first == second
    assert len(till.truth(wanted.reference)) == 1


async def test_a_payer_who_has_changed_their_address_meanwhile_pays_once(till: Till) -> None:
    wanted = till.wanted()
    till.breaks("authorise", "reset", after=True)
    assert isinstance(await failure_of(till.gateway.authorise(wanted, deadline=soon())), Unknown)
    moved = till.wanted(reference=wanted.reference, payer="ada@lovelace.example")
    payment = await till.gateway.authorise(moved, deadline=soon())
    assert payment.status is PaymentStatus.AUTHORISED
    assert [row.id for row in till.truth(wanted.reference)] == [payment.id]


async def test_a_key_for_another_amount_is_refused(till: Till) -> None:
    wanted = till.wanted()
    await till.gateway.authorise(wanted, deadline=soon())
    other = till.wanted("130.00", reference=wanted.reference)
    assert isinstance(await failure_of(till.gateway.authorise(other, deadline=soon())), GiveUp)
    assert len(till.truth(wanted.reference)) == 1


async def test_asked_by_many_at_once_it_is_held_once(till: Till) -> None:
    wanted = till.wanted()
    till.plays("authorise", "slow_bank", seconds=0.3)
    asked = [till.gateway.authorise(wanted, deadline=soon()) for _ in range(8)]
    told = await asyncio.gather(*asked, return_exceptions=True)
    got = [one for one in told if isinstance(one, Payment)]
    assert len(got) >= 1
    assert {type(one) for one in told} <= {Payment, Unknown}  # the key is in use: that one may succeed yet
    (row,) = till.truth(wanted.reference)
    assert {one.id for one in got} == {row.id}


@pytest.mark.parametrize("fault", LOST_REPLIES)
async def test_a_lost_answer_is_unknown_and_asking_again_tells(till: Till, fault: str) -> None:
    wanted = till.wanted()
    till.breaks("authorise", fault, after=True)
    assert type(await failure_of(till.gateway.authorise(wanted, deadline=soon()))) is Unknown
    payment = await till.gateway.authorise(wanted, deadline=soon())
    assert payment.status is PaymentStatus.AUTHORISED
    assert len(till.truth(wanted.reference)) == 1


@pytest.mark.parametrize("fault", ["reset", "status", "garbage"])
async def test_a_call_that_was_never_heard_is_as_unknown(till: Till, fault: str) -> None:
    wanted = till.wanted()
    till.breaks("authorise", fault)
    assert type(await failure_of(till.gateway.authorise(wanted, deadline=soon()))) is Unknown
    assert till.truth(wanted.reference) == []
    payment = await till.gateway.authorise(wanted, deadline=soon())
    assert payment.status is PaymentStatus.AUTHORISED


async def test_silence_is_unknown_at_the_deadline(till: Till) -> None:
    wanted = till.wanted()
    till.breaks("authorise", "hang", after=True, seconds=30)
    assert isinstance(await failure_of(till.gateway.authorise(wanted, deadline=soon(0.3))), Unknown)
    await till.gateway.authorise(wanted, deadline=soon())
    assert len(till.truth(wanted.reference)) == 1


async def test_whoever_dies_after_sending_finds_one_payment(sandbox_address: str, till: Till) -> None:
    wanted = till.wanted()
    till.plays("authorise", "slow_bank", seconds=0.2)
    dying = asyncio.create_task(till.gateway.authorise(wanted, deadline=soon()))
    async with asyncio.timeout(10):
        while not till.calls("authorise"):  # noqa: ASYNC110  # the sandbox rings no bell
            await asyncio.sleep(0.005)
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    async with opened(till.name, sandbox_address) as heir:
        payment: Payment | None = None
        async with asyncio.timeout(10):
            while payment is None:
                try:
                    payment = await heir.gateway.authorise(wanted, deadline=soon())
                except Unknown:  # the key is in use
                    await asyncio.sleep(0.05)
        (row,) = heir.truth(wanted.reference)
    assert row.id == payment.id


@pytest.mark.parametrize(
    ("status", "kind"), [(429, TryLater), (401, GiveUp), (403, GiveUp), (500, Unknown), (502, Unknown), (409, Unknown)]
)
async def test_a_status_says_what_to_do_next(till: Till, status: int, kind: type[Failure]) -> None:
    till.breaks("authorise", "status", status=status)
    assert type(await failure_of(till.gateway.authorise(till.wanted(), deadline=soon()))) is kind


async def test_a_gateway_that_nobody_reaches_has_done_nothing(till: Till) -> None:
    nowhere = gateways({"SANDBOX_URL": "http://127.0.0.1:1"})[till.name]
    assert type(await failure_of(nowhere.authorise(till.wanted(), deadline=soon()))) is TryLater
    await nowhere.aclose()


async def test_nothing_is_sent_when_there_is_no_time_left(till: Till) -> None:
    payment = await held(till)
    till.reset()
    late = soon(-1)
    for asked in (
        till.gateway.authorise(till.wanted(), deadline=late),
        till.gateway.look(payment.id, deadline=late),
        till.gateway.capture(payment, payment.amount, key=f"{payment.reference}-late", deadline=late),
        till.gateway.void(payment, key=f"{payment.reference}-late", deadline=late),
        till.gateway.refund(payment, payment.amount, key=f"{payment.reference}-late", deadline=late),
    ):
        assert type(await failure_of(asked)) is TryLater
    assert till.controls.get("/_ledger").json()["count"] == 0


async def test_a_card_number_goes_nowhere(till: Till) -> None:
    wanted = till.wanted(token="4242 4242 4242 4242")
    failure = await failure_of(till.gateway.authorise(wanted, deadline=soon()))
    assert isinstance(failure, GiveUp)
    assert "4242" not in failure.detail
    assert till.calls("authorise") == 0


@pytest.mark.parametrize("fault", [*LOST_REPLIES, "hang"])
async def test_a_look_that_fails_is_only_tried_later(till: Till, fault: str) -> None:
    payment = await held(till)
    till.breaks("look", fault)
    failure = await failure_of(till.gateway.look(payment.id, deadline=soon(0.5)))
    assert type(failure) in (TryLater, Unknown)
    assert isinstance(failure, TryLater)


async def test_what_is_not_there_is_a_definite_answer(till: Till) -> None:
    missing = {"stripe": "pi_missing", "square": "missing"}[till.name]
    failure = await failure_of(till.gateway.look(missing, deadline=soon()))
    assert isinstance(failure, Answered)
    assert failure.reason is Reason.NO_SUCH_ORDER


# ---- money is taken ----


async def test_what_is_not_captured_goes_free(till: Till) -> None:
    payment = await held(till)
    captured = await till.gateway.capture(payment, euro("80.00"), key=f"{payment.reference}-part", deadline=soon())
    assert (captured.status, captured.captured) == (PaymentStatus.CAPTURED, euro("80.00"))
    (row,) = till.truth(payment.reference)
    assert (row.held, row.captured) == ("0.00", "80.00")


@pytest.mark.parametrize("key", ["same", "another"])
async def test_captured_again_it_is_captured_once(till: Till, key: str) -> None:
    payment = await held(till)
    first = await till.gateway.capture(payment, euro("80.00"), key=f"{payment.reference}-same", deadline=soon())
    again = await till.gateway.capture(payment, euro("80.00"), key=f"{payment.reference}-{key}", deadline=soon())
    assert again == first
    assert till.truth(payment.reference)[0].captured == "80.00"


async def test_captured_by_many_at_once_it_is_captured_once(till: Till) -> None:
    payment = await held(till)
    asked = [
        till.gateway.capture(payment, payment.amount, key=f"{payment.reference}-race", deadline=soon())
        for _ in range(6)
    ]
    told = await asyncio.gather(*asked, return_exceptions=True)
    assert any(isinstance(one, Payment) for one in told)
    assert till.truth(payment.reference)[0].captured == "120.00"


async def test_no_more_is_captured_than_was_held(till: Till) -> None:
    payment = await held(till)
    failure = await failure_of(
        till.gateway.capture(payment, euro("120.01"), key=f"{payment.reference}-more", deadline=soon())
    )
    assert isinstance(failure, Answered)
    assert failure.reason is Reason.NOT_POSSIBLE
    assert till.truth(payment.reference)[0].captured == "0.00"


async def test_a_hold_that_is_gone_can_not_be_captured(till: Till) -> None:
    payment = await held(till)
    till.plays("capture", "expired")
    failure = await failure_of(
        till.gateway.capture(payment, payment.amount, key=f"{payment.reference}-late", deadline=soon())
    )
    assert isinstance(failure, Answered)
    assert failure.reason is Reason.EXPIRED
    assert (await till.gateway.look(payment.id, deadline=soon())).status is PaymentStatus.EXPIRED


@pytest.mark.parametrize("fault", ["reset", "status", "wrong_json"])
async def test_a_capture_whose_answer_is_lost_is_asked_for_again(till: Till, fault: str) -> None:
    payment = await held(till)
    till.breaks("capture", fault, after=True)
    asked = till.gateway.capture(payment, payment.amount, key=f"{payment.reference}-lost", deadline=soon())
    assert type(await failure_of(asked)) is Unknown
    again = await till.gateway.capture(payment, payment.amount, key=f"{payment.reference}-lost", deadline=soon())
    assert again.captured == payment.amount
    assert till.truth(payment.reference)[0].captured == "120.00"


# ---- money is let go ----


async def test_voiding_twice_is_voiding_once(till: Till) -> None:
    payment = await held(till)
    for key in ("void", "void", "another"):
        voided = await till.gateway.void(payment, key=f"{payment.reference}-{key}", deadline=soon())
        assert voided.status is PaymentStatus.VOIDED
    assert till.truth(payment.reference)[0].held == "0.00"


async def test_what_is_taken_can_not_be_voided(till: Till) -> None:
    payment = await taken(till)
    assert isinstance(
        await failure_of(till.gateway.void(payment, key=f"{payment.reference}-void", deadline=soon())), Answered
    )
    assert till.truth(payment.reference)[0].captured == "120.00"


async def test_what_is_voided_can_not_be_captured(till: Till) -> None:
    payment = await held(till)
    await till.gateway.void(payment, key=f"{payment.reference}-void", deadline=soon())
    failure = await failure_of(
        till.gateway.capture(payment, payment.amount, key=f"{payment.reference}-late", deadline=soon())
    )
    assert isinstance(failure, Answered)
    assert failure.reason is Reason.EXPIRED


async def test_a_void_whose_answer_is_lost_is_asked_for_again(till: Till) -> None:
    payment = await held(till)
    till.breaks("void", "reset", after=True)
    assert (
        type(await failure_of(till.gateway.void(payment, key=f"{payment.reference}-void", deadline=soon()))) is Unknown
    )
    assert (
        await till.gateway.void(payment, key=f"{payment.reference}-void", deadline=soon())
    ).status is PaymentStatus.VOIDED


# ---- money is given back ----


async def test_equal_refunds_under_two_keys_are_two(till: Till) -> None:
    payment = await taken(till)
    told = [
        await till.gateway.refund(payment, euro("30.00"), key=f"{payment.reference}-{number}", deadline=soon())
        for number in (1, 2)
    ]
    assert len({one.id for one in told}) == 2
    assert {one.status for one in told} == {RefundStatus.DONE}
    assert till.truth(payment.reference)[0].refunded == "60.00"
    assert (await till.gateway.look(payment.id, deadline=soon())).refunded == euro("60.00")


async def test_one_refund_asked_for_twice_is_one(till: Till) -> None:
    payment = await taken(till)
    key = f"{payment.reference}-once"
    told = [await till.gateway.refund(payment, euro("30.00"), key=key, deadline=soon()) for _ in range(2)]
    assert told[0] == told[1]
    assert till.truth(payment.reference)[0].refunded == "30.00"


async def test_more_than_is_left_is_not_given_back(till: Till) -> None:
    payment = await taken(till)
    await till.gateway.refund(payment, euro("100.00"), key=f"{payment.reference}-1", deadline=soon())
    asked = till.gateway.refund(payment, euro("20.01"), key=f"{payment.reference}-2", deadline=soon())
    failure = await failure_of(asked)
    assert isinstance(failure, Answered)
    assert failure.reason is Reason.NOT_POSSIBLE
    assert till.truth(payment.reference)[0].refunded == "100.00"


@pytest.mark.parametrize("fault", ["reset", "status", "garbage"])
async def test_a_refund_whose_answer_is_lost_is_given_once(till: Till, fault: str) -> None:
    payment = await taken(till)
    key = f"{payment.reference}-lost"
    till.breaks("refund", fault, after=True)
    assert type(await failure_of(till.gateway.refund(payment, euro("50.00"), key=key, deadline=soon()))) is Unknown
    await till.gateway.refund(payment, euro("50.00"), key=key, deadline=soon())
    assert till.truth(payment.reference)[0].refunded == "50.00"


@pytest.mark.parametrize(
    ("outcome", "becomes", "back"), [("pending", RefundStatus.DONE, "50.00"), ("failed", RefundStatus.REFUSED, "0.00")]
)
async def test_a_refund_may_take_its_time(till: Till, outcome: str, becomes: RefundStatus, back: str) -> None:
    payment = await taken(till)
    till.plays("refund", outcome, seconds=0.2)
    refund = await till.gateway.refund(payment, euro("50.00"), key=f"{payment.reference}-1", deadline=soon())
    assert refund.status is RefundStatus.PENDING
    async with asyncio.timeout(10):
        now = refund
        while now.status is RefundStatus.PENDING:
            await asyncio.sleep(0.02)
            now = await till.gateway.look_refund(refund.id, deadline=soon())
    assert (now.status, now.payment_id) == (becomes, payment.id)
    assert till.truth(payment.reference)[0].refunded == back


async def test_what_was_never_taken_is_not_given_back(till: Till) -> None:
    payment = await held(till)
    asked = till.gateway.refund(payment, payment.amount, key=f"{payment.reference}-1", deadline=soon())
    assert isinstance(await failure_of(asked), Answered | GiveUp)


# ---- troubles of the gateway's own ----


@pytest.mark.parametrize("outcome", ["broken", "broken_after"])
async def test_a_capture_gets_through_a_gateway_in_trouble(till: Till, outcome: str) -> None:
    """Stripe keeps its trouble under our key: another one has to do, and the payment's state lets it happen once."""
    payment = await held(till)
    till.plays("capture", outcome)
    for _ in range(2):
        try:
            captured = await till.gateway.capture(
                payment, payment.amount, key=f"{payment.reference}-trouble", deadline=soon()
            )
        except Unknown:
            continue
        break
    assert captured.captured == payment.amount
    assert till.truth(payment.reference)[0].captured == "120.00"


async def test_troubles_in_a_row_burn_one_key_after_the_other_and_no_payment(till: Till) -> None:
    payment = await held(till)
    till.plays("void", "broken", count=3)
    voided = None
    for _ in range(5):
        try:
            voided = await till.gateway.void(payment, key=f"{payment.reference}-void", deadline=soon())
        except Unknown:
            continue
        break
    assert voided is not None
    assert till.truth(payment.reference)[0].held == "0.00"


@pytest.mark.parametrize("outcome", ["broken", "broken_after"])
async def test_a_refund_gets_through_a_gateway_in_trouble_once(till: Till, outcome: str) -> None:
    payment = await taken(till)
    key = f"{payment.reference}-trouble"
    till.plays("refund", outcome)
    assert isinstance(await failure_of(till.gateway.refund(payment, euro("50.00"), key=key, deadline=soon())), Unknown)
    for _ in range(2):
        await till.gateway.refund(payment, euro("50.00"), key=key, deadline=soon())
        assert till.truth(payment.reference)[0].refunded == "50.00"


async def test_money_that_was_held_in_trouble_is_found(till: Till) -> None:
    wanted = till.wanted()
    till.plays("authorise", "broken_after")
    assert isinstance(await failure_of(till.gateway.authorise(wanted, deadline=soon())), Unknown)
    payment = await till.gateway.authorise(wanted, deadline=soon())
    assert payment.status is PaymentStatus.AUTHORISED
    (row,) = till.truth(wanted.reference)
    assert row.id == payment.id


# ---- the gateway's books ----


async def test_a_payment_is_found_by_our_reference(till: Till) -> None:
    payment = await held(till)
    assert await till.gateway.find(payment.reference, deadline=soon()) == payment
    assert await till.gateway.find("NOBODYS", deadline=soon()) is None


async def test_all_payments_are_listed_over_all_pages(till: Till) -> None:
    since = datetime.now(UTC) - timedelta(seconds=2)
    made = [await held(till, "1.00") for _ in range(101)]
    listed = [one.id async for one in till.gateway.payments(since, deadline=soon(60))]
    assert {one.id for one in made} <= set(listed)
    assert len(listed) == len(set(listed))
    future = datetime.now(UTC) + timedelta(hours=1)
    assert [one async for one in till.gateway.payments(future, deadline=soon())] == []


def test_each_gateway_has_a_sandbox_and_a_good_card() -> None:
    assert set(GATEWAYS) == set(GOOD)
