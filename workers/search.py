"""Searches: ask everybody at once, publish each arrival, keep what was seen."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager, suppress
from datetime import timedelta
from typing import Final

import msgspec
import structlog

from adapters.kit.archive import about
from adapters.kit.budget import Priority
from domain.carrying import Carried, carried
from domain.jobs import AskSuppliers, Because, KeepSearch
from domain.queries import Query
from domain.searches import ANSWERED, Outcome, Result, Search, Status, SupplierReport, arrived, begun
from storage import offers
from storage.engine import transaction
from storage.failures import QueueDown, StorageDown
from workers.asking import Errand, Part, parts
from workers.merging import merge_for
from workers.publishing import Publisher
from workers.tools import Tools

_log: Final = structlog.get_logger(__name__)
_SOFT_DEADLINE: Final = timedelta(seconds=2.5)  # how long a client waits who says nothing
_HARD_DEADLINE: Final = timedelta(seconds=20)
_PATIENCE: Final = timedelta(seconds=30)  # how long others take a search for ours: the time that the job has


async def ask_suppliers(job: AskSuppliers, tools: Tools) -> None:
    """Publishes the search as it grows. A job that comes twice finds the answer young and does nothing."""
    query = job.query
    held = await tools.cache.get(query.id)
    async with _claimed(query, tools):
        with about(f"search {query.id}"):
            search = await _asked(job, held, tools)
    if search is None:
        return
    _log.info("search.ended", search=search.id, status=search.status, results=len(search.results), why=job.because)
    if search.results:
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


@asynccontextmanager
async def _claimed(query: Query, tools: Tools) -> AsyncIterator[None]:
    """Who waits for the search can see that somebody works on it; without Redis they can't, and it goes on all the same."""
    with suppress(StorageDown):
        await tools.cache.hold(query.id, patience=_PATIENCE)
    try:
        yield
    finally:
        with suppress(StorageDown):  # the claim ends by its own patience then
            await tools.cache.release(query.id)


async def _asked(job: AskSuppliers, held: Search | None, tools: Tools) -> Search | None:
    """The whole search, None where there was nobody to ask.

    While an answer that has ended is being served, only one that misses nobody whom that has may replace it.
    """
    query, now = job.query, tools.now()
    clients = tools.sellers(query)
    slugs = tuple(client.supplier.slug for client in clients)
    known = {part.report.supplier: part for part in carried(held, now) if part.report.supplier in slugs} if held else {}
    if held is not None and held.ended and _young_enough(held, job.because, known, slugs, tools):
        return None
    search = _begun(query, slugs, held, tools)
    served = held is not None and held.ended and held.usable(now)
    publisher = Publisher(tools.cache)
    ...


