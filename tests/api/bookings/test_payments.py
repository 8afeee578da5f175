"""Payments over the API: paid by card what waits, looked at by their owner, given back by operators and never twice."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest
from falcon.testing import StreamedResult

from domain.bookings import BookingStatus, Charge, Refund
from domain.jobs import LookAtBooking, Queue
from domain.money import total
from domain.payments import RefundStatus
from domain.people import Role
from domain.saga.wishes import heeded
from tests.api.answering import misdescribed
from tests.api.bookings.shop import BERT, asked, booked, captured, charge, kept, waiting, worked
from tests.api.hub import Hub, json
from tests.builders import money

LINK = {"method": "link"}


async def pay(api: Hub, named: str, *, card: str = "pm_card_visa", path: str = "/v1/payments", **more: Any) -> Any:
    return await asked(api, "POST", path, {"booking_id": named, "token": card}, **more)


async def paid(api: Hub, amount: str = "100.00", **more: Any) -> Charge:
    """A booking that is confirmed and paid; its payment."""
    told = await booked(api)
    taken = captured(told["id"], money(amount), **more)
    await worked(api, told["id"], status=BookingStatus.CONFIRMING)
    await worked(api, told["id"], status=BookingStatus.CONFIRMED, charges=(taken,))
    return taken


async def refund(api: Hub, taken: Charge, amount: str | None = None, *, currency: str = "EUR", **more: Any) -> Any:
    body = {} if amount is None else {"amount": {"amount": amount, "currency": currency}}
    return await asked(api, "POST", f"/v1/payments/{taken.id}/refund", body, **{"role": Role.OPERATOR} | more)


async def heed(api: Hub, booking_id: str) -> None:
    """As a worker does."""
    held = await kept(api, booking_id)
    turn = heeded(held.booking, held.wishes, api.clock.now)
    assert turn is not None
    await worked(api, booking_id, charges=turn.booking.charges)


@pytest.mark.parametrize("path", ["/v1/payments", "/v1/payments/process"])
async def test_a_link_that_waits_is_paid_by_card(api: Hub, path: str) -> None:
    told = await booked(api, payment=LINK)
    await worked(api, told["id"], charges=(waiting(api, told["id"], money()),))
    answer = await pay(api, told["reference"], path=path)
    assert (answer.status_code, answer.headers["Location"]) == (202, f"/v1/bookings/{told['id']}")
    assert json(answer)["payments"][0]["action_url"] == "https://pay.example.com/1"
    assert (await kept(api, told["id"])).wishes.token == "pm_card_visa"
    assert LookAtBooking(booking_id=told["id"]) in api.jobs(Queue.BOOKINGS)


async def test_nothing_is_paid_that_does_not_wait_for_its_payer(api: Hub) -> None:
    told = await booked(api)
    assert (await pay(api, told["id"])).status_code == 409
    await worked(api, told["id"], charges=(charge(told["id"], money()),))
    assert (await pay(api, told["id"])).status_code == 409
    link = waiting(api, told["id"], money())
    await worked(api, told["id"], charges=(link,), undoing=BookingStatus.EXPIRED)
    assert (await pay(api, told["id"])).status_code == 409
    await worked(api, told["id"], charges=(msgspec.structs.replace(link, replaced=True),), undoing=None)
    assert (await pay(api, told["id"])).status_code == 409


async def test_a_card_number_is_refused_wherever_it_is_sent(api: Hub) -> None:
    told = await booked(api)
    answer = await pay(api, told["id"], card="4242-4242-4242-4242")
    assert (answer.status_code, json(answer)["errors"][0]["pointer"]) == (422, "/token")


async def test_nobody_pays_for_a_booking_that_is_not_theirs(api: Hub) -> None:
    told = await booked(api, payment=LINK)
    await worked(api, told["id"], charges=(waiting(api, told["id"], money()),))
    assert (await pay(api, told["id"], who=BERT)).status_code == 404
    assert (await pay(api, "ZZZZZZ")).status_code == 404
    assert (await pay(api, told["id"], who="otto", role=Role.OPERATOR)).status_code == 202


async def test_payments_are_seen_by_their_owner_alone_and_by_operators(api: Hub) -> None:
    taken = await paid(api)
    answer = await asked(api, "GET", f"/v1/payments/{taken.id}")
    told = json(answer)
    assert misdescribed(answer, "GET", "/v1/payments/{payment_id}") == []
    assert (told["id"], told["status"], told["captured"]["amount"]) == (taken.id, "captured", "100.00")
    assert (await asked(api, "GET", f"/v1/payments/{taken.id}", who=BERT)).status_code == 404
    assert (await asked(api, "GET", f"/v1/payments/{taken.id}", who="otto", role=Role.OPERATOR)).status_code == 200
    for malformed in ("pi_1", "a" * 26, "%00"):
        assert (await asked(api, "GET", f"/v1/payments/{malformed}")).status_code == 404


async def test_payments_are_listed_with_their_bookings_in_pages(api: Hub) -> None:
    taken = []
    for number in range(3):
        api.clock.forward(seconds=1)
        told = await booked(api, who="carla")
        one = captured(told["id"], money(f"{number + 1}.00"))
        await worked(api, told["id"], charges=(one,))
        taken.append(one.id)
    await booked(api, who="carla")  # nothing is paid for it yet
    first = json(await asked(api, "GET", "/v1/payments?limit=2", who="carla"))
    assert ([one["id"] for one in first["data"]], first["page"]["total"]) == (taken[:0:-1], 3)
    rest = json(await asked(api, "GET", f"/v1/payments?limit=2&cursor={first['page']['next']}", who="carla"))
    assert ([one["id"] for one in rest["data"]], rest["page"]["next"]) == (taken[:1], None)


async def test_a_traveller_gives_nothing_back_and_a_stranger_finds_nothing(api: Hub) -> None:
    taken = await paid(api)
    assert (await refund(api, taken, "1.00", role=Role.TRAVELLER)).status_code == 403
    assert (await refund(api, taken, "1.00", who=BERT, role=Role.TRAVELLER)).status_code == 404


async def test_a_refund_is_written_down_for_a_worker(api: Hub) -> None:
    taken = await paid(api)
    answer = await refund(api, taken, "25.00")
    told = json(answer)
    assert misdescribed(answer, "POST", "/v1/payments/{payment_id}/refund") == []
    assert (answer.status_code, answer.headers["Location"]) == (202, f"/v1/payments/{taken.id}")
    assert (told["amount"], told["status"]) == ({"amount": "25.00", "currency": "EUR"}, "pending")
    booking_id = json(await asked(api, "GET", f"/v1/payments/{taken.id}"))["booking_id"]
    (wish,) = (await kept(api, booking_id)).wishes.refunds
    assert (wish.charge, wish.refund.id, wish.refund.asked_by) == (taken.id, told["id"], "anna")
    await heed(api, booking_id)
    shown = json(await asked(api, "GET", f"/v1/payments/{taken.id}"))
    assert (shown["refunded"]["amount"], shown["refundable"]["amount"]) == ("25.00", "75.00")
    assert [one["id"] for one in shown["refunds"]] == [told["id"]]


async def test_two_equal_refunds_are_two_and_the_same_key_is_one(api: Hub) -> None:
    taken = await paid(api)
    first = await refund(api, taken, "30.00", Idempotency_Key="first")
    again = await refund(api, taken, "30.00", Idempotency_Key="first")
    second = await refund(api, taken, "30.00", Idempotency_Key="second")
    assert (again.content, again.headers["Idempotency-Replayed"]) == (first.content, "true")
    assert json(second)["id"] != json(first)["id"]
    booking_id = json(await asked(api, "GET", f"/v1/payments/{taken.id}"))["booking_id"]
    await heed(api, booking_id)
    shown = json(await asked(api, "GET", f"/v1/payments/{taken.id}"))
    assert shown["refunded"]["amount"] == "60.00"


async def test_more_than_what_is_left_is_refused_and_what_is_left_is_named(api: Hub) -> None:
    taken = await paid(api)
    assert (await refund(api, taken, "60.00")).status_code == 202
    answer = await refund(api, taken, "40.01")
    assert (answer.status_code, json(answer)["errors"][0]["pointer"]) == (422, "/amount")
    assert "40.00 EUR" in json(answer)["detail"]
    assert json(await refund(api, taken))["amount"]["amount"] == "40.00"  # all that is left
    assert (await refund(api, taken)).status_code == 422


async def test_many_refunds_at_once_never_give_back_more_than_was_taken(api: Hub) -> None:
    taken = await paid(api)
    said = await asyncio.gather(*(refund(api, taken, "30.00") for _ in range(8)))
    assert sorted(answer.status_code for answer in said) == [202, 202, 202, 422, 422, 422, 422, 422]
    booking_id = json(await asked(api, "GET", f"/v1/payments/{taken.id}"))["booking_id"]
    wishes = (await kept(api, booking_id)).wishes.refunds
    assert total((wish.refund.amount for wish in wishes), "EUR") == money("90.00")


async def test_a_refund_that_the_gateway_refused_can_be_asked_for_again(api: Hub) -> None:
    refused = Refund(
        id="r1", key="k1", amount=money("100.00"), asked_at=api.clock.now, status=RefundStatus.REFUSED, detail="closed"
    )
    taken = await paid(api, refunds=(refused,))
    assert (await refund(api, taken)).status_code == 202


async def test_an_amount_is_one_of_the_payments_own_money(api: Hub) -> None:
    taken = await paid(api)
    wrong = (("1.001", "EUR"), ("0.00", "EUR"), ("1.00", "QQQ"), ("1.00", "GBP"), ("-1.00", "EUR"))
    for amount, currency in wrong:
        answer = await refund(api, taken, amount, currency=currency)
        assert answer.status_code == 422, (amount, currency)
        assert json(answer)["errors"][0]["pointer"].startswith("/amount")


async def test_what_was_not_taken_is_not_given_back(api: Hub) -> None:
    told = await booked(api)
    taken = charge(told["id"], money())
    await worked(api, told["id"], charges=(taken,))
    assert (await refund(api, taken, "1.00")).status_code == 409


async def events(api: Hub, booking_id: str, **headers: Any) -> Any:
    return await asked(api, "GET", f"/v1/bookings/{booking_id}/events", **headers)


async def test_what_was_asked_for_is_in_the_history(api: Hub) -> None:
    told = await booked(api)
    await asked(api, "DELETE", f"/v1/bookings/{told['id']}")
    answer = await events(api, told["id"])
    assert misdescribed(answer, "GET", "/v1/bookings/{booking_id}/events") == []
    page = json(answer)
    assert [(one["number"], one["type"]) for one in page["data"]] == [
        (1, "booking.accepted"),
        (2, "booking.cancel_asked"),
    ]
    assert (page["page"]["total"], (await events(api, told["id"], who=BERT)).status_code) == (2, 404)


@asynccontextmanager
async def streamed(api: Hub, booking_id: str, *, after: str = "") -> AsyncIterator[StreamedResult]:
    headers = api.signed_in() | {"Accept": "text/event-stream", "Last-Event-ID": after}
    async with api.conductor.simulate_get_stream(f"/v1/bookings/{booking_id}/events", headers=headers) as stream:
        yield stream
        await worked(api, booking_id, status=BookingStatus.FAILED)  # a stream ends with its booking


async def heard(stream: StreamedResult, last: str) -> list[str]:
    """The lines of a stream up to the event of that type, without data and comments."""
    lines: list[str] = []
    async with asyncio.timeout(10):
        while f"event: {last}" not in lines:
            lines += (await stream.stream.read()).decode().splitlines()
    return [line for line in lines if line.startswith(("id:", "event:"))]


async def test_a_history_is_a_stream_that_goes_on_after_any_event(api: Hub) -> None:
    first, second = ["event: booking.accepted", "id: 1"], ["event: booking.cancel_asked", "id: 2"]
    for after, lines in (("", first + second), ("1", second), ("yesterday", first + second)):
        told = await booked(api)
        await asked(api, "DELETE", f"/v1/bookings/{told['id']}")
        async with streamed(api, told["id"], after=after) as stream:
            assert stream.headers["Content-Type"].startswith("text/event-stream")
            assert await heard(stream, "booking.cancel_asked") == lines


async def test_who_has_heard_the_end_of_a_booking_is_told_not_to_come_again(api: Hub) -> None:
    told = await booked(api)
    await worked(api, told["id"], status=BookingStatus.FAILED)
    ended = await events(api, told["id"], Accept="text/event-stream", Last_Event_ID="1")
    assert ended.status_code == 204


async def test_a_stream_hears_what_happens_meanwhile(api: Hub) -> None:
    told = await booked(api)
    async with streamed(api, told["id"]) as stream:
        await heard(stream, "booking.accepted")
        await asked(api, "DELETE", f"/v1/bookings/{told['id']}")
        assert await heard(stream, "booking.cancel_asked") == ["event: booking.cancel_asked", "id: 2"]
