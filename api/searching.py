"""The life of a search as the API sees it: served, refreshed, asked for once and waited for together."""

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final, TypeVar

import structlog

from api.memory import Answers, Held
from domain.jobs import AskSuppliers, Because
from domain.queries import Query
from storage.cache import SearchCache
from storage.endings import ended
from storage.failures import StorageDown
from storage.queue import JobQueue

Got = TypeVar("Got")
_log: Final = structlog.get_logger(__name__)

QUEUED_WITHIN: Final = timedelta(seconds=10)  # how long a claim stands whose holder died before the job was queued
PATIENCE: Final = timedelta(seconds=45)  # how long it stands while the job waits for a worker
REFRESHED_EVERY: Final = timedelta(seconds=15)  # how often one process asks for the refresh of one stale answer
_LOOK_SECONDS: Final = 0.5  # between two looks at a silent search
_CONFIRM_SECONDS: Final = 0.25  # that a client with an answer at hand waits to hear whether it is the latest
_LONELY_LOOKS: Final = 4  # after so many looks without anybody waiting, we stop looking
_MOST_COUNTED: Final = 100_000  # ids whose popularity is counted while Redis is away
_MOST_QUESTIONS: Final = 20_000  # of some 300 bytes, remembered for a Redis that comes back empty

# No version is older.
_NOTHING_YET: Final = (datetime.min.replace(tzinfo=UTC), -1)

Version = tuple[datetime, int]
Clock = Callable[[], datetime]


class _Watch:
    """One search under way, and everybody in this process who waits for it."""

    __slots__ = ("asked", "changed", "failure", "held", "nudged", "over", "query", "task", "waiting")

    def __init__(self, query: Query, held: Held | None) -> None:
        self.query: Final = query
        self.held = held
        self.failure: StorageDown | None = None
        self.asked: Final = asyncio.Event()
        self.nudged: Final = asyncio.Event()
        self.changed = asyncio.Event()
        self.over = False
        self.waiting = 0
        self.task: asyncio.Task[None] | None = None

    def learn(self, held: Held) -> None:
        self.held, self.over = held, held.search.ended
        self.tell()

    def tell(self) -> None:
        """Wake everybody who waits; whoever waits on waits for the next change."""
        self.changed.set()
        self.changed = asyncio.Event()


