"""Enquiries: whoever knows is asked once, however many want to know, and everybody hears what came of it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from functools import partial
from types import MappingProxyType
from typing import Any, Final

import structlog

from adapters.kit.archive import about
from adapters.kit.client import SupplierClient
from adapters.kit.conversation import pages
from domain.enquiries import KEPT, Enquiry, OffersEnquiry, QuoteEnquiry, SignInEnquiry, enquiry_id
from domain.jobs import AnswerEnquiry
from domain.places import Atlas
from domain.searches import SkippedRecord, SupplierReport
from storage.enquiries import EnquiryBook, Told, records
from workers.availability import on_offer
from workers.hearing import Heard, Words, heard
from workers.identity import exchanged
from workers.quotes import quoted
from workers.tools import Tools

_log: Final = structlog.get_logger(__name__)
_DEADLINE_SECONDS: Final = 15.0
_TRIED_AGAIN_AFTER: Final = timedelta(seconds=3)  # a failure is everybody's answer for that long

# The deadline is an instant of the running loop's clock.
Answer = Callable[[Any, Tools, float], Awaitable[Heard]]


async def answer_enquiry(job: AnswerEnquiry, tools: Tools) -> None:
    """A job that comes twice, or after somebody else has answered, does nothing."""
    enquiry = job.enquiry
    async with EnquiryBook(tools.redis).answering(enquiry, since=job.since) as answering:
        if answering is None:
            return
        deadline = asyncio.get_running_loop().time() + _DEADLINE_SECONDS
        with about(f"enquiry {enquiry_id(enquiry)}"):
            came = await _ANSWERS.get(type(enquiry), looked_up)(enquiry, tools, deadline)
        told = _told(enquiry, came, await answering.latest(), tools)
        await answering.tell(told, usable=KEPT[type(enquiry)].usable)
    _log.info("enquiry.answered", enquiry=enquiry_id(enquiry), supplier=came.supplier, records=len(came.records))


async def looked_up(enquiry: Enquiry, tools: Tools, deadline: float) -> Heard:
    """Those who answer such questions are asked in turn, the live ones first, until one has an answer."""
    atlas = await tools.atlas.current()
    knowing = [client for client in tools.clients.values() if type(enquiry) in client.supplier.lookups]
    reports: list[SupplierReport] = []
    for client in sorted(knowing, key=lambda client: (not client.access.live, client.supplier.slug)):
        came = await heard(client.supplier.slug, partial(_looked_up, client, enquiry, atlas, deadline))
        reports.extend(came.reports)
        if came.supplier is not None:
            return Heard(supplier=came.supplier, records=came.records, reports=tuple(reports))
    return Heard(reports=tuple(reports))


# Who is asked, and how, where it is not a lookup.
_ANSWERS: Final[Mapping[type[Any], Answer]] = MappingProxyType(
    {QuoteEnquiry: quoted, OffersEnquiry: on_offer, SignInEnquiry: exchanged}
)


async def _looked_up(client: SupplierClient, enquiry: Enquiry, atlas: Atlas, deadline: float) -> Words:
    """Raises Failure."""
    looking = client.supplier.lookups[type(enquiry)]
    found: list[Any] = []
    skipped: list[SkippedRecord] = []
    async for readout in pages(
        client,
        looking.ask(enquiry),
        lambda reply, call: looking.read(reply, call, enquiry, atlas),
        at_most=looking.at_most,
        deadline=lambda: deadline,
    ):
        found.extend(readout.records)
        skipped.extend(readout.skipped)
    return Words(records=tuple(found), skipped=tuple(skipped))


def _told(enquiry: Enquiry, came: Heard, before: Told | None, tools: Tools) -> Told:
    """A failure leaves standing what was known before, and says that it failed."""
    now, keeping = tools.now(), KEPT[type(enquiry)]
    if came.supplier is not None:
        return Told(
            enquiry=enquiry,
            tried_at=now,
            fresh_until=now + keeping.fresh,
            reports=came.reports,
            told_at=now,
            supplier=came.supplier,
            records=records(came.records),
        )
    until = now + min(keeping.fresh, _TRIED_AGAIN_AFTER)
    if before is None or before.told_at is None or now >= before.told_at + keeping.usable:
        return Told(enquiry=enquiry, tried_at=now, fresh_until=until, reports=came.reports)
    return Told(
        enquiry=enquiry,
        tried_at=now,
        fresh_until=until,
        reports=came.reports,
        told_at=before.told_at,
        supplier=before.supplier,
        records=before.records,
    )
