"""Telling everybody how a search grows, through the absences of Redis."""

import asyncio
from typing import Final

import structlog

from domain.searches import Search
from storage.cache import SearchCache
from storage.failures import StorageDown

_log: Final = structlog.get_logger(__name__)
_TRIED_FOR_SECONDS: Final = 5.0
_PAUSE_SECONDS: Final = 0.25


class Publisher:
    """One for each fetch. Each state holds all that came before it, so that one which nobody could be told is no loss
    as long as the last one is told."""

    def __init__(self, cache: SearchCache) -> None:
        self._cache: Final = cache
        self._away = False

    async def grew(self, search: Search) -> None:
        """Tells it now or not at all."""
        try:
            await self._cache.publish(search)
        except StorageDown as error:
            self._lost(search, error)

    async def ended(self, search: Search) -> None:
        """Tells it as soon as Redis is back. Raises StorageDown where that takes too long."""
        loop = asyncio.get_running_loop()
        until = loop.time() + _TRIED_FOR_SECONDS
        while True:
            try:
                await self._cache.publish(search)
            except StorageDown as error:
                if loop.time() + _PAUSE_SECONDS > until:
                    raise
                self._lost(search, error)
            else:
                return
            await asyncio.sleep(_PAUSE_SECONDS)

    def _lost(self, search: Search, error: StorageDown) -> None:
        if not self._away:
            self._away = True
            _log.warning("search.not_published", search=search.id, version=search.version, error=str(error))
