"""Asking every supplier of a vertical at once, and taking each part as it arrives."""

import asyncio
import time
from collections.abc import AsyncGenerator
from typing import Final

import msgspec
import structlog

from adapters.kit import conversation
from adapters.kit.budget import Priority
from adapters.kit.client import SupplierClient
from adapters.kit.conversation import Found, Shelf
from adapters.kit.failures import Failure
from domain.freshness import LEAST_LIFE
from domain.offers import Offer
from domain.places import Atlas
from domain.queries import Query
from domain.searches import Outcome, SkippedRecord, SupplierReport
from storage.endings import ended
from workers.exchange import ExchangeDesk, exchanged

_log: Final = structlog.get_logger(__name__)
_NAMED_SKIPS: Final = 10
_GRACE_SECONDS: Final = 2.0  # to read and complete what came at the last moment


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


async def parts(errand: Errand, clients: tuple[SupplierClient, ...]) -> AsyncGenerator[Part, None]:
    """Everybody's part as it arrives; what is still under way when this is closed is cancelled."""
    asking = [asyncio.create_task(_part(errand, client)) for client in clients]
    try:
        for part in asyncio.as_completed(asking):
            yield await part
    finally:
        await ended(asking)


async def _part(errand: Errand, client: SupplierClient) -> Part:
    slug = client.supplier.slug
    started = time.monotonic()
    try:
        async with asyncio.timeout_at(errand.deadline + _GRACE_SECONDS):
            found = await conversation.search(
                client, errand.query, errand.atlas,
                deadline=errand.deadline, shelf=errand.shelf, priority=errand.priority,
            )  # fmt: skip
            found = _lasting(await exchanged(found, errand.query.currency, errand.exchange))
    except Failure as failure:
        _log.warning("supplier.failed", supplier=slug, outcome=failure.outcome, detail=failure.detail)
        return Part(report=_missing(slug, failure.outcome, failure.detail, started))
    except TimeoutError:
        _log.warning("supplier.failed", supplier=slug, outcome=Outcome.TIMEOUT, detail="its answer was not completed")
        return Part(report=_missing(slug, Outcome.TIMEOUT, "its answer could not be completed in time", started))
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


def _lasting(found: Found) -> Found:
    """Without the offers that end before anybody could choose them."""
    least = found.replied_at + LEAST_LIFE
    lasting = tuple(offer for offer in found.offers if offer.expires_at >= least)
    if len(lasting) == len(found.offers):
        return found
    ending = tuple(
        SkippedRecord(where=offer.id, why=f"ends at {offer.expires_at.isoformat(timespec='seconds')}, within a minute")
        for offer in found.offers
        if offer.expires_at < least
    )
    return msgspec.structs.replace(found, offers=lasting, skipped=(*found.skipped, *ending))


def _missing(slug: str, outcome: Outcome, detail: str, started: float) -> SupplierReport:
    return SupplierReport(supplier=slug, status=outcome, took_ms=_milliseconds(started), detail=detail)


def _milliseconds(started: float) -> int:
    return round((time.monotonic() - started) * 1000)
