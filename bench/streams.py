"""Ten thousand open event streams on one web process: what they cost, and whether they lose anything when others die."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import httpx
import msgspec
from rich.console import Console
from sqlalchemy import func, select, update

from adapters.kit.registry import suppliers
from bench.crowd import Order, Report, raise_open_files
from bench.figures import Better, Figure, table
from bench.stack import Process, Stack, stack
from domain.aviation import FlightNumber
from domain.enquiries import StatusEnquiry
from domain.standings import Standing
from domain.watching import FlightDay
from storage import flight_events
from storage.cache import connect
from storage.engine import create_engine, transaction
from storage.failures import StorageDown
from storage.flight_tables import WATCHED_FLIGHTS

_STREAMS: Final = 10_000
_FLIGHTS: Final = 40
_SETTLED_SECONDS: Final = 60.0
_AHEAD: Final = (timedelta(hours=5), timedelta(hours=20))  # departures that nobody but us has a reason to look at


class Tower:
    """Makes flights change as a worker does: it stores what became known, and says so."""

    def __init__(self, running: Stack, flights: Sequence[FlightDay]) -> None:
        self.flights: Final = tuple(flights)
        self._engine: Final = create_engine(running.servers.database_url, connections=4, name="travelhub bench")
        self._redis: Final = connect(running.servers.redis_url)
        self._made = 0

    async def aclose(self) -> None:
        await self._redis.aclose()
        await self._engine.dispose()

    async def changes(self, seconds: float, *, every: float = 0.1) -> None:
        """One flight after the other is late by a little more."""
        until = asyncio.get_running_loop().time() + seconds
        while asyncio.get_running_loop().time() < until:
            await self._late(self.flights[self._made % len(self.flights)])
            self._made += 1
            await asyncio.sleep(every)

    async def due(self) -> None:
        """Every flight is to be asked for now, which is how workers come to make changes too."""
        async with transaction(self._engine) as connection:
            await connection.execute(update(WATCHED_FLIGHTS).values(look_at=datetime.now(UTC) - timedelta(seconds=1)))

    async def polled(self, *, since: datetime) -> bool:
        """Whether all of them were told of since then."""
        told = select(func.count()).select_from(WATCHED_FLIGHTS).where(WATCHED_FLIGHTS.c.told_at > since)
        async with transaction(self._engine) as connection:
            return (await connection.execute(told)).scalar_one() >= len(self.flights)

    async def numbers(self) -> dict[str, int]:
        """The number of the last change of each, as PostgreSQL has it."""
        async with transaction(self._engine) as connection:
            held = await flight_events.followed(connection, [flight.key for flight in self.flights])
        return {path(one.flight): one.changes for one in held.values()}

    async def _late(self, flight: FlightDay) -> None:
        async with transaction(self._engine) as connection:
            held = (await flight_events.followed(connection, [flight.key]))[flight.key]
            assert held.standing is not None
            leg = held.standing.legs[0]
            assert leg.departure.scheduled_at is not None
            later = leg.departure.scheduled_at + timedelta(minutes=2 * (self._made % 100 + 1))
            departure = msgspec.structs.replace(leg.departure, estimated_at=later)
            told = Standing(legs=(msgspec.structs.replace(leg, departure=departure),))
            keys = await flight_events.record(connection, flight, told, now=datetime.now(UTC))
        try:
            await flight_events.tell(self._redis, keys)
        except StorageDown:
            return  # as for a worker: the row is there, and whoever missed the word finds it


class Audience:
    """The crowd's process, as seen from here."""

    def __init__(self, process: "asyncio.subprocess.Process") -> None:
        self._process: Final = process

    async def order(self, do: str, **what: Any) -> Report:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(msgspec.json.encode(Order(do=do, **what)) + b"\n")
        async with asyncio.timeout(180):
            return msgspec.json.decode(await self._process.stdout.readline(), type=Report)

    async def until(self, holds: Callable[[Report], bool], what: str) -> Report:
        """Raises TimeoutError with the last report."""
        deadline = asyncio.get_running_loop().time() + _SETTLED_SECONDS
        while not holds(report := await self.order("report")):
            if asyncio.get_running_loop().time() > deadline:
                short = msgspec.structs.replace(report, last=dict(list(report.last.items())[:3]))
                raise TimeoutError(f"not within {_SETTLED_SECONDS:.0f} s: {what}; {short}")
            await asyncio.sleep(0.25)
        return report


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What a whole run came to. Memory in bytes, `calls` to suppliers for one look at each of the `flights`."""

    streams: int
    flights: int
    before: int
    memory: int
    calls: int
    report: Report
    changes: int
    unfinished: int


@asynccontextmanager
async def audience(port: int) -> AsyncIterator[Audience]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.crowd", str(port), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        limit=2**26,
    )  # fmt: skip
    try:
        yield Audience(process)
    finally:
        process.kill()
        await process.wait()


async def endured(
    running: Stack, *, streams: int, flights: int, seconds: float, say: Callable[[str], None] = lambda _: None
) -> Seen:
    """Streams are opened; flights change while a worker, Redis and the web process die and come back."""
    tower = Tower(running, departing(running, flights))
    try:
        async with audience(running.port) as crowd:
            return await _endured(running, tower, crowd, streams=streams, seconds=seconds, say=say)
    finally:
        await tower.aclose()


async def _endured(
    running: Stack, tower: Tower, crowd: Audience, *, streams: int, seconds: float, say: Callable[[str], None]
) -> Seen:
    paths = [path(flight) for flight in tower.flights]
    await crowd.order("open", paths=tuple(paths))
    await crowd.until(lambda report: report.begun == len(paths), "every flight is known")
    web, before = _process(running, "web"), _memory(_process(running, "web"))
    say(f"opening {streams:,} streams on {len(paths)} flights")
    await crowd.order("open", paths=tuple(paths[number % len(paths)] for number in range(streams - len(paths))))
    await crowd.until(lambda report: report.begun == streams, "every stream has begun")
    memory = _memory(web)
    calls = await _one_look_at_each(running, tower)
    memory = max(memory, _memory(web))

    say("everything is well")
    await tower.changes(seconds)
    await crowd.order("cut", count=streams // 10)
    await tower.changes(seconds)
    say("a worker is killed, and another one starts")
    _process(running, "worker").kill()
    await tower.changes(seconds)
    running.start("worker")
    await tower.due()
    await tower.changes(seconds)
    say("Redis is killed, and comes back empty")
    running.servers.valkey.kill()
    await tower.changes(seconds)
    running.servers.valkey.start(empty=True)
    await tower.due()
    await tower.changes(seconds)
    await _caught_up(tower, crowd, streams)
    say("the web process ends, and another one starts")
    web.ask_to_end()
    await tower.changes(1.0)
    web.wait_for_end()
    running.start("web")
    await tower.changes(seconds)
    report = await _caught_up(tower, crowd, streams)
    numbers = await tower.numbers()
    return Seen(
        streams=streams,
        flights=len(paths),
        before=before,
        memory=memory,
        calls=calls,
        report=report,
        changes=sum(numbers.values()),
        unfinished=sum(report.last[place] != number for place, number in numbers.items()),
    )


async def _caught_up(tower: Tower, crowd: Audience, streams: int) -> Report:
    """Everybody is on the line and has got the last change of his flight."""
    await _until(lambda: _quiet(tower), "no flight is under a worker's hands")
    numbers = await tower.numbers()
    return await crowd.until(
        lambda report: report.open == streams and report.last == numbers, "everybody has got the last change"
    )


async def _quiet(tower: Tower) -> bool:
    before = await tower.numbers()
    await asyncio.sleep(2.0)
    return await tower.numbers() == before


async def _one_look_at_each(running: Stack, tower: Tower) -> int:
    """How many calls suppliers get when every flight, with all who follow it, is due once."""
    asked = {
        supplier.lookups[StatusEnquiry].operation
        for supplier in suppliers().values()
        if StatusEnquiry in supplier.lookups
    }
    async with httpx.AsyncClient(base_url=running.sandbox, timeout=30.0) as sandbox:
        (await sandbox.delete("/_ledger")).raise_for_status()
        since = datetime.now(UTC)
        await tower.due()
        await _until(lambda: tower.polled(since=since), "every flight was asked for")
        told = [await sandbox.get("/_ledger", params={"operation": operation}) for operation in asked]
    return sum(ledger.json()["count"] for ledger in told)


async def _until(holds: Callable[[], Awaitable[bool]], what: str) -> None:
    deadline = asyncio.get_running_loop().time() + _SETTLED_SECONDS
    while not await holds():
        if asyncio.get_running_loop().time() > deadline:
            raise TimeoutError(f"not within {_SETTLED_SECONDS:.0f} s: {what}")
        await asyncio.sleep(0.2)


def departing(running: Stack, count: int) -> list[FlightDay]:
    """Flights that leave today or tomorrow, some hours from now, as the sandbox's world has them."""
    now, found = datetime.now(UTC), []
    with httpx.Client(base_url=running.sandbox, timeout=30.0) as world:
        for number in range(1, 3_000):
            for day in (now.date(), now.date() + timedelta(days=1)):
                found.extend(_departing(world, number, day, now))
            if len(found) >= count:
                return found[:count]
    raise LookupError(f"only {len(found)} flights leave in time")


