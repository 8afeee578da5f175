"""Enquiries as the API sees them: put on the queue once, however many ask, and waited for together."""

import asyncio
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Final

from domain.enquiries import KEPT, Enquiry, enquiry_id
from domain.jobs import AnswerEnquiry
from storage.endings import ended
from storage.enquiries import EnquiryBook, Latest, Told
from storage.failures import StorageDown
from storage.queue import JobQueue

_LOOK_SECONDS: Final = 0.5  # between two looks at a silent enquiry


class Enquiring:
    """One for each process. All methods raise StorageDown when Redis or the broker is away."""

    def __init__(
        self,
        *,
        book: EnquiryBook,
        queue: JobQueue,
        clock: Callable[[], datetime],
        most_bytes: int = 32 * 1024 * 1024,
    ) -> None:
        """`most_bytes` is what fresh answers may take of this process."""
        self.book: Final = book
        self._queue: Final = queue
        self._clock: Final = clock
        self._waiting: Final[defaultdict[str, set[asyncio.Event]]] = defaultdict(set)
        self._reading: Final[dict[str, asyncio.Task[Latest]]] = {}
        self._fresh: Final[OrderedDict[str, Told]] = OrderedDict()
        self._most_bytes: Final = most_bytes
        self._bytes = 0
        self._leaving = False

    async def answer(self, enquiry: Enquiry, *, wait: float) -> Told | None:
        """What is fresh, or stale where the kind allows; else what is told within `wait` seconds. None: nothing yet.

        Whoever gets None or a stale answer can be sure that somebody is being asked.
        """
        told_id = enquiry_id(enquiry)
        if (known := self._remembered(told_id)) is not None:
            return known
        latest = await self._latest(told_id)
        told = latest.told
        if told is not None and self._clock() < told.fresh_until:
            self._remember(told_id, told)
            return told
        await self._ask(enquiry, since=latest.stamp)
        if told is not None and told.told_at is not None and KEPT[type(enquiry)].serves_stale:
            return told
        return await self._waited(enquiry, beyond=latest.stamp, seconds=wait)

    async def followed(self, told_id: str, *, wait: float) -> Latest:
        """How an enquiry stands when nobody is being asked any more, or after `wait` seconds. Asks nobody."""
        until = asyncio.get_running_loop().time() + wait
        with self._listening(told_id) as nudged:
            while True:
                nudged.clear()
                latest = await self._latest(told_id)
                left = until - asyncio.get_running_loop().time()
                if not latest.under_way or left <= 0 or self._leaving:
                    return latest
                await _within(min(left, _LOOK_SECONDS), nudged)

    def told(self, told_id: str) -> None:
        """Somebody has answered: who waits here reads it."""
        self._reading.pop(told_id, None)  # one that began before may come back with the state before
        for nudge in self._waiting.get(told_id, ()):
            nudge.set()

    def leave(self) -> None:
        """This process ends: nobody waits any longer."""
        self._leaving = True
        for told_id in tuple(self._waiting):
            self.told(told_id)

    async def aclose(self) -> None:
        self.leave()
        await ended(self._reading.values())

    async def _waited(self, enquiry: Enquiry, *, beyond: str | None, seconds: float) -> Told | None:
        """Asked again where whoever was to answer has died: its claim ends with it."""
        told_id, until = enquiry_id(enquiry), asyncio.get_running_loop().time() + seconds
        with self._listening(told_id) as nudged:
            while True:
                nudged.clear()
                latest = await self._latest(told_id)
                if latest.told is not None and latest.stamp != beyond:
                    return latest.told
                if not latest.under_way:
                    await self._ask(enquiry, since=beyond)
                left = until - asyncio.get_running_loop().time()
                if left <= 0 or self._leaving:
                    return None
                await _within(min(left, _LOOK_SECONDS), nudged)

    async def _ask(self, enquiry: Enquiry, *, since: str | None) -> None:
        """One job, whoever else asks the same at the same time, in this process or another."""
        told_id = enquiry_id(enquiry)
        token = await self.book.claim(told_id, since=since)
        if token is None:
            return
        try:
            await self._queue.put(AnswerEnquiry(enquiry=enquiry, since=since))
        except StorageDown:
            with suppress(StorageDown):  # if Redis is the one that is away, the claim goes by its own patience
                await self.book.release(told_id, token)
            raise

    async def _latest(self, told_id: str) -> Latest:
        """One look for all who look at the same time; a client that leaves does not end it for the others."""
        reading = self._reading.get(told_id)
        if reading is None:
            reading = self._reading[told_id] = asyncio.ensure_future(self.book.latest(told_id))
            reading.add_done_callback(lambda done: self._read(told_id, done))
        return await asyncio.shield(reading)

    def _read(self, told_id: str, done: "asyncio.Task[Latest]") -> None:
        if self._reading.get(told_id) is done:
            del self._reading[told_id]
        if not done.cancelled():
            done.exception()  # seen, even if everybody who waited for it has left

    @contextmanager
    def _listening(self, told_id: str) -> Iterator[asyncio.Event]:
        """Set whenever somebody answers. Cleared before a look, it misses nothing that comes after."""
        nudged = asyncio.Event()
        self._waiting[told_id].add(nudged)
        try:
            yield nudged
        finally:
            self._waiting[told_id].discard(nudged)
            if not self._waiting[told_id]:
                del self._waiting[told_id]

    def _remembered(self, told_id: str) -> Told | None:
        told = self._fresh.get(told_id)
        if told is None or self._clock() < told.fresh_until:
            return told
        self._forget(told_id)
        return None

    def _remember(self, told_id: str, told: Told) -> None:
        self._forget(told_id)
        self._fresh[told_id] = told
        self._bytes += len(told.records)
        while self._bytes > self._most_bytes:
            self._forget(next(iter(self._fresh)))

    def _forget(self, told_id: str) -> None:
        if (told := self._fresh.pop(told_id, None)) is not None:
            self._bytes -= len(told.records)


async def _within(seconds: float, event: asyncio.Event) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
