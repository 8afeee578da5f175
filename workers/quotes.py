"""What an offer costs now, as its supplier says when it is about to be booked."""

from functools import partial
from typing import Final
from uuid import uuid4

from adapters.kit import ordering
from adapters.kit.budget import Priority
from adapters.kit.client import SupplierClient
from adapters.kit.failures import Answered
from domain.enquiries import QuoteEnquiry
from domain.ids import short_id
from domain.orders import OfferGone, QuotedOffer, QuoteRequest, Reason
from domain.searches import Outcome, SupplierReport
from storage import offers, quotes
from storage.engine import transaction
from storage.offers import KeptOffer
from workers.hearing import Heard, Words, heard
from workers.tools import Tools

# What is gone, and not a trouble of the supplier's.
_GONE: Final = frozenset({Reason.SOLD_OUT, Reason.EXPIRED, Reason.NOTHING_THERE, Reason.PRICE_CHANGED})


async def quoted(enquiry: QuoteEnquiry, tools: Tools, deadline: float) -> Heard:
    """A quote is in the books before anybody hears of it. Raises StorageDown."""
    async with transaction(tools.engine) as connection:
        kept = await offers.kept(connection, enquiry.offer_id)
    if kept is None:
        return Heard(reports=())
    slug, vertical = kept.offer.supplier, kept.query.vertical
    client = tools.clients.get(slug)
    if client is None or vertical not in client.supplier.sells:
        why = "is not connected" if client is None else f"sells no {vertical} through us"
        return Heard(reports=(SupplierReport(supplier=slug, status=Outcome.SKIPPED, detail=f"{slug} {why}"),))
    came = await heard(slug, partial(_said, client, kept, tools, deadline))
    for verdict in came.records:
        if isinstance(verdict, QuotedOffer):
            async with transaction(tools.engine) as connection:
                await quotes.keep(connection, verdict)
    return came


async def _said(client: SupplierClient, kept: KeptOffer, tools: Tools, deadline: float) -> Words:
    """Raises Failure for everything but a quote and what is gone."""
    try:
        quote = await ordering.quoted(
            client,
            QuoteRequest(offer=kept.offer, query=kept.query),
            deadline=deadline,
            priority=Priority.INTERACTIVE,
        )
    except Answered as answer:
        if answer.reason not in _GONE:
            raise
        gone = OfferGone(offer=kept.offer, reason=answer.reason, detail=answer.detail, told_at=tools.now())
        return Words(records=(gone,))
    return Words(
        records=(
            QuotedOffer(id=short_id(f"{kept.offer.id} {uuid4()}"), offer=kept.offer, query=kept.query, quote=quote),
        )
    )
