"""Keeping the house: old offers and replies go, popular answers stay warm."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.jobs import AskSuppliers, Because, DropExpiredOffers, DropOldReplies, RefreshPopularSearches
from domain.queries import Query
from storage import drift, offers, popularity, quotes, replies
from storage.engine import transaction
from storage.failures import QueueDown
from workers.tools import Tools

_log: Final = structlog.get_logger(__name__)
_KEPT_AFTER_EXPIRY: Final = timedelta(days=1)  # a client may still look at what it was shown
_FIELDS_FORGOTTEN_AFTER: Final = timedelta(days=90)
_POPULAR_FOR: Final = timedelta(hours=1)
_POPULAR_AT_MOST: Final = 50
_REFRESH_AHEAD: Final = timedelta(seconds=90)  # longer than the minute until this runs again
_QUEUED_WITHIN: Final = timedelta(seconds=10)  # how long a claim stands where we die before the job is queued
_PATIENCE: Final = timedelta(seconds=45)  # and how long while it waits for a worker


async def drop_expired_offers(_: DropExpiredOffers, tools: Tools) -> None:
    """And what they were quoted for: in batches, each its own transaction, until none is left."""
    before, dropped = tools.now() - _KEPT_AFTER_EXPIRY, 0
    while True:
        async with transaction(tools.engine) as connection:
            batch = await offers.drop_expired(connection, before=before)
        dropped += batch
        if not batch:
            break
    while batch := await _in_a_transaction(tools, partial(quotes.drop_expired, before=before)):
        dropped += batch
    _log.info("offers.dropped", count=dropped)


async def drop_old_replies(job: DropOldReplies, tools: Tools) -> None:
    """As the offers: first what is too old, then what is too much, and the fields that no reply speaks of any more."""
    before, old, beyond = tools.now() - timedelta(days=job.days), 0, 0
    while batch := await _in_a_transaction(tools, partial(replies.drop_old, before=before)):
        old += batch
    while batch := await _in_a_transaction(tools, partial(replies.drop_beyond, most_bytes=job.most_bytes)):
        beyond += batch
    fields = await _in_a_transaction(tools, partial(drift.forget, before=tools.now() - _FIELDS_FORGOTTEN_AFTER))
    _log.info("replies.dropped", old=old, beyond=beyond, fields=fields)


async def refresh_popular_searches(_: RefreshPopularSearches, tools: Tools) -> None:
    """Ask again for what many asked for within the hour, shortly before it stops being fresh."""
    asked = await tools.cache.take_asked(at_most=500)
    async with transaction(tools.engine) as connection:
        await popularity.note_asked(connection, asked, at=tools.now())
        popular = await popularity.popular(connection, since=tools.now() - _POPULAR_FOR, at_most=_POPULAR_AT_MOST)
    refreshed = [query for query in popular if await _refresh(query, tools)]
    _log.info("searches.refreshed", popular=len(popular), refreshed=len(refreshed))


async def _in_a_transaction(tools: Tools, drop: Callable[[AsyncConnection], Awaitable[int]]) -> int:
    async with transaction(tools.engine) as connection:
        return await drop(connection)


async def _refresh(query: Query, tools: Tools) -> bool:
    search = await tools.cache.get(query.id)
    if search is None or search.fresh(tools.now() + _REFRESH_AHEAD):
        return False
    if not await tools.cache.claim(query, patience=_QUEUED_WITHIN):
        return False
    try:
        await tools.queue.put(AskSuppliers(query=query, because=Because.REFRESH))
    except QueueDown:
        await tools.cache.release(query.id)
        raise
    await tools.cache.extend(query.id, patience=_PATIENCE)
    return True
