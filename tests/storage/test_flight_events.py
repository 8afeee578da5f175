"""What is held of watched flights: who watches, who asks, and every change once and in order."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Final

import pytest
import redis.asyncio
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.aviation import FlightNumber, FlightState
from domain.searches import Outcome
from domain.standings import Standing
from domain.watching import Change, FlightDay, Followed, Trouble
from storage import flight_events
from storage.cache import connect
from storage.engine import transaction
from tests.domain.flying import DAY, FLIGHT, LANDS, LEAVES, NUMBER, departure, minutes, standing, status

PARTNER: Final = FlightNumber(carrier="AA", number="6143")
SOLD_BY_PARTNER: Final = FlightDay(flight=PARTNER, day=DAY)
MORNING: Final = LEAVES - timedelta(hours=4)


class Books:
    """The functions under test, each in a transaction of its own."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine: Final = engine

    async def watch(
        self, *flights: FlightDay, now: datetime = MORNING, because: str = "a stream", seconds: float = 60
    ) -> None:
        async with transaction(self._engine) as connection:
            until = now + timedelta(seconds=seconds)
            await flight_events.watch(connection, flights, until=until, because=because, now=now)

    async def due(self, now: datetime = MORNING, *, at_most: int = 8) -> list[str]:
        async with transaction(self._engine) as connection:
            claimed = await flight_events.claim(connection, now=now, until=now + minutes(0.5), at_most=at_most)
        return [followed.flight.key for followed in claimed]

    async def record(self, told: Standing, flight: FlightDay = FLIGHT, *, now: datetime = MORNING) -> Sequence[str]:
        async with transaction(self._engine) as connection:
            return await flight_events.record(connection, flight, told, now=now)

    async def held(self, flight: FlightDay = FLIGHT) -> Followed:
        async with transaction(self._engine) as connection:
            return (await flight_events.followed(connection, [flight.key]))[flight.key]

    async def changes(self, flight: FlightDay = FLIGHT, *, after: int = 0) -> list[Change]:
        async with transaction(self._engine) as connection:
            found = await flight_events.changes_after(connection, {flight.key: after})
        return [change for _, change in found]


@pytest.fixture
def books(engine: AsyncEngine) -> Books:
    return Books(engine)


@pytest.fixture
async def shared(redis_url: str) -> "AsyncIterator[redis.asyncio.Redis]":
    async with connect(redis_url) as client:
        yield client


async def test_a_watched_flight_is_due_at_once_and_claimed_by_one(books: Books) -> None:
    await books.watch(FLIGHT)
    assert await books.due() == [FLIGHT.key]
    assert await books.due() == []


async def test_whoever_claimed_a_flight_and_died_leaves_it_to_others(books: Books) -> None:
    await books.watch(FLIGHT)
    await books.due()
    assert await books.due(MORNING + minutes(0.6)) == [FLIGHT.key]


async def test_a_flight_that_nobody_watches_any_more_is_not_asked_for(books: Books) -> None:
    await books.watch(FLIGHT, seconds=60)
    assert await books.due(MORNING + minutes(2)) == []
    await books.watch(FLIGHT, now=MORNING + minutes(3))
    assert await books.due(MORNING + minutes(3)) == [FLIGHT.key]


async def test_many_who_watch_are_one_look(books: Books) -> None:
    for number in range(20):
        await books.watch(FLIGHT, because=f"stream {number}")
    assert await books.due() == [FLIGHT.key]


async def test_a_watch_that_is_said_again_only_lasts_longer(books: Books) -> None:
    await books.watch(FLIGHT, seconds=600)
    await books.watch(FLIGHT, seconds=60)
    assert await books.due(MORNING + minutes(5)) == [FLIGHT.key]


async def test_one_who_leaves_does_not_end_the_watch_of_others(books: Books, engine: AsyncEngine) -> None:
    await books.watch(FLIGHT, because="a booking")
    await books.watch(FLIGHT, because="a stream")
    async with transaction(engine) as connection:
        await flight_events.unwatch(connection, FLIGHT, because="a stream")
    assert await books.due() == [FLIGHT.key]


async def test_after_a_look_the_next_one_has_its_time(books: Books) -> None:
    await books.watch(FLIGHT, seconds=3600)
    await books.due()
    await books.record(standing())
    assert (await books.held()).look_at == MORNING + minutes(15)
    assert await books.due(MORNING + minutes(14)) == []
    assert await books.due(MORNING + minutes(15)) == [FLIGHT.key]


async def test_what_is_known_comes_back_as_it_was_told(books: Books) -> None:
    told = standing(status(departure=departure(gate="A10", delay=minutes(20))))
    await books.watch(FLIGHT)
    await books.record(told)
    held = await books.held()
    assert (held.flight, held.standing, held.told_at, held.changes) == (FLIGHT, told, MORNING, 1)
    assert [change.standing for change in await books.changes()] == [told]


async def test_changes_are_numbered_without_a_gap(books: Books) -> None:
    await books.watch(FLIGHT)
    for number in range(1, 6):
        await books.record(standing(status(departure=departure(gate=f"A{number}"))), now=MORNING + minutes(number))
    assert [change.number for change in await books.changes()] == [1, 2, 3, 4, 5]
    assert [change.number for change in await books.changes(after=3)] == [4, 5]
    assert await books.changes(after=5) == []


async def test_a_slow_worker_does_not_put_old_news_over_new(books: Books) -> None:
    await books.watch(FLIGHT)
    await books.record(standing(status(FlightState.ACTIVE)), now=MORNING + minutes(2))
    await books.record(standing(status()), now=MORNING + minutes(1))
    held = await books.held()
    assert held.standing is not None
    assert (held.standing.legs[0].state, held.changes) == (FlightState.ACTIVE, 1)


