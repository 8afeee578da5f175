"""What runs beside the requests of a web process: each piece starts again when storage comes back."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

import structlog

from api import notebook
from api.limits import EXCHANGED_EVERY
from api.people import outside
from api.people.credentials import LOOKED_EVERY
from api.services import Services
from api.webhooks import listening
from storage import health, heartbeats, news
from storage.endings import ended
from storage.failures import StorageDown

_log: Final = structlog.get_logger(__name__)
_PAUSE_SECONDS: Final = 1.0  # before storage that went away is tried again
_POSTGRES_EVERY: Final = 5.0
_ASKED_EVERY: Final = 5.0
_CATALOGUE_EVERY: Final = 60.0
_CATALOGUE_EMPTY_EVERY: Final = 2.0  # before the first sync has ended


class Background:
    """A Falcon component that takes part in start and end only, so that no request pays for it."""

    def __init__(self, services: Services) -> None:
        self._services: Final = services
        self._news: Final = asyncio.Event()
        self._loaded: Final = asyncio.Event()
        self._tasks: Final[list[asyncio.Task[None]]] = []

    async def process_startup(self, *_: object) -> None:
        """Never fails for storage that is away: the process starts, says that it is not ready, and recovers."""
        redis, postgres, services = Line("redis"), Line("postgres"), self._services
        work = {
            "arrivals": (self._arrivals, redis),
            "catalogue": (self._catalogue, postgres),
            "credentials": (self._credentials, postgres),
            "catalogue_news": (self._catalogue_news, redis),
            "enquiries": (self._enquiries, redis),
            "issuers": (self._issuers, postgres),
            "flight_beat": (lambda _: services.following.beat(), postgres),
            "flight_looks": (lambda line: services.following.look(line.well), postgres),
            "flight_wakes": (lambda _: services.following.wake(), postgres),
            "flight_watches": (lambda line: services.following.watch(line.well), postgres),
            "flight_words": (lambda line: services.following.hear(line.well), redis),
            "heartbeat": (self._heartbeat, redis),
            "history": (self._history, postgres),
            "limits": (self._limits, redis),
            "listeners": (self._listeners, postgres),
            "popularity": (self._popularity, redis),
            "postgres": (self._postgres, postgres),
            "suggestions": (self._suggestions, postgres),
        }
        self._tasks.extend(asyncio.create_task(kept_up(name, *piece), name=name) for name, piece in work.items())

    async def process_shutdown(self, *_: object) -> None:
        await ended(self._tasks)
        with suppress(StorageDown):
            await self._services.notebook.write()
        await self._services.searching.aclose()
        await self._services.pages.aclose()
        await self._services.enquiring.aclose()
        self._services.passwords.close()

    async def _arrivals(self, line: "Line") -> None:
        """What is published anywhere reaches those who wait here, and makes memory forget what is old."""
        answers, searching = self._services.answers, self._services.searching
        try:
            async for arrival in self._services.cache.arrivals():
                line.well()
                if not answers.told:
                    answers.doubt()
                    answers.told = True
                if arrival is not None:
                    self._services.pages.arrived(arrival.search_id)
                    searching.arrived(arrival.search_id, arrival.started_ms, arrival.version)
        finally:
            answers.told = False

    async def _enquiries(self, line: "Line") -> None:
        """Who waits while the line is down looks for the answer himself, twice a second."""
        async for told_id in self._services.enquiring.book.answers():
            line.well()
            if told_id is not None:
                self._services.enquiring.told(told_id)

    async def _catalogue(self, line: "Line") -> None:
        """Looks when there is news, and now and then in any case."""
        catalogue = self._services.catalogue
        while True:
            self._news.clear()
            if await catalogue.load():
                self._services.answers.forget_shortcuts()
                self._loaded.set()
                _log.info("catalogue.loaded", airports=len(catalogue.contents.airports) if catalogue.contents else 0)
            line.well()
            with suppress(TimeoutError):
                async with asyncio.timeout(_CATALOGUE_EMPTY_EVERY if catalogue.empty else _CATALOGUE_EVERY):
                    await self._news.wait()

    async def _catalogue_news(self, line: "Line") -> None:
        standing = False
        async for subject in news.news(self._services.redis):
            line.well()
            if subject is not None or not standing:
                self._news.set()
            standing = True

    async def _suggestions(self, line: "Line") -> None:
        """Right after the airports, and then whenever hotels have become known."""
        gazetteer = self._services.gazetteer
        while True:
            if await gazetteer.load():
                _log.info("suggestions.loaded", entries=len(gazetteer.index or ()))
            line.well()
            with suppress(TimeoutError):
                async with asyncio.timeout(_CATALOGUE_EMPTY_EVERY if gazetteer.index is None else _CATALOGUE_EVERY):
                    await self._loaded.wait()
            self._loaded.clear()

    async def _postgres(self, line: "Line") -> None:
        """Hardly any call needs PostgreSQL, so nobody else would notice soon that it is away."""
        while True:
            await health.ping(self._services.engine)
            line.well()
            await asyncio.sleep(_POSTGRES_EVERY)

    async def _limits(self, line: "Line") -> None:
        while True:
            if await self._services.limits.exchange(self._services.redis):
                line.well()
            await asyncio.sleep(EXCHANGED_EVERY)

    async def _popularity(self, line: "Line") -> None:
        while True:
            await asyncio.sleep(_ASKED_EVERY)
            if await self._services.searching.flush_asked():
                line.well()

    async def _history(self, line: "Line") -> None:
        while True:
            await asyncio.sleep(notebook.WRITTEN_EVERY)
            if await self._services.notebook.write():
                line.well()

    async def _listeners(self, line: "Line") -> None:
        """Right at the start, and then for those who have subscribed at another process."""
        while True:
            await self._services.listeners.load()
            line.well()
            await asyncio.sleep(listening.LOADED_EVERY)

    async def _credentials(self, line: "Line") -> None:
        await self._services.passwords.prepare()
        while True:
            await self._services.credentials.look()
            line.well()
            await asyncio.sleep(LOOKED_EVERY)

    async def _issuers(self, line: "Line") -> None:
        while True:
            await self._services.outside.look()
            line.well()
            await asyncio.sleep(outside.MISSING_EVERY if self._services.outside.missing else outside.LOOKED_EVERY)

    async def _heartbeat(self, line: "Line") -> None:
        while True:
            await heartbeats.beat(self._services.redis, "web")
            line.well()
            await asyncio.sleep(heartbeats.EVERY_SECONDS)


class Line:
    """The line to one store, shared by all who use it: a break and a recovery are logged once each."""

    def __init__(self, store: str) -> None:
        self._store: Final = store
        self._broken = False

    def broke(self, error: StorageDown) -> None:
        if not self._broken:
            self._broken = True
            _log.warning(f"{self._store}.away", error=str(error))

    def well(self) -> None:
        if self._broken:
            self._broken = False
            _log.info(f"{self._store}.back")


async def kept_up(
    name: str, work: Callable[[Line], Awaitable[None]], line: Line, *, pause_seconds: float = _PAUSE_SECONDS
) -> None:
    """Runs for ever, through every absence of storage. The work says whenever storage has answered it."""
    while True:
        try:
            await work(line)
        except StorageDown as error:
            line.broke(error)
        except Exception:  # noqa: BLE001  # the edge of the process: a mistake in one piece must not silence it for good
            _log.exception(f"{name}.crashed")
        await asyncio.sleep(pause_seconds)
