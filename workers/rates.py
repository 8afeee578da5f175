"""The day's rates: read from the feed, believed only where they can be right, kept and told to everybody."""

from typing import Final

import structlog

from adapters.kit.failures import GiveUp
from adapters.open_data import rates as feeds
from domain.jobs import SyncRates
from domain.pricing import AbsurdRates, DailyRates, check
from domain.searches import Outcome
from storage import rate_news, rates
from storage.engine import transaction
from storage.failures import StorageDown
from workers.tools import Tools

_log: Final = structlog.get_logger(__name__)


async def sync_rates(_: SyncRates, tools: Tools) -> None:
    """All that the feed has and we have not, or nothing: a feed with an absurd day is refused as a whole.

    A job that comes twice finds nothing new. Raises GiveUp where the feed is refused: what is held stays.
    """
    feed = tools.exchange.feed
    if feed is None:
        _log.info("rates.no_feed")
        return
    told = feeds.read(await feeds.published(feed))
    if told.unknown:
        _log.warning("rates.unknown_currencies", source=feed.source, currencies=told.unknown)
    async with transaction(tools.engine) as connection:
        held = await rates.latest(connection, pretend=feed.pretend)
        new = _believed(told, held, tools)
        for day in new:
            await rates.keep(connection, day, source=feed.source, pretend=feed.pretend, at=tools.now())
    _log.info("rates.done", source=feed.source, pretend=feed.pretend, days=[str(day.day) for day in new[-5:]])
    if new:
        await _tell(tools)


def _believed(told: feeds.Told, held: DailyRates | None, tools: Tools) -> tuple[DailyRates, ...]:
    """The days after the one that is held, and that day itself where it is told anew. Raises GiveUp."""
    new = tuple(
        day
        for day in told.days
        if held is None or day.day > held.day or (day.day == held.day and day.per_euro != held.per_euro)
    )
    before = held
    for day in new:
        try:
            check(day, before=before, today=tools.now().date())
        except AbsurdRates as error:
            raise GiveUp(f"rates of {day.day} are refused: {error}", outcome=Outcome.ERROR) from error
        before = day
    return new


async def _tell(tools: Tools) -> None:
    try:
        await rate_news.tell(tools.redis)
    except StorageDown as error:
        # They are kept, and every worker looks again by itself.
        _log.warning("rates.untold", error=str(error))