def _departing(world: httpx.Client, number: int, day: date, now: datetime) -> list[FlightDay]:
    """One, where there is exactly one, under its own number and not cancelled."""
    asked = {"carrier": "BA", "number": str(number), "date": day.isoformat()}
    flights = world.get("/_world/aviation/flights", params=asked).raise_for_status().json()["flights"]
    if len(flights) != 1 or flights[0]["own"] is not None or flights[0]["state"] != "scheduled":
        return []
    ahead = datetime.fromisoformat(flights[0]["departure"]["scheduled"]) - now
    flight = FlightDay(flight=FlightNumber(carrier="BA", number=str(number)), day=day)
    return [flight] if _AHEAD[0] < ahead < _AHEAD[1] else []


def path(flight: FlightDay) -> str:
    return f"/v1/flights/{flight.flight}/status?date={flight.day.isoformat()}"


def _process(running: Stack, name: str) -> Process:
    """The last one of the name that was started."""
    return next(process for process in reversed(running.processes) if process.name == name)


def _memory(process: Process) -> int:
    """Bytes that the process and those that it started hold for themselves; of an arbiter's one web process nearly all."""
    pids, total = [process.running.pid], 0
    while pids:
        pid = pids.pop()
        pids.extend(int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        total += sum(int(line.split()[1]) for line in rollup if line.startswith("Private_")) * 1024
    return total


def measured(*, streams: int = _STREAMS, flights: int = _FLIGHTS, seconds: float = 4.0) -> tuple[Figure, ...]:
    raise_open_files()
    console = Console(stderr=True)
    with stack("sandbox", "worker", "worker_catalogue", "scheduler", "web") as running:
        seen = asyncio.run(endured(running, streams=streams, flights=flights, seconds=seconds, say=console.print))
    return figures(seen)


def figures(seen: Seen) -> tuple[Figure, ...]:
    report = seen.report
    lost = report.missed + report.repeated + report.begun_again + seen.unfinished
    return (
        Figure(
            name=f"{seen.streams:,} event streams",
            measure="events missed or repeated while a worker, Redis and the web process were killed and came back",
            ours=report.events,
            theirs=seen.changes,
            unit="events",
            value=lost,
            aim=0,
            better=Better.EXACT,
            note=f"{report.missed} missed, {report.repeated} repeated, {report.reconnected:,} came back, "
            f"{report.refused} were refused on the way, {seen.unfinished} flights unfinished",
        ),
        Figure(
            name="memory of a stream",
            measure="private memory of the web process with all streams open - before, / streams",
            ours=seen.memory / 1024,
            theirs=seen.before / 1024,
            unit="KiB",
            value=(seen.memory - seen.before) / 1024 / seen.streams,
            aim=40,
            better=Better.LOWER,
        ),
        Figure(
            name="looks at a watched flight",
            measure=f"supplier calls for one look at each of {seen.flights} flights with {seen.streams:,} streams / flights",
            ours=seen.calls,
            theirs=seen.flights,
            unit="calls",
            value=seen.calls / seen.flights,
            aim=1.0,
            better=Better.EXACT,
        ),
    )


def main() -> None:
    Console(width=None if sys.stdout.isatty() else 160).print(table(measured()))


if __name__ == "__main__":
    main()
