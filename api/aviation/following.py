"""The flights that are followed in this process: one log of changes for each, shared by all who follow it."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Final

import redis.asyncio
import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from api.aviation import present
from domain.jobs import PollWatchedFlights
from domain.watching import Change, FlightDay, Followed
from storage import flight_events
from storage.engine import transaction
from storage.failures import QueueDown, StorageDown
from storage.queue import JobQueue

_log: Final = structlog.get_logger(__name__)

HEARTBEAT_SECONDS: Final = 15.0  # between two signs of life on a silent stream
_RENEWED_SECONDS: Final = 20.0  # between two times at which we say that we still watch
_WATCHED_FOR: Final = timedelta(seconds=70)  # a process that died is no longer watching then
_LOOK_SECONDS: Final = 10.0  # between two looks into PostgreSQL in case that a word was missed
_KEPT_SECONDS: Final = 60.0  # that a log is kept when its last follower has left: he may come back
_PATIENCE_SECONDS: Final = 5.0  # for the first look into PostgreSQL
_HELD: Final = 32  # changes of a flight in memory; who has missed more reads them from PostgreSQL
_WOKEN_AT_ONCE: Final = 100  # followers, before others in this process get a turn


class Entry:
    """A change as everybody is sent it: made once, and the same bytes for all."""

    __slots__ = ("ended", "number", "wire")

    def __init__(self, flight: FlightDay, change: Change) -> None:
        self.number: Final = change.number
        self.ended: Final = change.ended
        self.wire: Final = present.event("ended" if change.ended else "change", flight, change)


class FlightLog:
    """What became known of one flight, the last entries of it, and who follows it here.

    `last` is the number of the latest change, None until PostgreSQL has been read, `told` the one for which followers
    were woken; `latest` is the change that says how the flight stands.
    """

    __slots__ = (
        "_status",
        "entries",
        "flight",
        "followed",
        "followers",
        "kept_until",
        "known",
        "last",
        "latest",
        "told",
    )

    def __init__(self, flight: FlightDay) -> None:
        self.flight: Final = flight
        self.entries: Final[deque[Entry]] = deque(maxlen=_HELD)
        self.followers: Final[set[Follower]] = set()
        self.known: Final = asyncio.Event()
        self.last: int | None = None
        self.latest: Change | None = None
        self.followed: Followed | None = None
        self.told = 0
        self.kept_until = 0.0
        self._status: tuple[int, bytes] | None = None

    @property
    def ended(self) -> bool:
        return bool(self.entries) and self.entries[-1].ended

    def add(self, change: Change) -> None:
        """In the order of their numbers; one that is there already was read twice."""
        if self.last is not None and change.number <= self.last:
            return
        self.last = change.number
        if not change.ended:
            self.latest = change
        self.entries.append(Entry(self.flight, change))

    def status(self) -> tuple[int, bytes]:
        """How the flight stands, for whoever begins to follow it, and the number after which he goes on."""
        assert self.latest is not None
        if self._status is None or self._status[0] != self.latest.number:
            self._status = self.latest.number, present.event("status", self.flight, self.latest)
        return self._status

    def holds_after(self, number: int) -> bool:
        """Whether all that came after this number is in memory, or nothing did."""
        return number >= (self.entries[0].number - 1 if self.entries else self.last or 0)

    def after(self, number: int) -> list[Entry]:
        return [entry for entry in self.entries if entry.number > number]


class Follower:
    """One who waits for news of a flight: a stream, or somebody who asked how it stands and wants every word."""

    __slots__ = ("_stirred", "_woken", "every_word")

    def __init__(self, *, every_word: bool) -> None:
        self.every_word: Final = every_word
        self._stirred = False
        self._woken: asyncio.Future[None] | None = None

    async def woken(self) -> None:
        """Until there has been news, or a sign of life is due, since the last time."""
        if not self._stirred:
            self._woken = asyncio.get_running_loop().create_future()
            await self._woken
        self._stirred = False

    def wake(self) -> None:
        self._stirred = True
        if self._woken is not None and not self._woken.done():
            self._woken.set_result(None)


class Following:
    """One for each process. While anybody here follows a flight, it is watched in the name of this process."""

    def __init__(
        self, *, engine: AsyncEngine, client: "redis.asyncio.Redis", queue: JobQueue, clock: Callable[[], datetime]
    ) -> None:
        self._engine: Final = engine
        self._redis: Final = client
        self._queue: Final = queue
        self._clock: Final = clock
        self._because: Final = f"web {token_hex(8)}"
        self._logs: Final[dict[str, FlightLog]] = {}
        self._new: Final[dict[str, FlightLog]] = {}
        self._wanted: Final = asyncio.Event()
        self._rumoured: Final[set[str]] = set()
        self._heard: Final = asyncio.Event()
        self._to_wake: Final[deque[Follower]] = deque()
        self._waking: Final = asyncio.Event()
        self.beats = 0
        self.leaving = False

    @asynccontextmanager
    async def following(self, log: FlightLog, *, every_word: bool = False) -> AsyncIterator[Follower]:
        """The flight is watched until the end of the block and a little longer."""
        follower = Follower(every_word=every_word)
        log.followers.add(follower)
        try:
            yield follower
        finally:
            log.followers.discard(follower)
            log.kept_until = _now() + _KEPT_SECONDS

    async def log(self, flight: FlightDay) -> FlightLog:
        """The flight's log, read; it is watched from now on. Raises StorageDown when PostgreSQL does not answer."""
        key = flight.key
        log = self._logs.get(key)
        if log is None:
            log = self._logs[key] = self._new[key] = FlightLog(flight)
        log.kept_until = _now() + _KEPT_SECONDS
        if not log.known.is_set():
            self._wanted.set()
            try:
                async with asyncio.timeout(_PATIENCE_SECONDS):
                    await log.known.wait()
            except TimeoutError as error:
                raise StorageDown(f"PostgreSQL did not tell of {key} within {_PATIENCE_SECONDS:g} s") from error
        return log

    def held(self, flight: FlightDay) -> FlightLog | None:
        """The log, where somebody has asked for the flight here lately."""
        return self._logs.get(flight.key)

    @property
    def streams(self) -> int:
        """How many follow a flight here, and are not just asking."""
        return sum(not follower.every_word for follower in self._everybody())

    async def refreshed(self, log: FlightLog) -> None:
        """Read now: somebody knows of more than we do. Raises StorageDown."""
        await self._read([log])

    async def older(self, log: FlightLog, number: int) -> list[Entry]:
        """What came after the number, where memory does not reach back so far; nothing where nobody knows it any more."""
        async with transaction(self._engine) as connection:
            found = await flight_events.changes_after(connection, {log.flight.key: number})
        whole = bool(found) and found[0][1].number == number + 1
        return [Entry(log.flight, change) for _, change in found] if whole else []

    def leave(self) -> None:
        """This process ends: every stream does."""
        self.leaving = True
        self._wake(self._everybody())

    async def watch(self, well: Callable[[], None]) -> None:
        """Says for all flights at once that they are watched: for new ones soon, for all now and then."""
        renew_at = _now()
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(max(0.0, renew_at - _now())):
                    await self._wanted.wait()
            self._wanted.clear()
            if _now() >= renew_at:
                renew_at = _now() + _RENEWED_SECONDS
                self._forget()
                await self._watched(list(self._logs.values()))
            else:
                await self._watched(list(self._new.values()))
            well()

    async def look(self, well: Callable[[], None]) -> None:
        """Reads what there is news of; in silence it looks whether a word was missed. One query for all flights."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_SECONDS):
                    await self._heard.wait()
            keys = [key for key in self._rumoured if key in self._logs] if self._heard.is_set() else list(self._logs)
            self._heard.clear()
            self._rumoured.clear()
            try:
                await self._read([self._logs[key] for key in keys])
            except StorageDown:
                self._rumoured.update(keys)
                self._heard.set()
                raise
            well()

    async def hear(self, well: Callable[[], None]) -> None:
        """Words from workers. Whatever was said before the line stood is looked for."""
        standing = False
        async for keys in flight_events.words(self._redis):
            well()
            if keys is None and standing:
                continue
            standing = True
            self._rumoured.update(self._logs if keys is None else keys)
            self._heard.set()

    async def beat(self) -> None:
        """One clock for the signs of life of all streams."""
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            self.sign_of_life()

    def sign_of_life(self) -> None:
        """Streams tell their clients that the line stands, and notice who has left."""
        self.beats += 1
        self._wake(self._everybody())

    async def wake(self) -> None:
        """Some at a time: ten thousand at once would keep everybody else waiting."""
        while True:
            await self._waking.wait()
            for _number in range(min(_WOKEN_AT_ONCE, len(self._to_wake))):
                self._to_wake.popleft().wake()
            if not self._to_wake:
                self._waking.clear()
            await asyncio.sleep(0)

    def _wake(self, followers: Iterable[Follower]) -> None:
        self._to_wake.extend(followers)
        self._waking.set()

    def _everybody(self) -> list[Follower]:
        return [follower for log in self._logs.values() for follower in log.followers]

    def _forget(self) -> None:
        for key, log in list(self._logs.items()):
            if not log.followers and _now() > log.kept_until:
                del self._logs[key]
                self._new.pop(key, None)

    async def _watched(self, logs: list[FlightLog]) -> None:
        flights = [log.flight for log in logs if log.followed is None or not log.followed.over]
        if not logs:
            return
        now = self._clock()
        async with transaction(self._engine) as connection:
            await flight_events.watch(connection, flights, until=now + _WATCHED_FOR, because=self._because, now=now)
        new = [log for log in logs if not log.known.is_set()]
        await self._read(new)
        for log in new:
            self._new.pop(log.flight.key, None)
        if any(log.followed is not None and not log.followed.over and log.followed.look_at <= now for log in new):
            await self._hurry()

    async def _hurry(self) -> None:
        """Somebody may be waiting; where the broker is away, the scheduler's next job does it."""
        with suppress(QueueDown):
            await self._queue.put(PollWatchedFlights())

    async def _read(self, logs: list[FlightLog]) -> None:
        if not logs:
            return
        by_key = {log.flight.key: log for log in logs}
        async with transaction(self._engine) as connection:
            rows = await flight_events.followed(connection, by_key, standings=False)
            held = {key: _held(log, rows.get(key)) for key, log in by_key.items()}
            while changes := await flight_events.changes_after(connection, held):
                for key, change in changes:
                    by_key[key].add(change)
                    held[key] = change.number
        for key, log in by_key.items():
            log.followed = rows.get(key, log.followed)
            log.last = log.last or 0
            log.known.set()
            news, log.told = log.last > log.told, log.last
            self._wake(follower for follower in log.followers if news or follower.every_word)


def _held(log: FlightLog, row: Followed | None) -> int:
    """Of a flight that is new here, only the last changes are read."""
    if log.last is not None:
        return log.last
    return max(0, row.changes - _HELD) if row is not None else 0


def _now() -> float:
    return asyncio.get_running_loop().time()
