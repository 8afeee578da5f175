"""Searches: ask for an answer where it is needed, and keep what was seen."""

from contextlib import suppress
from datetime import timedelta
from typing import Final

import structlog

from adapters.kit.archive import about
from domain.jobs import AskSuppliers, KeepSearch
from storage import awaited_searches, offers
from storage.engine import transaction
from storage.failures import QueueDown, StorageDown
from workers.fetching import fetched, needed, planned
from workers.prices import keep_seen
from workers.tools import Tools

_log: Final = structlog.get_logger(__name__)
_PATIENCE: Final = timedelta(seconds=30)  # how long others take the search for ours: the time that the job has


async def ask_suppliers(job: AskSuppliers, tools: Tools) -> None:
    """Publishes the search as it grows. A job that comes twice finds the answer young and does nothing."""
    query = job.query
    try:
        held = await tools.cache.take(query.id, patience=_PATIENCE)
        plan = planned(tools.sellers(query), held, tools.now())
        if not needed(plan, job.because, tools.now()):
            return
        with about(f"search {query.id}"):
            search = await fetched(query, plan, tools)
    finally:
        with suppress(StorageDown):  # the claim ends by its own patience then
            await tools.cache.release(query.id)
    _log.info("search.ended", search=search.id, status=search.status, results=len(search.results), why=job.because)
    try:
        await tools.queue.put(KeepSearch(search_id=search.id))
    except QueueDown as error:
        # The answer is published and the client served; only the books miss one entry.
        _log.warning("search.not_kept", search=search.id, error=str(error))


async def keep_search(job: KeepSearch, tools: Tools) -> None:
    """Offers and prices go to PostgreSQL in bulk, after everybody has seen them."""
    search = await tools.cache.get(job.search_id)
    if search is None:
        _log.warning("search.not_kept", search=job.search_id, error="it expired before it could be written")
        return
    seen = tuple(offer for result in search.results for offer in result.offers)
    async with transaction(tools.engine) as connection:
        await offers.keep(connection, seen, query=search.query)
        await keep_seen(connection, search, now=tools.now())
        await awaited_searches.tell_ended(connection, search, now=tools.now())
