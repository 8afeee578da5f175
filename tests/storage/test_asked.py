"""What callers have searched for, in the books."""

from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from domain.queries import Query
from storage import asked
from storage.asked import Note, Place
from storage.engine import transaction
from tests.builders import car_query, flight_query, hotel_query

NOON = datetime(2027, 1, 15, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
QUERIES: tuple[Query, ...] = (flight_query(), hotel_query(), car_query())


async def note(engine: AsyncEngine, query: Query, *, caller: str = "anna", times: int = 1, at: datetime = NOON) -> None:
    async with transaction(engine) as connection:
        await asked.note(
            connection, [Note(caller=caller, query=query, times=times, first_asked_at=at, last_asked_at=at)]
        )


async def newest(engine: AsyncEngine, *, caller: str = "anna", after: Place | None = None) -> list[Query]:
    async with transaction(engine) as connection:
        return [one.query for one in await asked.newest(connection, caller, after=after, at_most=10)]


async def test_every_question_comes_back_as_it_was_asked_the_newest_first(engine: AsyncEngine) -> None:
    for hours, query in enumerate(QUERIES):
        await note(engine, query, at=NOON + hours * HOUR)
    assert await newest(engine) == list(reversed(QUERIES))
    place = Place(last_asked_at=NOON + HOUR, search_id=QUERIES[1].id)
    assert await newest(engine, after=place) == [QUERIES[0]]


async def test_asking_again_adds_up_and_an_older_note_that_comes_late_turns_nothing_back(engine: AsyncEngine) -> None:
    await note(engine, QUERIES[0], times=2, at=NOON)
    await note(engine, QUERIES[0], times=3, at=NOON - HOUR)
    async with transaction(engine) as connection:
        (one,) = await asked.newest(connection, "anna", after=None, at_most=10)
        assert (one.times, one.first_asked_at, one.last_asked_at) == (5, NOON - HOUR, NOON)
        assert await asked.count(connection, "anna") == 1


async def test_old_questions_go_and_of_too_many_the_oldest(engine: AsyncEngine) -> None:
    for days in range(5):
        query = flight_query(departure_date=NOON.date() + timedelta(days=30 + days))
        await note(engine, query, at=NOON - days * timedelta(days=1))
        await note(engine, query, caller="bela", at=NOON)
    async with transaction(engine) as connection:
        assert await asked.drop_old(connection, before=NOON - timedelta(days=3)) == 1
        assert await asked.drop_beyond(connection, most=3) == 3
        assert (await asked.count(connection, "anna"), await asked.count(connection, "bela")) == (3, 3)
    assert [query.begins_on.day for query in await newest(engine)] == [14, 15, 16]


async def test_nothing_noted_is_nothing_written(engine: AsyncEngine) -> None:
    async with transaction(engine) as connection:
        await asked.note(connection, [])
        assert await asked.forget(connection, "nobody") == 0
