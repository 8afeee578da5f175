"""Quotes: kept whole, found by their own id and by their offer's, forgotten when nobody may ask any more."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.cancellation import CancellationStep, Ladder
from domain.offers import Offer
from domain.orders import Quote, QuotedOffer
from storage import quotes
from storage.engine import transaction
from tests.builders import NOW, car_query, flight_query, hotel_query, money, offer, rental_offer, stay_offer

SOLD = ((offer(), flight_query()), (stay_offer(), hotel_query()), (rental_offer(), car_query()))


def quoted(
    told: Offer | None = None, *, number: str = "quote-1", at: timedelta = timedelta(), **said: Any
) -> QuotedOffer:
    """Quoted `at` so long after noon, for 450 euro."""
    what = told or offer()
    facts: dict[str, Any] = {"price": money("450.00"), "price_components": (), "conditions": what.conditions} | said
    quote = Quote(
        supplier=what.supplier, quoted_at=NOW + at, expires_at=NOW + at + timedelta(minutes=5),
        handle={"rate": "sealed"}, **facts,
    )  # fmt: skip
    return QuotedOffer(id=number, offer=what, query=flight_query(), quote=quote)


async def keep(engine: AsyncEngine, *some: QuotedOffer) -> None:
    async with transaction(engine) as connection:
        for one in some:
            await quotes.keep(connection, one)


async def get(engine: AsyncEngine, number: str) -> QuotedOffer | None:
    async with transaction(engine) as connection:
        return await quotes.get(connection, number)


@pytest.mark.parametrize(("told", "query"), SOLD, ids=["flights", "hotels", "cars"])
async def test_a_quote_comes_back_with_its_offer_and_its_question(engine: AsyncEngine, told: Offer, query: Any) -> None:
    ladder = Ladder(steps=(CancellationStep(since=NOW, fee=money("50.00")),))
    conditions = msgspec.structs.replace(told.conditions, cancellation=ladder)
    one = msgspec.structs.replace(quoted(told, conditions=conditions), query=query)
    await keep(engine, one)
    assert await get(engine, "quote-1") == one


async def test_a_quote_never_changes(engine: AsyncEngine) -> None:
    one = quoted()
    await keep(engine, one, quoted(price=money("1.00")))
    assert await get(engine, "quote-1") == one


async def test_the_latest_quote_of_an_offer_is_found_until_it_expires(engine: AsyncEngine) -> None:
    first, second, others = (
        quoted(number="first"), quoted(number="second", at=timedelta(minutes=1)),
        quoted(offer(reference="fare-2"), number="others", at=timedelta(minutes=2)),
    )  # fmt: skip
    await keep(engine, second, first, others)
    async with transaction(engine) as connection:
        assert await quotes.latest(connection, offer().id, now=NOW) == second
        assert await quotes.latest(connection, offer().id, now=NOW + timedelta(minutes=6)) is None
        assert await quotes.latest(connection, "nobody's", now=NOW) is None


async def test_what_expired_long_ago_is_forgotten_in_portions(engine: AsyncEngine) -> None:
    await keep(engine, *(quoted(number=f"old-{number}") for number in range(3)), quoted(at=timedelta(hours=1)))
    async with transaction(engine) as connection:
        assert await quotes.drop_expired(connection, before=NOW + timedelta(minutes=6), at_most=2) == 2
        assert await quotes.drop_expired(connection, before=NOW + timedelta(minutes=6), at_most=2) == 1
    assert await get(engine, "quote-1") is not None
