"""Catalogue syncs: airports and airlines page by page, going on where the last attempt stood."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from types import MappingProxyType
from typing import Any, Final, Protocol

import msgspec
import structlog

from adapters.kit import conversation
from adapters.kit.budget import Priority
from adapters.kit.calls import Call, Readout
from adapters.kit.client import SupplierClient
from adapters.open_data import CATALOGUES, SOURCES
from adapters.open_data.cities import cities as listed_cities
from domain.catalogue import Subject, SyncJob
from domain.jobs import SyncAirlines, SyncAirports, SyncRoutes
from storage import airlines, airports, cities, routes, sync_jobs
from storage.engine import transaction
from storage.failures import StorageDown
from storage.news import tell
from storage.sightings import Missing
from workers.tools import Tools

_log: Final = structlog.get_logger(__name__)
_PAGE_SECONDS: Final = 60.0  # a page may wait for the budget before it is asked for


class Book(Protocol):
    """Where the rows of one subject are kept: storage.airports, storage.airlines, storage.routes."""

    upsert: Any
    mark_vanished: Any


_BOOKS: Final[Mapping[Subject, Book]] = MappingProxyType(
    {Subject.AIRPORTS: airports, Subject.AIRLINES: airlines, Subject.ROUTES: routes}
)

# The source of what nobody tells without a key: an empty list, which takes nothing away.
NOBODY: Final = "nobody"


async def sync_airports(job: SyncAirports, tools: Tools) -> None:
    await _sync(job.job_id, Subject.AIRPORTS, tools)


async def sync_airlines(job: SyncAirlines, tools: Tools) -> None:
    await _sync(job.job_id, Subject.AIRLINES, tools)


async def sync_routes(job: SyncRoutes, tools: Tools) -> None:
    """There is no free list of routes: without a supplier's own key nothing is written."""
    await _sync(job.job_id, Subject.ROUTES, tools)


async def give_up_sync(job: SyncAirports | SyncAirlines | SyncRoutes, why: str, tools: Tools) -> None:
    """The job's row says that it failed and why, so that nobody waits for it."""
    async with transaction(tools.engine) as connection:
        await sync_jobs.failed(connection, job.job_id, detail=why, at=tools.now())


async def _sync(job_id: str, subject: Subject, tools: Tools) -> None:
    """Every page is one transaction: its rows, the progress and where to go on. A job that comes twice is harmless."""
    supplier = tools.cataloguer(subject)
    source = supplier.supplier.slug if supplier else SOURCES.get(subject, NOBODY)
    async with transaction(tools.engine) as connection:
        run = await sync_jobs.start(connection, job_id, source=source, at=tools.now())
    if run is None:
        _log.info("sync.nothing_to_do", job=job_id)
        return
    try:
        job = await _taken_down(run, subject, supplier, tools)
    except sync_jobs.Overtaken as error:
        _log.info("sync.overtaken", job=job_id, why=str(error))
        return
    _log.info("sync.done", job=job.id, subject=subject, source=source, rows=job.rows, vanished=job.vanished)
    try:
        await tell(tools.redis, subject)
    except StorageDown as error:
        # The rows are in, and every process looks again within a minute by itself.
        _log.warning("sync.untold", job=job.id, error=str(error))


async def _taken_down(run: sync_jobs.Run, subject: Subject, supplier: SupplierClient | None, tools: Tools) -> SyncJob:
    """Every page from where the run stands to the last, then what the source has no longer."""
    assert run.job.source is not None
    assert run.job.started_at is not None
    source, seen_at, book = run.job.source, run.job.started_at, _BOOKS[subject]
    async for page in _pages(run, subject, supplier):
        async with transaction(tools.engine) as connection:
            doubled = await book.upsert(connection, page.records, source=source, seen_at=seen_at)
            told = sync_jobs.Page(
                rows=len(page.records) - len(doubled),
                skipped=(*page.skipped, *doubled),
                expected=page.expected,
                next_call=page.next,
            )
            await sync_jobs.progress(connection, run, told, at=tools.now())
    served = await asyncio.to_thread(listed_cities) if subject is Subject.AIRPORTS else ()
    async with transaction(tools.engine) as connection:
        if served:  # whoever tells of the airports: their cities are always those of our own list
            await cities.replace(connection, served)
        missing = await book.mark_vanished(connection, source=source, before=seen_at, at=tools.now())
        detail = _detail(source, missing)
        return await sync_jobs.done(connection, run, vanished=missing.marked, at=tools.now(), detail=detail)


def _detail(source: str, missing: Missing) -> str | None:
    if source == NOBODY:
        return "No supplier that lists them is connected with a key of its own."
    return f"{missing.spared} rows were missing, too many to believe: none was marked" if missing.spared else None


async def _pages(run: sync_jobs.Run, subject: Subject, supplier: SupplierClient | None) -> AsyncIterator[Readout[Any]]:
    """A run that had written its last page, and died before it could say so, starts again: twice is harmless."""
    if supplier is None:
        if subject in CATALOGUES:
            yield await asyncio.to_thread(CATALOGUES[subject])
        return
    listing = supplier.supplier.catalogues[subject]
    first = msgspec.convert(run.next_call, Call) if run.next_call else listing.ask()
    loop = asyncio.get_running_loop()
    async for page in conversation.pages(
        supplier, first, listing.read,
        at_most=listing.at_most, deadline=lambda: loop.time() + _PAGE_SECONDS, priority=Priority.SYNC,
    ):  # fmt: skip
        yield page
