"""The airports and cities as a worker holds them: loaded from PostgreSQL, looked at again when they may have changed."""

import time
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.places import Atlas
from storage import airports, cities
from storage.engine import transaction
from storage.failures import StorageDown

_log: Final = structlog.get_logger(__name__)
_TRUSTED_SECONDS: Final = 300.0
_TRUSTED_EMPTY_SECONDS: Final = 1.0  # before the first sync has finished


class AtlasShelf:
    """One atlas at a time, replaced as a whole."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine: Final = engine
        self._atlas = Atlas(())
        self._looked_at = float("-inf")

    async def current(self) -> Atlas:
        """The atlas, at most five minutes old while PostgreSQL answers, else the last one held.

        Raises StorageDown when there is none yet.
        """
        trusted = _TRUSTED_SECONDS if len(self._atlas) else _TRUSTED_EMPTY_SECONDS
        if time.monotonic() - self._looked_at < trusted:
            return self._atlas
        try:
            async with transaction(self._engine) as connection:
                listed = await airports.every(connection)
                self._atlas = Atlas((one.airport for one in listed), await cities.every(connection))
        except StorageDown as error:
            if not len(self._atlas):
                raise
            _log.warning("atlas.kept", error=str(error), airports=len(self._atlas))
        self._looked_at = time.monotonic()
        return self._atlas
