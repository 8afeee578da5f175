"""Watched flights: whoever is due is asked for once, trouble is told, and everybody hears of news."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Final

import httpx
import msgspec
import pytest
import redis.asyncio
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.decode import decoded
from adapters.kit.supplier import Looking, Supplier
from domain.aviation import FlightState, FlightStatus
from domain.enquiries import StatusEnquiry
from domain.jobs import DropOldFlights, PollWatchedFlights
from domain.places import Atlas
from domain.searches import Outcome
from domain.watching import FlightDay, Followed
from storage import flight_events
from storage.engine import transaction
from tests.adapters.kit import declared
from tests.builders import ALBATROSS, BLUEBIRD, NOW
from tests.domain.flying import DAY, FLIGHT, LEAVES, NUMBER, departure, status
from tests.workers.conftest import Desk, MakeTools, answering
from workers.aviation import drop_old_flights, poll_watched_flights
from workers.tools import Tools

MORNING: Final = LEAVES - timedelta(hours=4)


class Board(msgspec.Struct):
    """The pretend wire: gates, one for each leg; the gate ? can't be read."""

    gates: list[str] = []


_BOARD: Final = msgspec.json.Decoder(Board)


def _ask(enquiry: StatusEnquiry) -> Call:
    return Call(operation="status", path="/board", params=(("flight", f"{enquiry.carrier}{enquiry.number}"),))


def _read(reply: Reply, _call: Call, _enquiry: StatusEnquiry, _atlas: Atlas) -> Readout[FlightStatus]:
    told = [status(FlightState.SCHEDULED, departure=departure(gate=gate)) for gate in decoded(reply, _BOARD).gates]
    return Readout(records=tuple(told))


def watcher(slug: str) -> Supplier:
    """Knows how flights stand."""
    looking = Looking(operation="status", ask=_ask, read=_read, example=FLIGHT.enquiry)
    return msgspec.structs.replace(declared.supplier(), slug=slug, lookups={StatusEnquiry: looking})


class Screen:
    """A desk that counts who asks."""

    def __init__(self, *gates: str) -> None:
        self.gates: Final = list(gates)
        self.asked: Final[list[str]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url.params["flight"])
        return httpx.Response(200, json={"gates": self.gates})


async def watch(engine: AsyncEngine, *flights: FlightDay, now: datetime = MORNING, because: str = "a stream") -> None:
    async with transaction(engine) as connection:
        until = now + timedelta(hours=2)
        await flight_events.watch(connection, flights or (FLIGHT,), until=until, because=because, now=now)


async def held(engine: AsyncEngine, flight: FlightDay = FLIGHT) -> Followed:
    async with transaction(engine) as connection:
        return (await flight_events.followed(connection, [flight.key]))[flight.key]


def flights(count: int) -> list[FlightDay]:
    return [
        FlightDay(flight=msgspec.structs.replace(NUMBER, number=str(number)), day=DAY) for number in range(1, count + 1)
    ]


async def polled(make: MakeTools, desks: dict[str, Desk], *, now: datetime = MORNING) -> Tools:
    tools = make(desks, suppliers=watcher, now=now)
    await poll_watched_flights(PollWatchedFlights(), tools)
    return tools


async def test_every_due_flight_is_asked_for_once(tools: MakeTools, engine: AsyncEngine) -> None:
    screen = Screen("A10")
    for because in ("one stream", "another stream", "a booking"):
        await watch(engine, *flights(20), because=because)
    await polled(tools, {ALBATROSS: screen})
    await polled(tools, {ALBATROSS: screen})
    assert sorted(screen.asked) == sorted(str(flight.flight) for flight in flights(20))


async def test_two_workers_share_what_is_due(tools: MakeTools, engine: AsyncEngine) -> None:
    screen = Screen("A10")
    await watch(engine, *flights(12))
    workers = [tools({ALBATROSS: screen}, suppliers=watcher, now=MORNING) for _ in range(2)]
    await asyncio.gather(*(poll_watched_flights(PollWatchedFlights(), worker) for worker in workers))
    assert sorted(screen.asked) == sorted(str(flight.flight) for flight in flights(12))


async def test_nobody_is_asked_for_a_flight_that_nobody_watches(tools: MakeTools, engine: AsyncEngine) -> None:
    screen = Screen("A10")
    await watch(engine, now=MORNING - timedelta(hours=3))
    await polled(tools, {ALBATROSS: screen})
    assert screen.asked == []


