"""Descriptions of properties between searches: in this process, and behind it in PostgreSQL."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.hotels import Property
from storage import properties
from storage.engine import transaction
from storage.failures import StorageDown

_log: Final = structlog.get_logger(__name__)
_AT_HAND: Final = 20_000  # properties, of some two kilobytes each
_SPOT_CHECK: Final = timedelta(hours=1)  # how long this process trusts what it has read

Key = tuple[str, str]


class PropertyShelf:
    """A search goes on where PostgreSQL is away: then the supplier is asked again."""

    def __init__(self, engine: AsyncEngine, *, now: Callable[[], datetime]) -> None:
        self._engine: Final = engine
        self._now: Final = now
        self._at_hand: Final[OrderedDict[Key, tuple[datetime, Property]]] = OrderedDict()

    async def held(self, supplier: str, ids: Iterable[str]) -> Mapping[str, Property]:
        """Those of the properties whose description is still good, by the supplier's id."""
        now, found, wanted = self._now(), {}, []
        for told_id in ids:
            until, content = self._at_hand.get((supplier, told_id), (now, None))
            if content is None or until <= now:
                wanted.append(told_id)
            else:
                found[told_id] = content
        if not wanted:
            return found
        try:
            async with transaction(self._engine) as connection:
                read = await properties.get(connection, supplier, wanted, now=now)
        except StorageDown as error:
            _log.warning("properties.not_read", supplier=supplier, error=str(error))
            return found
        self._remember(read.values(), now + _SPOT_CHECK)
        return {**found, **read}

    async def keep(self, told: Iterable[Property], *, live_for: timedelta) -> None:
        told, now = tuple(told), self._now()
        self._remember(told, now + min(live_for, _SPOT_CHECK))
        try:
            async with transaction(self._engine) as connection:
                await properties.keep(connection, told, told_at=now, good_until=now + live_for)
        except StorageDown as error:
            _log.warning("properties.not_kept", count=len(told), error=str(error))

    def _remember(self, told: Iterable[Property], until: datetime) -> None:
        for content in told:
            key = content.supplier, content.id
            self._at_hand[key] = until, content
            self._at_hand.move_to_end(key)
        while len(self._at_hand) > _AT_HAND:
            self._at_hand.popitem(last=False)
