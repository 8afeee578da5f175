"""Packed pages between processes: what one has made of a search, the others need not decode it for."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import Final

import structlog

from api.memory import Answers, Held
from api.views import View
from storage.endings import ended
from storage.failures import StorageDown
from storage.pages import Page, PageBook

_log: Final = structlog.get_logger(__name__)
_MOST_BESIDE: Final = 64  # pages on their way to Redis; another one is made where it is wanted


class _Reading:
    """One look into Redis for all who want the page; `overtaken` when the search has grown since it began."""

    __slots__ = ("overtaken", "task")

    def __init__(self, task: "asyncio.Task[Page | None]") -> None:
        self.task: Final = task
        self.overtaken = False


class SharedPages:
    """One for each process. Where Redis is away or nobody tells us what has grown, there are no pages."""

    def __init__(self, *, answers: Answers, book: PageBook, clock: Callable[[], datetime]) -> None:
        self._answers: Final = answers
        self._book: Final = book
        self._clock: Final = clock
        self._readings: Final[defaultdict[str, dict[str, _Reading]]] = defaultdict(dict)
        self._beside: Final[set[asyncio.Task[None]]] = set()

    async def find(self, search_id: str, view: str) -> Page | None:
        """One that can be served without a thought, where the search itself is not at hand in this process."""
        answers = self._answers
        if answers.holds(search_id) or not answers.told:
            return None
        page = answers.pages.get(search_id, view, self._clock(), epoch=answers.epoch)
        if page is not None:
            return page
        epoch, page = answers.epoch, await self._read(search_id, view)
        if page is None or self._clock() >= page.unattended_until:
            return None
        answers.pages.hold(page, view, epoch=epoch)
        return page

    def keep(self, held: Held, view: View, key: str, *, plain: bool) -> None:
        """For when the search itself has to make room; what is asked for `plain`ly, for all processes."""
        answers, now = self._answers, self._clock()
        if not answers.told or answers.pages.get(held.search.id, key, now, epoch=held.epoch) is not None:
            return
        page = held.page(view, key, now)
        if page is None:
            return
        answers.pages.hold(page, key, epoch=held.epoch)
        if plain and len(self._beside) < _MOST_BESIDE:
            task = asyncio.create_task(self._share(page, key))
            self._beside.add(task)
            task.add_done_callback(self._beside.discard)

    def arrived(self, search_id: str) -> None:
        """Somebody has published another state."""
        for reading in self._readings.get(search_id, {}).values():
            reading.overtaken = True

    async def aclose(self) -> None:
        reading = [one.task for views in self._readings.values() for one in views.values()]
        await ended([*self._beside, *reading])

    async def _read(self, search_id: str, view: str) -> Page | None:
        """What comes may be the state before, where the search has grown meanwhile: that is none."""
        reading = self._readings[search_id].get(view) if search_id in self._readings else None
        if reading is None:
            task = asyncio.create_task(self._looked_up(search_id, view))
            reading = self._readings[search_id][view] = _Reading(task)
            task.add_done_callback(lambda _: self._ended(search_id, view))
        page = await asyncio.shield(reading.task)
        return None if reading.overtaken else page

    def _ended(self, search_id: str, view: str) -> None:
        del self._readings[search_id][view]
        if not self._readings[search_id]:
            del self._readings[search_id]

    async def _looked_up(self, search_id: str, view: str) -> Page | None:
        try:
            return await self._book.get(search_id, view)
        except StorageDown:
            return None  # whoever reads the search itself next says so

    async def _share(self, page: Page, view: str) -> None:
        try:
            await self._book.keep(page, view)
        except StorageDown as error:
            _log.info("page.not_shared", search=page.search_id, error=str(error))
