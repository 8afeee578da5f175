"""What callers searched for is forgotten in the end."""

from datetime import UTC, datetime, timedelta

from domain.jobs import DropOldHistory
from storage import asked
from storage.asked import Note
from storage.engine import transaction
from tests.builders import car_query, flight_query
from tests.workers.conftest import MakeTools
from workers.history import drop_old_history


async def test_a_search_of_last_season_is_forgotten_and_one_of_last_month_is_not(tools: MakeTools) -> None:
    held, now = tools(), datetime.now(UTC)
    ages = ((flight_query(), timedelta(days=91)), (car_query(), timedelta(days=89)))
    async with transaction(held.engine) as connection:
        await asked.note(
            connection,
            [
                Note(caller="anna", query=query, times=1, first_asked_at=now - age, last_asked_at=now - age)
                for query, age in ages
            ],
        )

    await drop_old_history(DropOldHistory(), held)

    async with transaction(held.engine) as connection:
        left = await asked.newest(connection, "anna", after=None, at_most=10)
    assert [one.query for one in left] == [car_query()]
