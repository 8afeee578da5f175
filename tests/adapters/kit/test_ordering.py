"""What is sent once is booked at most once: lost answers are asked for, never sent again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
import pytest

from adapters.kit import ordering
from adapters.kit.budget import Priority
from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.client import SupplierClient
from adapters.kit.decode import decoded
from adapters.kit.failures import Answered, GiveUp, TryLater, Unknown
from adapters.kit.supplier import Selling, Step
from domain.orders import Attempt, Order, OrderRequest, OrderStatus, Quote, QuoteRequest, Reason
from tests.adapters.kit import declared
from tests.adapters.kit.desk import Desk, cuts, open_desk, resets, says
from tests.builders import ALBATROSS, NOW, contact, flight_query, money, offer, traveller
from tests.memory_attempts import MemoryAttempts

REFERENCE: Final = "TH2345ABCDEF"
QUOTE: Final = Quote(
    supplier=ALBATROSS,
    price=money(),
    price_components=(),
    conditions=offer().conditions,
    quoted_at=NOW,
    expires_at=NOW + timedelta(minutes=10),
)
REQUEST: Final = OrderRequest(
    reference=REFERENCE,
    offer=offer(),
    query=flight_query(),
    quote=QUOTE,
    travellers=(traveller(),),
    contact=contact(),
    sent_at=NOW,
)


class Told(msgspec.Struct, frozen=True):
    orders: list[str] = []


_TOLD: Final = msgspec.json.Decoder(Told)


def orders(*numbers: str) -> bytes:
    return msgspec.json.encode({"orders": numbers})


def order(number: str, status: OrderStatus = OrderStatus.CONFIRMED) -> Order:
    return Order(supplier=ALBATROSS, id=number, status=status, reference=REFERENCE)


def read(reply: Reply, _: Call, __: Any) -> Readout[Order]:
    return Readout(records=tuple(order(number) for number in decoded(reply, _TOLD).orders))


def book(_: OrderRequest) -> Call:
    return declared.order()


def find(request: OrderRequest) -> Call:
    return declared.call(operation="find", path="/orders", params=(("reference", request.reference),))


BOOK: Final = Step(operations=("book",), ask=book, read=read)
FIND: Final = Step(operations=("find",), ask=find, read=read)


def selling(**changed: Any) -> Selling:
    usual = Selling(quote=BOOK, book=BOOK, cancel=BOOK, look=FIND, find=FIND)
    return msgspec.structs.replace(usual, **changed)


@asynccontextmanager
async def seller(desk: Desk, how: Selling) -> AsyncIterator[SupplierClient]:
    supplier = msgspec.structs.replace(
        declared.supplier(timeout=timedelta(seconds=2)),
        sells={"flights": how},
        errors={"SOLD_OUT": declared.NO_SEATS, "TWICE": declared.TWICE, "SLOW_DOWN": declared.SLOW_DOWN},
    )
    client = SupplierClient(supplier, declared.access(desk.base_url), shared=None, chance=lambda: 0.0)
    try:
        yield client
    finally:
        await client.aclose()


async def booked(
    desk: Desk,
    attempts: MemoryAttempts,
    *,
    how: Selling | None = None,
    now: datetime = NOW,
) -> Order:
    async with seller(desk, how or selling()) as client:
        return await ordering.booked(
            client, REQUEST, attempts, deadline=asyncio.get_running_loop().time() + 20, now=lambda: now
        )


async def test_the_same_reference_twice_is_one_order_and_one_call() -> None:
    attempts = MemoryAttempts()
    async with open_desk(says(body=orders("4711"))) as desk:
        assert await booked(desk, attempts) == await booked(desk, attempts) == order("4711")
        assert [asked.method for asked in desk.asked] == ["POST"]


async def test_whoever_only_wants_to_know_a_price_stands_in_the_way_of_no_booking() -> None:
    def priced(reply: Reply, _: Call, __: Any) -> Readout[Quote]:
        return Readout(records=(msgspec.structs.replace(QUOTE, quoted_at=reply.received_at),))

    ask = Step(operations=("quote",), ask=lambda _: declared.call(operation="quote"), read=priced)
    request = QuoteRequest(offer=REQUEST.offer, query=REQUEST.query)
    deadline = asyncio.get_running_loop().time() + 20
    async with open_desk(says()) as desk, seller(desk, selling(quote=ask)) as client:
        await ordering.quoted(client, request, deadline=deadline)
        await ordering.quoted(client, request, deadline=deadline, priority=Priority.INTERACTIVE)
        assert [row.client for row in client.ledger.unwritten] == ["booking", "interactive"]


async def test_a_lost_answer_is_unknown_and_then_asked_for() -> None:
    attempts = MemoryAttempts()
    async with open_desk(resets(), says(body=orders("4711"))) as desk:
        with pytest.raises(Unknown):
            await booked(desk, attempts)
        assert await booked(desk, attempts) == order("4711")
        assert [asked.method for asked in desk.asked] == ["POST", "GET"]
    assert attempts.held[ALBATROSS, REFERENCE].order == order("4711")


async def test_half_an_answer_is_a_lost_answer() -> None:
    async with open_desk(cuts()) as desk:
        with pytest.raises(Unknown):
            await booked(desk, MemoryAttempts())
        assert len(desk.asked) == 1


async def test_an_answer_that_nobody_can_read_is_a_lost_answer() -> None:
    async with open_desk(says(body=b"<html>thank you for your order</html>")) as desk:
        with pytest.raises(Unknown):
            await booked(desk, MemoryAttempts())


async def test_a_supplier_that_can_not_be_asked_is_never_sent_the_order_again() -> None:
    attempts = MemoryAttempts()
    async with open_desk(resets()) as desk:
        for _ in range(3):
            with pytest.raises(Unknown):
                await booked(desk, attempts, how=selling(find=None))
        assert len(desk.asked) == 1


async def test_an_order_that_is_not_visible_yet_stays_unknown_until_it_would_be() -> None:
    attempts = MemoryAttempts()
    patient = selling(visible_within=timedelta(minutes=5))
    async with open_desk(resets(), says(body=orders())) as desk:
        with pytest.raises(Unknown):
            await booked(desk, attempts, how=patient)
        with pytest.raises(Unknown, match="may not be visible yet"):
            await booked(desk, attempts, how=patient, now=NOW + timedelta(minutes=5))
        with pytest.raises(Answered, match="never became an order") as never:
            await booked(desk, attempts, how=patient, now=NOW + timedelta(minutes=5, seconds=1))
        assert never.value.reason is Reason.NO_SUCH_ORDER
        assert [asked.method for asked in desk.asked] == ["POST", "GET", "GET"]


async def test_what_never_became_an_order_does_not_become_one_later_under_the_same_reference() -> None:
    attempts = MemoryAttempts()
    async with open_desk(resets(), says(body=orders())) as desk:
        with pytest.raises(Unknown):
            await booked(desk, attempts)
        for _ in range(2):
            with pytest.raises(Answered):
                await booked(desk, attempts, now=NOW + timedelta(seconds=1))
        assert len(desk.asked) == 2


async def test_a_supplier_that_refuses_a_duplicate_is_asked_for_the_first_one() -> None:
    twice = says(409, b'{"error": {"code": "TWICE"}}')
    async with open_desk(twice, says(body=orders("4711"))) as desk:
        assert await booked(desk, MemoryAttempts()) == order("4711")


async def test_what_was_sold_to_somebody_else_is_no_doubt_about_an_order_of_ours() -> None:
    attempts, patient = MemoryAttempts(), selling(visible_within=timedelta(minutes=5), sold_once=True)
    async with open_desk(says(409, b'{"error": {"code": "TWICE"}}'), says(body=orders())) as desk:
        for _ in range(2):
            with pytest.raises(Answered) as refused:
                await booked(desk, attempts, how=patient)
            assert refused.value.reason is Reason.EXPIRED
        assert [asked.method for asked in desk.asked] == ["POST", "GET"]


async def test_sold_out_is_sold_out_also_when_asked_again() -> None:
    attempts = MemoryAttempts()
    async with open_desk(says(409, b'{"error": {"code": "SOLD_OUT", "message": "the last seat has gone"}}')) as desk:
        for _ in range(2):
            with pytest.raises(Answered) as refused:
                await booked(desk, attempts)
            assert refused.value.reason is Reason.SOLD_OUT
        assert len(desk.asked) == 1


@pytest.mark.parametrize(
    ("answer", "failure"),
    [(says(429, b'{"error": {"code": "SLOW_DOWN"}}'), TryLater), (says(400, b"{}"), GiveUp)],
    ids=["too many", "a mistake of ours"],
)
async def test_what_the_supplier_did_not_take_may_be_sent_again(answer: Any, failure: type[Exception]) -> None:
    attempts = MemoryAttempts()
    async with open_desk(answer, says(body=orders("4711"))) as desk:
        with pytest.raises(failure):
            await booked(desk, attempts)
        assert await booked(desk, attempts) == order("4711")


async def test_a_supplier_that_can_not_be_reached_for_the_look_leaves_it_unknown() -> None:
    attempts = MemoryAttempts()
    attempts.held[ALBATROSS, REFERENCE] = Attempt(begun_at=NOW)
    async with open_desk(says(503)) as desk:
        with pytest.raises(Unknown, match="was sent before"):
            await booked(desk, attempts)
        assert {asked.method for asked in desk.asked} == {"GET"}


async def test_two_orders_under_one_reference_are_for_people_to_clear_up() -> None:
    attempts = MemoryAttempts()
    attempts.held[ALBATROSS, REFERENCE] = Attempt(begun_at=NOW)
    async with open_desk(says(body=orders("4711", "4712"))) as desk:
        with pytest.raises(Unknown, match="2 orders under"):
            await booked(desk, attempts)


def save_and_confirm(reply: Reply, call: Call, about: OrderRequest) -> Readout[Order]:
    """Saved by the first call, paid by the second."""
    if call.operation == "book":
        (number,) = decoded(reply, _TOLD).orders
        confirm = Call(operation="confirm", path=f"/orders/{number}/pay", method="POST", reads_only=False)
        return Readout(records=(order(number, OrderStatus.HELD),), next=confirm)
    return read(reply, call, about)


async def test_a_lost_confirmation_still_tells_the_order_that_was_saved() -> None:
    in_two = selling(find=None, book=Step(operations=("book", "confirm"), ask=book, read=save_and_confirm, at_most=2))
    async with open_desk(says(body=orders("4711")), resets()) as desk:
        with pytest.raises(Unknown) as unknown:
            await booked(desk, MemoryAttempts(), how=in_two)
        assert unknown.value.order == order("4711", OrderStatus.HELD)


async def test_a_confirmation_that_never_left_leaves_it_unknown_too() -> None:
    """The order is saved: nothing that fails afterwards is as if nothing had happened."""
    in_two = selling(find=None, book=Step(operations=("book", "confirm"), ask=book, read=save_and_confirm, at_most=2))
    async with open_desk(says(body=orders("4711")), says(429)) as desk:
        with pytest.raises(Unknown) as unknown:
            await booked(desk, MemoryAttempts(), how=in_two)
        assert unknown.value.order == order("4711", OrderStatus.HELD)


def save_and_look(reply: Reply, call: Call, about: OrderRequest) -> Readout[Order]:
    """Taken to be worked on by the first call, looked at by the second."""
    if call.operation == "book":
        return Readout(records=(), next=find(about))
    return read(reply, call, about)


async def test_an_order_that_was_taken_and_can_not_be_seen_yet_is_unknown_and_not_refused() -> None:
    taken = selling(book=Step(operations=("book", "find"), ask=book, read=save_and_look, at_most=2))
    attempts = MemoryAttempts()
    async with open_desk(says(202), says(404, b'{"error": {"code": "SOLD_OUT"}}')) as desk:
        with pytest.raises(Unknown):
            await booked(desk, attempts, how=taken)
    assert attempts.held[ALBATROSS, REFERENCE].refused is None


async def test_a_definite_no_to_the_second_change_is_one_to_the_whole() -> None:
    in_two = selling(book=Step(operations=("book", "confirm"), ask=book, read=save_and_confirm, at_most=2))
    async with open_desk(says(body=orders("4711")), says(409, b'{"error": {"code": "SOLD_OUT"}}')) as desk:
        with pytest.raises(Answered) as refused:
            await booked(desk, MemoryAttempts(), how=in_two)
        assert refused.value.reason is Reason.SOLD_OUT


async def test_a_success_without_an_order_in_it_leaves_it_unknown() -> None:
    async with open_desk(says(body=orders())) as desk:
        with pytest.raises(Unknown, match="no Order came of it"):
            await booked(desk, MemoryAttempts())


async def test_a_question_that_comes_to_nothing_has_no_result() -> None:
    asked = Step(operations=("search",), ask=lambda _: declared.call(), read=read)
    async with open_desk(says(body=orders())) as desk, seller(desk, selling(quote=asked)) as client:
        with pytest.raises(GiveUp, match="no Quote came of it"):
            await ordering.quoted(
                client,
                QuoteRequest(offer=offer(), query=flight_query()),
                deadline=asyncio.get_running_loop().time() + 20,
            )


async def test_nobody_can_be_asked_to_sell_what_they_do_not_sell() -> None:
    async with open_desk(says()) as desk, seller(desk, selling()) as client:
        with pytest.raises(LookupError, match="does not sell hotels"):
            await ordering.cancelled(client, "hotels", order("4711"), deadline=asyncio.get_running_loop().time() + 20)
