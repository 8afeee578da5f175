"""How the bookings stand, looked up at most every ten seconds, however many monitors ask."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.bookings_standing import BookingsStanding, standing
from storage.engine import transaction
from storage.failures import StorageDown

_log: Final = structlog.get_logger(__name__)
_GOOD_FOR: Final = timedelta(seconds=10)


class BookingsWatch:
    """One for each process."""

    def __init__(self, engine: AsyncEngine, *, clock: Callable[[], datetime]) -> None:
        self._engine: Final = engine
        self._clock: Final = clock
        self._looking: Final = asyncio.Lock()
        self._seen: BookingsStanding | None = None
        self._seen_at: datetime | None = None

    async def standing(self) -> BookingsStanding | None:
        """None while PostgreSQL is away: what was seen before says nothing of now."""
        async with self._looking:
            now = self._clock()
            if self._seen_at is None or now - self._seen_at >= _GOOD_FOR:
                try:
                    async with transaction(self._engine) as connection:
                        self._seen = await standing(connection, now=now)
                except StorageDown as error:
                    _log.warning("bookings.not_counted", error=str(error))
                    self._seen = None
                self._seen_at = now
            return self._seen
