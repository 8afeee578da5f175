"""Flight numbers between airports: kept with who told of them, found by their two ends."""

from datetime import UTC, datetime, time, timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from domain.aviation import FlightNumber, Route
from domain.searches import SkippedRecord
from storage import routes
from storage.engine import transaction
from tests.builders import ALBATROSS

SUNDAY = datetime(2027, 1, 17, 4, tzinfo=UTC)
WEEK = timedelta(days=7)


def route(number: str = "117", *, departs: time | None = time(8, 25), terminal: str | None = "5") -> Route:
    return Route(
        flight=FlightNumber(carrier="BA", number=number),
        airline="British Airways",
        origin="LHR",
        destination="JFK",
        departs=departs,
        arrives=time(11, 20),
        origin_terminal=terminal,
    )


async def keep(engine: AsyncEngine, *told: Route, at: datetime = SUNDAY) -> tuple[SkippedRecord, ...]:
    async with transaction(engine) as connection:
        return await routes.upsert(connection, told, source=ALBATROSS, seen_at=at)


async def between(engine: AsyncEngine, origin: str, destination: str) -> tuple[Route, ...]:
    async with transaction(engine) as connection:
        return await routes.between(connection, origin, destination)


async def test_a_route_is_found_by_its_two_ends_the_earliest_first(engine: AsyncEngine) -> None:
    late = route("179", departs=time(17, 5))
    assert await keep(engine, late, route()) == ()
    assert await between(engine, "LHR", "JFK") == (route(), late)
    assert await between(engine, "JFK", "LHR") == ()


async def test_a_route_whose_clock_nobody_tells_is_kept_too(engine: AsyncEngine) -> None:
    await keep(engine, route(departs=None))
    assert await between(engine, "LHR", "JFK") == (route(departs=None),)


async def test_a_flight_told_twice_in_two_ways_is_named_and_the_last_word_stays(engine: AsyncEngine) -> None:
    (doubled,) = await keep(engine, route(terminal="3"), route(terminal="5"))
    assert doubled.where == route().key
    assert await between(engine, "LHR", "JFK") == (route(terminal="5"),)


async def test_a_route_that_its_source_tells_no_more_is_flown_no_more(engine: AsyncEngine) -> None:
    await keep(engine, route("117"), route("175"), route("177"))
    await keep(engine, route("117"), route("175"), at=SUNDAY + WEEK)
    async with transaction(engine) as connection:
        missing = await routes.mark_vanished(connection, source=ALBATROSS, before=SUNDAY + WEEK, at=SUNDAY + WEEK)
    assert missing.marked == 1
    assert await between(engine, "LHR", "JFK") == (route("117"), route("175"))
    async with transaction(engine) as connection:
        assert await routes.count(connection) == 2
