"""Which hotel each supplier's record is of, at hand in this process; PostgreSQL knows it, and is told of what is new."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

import msgspec
import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.hotels import Property
from domain.jobs import MatchHotels, SeenRecord
from domain.matching.hotel_ids import SETTLES_AFTER, fingerprint
from domain.matching.properties import Described, Key, of
from storage import matches
from storage.engine import transaction
from storage.failures import QueueDown, StorageDown
from storage.matches import Kept
from storage.queue import JobQueue

_log: Final = structlog.get_logger(__name__)
_AT_HAND: Final = 100_000  # records, of a quarter of a kilobyte each
_SPOT_CHECK: Final = timedelta(minutes=5)  # how long this process trusts what it has read
_IN_ONE_JOB: Final = 500


class _Page(msgspec.Struct, frozen=True, kw_only=True):
    kept: Kept
    until: datetime


class HotelBook:
    """A search goes on where PostgreSQL or the broker is away: then the looks of what is found decide."""

    def __init__(self, engine: AsyncEngine, queue: JobQueue, *, now: Callable[[], datetime]) -> None:
        self._engine: Final = engine
        self._queue: Final = queue
        self._now: Final = now
        self._pages: Final[OrderedDict[Key, _Page]] = OrderedDict()
        self._hotel_ids: Final[dict[Key, str]] = {}

    @property
    def hotel_ids(self) -> Mapping[Key, str]:
        """Of everything that was looked up lately, as far as it has settled."""
        return self._hotel_ids

    async def look_up(self, properties: Mapping[Key, Property]) -> None:
        """With one question to PostgreSQL at most. What it does not know, or knows otherwise, is put up for judgement."""
        told = {key: described for key, content in properties.items() if (described := of(content))}
        now = self._now()
        wanted = [key for key in told if key not in self._pages or self._pages[key].until <= now]
        try:
            found = await self._read(wanted) if wanted else {}
        except StorageDown as error:
            _log.warning("hotels.not_looked_up", count=len(wanted), error=str(error))
            return
        for key, kept in found.items():
            if kept.hotel_id is not None and now - kept.first_seen_at >= SETTLES_AFTER:
                self._remember(key, kept.hotel_id, _Page(kept=kept, until=now + _SPOT_CHECK))
        await self._put_up({key: each for key, each in told.items() if self._is_news(key, each, found)})

    async def _read(self, wanted: Iterable[Key]) -> Mapping[Key, Kept]:
        async with transaction(self._engine) as connection:
            return await matches.kept(connection, wanted)

    def _remember(self, key: Key, hotel_id: str, page: _Page) -> None:
        self._pages[key], self._hotel_ids[key] = page, hotel_id
        self._pages.move_to_end(key)
        if len(self._pages) > _AT_HAND:
            oldest, _ = self._pages.popitem(last=False)
            del self._hotel_ids[oldest]

    def _is_news(self, key: Key, told: Described, found: Mapping[Key, Kept]) -> bool:
        held = found.get(key)
        if held is None and key in self._pages:
            held = self._pages[key].kept
        return held is None or held.fingerprint != fingerprint(told)

    async def _put_up(self, told: Mapping[Key, Described]) -> None:
        """Once for each content that this process sees."""
        records = [SeenRecord(key=key, told=each) for key, each in told.items()]
        try:
            for start in range(0, len(records), _IN_ONE_JOB):
                await self._queue.put(MatchHotels(seen=tuple(records[start : start + _IN_ONE_JOB])))
        except QueueDown as error:
            _log.warning("hotels.not_put_up", count=len(records), error=str(error))
            return
        for key in told.keys() & self._pages.keys():
            page = self._pages[key]
            kept = msgspec.structs.replace(page.kept, fingerprint=fingerprint(told[key]))
            self._pages[key] = msgspec.structs.replace(page, kept=kept)
