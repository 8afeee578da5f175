"""What is asked for often."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from domain.queries import Cabin, Query
from storage import popularity
from storage.engine import transaction
from tests.builders import car_query, flight_query, hotel_query

NOON = datetime(2027, 1, 15, 12, tzinfo=UTC)
DAY = timedelta(days=1)
TO_NEW_YORK = flight_query()
TO_ZURICH = flight_query(destination="ZRH", return_date=date(2027, 3, 9), children=2, cabin=Cabin.BUSINESS)


async def note(engine: AsyncEngine, counts: dict[Query, int], *, at: datetime = NOON) -> None:
    async with transaction(engine) as connection:
        await popularity.note_asked(connection, counts, at=at)


async def popular(engine: AsyncEngine, *, since: datetime = NOON - DAY, at_most: int = 10) -> tuple[Query, ...]:
    async with transaction(engine) as connection:
        return await popularity.popular(connection, since=since, at_most=at_most)


async def test_what_is_asked_most_comes_first_and_as_it_was_asked(engine: AsyncEngine) -> None:
    await note(engine, {TO_NEW_YORK: 2, TO_ZURICH: 3})
    assert await popular(engine) == (TO_ZURICH, TO_NEW_YORK)
    await note(engine, {TO_NEW_YORK: 2})
    assert await popular(engine) == (TO_NEW_YORK, TO_ZURICH)
    assert await popular(engine, at_most=1) == (TO_NEW_YORK,)


async def test_stays_and_rentals_come_back_as_they_were_asked(engine: AsyncEngine) -> None:
    stay, rental = hotel_query(children_ages=(3, 9)), car_query(drop_off="LGW")
    await note(engine, {TO_NEW_YORK: 1, stay: 3, rental: 2})
    assert await popular(engine) == (stay, rental, TO_NEW_YORK)


async def test_nothing_asked_is_nothing_noted(engine: AsyncEngine) -> None:
    await note(engine, {})
    assert await popular(engine) == ()


async def test_what_nobody_asks_any_more_is_not_popular(engine: AsyncEngine) -> None:
    await note(engine, {TO_NEW_YORK: 99}, at=NOON - 2 * DAY)
    await note(engine, {TO_ZURICH: 1})
    assert await popular(engine) == (TO_ZURICH,)


async def test_last_months_rush_does_not_count_for_ever(engine: AsyncEngine) -> None:
    await note(engine, {TO_NEW_YORK: 99}, at=NOON - 30 * DAY)
    await note(engine, {TO_NEW_YORK: 1, TO_ZURICH: 2})
    assert await popular(engine) == (TO_ZURICH, TO_NEW_YORK)


async def test_old_questions_can_be_forgotten(engine: AsyncEngine) -> None:
    await note(engine, {TO_NEW_YORK: 1}, at=NOON - 30 * DAY)
    await note(engine, {TO_ZURICH: 1})
    async with transaction(engine) as connection:
        assert await popularity.forget(connection, before=NOON - DAY) == 1
    assert await popular(engine, since=NOON - 60 * DAY) == (TO_ZURICH,)
