"""What was sent to be booked is in our books before it is sent, whoever asks and however often."""

import asyncio
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from domain.orders import Attempt, Locator, Order, OrderStatus, Reason
from storage.engine import transaction
from storage.order_attempts import OrderAttempts, withhold
from tests.builders import ALBATROSS, BLUEBIRD, NOW, money

ORDER = Order(
    supplier=ALBATROSS,
    id="4711",
    status=OrderStatus.CONFIRMED,
    price=money("99.90"),
    reference="TH2345",
    locators=(Locator(issuer="BA", code="X7Y8Z9"),),
    hold_until=datetime(2027, 1, 16, tzinfo=UTC),
    handle={"surname": "EARHART"},
)


def books(engine: AsyncEngine) -> OrderAttempts:
    return OrderAttempts(engine, now=lambda: NOW)


async def test_the_first_to_book_under_a_reference_is_told_so_and_nobody_after(engine: AsyncEngine) -> None:
    attempts = books(engine)
    assert await attempts.begin(ALBATROSS, "TH2345") is None
    assert await attempts.begin(ALBATROSS, "TH2345") == Attempt(begun_at=NOW)
    assert await attempts.begin(BLUEBIRD, "TH2345") is None


async def test_of_many_at_once_one_is_the_first(engine: AsyncEngine) -> None:
    attempts = books(engine)
    told = await asyncio.gather(*(attempts.begin(ALBATROSS, "TH2345") for _ in range(5)))
    assert told.count(None) == 1


async def test_an_order_comes_back_to_the_cent(engine: AsyncEngine) -> None:
    attempts = books(engine)
    await attempts.begin(ALBATROSS, "TH2345")
    await attempts.booked(ALBATROSS, "TH2345", ORDER)
    assert await attempts.begin(ALBATROSS, "TH2345") == Attempt(begun_at=NOW, order=ORDER)


async def test_a_definite_no_is_remembered_with_its_reason(engine: AsyncEngine) -> None:
    attempts = books(engine)
    await attempts.begin(ALBATROSS, "TH2345")
    await attempts.refused(ALBATROSS, "TH2345", "the last room went to somebody else", Reason.SOLD_OUT)
    told = await attempts.begin(ALBATROSS, "TH2345")
    assert told == Attempt(begun_at=NOW, refused="the last room went to somebody else", reason=Reason.SOLD_OUT)


async def test_what_was_never_sent_may_be_sent(engine: AsyncEngine) -> None:
    attempts = books(engine)
    await attempts.begin(ALBATROSS, "TH2345")
    await attempts.withdraw(ALBATROSS, "TH2345")
    assert await attempts.begin(ALBATROSS, "TH2345") is None


async def test_an_order_that_is_booked_can_not_be_withdrawn(engine: AsyncEngine) -> None:
    attempts = books(engine)
    await attempts.begin(ALBATROSS, "TH2345")
    await attempts.booked(ALBATROSS, "TH2345", ORDER)
    await attempts.withdraw(ALBATROSS, "TH2345")
    assert await attempts.begin(ALBATROSS, "TH2345") == Attempt(begun_at=NOW, order=ORDER)


async def withheld(engine: AsyncEngine, reference: str) -> bool:
    async with transaction(engine) as connection:
        return await withhold(connection, ALBATROSS, reference, "nobody wants it any more", now=NOW)


async def test_what_is_withheld_is_refused_to_whoever_comes_late_to_send_it(engine: AsyncEngine) -> None:
    assert await withheld(engine, "ORDER1") is True
    earlier = await books(engine).begin(ALBATROSS, "ORDER1")
    assert earlier is not None
    assert (earlier.refused, earlier.reason) == ("nobody wants it any more", Reason.NO_SUCH_ORDER)


async def test_what_was_sent_is_not_withheld(engine: AsyncEngine) -> None:
    assert await books(engine).begin(ALBATROSS, "ORDER1") is None
    assert await withheld(engine, "ORDER1") is False
    earlier = await books(engine).begin(ALBATROSS, "ORDER1")
    assert earlier is not None
    assert earlier.refused is None