async def test_what_was_told_is_kept_and_the_word_goes_round(
    tools: MakeTools, engine: AsyncEngine, shared: "redis.asyncio.Redis"
) -> None:
    await watch(engine)
    async with shared.pubsub(ignore_subscribe_messages=True) as listening:
        await listening.subscribe("travelhub:flights")
        await polled(tools, {ALBATROSS: Screen("A10")})
        word = await listening.get_message(timeout=30) or await listening.get_message(timeout=30)
    assert word is not None
    assert msgspec.json.decode(word["data"]) == [FLIGHT.key]
    followed = await held(engine)
    assert followed.standing is not None
    assert followed.standing.legs[0].departure.gate == "A10"


async def test_several_suppliers_are_one_picture(tools: MakeTools, engine: AsyncEngine) -> None:
    await watch(engine)
    await polled(tools, {ALBATROSS: Screen("A10"), BLUEBIRD: Screen("B20")})
    followed = await held(engine)
    assert followed.standing is not None
    assert [leg.departure.gate for leg in followed.standing.legs] == ["A10"]
    assert followed.changes == 1


async def test_a_supplier_that_is_down_hides_nothing_that_another_one_tells(
    tools: MakeTools, engine: AsyncEngine
) -> None:
    await watch(engine)
    await polled(tools, {ALBATROSS: answering(503), BLUEBIRD: Screen("B20")})
    followed = await held(engine)
    assert (followed.changes, followed.trouble) == (1, ())


@pytest.mark.parametrize(
    ("desk", "outcome", "minutes"),
    [
        (answering(503), Outcome.ERROR, 0.5),
        (answering(400), Outcome.REFUSED, 15),
        (answering(200, content=b"<html>"), Outcome.ERROR, 15),
    ],
)
async def test_trouble_is_kept_and_named_and_the_flight_is_looked_at_later(
    tools: MakeTools, engine: AsyncEngine, desk: Desk, outcome: Outcome, minutes: float
) -> None:
    await watch(engine)
    await polled(tools, {ALBATROSS: desk})
    followed = await held(engine)
    assert [(one.supplier, one.outcome) for one in followed.trouble] == [(ALBATROSS, outcome)]
    assert followed.look_at == MORNING + timedelta(minutes=minutes)
    assert followed.changes == 0


async def test_trouble_leaves_standing_what_is_known(tools: MakeTools, engine: AsyncEngine) -> None:
    await watch(engine)
    await polled(tools, {ALBATROSS: Screen("A10")})
    later = MORNING + timedelta(minutes=20)
    await polled(tools, {ALBATROSS: answering(503)}, now=later)
    followed = await held(engine)
    assert followed.standing is not None
    assert followed.told_at == MORNING
    assert followed.trouble


@pytest.mark.parametrize("desk", [Screen(), answering(404, content=b'{"error": {"code": "NOTHING"}}')])
async def test_a_flight_that_nobody_knows_is_an_answer(tools: MakeTools, engine: AsyncEngine, desk: Desk) -> None:
    await watch(engine)
    await polled(tools, {ALBATROSS: desk})
    followed = await held(engine)
    assert followed.standing is not None
    assert (followed.standing.legs, followed.changes, followed.trouble) == ((), 1, ())


async def test_where_nobody_is_connected_nobody_is_asked_every_few_seconds(
    tools: MakeTools, engine: AsyncEngine
) -> None:
    await watch(engine)
    await polled(tools, {})
    assert (await held(engine)).look_at == MORNING + timedelta(minutes=15)


async def test_a_redis_that_is_away_costs_the_word_but_not_the_news(tools: MakeTools, engine: AsyncEngine) -> None:
    away = redis.asyncio.Redis(host="127.0.0.1", port=1)
    await watch(engine)
    worker = msgspec.structs.replace(tools({ALBATROSS: Screen("A10")}, suppliers=watcher, now=MORNING), redis=away)
    await poll_watched_flights(PollWatchedFlights(), worker)
    assert (await held(engine)).changes == 1
    await away.aclose()


async def test_flights_of_last_week_are_forgotten(tools: MakeTools, engine: AsyncEngine) -> None:
    await watch(engine)
    await drop_old_flights(DropOldFlights(), tools(now=datetime(2027, 3, 20, tzinfo=UTC)))
    async with transaction(engine) as connection:
        assert await flight_events.followed(connection, [FLIGHT.key]) == {}


async def test_flights_to_come_are_kept(tools: MakeTools, engine: AsyncEngine) -> None:
    await watch(engine)
    await drop_old_flights(DropOldFlights(), tools(now=NOW))
    assert (await held(engine)).flight == FLIGHT
