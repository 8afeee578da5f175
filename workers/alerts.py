"""Looking whether prices have become low enough for those who want to hear of it."""

from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.alerts import PRICE_DROPPED, Drop, judged
from domain.jobs import AskSuppliers, Because, LookAtAlerts
from domain.money import Money
from domain.queries import Query
from domain.searches import Search
from storage import alerts
from storage.alerts import Event
from storage.engine import transaction
from storage.failures import QueueDown
from workers.tools import Tools

_log: Final = structlog.get_logger(__name__)
_PATIENCE: Final = timedelta(seconds=45)
_KEPT_AFTER_END: Final = timedelta(days=30)


async def tell(connection: AsyncConnection, search: Search, *, now: datetime) -> None:
    """Write down what there is to tell of this answer; a second look at the same one finds nothing new."""
    for alert in await alerts.listening(connection, search.id, now=now):
        after, drop = judged(alert, search)
        told = () if drop is None else (event(drop, alert.caller),)
        await alerts.looked_at(connection, after, told, now=now)
        if drop is not None:
            _log.info("alert.price_dropped", alert=alert.id, search=search.id, offer=drop.offer)


async def look_at_alerts(job: LookAtAlerts, tools: Tools) -> None:
    """What is fresh at hand is looked at as it is; for the rest suppliers are asked, as for a refresh: after everybody else."""
    now, asked = tools.now(), 0
    async with transaction(tools.engine) as connection:
        questions = await alerts.due(connection, now=now, at_most=job.at_most)
        forgotten = await alerts.drop_over(connection, before=now - _KEPT_AFTER_END)
    for query in questions:
        asked += await _looked_at(query, tools)
        # Only now: where the broker is away, nobody has looked, and the question is the first one of the next attempt.
        async with transaction(tools.engine) as connection:
            await alerts.seen_to(connection, query, now=now)
    _log.info("alerts.looked_at", questions=len(questions), asked=asked, forgotten=forgotten)


async def _looked_at(query: Query, tools: Tools) -> bool:
    """True where suppliers are asked for it now; the look itself then comes with what is kept of their answer."""
    held = await tools.cache.get(query.id)
    if held is not None and held.ended and held.fresh(tools.now()):
        async with transaction(tools.engine) as connection:
            await tell(connection, held, now=tools.now())
        return False
    if not await tools.cache.claim(query, patience=_PATIENCE):
        return False
    try:
        await tools.queue.put(AskSuppliers(query=query, because=Because.REFRESH))
    except QueueDown:
        await tools.cache.release(query.id)
        raise
    return True


def event(drop: Drop, caller: str) -> Event:
    """In the form of Standard Webhooks, as it goes out."""
    facts: dict[str, Any] = {
        "alert_id": drop.alert,
        "search_id": drop.search,
        "offer_id": drop.offer,
        "supplier": drop.supplier,
        "from": None if drop.before is None else _told(drop.before),
        "to": _told(drop.now),
        "price": _told(drop.price),
        "expires_at": drop.expires_at.isoformat(),
    }
    payload = {"type": PRICE_DROPPED, "timestamp": drop.at.isoformat(), "data": facts}
    return Event(
        id=drop.id, alert_id=drop.alert, caller=caller, type=PRICE_DROPPED, at=drop.at, payload=payload
    )  # fmt: skip


def _told(amount: Money) -> dict[str, str]:
    return {"amount": f"{amount.amount:f}", "currency": amount.currency}
