"""What suppliers sell of one thing now: they are searched anew, and what they have of other things is left aside."""

from contextlib import aclosing

from adapters.kit.budget import Priority
from domain.enquiries import OffersEnquiry
from domain.searches import ANSWERED
from domain.things import key_of
from storage import offers
from storage.engine import transaction
from workers.asking import Errand, parts
from workers.hearing import Heard
from workers.tools import Tools


async def on_offer(enquiry: OffersEnquiry, tools: Tools, deadline: float) -> Heard:
    """The offers, cheapest first, which are in the books before anybody hears of them. Raises StorageDown."""
    asked = tuple(client for client in tools.sellers(enquiry.query) if client.supplier.slug in enquiry.suppliers)
    errand = Errand(
        query=enquiry.query,
        atlas=await tools.atlas.current(),
        deadline=deadline,
        priority=Priority.INTERACTIVE,
        shelf=tools.shelf,
        exchange=tools.exchange,
    )
    async with aclosing(parts(errand, asked)) as arriving:
        told = sorted([part async for part in arriving], key=lambda part: part.report.supplier)
    found = sorted(
        (offer for part in told for offer in part.offers if key_of(offer.product) in enquiry.things),
        key=lambda offer: (offer.shown_price.amount, offer.id),
    )
    async with transaction(tools.engine) as connection:
        await offers.keep(connection, found, query=enquiry.query)
    answered = (part.report.supplier for part in told if part.offers or part.report.status in ANSWERED)
    return Heard(reports=tuple(part.report for part in told), supplier=next(answered, None), records=tuple(found))
