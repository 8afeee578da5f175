"""How a flight stands, at once and as a stream: every change once, in order, to whoever follows it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec
import pytest
from falcon.testing import StreamedResult

from domain.aviation import FlightNumber, FlightState, FlightStatus
from domain.jobs import PollWatchedFlights, Queue
from domain.searches import Outcome
from domain.standings import Standing
from domain.watching import FlightDay, Trouble
from storage import flight_events
from storage.engine import transaction
from tests.api.hub import Hub, json, until
from tests.builders import ALBATROSS
from tests.domain.flying import NUMBER, end, status

LONDON: Final = ZoneInfo("Europe/London")
PARTNER: Final = FlightNumber(carrier="AA", number="6143")


class Event(msgspec.Struct, frozen=True, kw_only=True):
    kind: str
    id: str
    data: dict[str, Any]

    @property
    def number(self) -> int:
        return int(self.id.rpartition(".")[2])


class Line:
    """An open stream, read event by event."""

    def __init__(self, result: StreamedResult) -> None:
        self.result: Final = result
        self._held = b""

    async def events(self, count: int, *, seconds: float = 60.0) -> list[Event]:
        """The next ones; comments are passed over."""
        found: list[Event] = []
        async with asyncio.timeout(seconds):
            while len(found) < count:
                found.extend(await self._next())
        return found

    async def silent(self) -> bool:
        """Whether nothing is told by the time of the next sign of life."""
        wires = b""
        async with asyncio.timeout(60):
            while b"still flying" not in wires:
                wires += await self.result.stream.read()
                await asyncio.sleep(0.005)
        return b"id: " not in wires

    async def rest(self) -> str:
        """All that is told until the stream ends."""
        async with asyncio.timeout(60):
            while not self.result._task.done():  # noqa: ASYNC110  # a falcon result does not tell that it ended
                await asyncio.sleep(0.005)
        return (self._held + await self.result.stream.read()).decode()

    async def _next(self) -> list[Event]:
        self._held += await self.result.stream.read()
        *whole, self._held = self._held.split(b"\n\n")
        await asyncio.sleep(0.005)
        return [event for wire in whole if (event := _event(wire.decode())) is not None]


def _event(wire: str) -> Event | None:
    fields = dict(line.split(": ", 1) for line in wire.splitlines() if not line.startswith(":"))
    if "data" not in fields:
        return None
    return Event(kind=fields["event"], id=fields["id"], data=msgspec.json.decode(fields["data"]))


class Airport:
    """The API process under test, and the worker who tells of flights."""

    def __init__(self, hub: Hub) -> None:
        self.hub: Final = hub
        self.leaves: Final = (hub.clock.now + timedelta(hours=4)).astimezone(LONDON)

    @property
    def day(self) -> date:
        return self.leaves.date()

    @property
    def flight(self) -> FlightDay:
        return FlightDay(flight=NUMBER, day=self.day)

    def leg(self, state: FlightState = FlightState.SCHEDULED, **told: Any) -> FlightStatus:
        at_the_end = end("JFK", self.leaves + timedelta(hours=8))
        leg = status(state, departure=end("LHR", self.leaves, **told), arrival=at_the_end)
        return msgspec.structs.replace(leg, day=self.day)

    async def told(self, *legs: FlightStatus, flight: FlightDay | None = None) -> None:
        """What a worker does when suppliers have told of a flight; time passes."""
        self.hub.clock.forward(seconds=1)
        meant = flight or self.flight
        await self.watched(meant)
        async with transaction(self.hub.services.engine) as connection:
            told = Standing(legs=legs)
            keys = await flight_events.record(connection, meant, told, now=self.hub.clock.now)
        await flight_events.tell(self.hub.services.redis, keys)

    async def watched(self, flight: FlightDay) -> None:
        now = self.hub.clock.now
        async with transaction(self.hub.services.engine) as connection:
            await flight_events.watch(connection, [flight], until=now, because="a test", now=now)

    async def failed(self) -> None:
        await self.watched(self.flight)
        trouble = Trouble(supplier=ALBATROSS, outcome=Outcome.TIMEOUT, detail="silence")
        async with transaction(self.hub.services.engine) as connection:
            look_at = self.hub.clock.now + timedelta(minutes=1)
            keys = await flight_events.failed(connection, self.flight, (trouble,), look_at=look_at)
        await flight_events.tell(self.hub.services.redis, keys)

    def path(self, **wishes: object) -> str:
        asked = {"date": self.day.isoformat()} | wishes
        return "/v1/flights/BA117/status?" + "&".join(f"{name}={value}" for name, value in asked.items())

    @asynccontextmanager
    async def followed(
        self, *, after: str | None = None, number: str = "BA117", day: bool = True
    ) -> AsyncIterator[Line]:
        headers = {"Accept": "text/event-stream"} | ({"Last-Event-ID": after} if after else {})
        stream = self.hub.conductor.simulate_get_stream(
            f"/v1/flights/{number}/status", query_string=f"date={self.day}" if day else "", headers=headers
        )
        result = await stream.__aenter__()
        try:
            yield Line(result)
        finally:
            leaving = asyncio.create_task(result.finalize())
            while not leaving.done():  # who has left is noticed with the next sign of life
                self.hub.services.following.sign_of_life()
                await asyncio.sleep(0.005)
            await leaving


@pytest.fixture
def airport(api: Hub) -> Airport:
    return Airport(api)


async def soon(true: Callable[[], bool]) -> None:
    await until(true)


# At once


async def test_what_is_known_is_told_with_its_age(airport: Airport) -> None:
    await airport.told(airport.leg(gate="A10"))
    airport.hub.clock.forward(seconds=20)
    answer = await airport.hub.get(airport.path())
    told = json(answer)
    assert (answer.status_code, answer.headers["age"]) == (200, "20")
    assert (told["flight"], told["date"]) == ("BA117", airport.day.isoformat())
    assert [(leg["state"], leg["departure"]["gate"]) for leg in told["legs"]] == [("scheduled", "A10")]
    assert datetime.fromisoformat(told["legs"][0]["departure"]["scheduled_at"]) == airport.leaves
    assert told["troubles"] == []


async def test_an_answer_that_only_grew_older_need_not_be_sent_again(airport: Airport) -> None:
    await airport.told(airport.leg())
    first = await airport.hub.get(airport.path())
    airport.hub.clock.forward(seconds=30)
    again = await airport.hub.get(airport.path(), if_none_match=first.headers["etag"])
    assert again.status_code == 304
    await airport.told(airport.leg(gate="A10"))
    await soon(lambda: known(airport) == 2)
    assert (await airport.hub.get(airport.path(), if_none_match=first.headers["etag"])).status_code == 200


def known(airport: Airport) -> int:
    log = airport.hub.services.following.held(airport.flight)
    return 0 if log is None else log.last or 0


async def test_a_flight_is_found_however_its_number_is_written(airport: Airport) -> None:
    await airport.told(airport.leg())
    for written in ("ba117", "BA0117", "BA%20117"):
        answer = await airport.hub.get(f"/v1/flights/{written}/status?date={airport.day}")
        assert (answer.status_code, json(answer)["flight"]) == (200, "BA117")


async def test_what_is_no_flight_number_is_named(airport: Airport) -> None:
    answer = await airport.hub.get("/v1/flights/nonsense/status")
    assert answer.status_code == 422
    assert json(answer)["errors"][0]["parameter"] == "flight_number"


async def test_a_flight_that_nobody_has_told_of_yet_is_asked_for_and_come_back_for(airport: Airport) -> None:
    answer = await airport.hub.get(airport.path(wait=0))
    assert (answer.status_code, answer.headers["location"]) == (202, airport.path())
    await soon(lambda: PollWatchedFlights() in airport.hub.jobs(Queue.REFRESH))


async def test_whoever_waits_is_answered_as_soon_as_it_is_known(airport: Airport) -> None:
    waiting = asyncio.create_task(airport.hub.get(airport.path(wait=10)))
    await soon(lambda: PollWatchedFlights() in airport.hub.jobs(Queue.REFRESH))
    await airport.told(airport.leg())
    assert (await waiting).status_code == 200


async def test_a_flight_that_does_not_exist_is_not_there(airport: Airport) -> None:
    await airport.told()
    answer = await airport.hub.get(airport.path())
    assert answer.status_code == 404
    assert "BA117" in json(answer)["detail"]


async def test_a_supplier_that_failed_is_named_where_nothing_is_known(airport: Airport) -> None:
    await airport.failed()
    answer = await airport.hub.get(airport.path())
    assert answer.status_code == 502
    assert [one["supplier"] for one in json(answer)["suppliers"]] == [ALBATROSS]


async def test_what_is_known_is_told_although_a_supplier_failed_since(airport: Airport) -> None:
    await airport.told(airport.leg())
    airport.hub.clock.forward(minutes=20)
    await airport.failed()
    answer = await airport.hub.get(airport.path())
    assert (answer.status_code, answer.headers["age"]) == (200, "1200")
    assert [one["supplier"] for one in json(answer)["troubles"]] == [ALBATROSS]


async def test_without_a_day_it_is_the_flight_of_today(airport: Airport) -> None:
    await airport.told(airport.leg())
    answer = await airport.hub.get("/v1/flights/BA117/status?wait=0")
    now_in_london = airport.hub.clock.now.astimezone(LONDON).date()
    if airport.day == now_in_london:
        assert json(answer)["date"] == airport.day.isoformat()
    else:  # four hours from now it is tomorrow there
        assert answer.headers["location"].endswith(now_in_london.isoformat())


# As a stream


async def test_a_stream_begins_with_how_it_stands_and_tells_each_change(airport: Airport) -> None:
    await airport.told(airport.leg())
    async with airport.followed() as line:
        assert line.result.headers["content-type"] == "text/event-stream"
        assert "content-length" not in line.result.headers
        (first,) = await line.events(1)
        await airport.told(airport.leg(gate="A10"))
        await airport.told(airport.leg(FlightState.ACTIVE, gate="A10"))
        second, third = await line.events(2)
    assert [event.kind for event in (first, second, third)] == ["status", "change", "change"]
    assert [event.number for event in (first, second, third)] == [1, 2, 3]
    assert [one["field"] for one in second.data["differences"]] == ["departure.gate"]
    assert third.data["legs"][0]["state"] == "active"


async def test_a_stream_of_an_unknown_flight_begins_with_the_first_word_of_it(airport: Airport) -> None:
    async with airport.followed() as line:
        await airport.told(airport.leg())
        (first,) = await line.events(1)
    assert (first.kind, first.number) == ("status", 1)


async def test_what_was_missed_is_told_and_nothing_twice(airport: Airport) -> None:
    await airport.told(airport.leg())
    async with airport.followed() as line:
        (last,) = await line.events(1)
    for gate in ("A10", "A11", "A12"):
        await airport.told(airport.leg(gate=gate))
    async with airport.followed(after=last.id) as line:
        assert [(event.kind, event.number) for event in await line.events(3)] == [("change", n) for n in (2, 3, 4)]
        airport.hub.services.following.sign_of_life()
        assert await line.silent()


async def test_a_client_that_has_missed_nothing_is_told_nothing(airport: Airport) -> None:
    await airport.told(airport.leg())
    async with airport.followed(after=f"{airport.day}.1") as line:
        await soon(lambda: airport.hub.services.following.streams == 1)
        airport.hub.services.following.sign_of_life()
        assert await line.silent()


async def test_a_client_may_know_more_than_this_process(airport: Airport) -> None:
    """It followed the flight at another process, which heard the word a moment earlier."""
    await airport.told(airport.leg())
    await airport.hub.get(airport.path())
    async with transaction(airport.hub.services.engine) as connection:  # a change of which no word has gone round
        told = Standing(legs=(airport.leg(gate="A10"),))
        await flight_events.record(connection, airport.flight, told, now=airport.hub.clock.now + timedelta(seconds=1))
    async with airport.followed(after=f"{airport.day}.2") as line:
        airport.hub.clock.forward(seconds=5)
        await airport.told(airport.leg(gate="A11"))
        assert [(event.kind, event.number) for event in await line.events(1)] == [("change", 3)]


async def test_what_is_no_longer_in_memory_is_read_again(airport: Airport) -> None:
    for number in range(50):
        await airport.told(airport.leg(gate=f"A{number}"))
    async with airport.followed(after=f"{airport.day}.3") as line:
        assert [event.number for event in await line.events(47)] == list(range(4, 51))


@pytest.mark.parametrize("strange", ["nonsense", "2020-01-01.1", "{day}.9999", "{day}.x", "{day}.-1", "{day}."])
async def test_whoever_comes_with_an_id_that_is_not_ours_begins_anew(airport: Airport, strange: str) -> None:
    await airport.told(airport.leg())
    async with airport.followed(after=strange.format(day=airport.day)) as line:
        assert [(event.kind, event.number) for event in await line.events(1)] == [("status", 1)]


async def test_an_id_says_which_days_flight_goes_on(airport: Airport) -> None:
    yesterday = FlightDay(flight=NUMBER, day=airport.day - timedelta(days=1))
    await airport.told(msgspec.structs.replace(airport.leg(), day=yesterday.day), flight=yesterday)
    async with airport.followed(after=f"{yesterday.day}.0", day=False) as line:
        (first,) = await line.events(1)
    assert first.data["date"] == yesterday.day.isoformat()


async def test_the_end_is_told_and_nobody_is_called_back(airport: Airport) -> None:
    await airport.told(airport.leg())
    async with airport.followed() as line:
        await line.events(1)
        airport.hub.clock.forward(hours=20)
        await airport.told(airport.leg(FlightState.LANDED))
        change, ended = await line.events(2)
        await line.rest()
    assert [(event.kind, event.number) for event in (change, ended)] == [("change", 2), ("ended", 3)]
    async with airport.followed(after=ended.id) as line:
        assert line.result.status_code == 204
    async with airport.followed() as line:
        assert [event.kind for event in await line.events(2)] == ["status", "ended"]
        await line.rest()


async def test_a_partners_number_is_a_stream_of_its_own(airport: Airport) -> None:
    partner = FlightDay(flight=PARTNER, day=airport.day)
    sold = msgspec.structs.replace(airport.leg(), flight=PARTNER, operated_as=NUMBER)
    await airport.told(sold, flight=partner)
    async with airport.followed(number="AA6143") as line:
        (first,) = await line.events(1)
        await airport.told(airport.leg(gate="A10"))
        (second,) = await line.events(1)
    assert first.data["legs"][0]["operated_as"] == second.data["legs"][0]["operated_as"] == "BA117"
    assert second.data["flight"] == "AA6143"
    assert (first.number, second.number) == (1, 2)


async def test_many_who_follow_a_flight_are_told_the_same_bytes(airport: Airport) -> None:
    await airport.told(airport.leg())
    async with airport.followed() as one, airport.followed() as other:
        await one.events(1)
        await other.events(1)
        await airport.told(airport.leg(gate="A10"))
        assert await one.events(1) == await other.events(1)


async def test_whoever_follows_a_flight_has_it_watched(airport: Airport) -> None:
    async with airport.followed():
        due: list[str] = []
        while not due:
            async with transaction(airport.hub.services.engine) as connection:
                now = airport.hub.clock.now
                claimed = await flight_events.claim(connection, now=now, until=now + timedelta(seconds=30))
            due = [followed.flight.key for followed in claimed]
    assert due == [airport.flight.key]


async def test_a_process_that_ends_tells_everybody_to_come_back(airport: Airport) -> None:
    await airport.told(airport.leg())
    async with airport.followed() as line:
        await line.events(1)
        airport.hub.services.following.leave()
        assert "retry: " in await line.rest()


async def test_who_has_left_is_noticed_and_forgotten(airport: Airport) -> None:
    await airport.told(airport.leg())
    async with airport.followed() as line:
        await line.events(1)
        assert airport.hub.services.following.streams == 1
    assert airport.hub.services.following.streams == 0


async def test_a_head_is_no_stream(airport: Airport) -> None:
    answer = await airport.hub.head(airport.path(), accept="text/event-stream")
    assert (answer.status_code, answer.content) == (200, b"")
