"""Offers in another money than a search asked for: what they are worth in that money, beside what they cost."""

import asyncio
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import msgspec
import redis.asyncio
import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.kit.conversation import Found
from adapters.open_data.rates import Feed
from domain.jobs import SyncRates
from domain.offers import Offer
from domain.pricing import DailyRates, NoRate, exchange
from domain.searches import SkippedRecord
from storage import rate_news, rates
from storage.engine import transaction
from storage.failures import QueueDown, StorageDown
from storage.queue import JobQueue

_log: Final = structlog.get_logger(__name__)
_TRUSTED_SECONDS: Final = 3600.0  # without news
_TRUSTED_EMPTY_SECONDS: Final = 1.0  # before the first rates have come
_TRUSTED_AWAY_SECONDS: Final = 5.0  # while PostgreSQL is away
_LOOK_SECONDS: Final = 2.0  # somebody waits for the offers
_PAUSE_SECONDS: Final = 1.0  # before Redis is asked for news again
_OLD: Final = timedelta(days=6)  # longer than any row of bank holidays


class ExchangeDesk:
    """The newest rates that are held, for as long as nobody tells of newer ones. `feed` is where they come from."""

    def __init__(self, engine: AsyncEngine, feed: Feed | None, *, now: Callable[[], datetime]) -> None:
        self.feed: Final = feed
        self._engine: Final = engine
        self._now: Final = now
        self._rates: DailyRates | None = None
        self._trusted_until = float("-inf")
        self._doubts = 0
        self._away = False
        self._looking: Final = asyncio.Lock()

    async def current(self) -> DailyRates | None:
        """None where none are held. While PostgreSQL is away, the last ones that were seen."""
        if self.feed is not None and time.monotonic() >= self._trusted_until:
            async with self._looking:  # one look for all who want it
                if time.monotonic() >= self._trusted_until:
                    await self._look(self.feed)
        return self._rates

    def doubt(self) -> None:
        """There may be newer ones."""
        self._doubts += 1
        self._trusted_until = float("-inf")

    async def _look(self, feed: Feed) -> None:
        doubts, trusted = self._doubts, _TRUSTED_AWAY_SECONDS
        try:
            async with asyncio.timeout(_LOOK_SECONDS), transaction(self._engine) as connection:
                self._rates = await rates.latest(connection, pretend=feed.pretend)
        except (StorageDown, TimeoutError) as error:
            if not self._away:
                _log.warning("rates.away", error=str(error), held=self._rates is not None)
            self._away = True
        else:
            if self._away:
                _log.info("rates.back")
            self._away = False
            trusted = _TRUSTED_EMPTY_SECONDS if self._rates is None else _TRUSTED_SECONDS
            self._tell_of_age()
        if doubts == self._doubts:  # news that came meanwhile may be of what this look has missed
            self._trusted_until = time.monotonic() + trusted

    def _tell_of_age(self) -> None:
        if self._rates is not None and (age := self._now().date() - self._rates.day) > _OLD:
            _log.warning("rates.old", day=str(self._rates.day), days=age.days)


async def exchanged(found: Found, currency: str, desk: ExchangeDesk) -> Found:
    """The same with what each offer is worth in the currency. One whose money nobody tells the worth of is skipped by name.

    An offer that costs that currency stays the very same.
    """
    if all(offer.price.currency == currency for offer in found.offers):
        return found
    held = await desk.current()
    offers: list[Offer] = []
    skipped = list(found.skipped)
    for offer in found.offers:
        try:
            offers.append(_shown(offer, currency, held))
        except NoRate as error:
            why = f"priced in {offer.price.currency}, asked for in {currency}: {error}"
            skipped.append(SkippedRecord(where=offer.id, why=why))
    return msgspec.structs.replace(found, offers=tuple(offers), skipped=tuple(skipped))


def _shown(offer: Offer, currency: str, held: DailyRates | None) -> Offer:
    """Raises NoRate."""
    if offer.price.currency == currency:
        return offer
    if held is None:
        raise NoRate("there are no rates yet")
    return msgspec.structs.replace(offer, converted=exchange(offer.price, held, currency))


async def heed_news(desk: ExchangeDesk, client: "redis.asyncio.Redis") -> None:
    """For as long as the process lives: new rates are looked at when there are some."""
    while True:
        try:
            async for told in rate_news.news(client):
                if told:
                    desk.doubt()
        except StorageDown:
            await asyncio.sleep(_PAUSE_SECONDS)


async def ask_for_the_first(desk: ExchangeDesk, queue: JobQueue) -> None:
    """Nobody waits for the hour at which rates are published where none are held at all."""
    if desk.feed is None or await desk.current() is not None:
        return
    try:
        await queue.put(SyncRates())
    except QueueDown as error:
        _log.warning("rates.not_asked_for", error=str(error))
