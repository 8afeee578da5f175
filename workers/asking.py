"""Asking every supplier of a vertical at once, and taking each part as it arrives."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Final

import msgspec
import structlog

from adapters.kit import conversation
from adapters.kit.budget import Priority
from adapters.kit.client import SupplierClient
from adapters.kit.conversation import Shelf
from adapters.kit.failures import Failure
from domain.offers import Offer
from domain.places import Atlas
from domain.queries import Query
from domain.searches import Outcome, SupplierReport
from workers.exchange import ExchangeDesk, exchanged

_log: Final = structlog.get_logger(__name__)
_NAMED_SKIPS: Final = 10


class Errand(msgspec.Struct, frozen=True, kw_only=True):
    """What every supplier is asked, and until when: an instant of the running loop's clock."""

    query: Query
    atlas: Atlas
    deadline: float
    priority: Priority
    shelf: Shelf
    exchange: ExchangeDesk


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """What one supplier added to a search."""

    report: SupplierReport
    offers: tuple[Offer, ...] = ()


async def parts(errand: Errand, clients: tuple[SupplierClient, ...]) -> AsyncIterator[Part]:
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
        found = await exchanged(found, errand.query.currency, errand.exchange)
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
