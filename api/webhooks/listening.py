"""Who wants to hear when a search has its answer: known to each web process, so that others' searches pay nothing."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.searches import Search
from domain.webhooks import EventType, Subscription
from storage import awaited_searches, webhooks
from storage.engine import transaction
from storage.failures import StorageDown

_log: Final = structlog.get_logger(__name__)
_KIND: Final = EventType.SEARCH_COMPLETED
LOADED_EVERY: Final = 5.0  # seconds until another process knows of a new subscription


class Listeners:
    """The owners who want to hear of `search.completed`, as of the last look."""

    def __init__(self, engine: AsyncEngine, *, clock: Callable[[], datetime]) -> None:
        self._engine: Final = engine
        self._clock: Final = clock
        self._owners: frozenset[str] = frozenset()

    def joined(self, subscription: Subscription) -> None:
        """Its own process knows at once."""
        if not subscription.types or _KIND in subscription.types:
            self._owners |= {subscription.owner}

    async def load(self) -> None:
        async with transaction(self._engine) as connection:
            self._owners = await webhooks.listeners(connection, _KIND)

    async def created(self, search_id: str, owner: str | None) -> bool:
        """Before suppliers are asked: whoever writes down the answer finds that somebody waits. False where nobody does.

        Where PostgreSQL is away the search goes on, and the event is missing; the answer is not.
        """
        if owner is None or owner not in self._owners:
            return False
        try:
            async with transaction(self._engine) as connection:
                await awaited_searches.await_end(connection, search_id, owner=owner, now=self._clock())
        except StorageDown as error:
            _log.warning("search.not_awaited", search=search_id, error=str(error))
            return False
        return True

    async def there(self, search: Search) -> None:
        """The answer was there when the search was created: nobody else would tell."""
        try:
            async with transaction(self._engine) as connection:
                await awaited_searches.tell_ended(connection, search, now=self._clock())
        except StorageDown as error:
            _log.warning("search.not_told", search=search.id, error=str(error))