async def test_a_flight_that_is_over_is_never_due_again(books: Books) -> None:
    late = LANDS + timedelta(hours=3)
    await books.watch(FLIGHT, now=late, seconds=1e6)
    await books.record(standing(status(FlightState.LANDED)), now=late)
    assert [change.ended for change in await books.changes()] == [False, True]
    assert await books.due(late + timedelta(days=2)) == []


async def test_a_partners_number_is_asked_for_as_the_flight_that_is_flown(books: Books) -> None:
    await books.watch(SOLD_BY_PARTNER, seconds=3600)
    await books.record(standing(status(flight=PARTNER, operated_as=NUMBER)), SOLD_BY_PARTNER)
    assert await books.due(MORNING + minutes(1)) == [FLIGHT.key]
    keys = await books.record(standing(status(departure=departure(gate="A10"))), now=MORNING + minutes(1))
    assert set(keys) == {FLIGHT.key, SOLD_BY_PARTNER.key}
    sold = await books.held(SOLD_BY_PARTNER)
    assert sold.standing is not None
    assert (sold.standing.legs[0].flight, sold.standing.legs[0].departure.gate) == (PARTNER, "A10")
    assert sold.standing.legs[0].operated_as == NUMBER
    assert [change.number for change in await books.changes(SOLD_BY_PARTNER)] == [1, 2]
    assert [change.number for change in await books.changes()] == [1]


async def test_a_flight_and_all_its_partners_numbers_are_one_look(books: Books) -> None:
    others = [FlightDay(flight=FlightNumber(carrier="IB", number=str(number)), day=DAY) for number in (1, 2, 3)]
    await books.watch(FLIGHT, *others, seconds=3600)
    for other in others:
        await books.record(standing(status(flight=other.flight, operated_as=NUMBER)), other)
    assert await books.due(MORNING + timedelta(minutes=30)) == [FLIGHT.key]


async def test_a_partners_number_is_asked_for_itself_where_the_other_one_is_unknown(books: Books) -> None:
    await books.watch(SOLD_BY_PARTNER, seconds=7200)
    told = standing(status(flight=PARTNER, operated_as=NUMBER))
    await books.record(told, SOLD_BY_PARTNER)
    await books.record(Standing(), FLIGHT, now=MORNING + minutes(1))
    assert await books.due(MORNING + minutes(1)) == [SOLD_BY_PARTNER.key]
    await books.record(told, SOLD_BY_PARTNER, now=MORNING + minutes(2))
    assert (await books.held(SOLD_BY_PARTNER)).flown_as is None
    assert (await books.held(SOLD_BY_PARTNER)).standing == told


async def test_two_numbers_that_point_at_each_other_are_each_asked_for(books: Books) -> None:
    await books.watch(FLIGHT, SOLD_BY_PARTNER, seconds=3600)
    await books.record(standing(status(flight=PARTNER, operated_as=NUMBER)), SOLD_BY_PARTNER)
    await books.record(standing(status(operated_as=PARTNER)), FLIGHT, now=MORNING + minutes(1))
    assert await books.due(MORNING + timedelta(minutes=30)) == [FLIGHT.key]


async def test_trouble_is_told_of_every_number_and_looked_past_later(books: Books, engine: AsyncEngine) -> None:
    await books.watch(FLIGHT, seconds=3600)
    trouble = Trouble(supplier="albatross", outcome=Outcome.TIMEOUT, detail="silence")
    async with transaction(engine) as connection:
        keys = await flight_events.failed(connection, FLIGHT, (trouble,), look_at=MORNING + minutes(5))
    assert keys == (FLIGHT.key,)
    assert (await books.held()).trouble == (trouble,)
    assert await books.due(MORNING + minutes(4)) == []
    assert await books.due(MORNING + minutes(5)) == [FLIGHT.key]


async def test_what_is_known_of_a_number_is_found_by_day(books: Books, engine: AsyncEngine) -> None:
    await books.watch(FLIGHT, FlightDay(flight=NUMBER, day=DAY + timedelta(days=1)))
    await books.record(standing())
    async with transaction(engine) as connection:
        known = await flight_events.days(connection, NUMBER, first=DAY, last=DAY + timedelta(days=1))
    assert known == {DAY: standing()}


async def test_old_flights_go_with_their_changes_unless_somebody_watches(books: Books, engine: AsyncEngine) -> None:
    other = FlightDay(flight=PARTNER, day=DAY)
    await books.watch(FLIGHT, seconds=60)
    await books.watch(other, seconds=1e6)
    for flight in (FLIGHT, other):
        await books.record(standing(), flight)
    week_after = MORNING + timedelta(days=8)
    async with transaction(engine) as connection:
        gone = await flight_events.forget(connection, before=DAY + timedelta(days=1), now=week_after)
        left = await flight_events.followed(connection, [FLIGHT.key, other.key])
    assert (gone, set(left)) == (1, {other.key})
    assert await books.changes() == []
    assert len(await books.changes(other)) == 1


async def test_a_word_reaches_whoever_listens(shared: "redis.asyncio.Redis") -> None:
    words = flight_events.words(shared)
    assert await anext(words) is None
    await flight_events.tell(shared, [FLIGHT.key, SOLD_BY_PARTNER.key])
    heard = await anext(words) or await anext(words)  # the first may be no more than that the line stands
    assert heard == (FLIGHT.key, SOLD_BY_PARTNER.key)
    await words.aclose()  # type: ignore[attr-defined]  # it is a generator
