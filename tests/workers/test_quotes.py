"""A quote as its worker sees it: the supplier is asked once, and what it says is in the books before anybody hears it."""

from datetime import timedelta
from typing import Any

import httpx
import msgspec
import pytest

from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.decode import decoded
from adapters.kit.supplier import Selling, Step, Supplier
from domain.enquiries import QuoteEnquiry, enquiry_id
from domain.jobs import AnswerEnquiry
from domain.orders import OfferGone, Quote, QuotedOffer, QuoteRequest, QuoteStatus, Reason
from domain.searches import Outcome
from storage import offers, quotes
from storage.engine import transaction
from storage.enquiries import EnquiryBook, Told
from tests.adapters.kit import declared
from tests.builders import ALBATROSS, BLUEBIRD, flight_query, money, offer
from tests.workers.conftest import Desk, MakeTools, answering, seller
from workers.enquiries import answer_enquiry
from workers.tools import Tools

OFFER = offer()
JOB = AnswerEnquiry(enquiry=QuoteEnquiry(offer_id=OFFER.id))


class Price(msgspec.Struct):
    price: str


_PRICE = msgspec.json.Decoder(Price)


def agent(slug: str) -> Supplier:
    """Sells flights, and quotes them in euro."""

    def ask(request: QuoteRequest) -> Call:
        return Call(operation="quote", path=f"/offers/{request.offer.reference}")

    def read(reply: Reply, _: Call, request: QuoteRequest) -> Readout[Quote]:
        quote = Quote(
            supplier=slug,
            price=money(decoded(reply, _PRICE).price),
            price_components=(),
            conditions=request.offer.conditions,
            quoted_at=reply.received_at,
            expires_at=reply.received_at + timedelta(hours=1),
        )
        return Readout(records=(quote,))

    step = Step(operations=("quote",), ask=ask, read=read)
    selling = Selling(quote=step, book=step, cancel=step, look=None, find=None)
    return msgspec.structs.replace(
        declared.supplier(), slug=slug, sells={"flights": selling}, errors={"SOLD_OUT": declared.NO_SEATS}
    )


def costs(price: str) -> Desk:
    return lambda _: httpx.Response(200, json={"price": price})


async def quoted(tools: Tools, *, kept: bool = True) -> Told:
    """What becomes known of the offer, which is in the books."""
    if kept:
        async with transaction(tools.engine) as connection:
            await offers.keep(connection, [OFFER], query=flight_query())
    await answer_enquiry(JOB, tools)
    told = (await EnquiryBook(tools.redis).latest(enquiry_id(JOB.enquiry))).told
    assert told is not None
    return told


def verdict(told: Told) -> Any:
    (one,) = told.of(QuotedOffer | OfferGone)  # type: ignore[arg-type]  # a union is a type to msgspec
    return one


@pytest.mark.parametrize(
    ("price", "status"), [("420.00", QuoteStatus.SAME), ("450.00", QuoteStatus.CHANGED)], ids=["same", "dearer"]
)
async def test_what_is_quoted_is_told_and_in_the_books(tools: MakeTools, price: str, status: QuoteStatus) -> None:
    held = tools({ALBATROSS: costs(price)}, suppliers=agent)
    quote: QuotedOffer = verdict(await quoted(held))
    assert (quote.status, quote.quote.price, quote.offer, quote.query) == (
        status, money(price), OFFER, flight_query(),
    )  # fmt: skip
    async with transaction(held.engine) as connection:
        assert await quotes.get(connection, quote.id) == quote


async def test_two_quotes_have_two_ids(tools: MakeTools) -> None:
    held = tools({ALBATROSS: costs("420.00")}, suppliers=agent)
    first: QuotedOffer = verdict(await quoted(held))
    since = (await EnquiryBook(held.redis).latest(enquiry_id(JOB.enquiry))).stamp
    await answer_enquiry(msgspec.structs.replace(JOB, since=since), held)
    told = (await EnquiryBook(held.redis).latest(enquiry_id(JOB.enquiry))).told
    assert told is not None
    assert verdict(told).id != first.id


async def test_what_is_sold_out_is_gone(tools: MakeTools) -> None:
    nothing = answering(409, content=b'{"error": {"code": "SOLD_OUT", "message": "no seats left"}}')
    told = await quoted(tools({ALBATROSS: nothing}, suppliers=agent))
    gone: OfferGone = verdict(told)
    assert (gone.reason, gone.offer) == (Reason.SOLD_OUT, OFFER)
    assert "no seats left" in gone.detail


async def test_a_refusal_without_a_reason_is_the_suppliers_trouble_and_nothing_is_gone(tools: MakeTools) -> None:
    told = await quoted(tools({ALBATROSS: answering(401)}, suppliers=agent))
    assert told.told_at is None
    assert [report.status for report in told.reports] == [Outcome.REFUSED]


async def test_whoever_is_not_connected_or_sells_nothing_through_us_is_named(tools: MakeTools) -> None:
    for held in (
        tools({BLUEBIRD: costs("1.00")}, suppliers=agent),
        tools({ALBATROSS: costs("1.00")}, suppliers=seller),
    ):
        since = (await EnquiryBook(held.redis).latest(enquiry_id(JOB.enquiry))).stamp
        async with transaction(held.engine) as connection:
            await offers.keep(connection, [OFFER], query=flight_query())
        await answer_enquiry(msgspec.structs.replace(JOB, since=since), held)
        told = (await EnquiryBook(held.redis).latest(enquiry_id(JOB.enquiry))).told
        assert told is not None
        assert told.told_at is None
        assert [(report.supplier, report.status) for report in told.reports] == [(ALBATROSS, Outcome.SKIPPED)]


async def test_an_offer_that_nobody_knows_any_more_is_nobodys_to_quote(tools: MakeTools) -> None:
    told = await quoted(tools({ALBATROSS: costs("1.00")}, suppliers=agent), kept=False)
    assert (told.told_at, told.reports) == (None, ())
