"""Searches: ask everybody at once, publish each arrival, keep what was seen."""

import asyncio
from typing import Final

import structlog

from adapters.kit.archive import about
from adapters.kit.budget import Priority
from domain.jobs import AskSuppliers, Because, KeepSearch
from domain.queries import Query
from domain.searches import Search, Status, arrived, begun
from storage import offers
from storage.engine import transaction
from storage.failures import QueueDown
from workers.asking import Errand, parts
from workers.merging import merge_for
from workers.tools import Tools

_log: Final = structlog.get_logger(__name__)
_HARD_DEADLINE_SECONDS: Final = 20.0


async def ask_suppliers(job: AskSuppliers, tools: Tools) -> None:
    """Publishes the search as it grows. A job that comes twice finds the answer fresh and does nothing."""
    query = job.query
    held = await tools.cache.get(query.id)
    if held is not None and held.ended and held.fresh(tools.now()) and job.because is Because.ASKED:
        await tools.cache.release(query.id)
        return
    try:
        with about(f"search {query.id}"):
            search = await _fetched(query, tools, quietly=held is not None and job.because is Because.REFRESH)
    finally:
        await tools.cache.release(query.id)
    _log.info("search.ended", search=search.id, status=search.status, results=len(search.results), why=job.because)
    if search.results:
        try:
            await tools.queue.put(KeepSearch(search_id=search.id))
        except QueueDown as error:
            # The answer is published and the client served; only the books miss one entry.
            _log.warning("search.not_kept", search=search.id, error=str(error))


async def keep_search(job: KeepSearch, tools: Tools) -> None:
    """Offers go to PostgreSQL in bulk, after everybody has seen them."""
    search = await tools.cache.get(job.search_id)
    if search is None:
        _log.warning("search.not_kept", search=job.search_id, error="it expired before it could be written")
        return
    seen = tuple(offer for result in search.results for offer in result.offers)
    async with transaction(tools.engine) as connection:
        await offers.keep(connection, seen, query=search.query)


async def _fetched(query: Query, tools: Tools, *, quietly: bool) -> Search:
    """The whole search. `quietly`: an answer is being served meanwhile, and only a complete one may replace it."""
    clients = tools.sellers(query)
    search = begun(query, (client.supplier.slug for client in clients), tools.now())
    if not clients:
        await tools.cache.publish(search)
        return search
    errand = Errand(
        query=query,
        atlas=await tools.atlas.current(),
        deadline=asyncio.get_running_loop().time() + _HARD_DEADLINE_SECONDS,
        priority=Priority.REFRESH if quietly else Priority.INTERACTIVE,
        shelf=tools.shelf,
        exchange=tools.exchange,
    )
    async for part in parts(errand, clients):
        search = arrived(
            search,
            part.report,
            part.offers,
            merge=await merge_for(query, part.offers, tools),
            now=part.report.fetched_at or tools.now(),
        )
        if not quietly:
            await tools.cache.publish(search)
    if quietly and search.status is Status.COMPLETE:
        await tools.cache.publish(search)
    return search