class Searching:
    """One for each process. All methods raise StorageDown when Redis is away and memory has no answer."""

    def __init__(self, *, answers: Answers, cache: SearchCache, queue: JobQueue, clock: Clock) -> None:
        self._answers: Final = answers
        self._cache: Final = cache
        self._queue: Final = queue
        self._clock: Final = clock
        self._watches: Final[dict[str, _Watch]] = {}
        self._under_way: Final[dict[tuple[str, str], asyncio.Task[Any]]] = {}
        self._overtaken: Final[set[str]] = set()
        self._refreshing: Final[set[asyncio.Task[None]]] = set()
        self._asked: Counter[str] = Counter()
        self._questions: Final[OrderedDict[str, Query]] = OrderedDict()
        self._leaving = False

    async def answer(self, query: Query, *, wait: float) -> Held | None:
        """What is known when the search has ended or `wait` seconds have passed. None: nobody has answered yet.

        Whoever gets None or an answer that has not ended can be sure that suppliers are being asked.
        """
        self.note_asked(query.id)
        held = await self.known(query.id)
        if held is not None and held.search.ended:
            self._keep_fresh(held)
            return held
        return await self._waited(self._watch(query, held), seconds=wait)

    async def known(self, search_id: str) -> Held | None:
        """The latest state, None where nothing usable is held anywhere. Asks nobody."""
        held = self._answers.get(search_id, self._clock())
        if held is not None and self._answers.trusted(held, self._clock()):
            return held
        if held is None:
            return await self._together("read", search_id, self._read)
        return await self._confirmed(held)

    async def question(self, search_id: str) -> Query | None:
        """What is asked under this id, None for an id that nobody has asked for within a day."""
        if (watch := self._watches.get(search_id)) is not None:
            return watch.query
        if (held := await self.known(search_id)) is not None:
            return held.search.query
        return await self._together("question", search_id, self._cache.question) or self._questions.get(search_id)

    async def grown(self, query: Query, *, beyond: Version | None, seconds: float) -> Held | None:
        """The search as soon as it is another version than `beyond`, or as it is after `seconds`.

        Suppliers are asked where nobody has been.
        """
        held = await self.known(query.id)
        if held is not None and (held.version != beyond or held.search.ended):
            return held
        return await self._waited(self._watch(query, held), seconds=seconds, beyond=beyond or _NOTHING_YET)

    def arrived(self, search_id: str, started_ms: int, version: int) -> None:
        """Somebody has published: who waits here reads it, else memory forgets what is now old."""
        if (watch := self._watches.get(search_id)) is not None:
            watch.nudged.set()
            return
        if ("read", search_id) in self._under_way:
            self._overtaken.add(search_id)
        self._answers.grew(search_id, started_ms, version)

    def note_asked(self, search_id: str) -> None:
        if search_id in self._asked or len(self._asked) < _MOST_COUNTED:
            self._asked[search_id] += 1

    async def flush_asked(self) -> bool:
        """Add what was asked for here to everybody's counts; False when there is nothing to add.

        What could not be told is told next time.
        """
        counts, self._asked = self._asked, Counter()
        if not counts:
            return False
        try:
            await self._cache.note_asked(counts)
        except StorageDown:
            self._asked.update(counts)
            raise
        return True

    @property
    def leaving(self) -> bool:
        return self._leaving

    def leave(self) -> None:
        """This process ends: everybody who waits gets what is there now."""
        self._leaving = True
        for watch in self._watches.values():
            watch.tell()

    async def aclose(self) -> None:
        self.leave()
        watching = [watch.task for watch in self._watches.values() if watch.task is not None]
        await ended([*watching, *self._refreshing, *self._under_way.values()])

    async def _confirmed(self, held: Held) -> Held | None:
        """The latest state as Redis has it; what is held where Redis is away, or does not say quickly."""
        try:
            async with asyncio.timeout(_CONFIRM_SECONDS):
                return await self._together("read", held.search.id, self._read)
        except (TimeoutError, StorageDown):
            self._answers.confirm(held, self._clock(), epoch=held.epoch)
            return held

    async def _read(self, search_id: str) -> Held | None:
        epoch, search = self._answers.epoch, await self._cache.get(search_id)
        while search_id in self._overtaken:  # published while we read: what came may be the state before
            self._overtaken.discard(search_id)
            epoch, search = self._answers.epoch, await self._cache.get(search_id)
        now = self._clock()
        if search is not None and search.usable(now):
            return self._answers.hold(search, now, epoch=epoch)
        # Redis came back empty, perhaps; what is held here stays true until it expires.
        held = self._answers.get(search_id, now)
        if held is not None:
            self._answers.confirm(held, now, epoch=epoch)
        return held

    async def _together(self, what: str, search_id: str, get: Callable[[str], Awaitable[Got]]) -> Got:
        """One call for all who want the same at the same time; a client that leaves does not end it for the others."""
        task = self._under_way.get((what, search_id))
        if task is None:
            task = asyncio.ensure_future(get(search_id))
            self._under_way[what, search_id] = task
            task.add_done_callback(lambda done: self._got((what, search_id), done))
        got: Got = await asyncio.shield(task)
        return got

    def _got(self, what: tuple[str, str], done: "asyncio.Task[Any]") -> None:
        del self._under_way[what]
        if not done.cancelled():
            done.exception()  # seen, even if everybody who waited for it has left

    def _keep_fresh(self, held: Held) -> None:
        """What is stale, or will be soon, is served at once while one refresh is on its way, however many ask."""
        now = self._clock()
        if not held.wants_refresh(now, self._answers.chance):
            return
        held.attended(min(now + REFRESHED_EVERY, held.search.expires_at or now))
        task = asyncio.create_task(self._refreshed(held.search.query))
        self._refreshing.add(task)
        task.add_done_callback(self._refreshing.discard)

    async def _refreshed(self, query: Query) -> None:
        try:
            await self._ask(query, Because.REFRESH)
        except StorageDown as error:
            _log.warning("search.not_refreshed", search=query.id, error=str(error))

    async def _ask(self, query: Query, because: Because) -> None:
        """One job, whoever else asks the same at the same time, in this process or another."""
        if not await self._cache.claim(query, patience=QUEUED_WITHIN):
            return
        try:
            await self._queue.put(AskSuppliers(query=query, because=because))
            await self._cache.extend(query.id, patience=PATIENCE)
        except StorageDown:
            # Without a job nobody would ever release the claim, and the next client would wait in vain. If Redis is
            # the one that is away, the claim goes by its own patience.
            with suppress(StorageDown):
                await self._cache.release(query.id)
            raise

    def _watch(self, query: Query, held: Held | None) -> _Watch:
        watch = self._watches.get(query.id)
        if watch is None or watch.over:
            self._remember(query)
            watch = self._watches[query.id] = _Watch(query, held)
            watch.task = asyncio.create_task(self._watched(watch))
            watch.task.add_done_callback(partial(self._unwatched, watch))
        elif held is not None and (watch.held is None or watch.held.version < held.version):
            watch.learn(held)
        return watch

    def _remember(self, query: Query) -> None:
        self._questions[query.id] = query
        self._questions.move_to_end(query.id)
        if len(self._questions) > _MOST_QUESTIONS:
            self._questions.popitem(last=False)

    def _unwatched(self, watch: _Watch, done: "asyncio.Task[None]") -> None:
        if self._watches.get(watch.query.id) is watch:
            del self._watches[watch.query.id]
        if not done.cancelled() and (mistake := done.exception()) is not None:
            _log.error("search.watch_broke", search=watch.query.id, exc_info=mistake)

    async def _watched(self, watch: _Watch) -> None:
        """Ask where nobody has, then look whenever something was published, and now and then in any case."""
        try:
            if watch.held is None:
                await self._ask(watch.query, Because.ASKED)
            watch.asked.set()
            lonely = 0
            while lonely < _LONELY_LOOKS and not watch.over:
                await self._look(watch)
                lonely = 0 if watch.waiting else lonely + 1
        except StorageDown as error:
            watch.failure = error
        finally:
            watch.over = True
            watch.asked.set()
            watch.tell()

    async def _look(self, watch: _Watch) -> None:
        """One change, or one silence.

        A silent search that nobody claims is lost: its worker died, or Redis came back empty. Asked in this order,
        because whoever ends a search publishes first and lets go of the claim after that.
        """
        abandoned = False
        try:
            async with asyncio.timeout(_LOOK_SECONDS):
                await watch.nudged.wait()
        except TimeoutError:
            abandoned = not await self._cache.claimed(watch.query.id)
        watch.nudged.clear()
        held = await self._read(watch.query.id)
        if held is not None and (watch.held is None or held.version != watch.held.version):
            watch.learn(held)
        elif abandoned:
            _log.warning("search.lost", search=watch.query.id)
            await self._ask(watch.query, Because.ASKED)

    async def _waited(self, watch: _Watch, *, seconds: float, beyond: Version | None = None) -> Held | None:
        """Until the search has ended, or with `beyond` until it is another version than that."""
        watch.waiting += 1
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    while not (watch.over or self._leaving or _grown(watch.held, beyond)):
                        await watch.changed.wait()
            # Storage ends every wait of its own, so this one ends too.
            await watch.asked.wait()
        finally:
            watch.waiting -= 1
        if watch.failure is not None and watch.held is None:
            raise watch.failure
        return watch.held


def _grown(held: Held | None, beyond: Version | None) -> bool:
    return beyond is not None and held is not None and held.version != beyond
