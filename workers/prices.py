"""What is kept of a search beside its offers: every price, how the answer came about, and who is to hear of a lower one."""

from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.fetches import fetch
from domain.jobs import TurnPriceDays
from domain.prices import observations
from domain.searches import Search
from storage import fetches, prices
from storage.engine import transaction
from workers.alerts import tell
from workers.tools import Tools

_log: Final = structlog.get_logger(__name__)
_DAYS_AHEAD: Final = 3  # a day that nobody opened in time loses no price, it is only slower to forget
_DAYS_BACK: Final = 2  # prices may be written down some time after they were told


async def keep_seen(connection: AsyncConnection, search: Search, *, now: datetime) -> None:
    """In the transaction that keeps the offers. Doing it twice changes nothing."""
    await prices.keep(connection, observations(search))
    await fetches.keep(connection, fetch(search))
    await tell(connection, search, now=now)


async def turn_price_days(job: TurnPriceDays, tools: Tools) -> None:
    today = tools.now().date()
    coming = [today + timedelta(days=number) for number in range(-_DAYS_BACK, _DAYS_AHEAD + 1)]
    async with transaction(tools.engine) as connection:
        opened = await prices.open_days(connection, coming)
    async with transaction(tools.engine) as connection:
        dropped = await prices.drop_days(connection, before=today - timedelta(days=job.days))
    before, forgotten = tools.now() - timedelta(days=job.fetch_days), 0
    while True:
        async with transaction(tools.engine) as connection:
            batch = await fetches.drop_old(connection, before=before)
        forgotten += batch
        if not batch:
            break
    _log.info("prices.turned", opened=opened, dropped=dropped, fetches=forgotten)
