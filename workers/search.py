"""Searches: ask everybody at once, publish each arrival, keep what was seen."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Final

import msgspec
import structlog

from adapters.kit import conversation
from adapters.kit.archive import about
from adapters.kit.budget import Priority
from adapters.kit.client import SupplierClient
from adapters.kit.conversation import Shelf
from adapters.kit.failures import Failure
from domain.jobs import AskSuppliers, Because, KeepSearch
from domain.matching.verticals import MERGED
from domain.offers import Offer
from domain.places import Atlas
from domain.queries import Query
from domain.searches import Outcome, Search, Status, SupplierReport, arrived, begun
from storage import offers
from storage.engine import transaction
from storage.failures import QueueDown
from workers.tools import Tools

_log: Final = structlog.get_logger(__name__)
_HARD_DEADLINE_SECONDS: Final = 20.0
_NAMED_SKIPS: Final = 10


class Errand(msgspec.Struct, frozen=True, kw_only=True):
    """What every supplier is asked, and until when: an instant of the running loop's clock."""

    query: Query
    atlas: Atlas
    deadline: float
    priority: Priority
    shelf: Shelf


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """What one supplier added to a search."""

    report: SupplierReport
    offers: tuple[Offer, ...] = ()


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
        await offers.keep(connection, seen, search_id=search.id)


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
    )
    async for part in _parts(errand, clients):
        search = arrived(
            search, part.report, part.offers, merge=MERGED[query.vertical], now=part.report.fetched_at or tools.now()
        )
        if not quietly:
            await tools.cache.publish(search)
    if quietly and search.status is Status.COMPLETE:
        await tools.cache.publish(search)
    return search


async def _parts(errand: Errand, clients: tuple[SupplierClient, ...]) -> AsyncIterator[Part]:
    """Everybody's part as it arrives; what is still under way when the reader leaves is cancelled."""
    asking = [asyncio.create_task(_part(errand, client)) for client in clients]
    try:
        for part in asyncio.as_completed(asking):
            yield await part
    finally:
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)


async def _part(errand: Errand, client: SupplierClient) -> Part:
    slug = client.supplier.slug
    started = time.monotonic()
    try:
        found = await conversation.search(
            client, errand.query, errand.atlas,
            deadline=errand.deadline, shelf=errand.shelf, priority=errand.priority,
        )  # fmt: skip
    except Failure as failure:
        _log.warning("supplier.failed", supplier=slug, outcome=failure.outcome, detail=failure.detail)
        return Part(report=_missing(slug, failure.outcome, failure.detail, started))
    except Exception:  # noqa: BLE001 -- a supplier's folder is an edge: its mistake must not become everybody's
        _log.exception("supplier.crashed", supplier=slug)
        return Part(report=_missing(slug, Outcome.ERROR, "our adapter for this supplier failed", started))
    if found.skipped:
        _log.warning("supplier.skipped_records", supplier=slug, count=len(found.skipped), first=found.skipped[0].why)
    report = SupplierReport(
        supplier=slug,
        status=Outcome.OK if found.cut_short is None else found.cut_short.outcome,
        detail=None if found.cut_short is None else found.cut_short.detail,
        offers=len(found.offers),
        took_ms=round(found.seconds * 1000),
        fetched_at=found.replied_at,
        skipped_records=len(found.skipped),
        skipped=found.skipped[:_NAMED_SKIPS],
    )
    return Part(report=report, offers=found.offers)


def _missing(slug: str, outcome: Outcome, detail: str, started: float) -> SupplierReport:
    return SupplierReport(supplier=slug, status=outcome, took_ms=_milliseconds(started), detail=detail)


def _milliseconds(started: float) -> int:
    return round((time.monotonic() - started) * 1000)
