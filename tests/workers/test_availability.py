"""What is left of a thing, as its worker sees it: of whoever is asked, and of nothing else that they sell."""

import asyncio

import httpx
import msgspec

from domain.enquiries import OffersEnquiry, enquiry_id
from domain.jobs import AnswerEnquiry
from domain.offers import Offer
from domain.searches import Outcome
from domain.things import key_of
from storage import offers
from storage.engine import transaction
from storage.enquiries import EnquiryBook, Told
from tests.builders import ALBATROSS, BLUEBIRD, flight_query, offer
from tests.workers.conftest import MakeTools, answering, fares
from workers.enquiries import answer_enquiry
from workers.tools import Tools

FLIGHTS = key_of(offer().product)
ENQUIRY = OffersEnquiry(query=flight_query(), suppliers=(ALBATROSS, BLUEBIRD), things=(FLIGHTS,))


async def left(tools: Tools, enquiry: OffersEnquiry = ENQUIRY) -> Told:
    await answer_enquiry(AnswerEnquiry(enquiry=enquiry), tools)
    told = (await EnquiryBook(tools.redis).latest(enquiry_id(enquiry))).told
    assert told is not None
    return told


async def test_what_is_left_is_told_cheapest_first_and_in_the_books(tools: MakeTools) -> None:
    held = tools({ALBATROSS: fares("420.00"), BLUEBIRD: fares("399.00", "450.00")})
    told = (await left(held)).of(Offer)
    assert [one.price.amount for one in told] == [399, 420, 450]
    async with transaction(held.engine) as connection:
        for one in told:
            assert await offers.kept(connection, one.id) == offers.KeptOffer(offer=one, query=ENQUIRY.query)


async def test_nothing_else_that_they_sell_is_told(tools: MakeTools) -> None:
    held = tools({ALBATROSS: fares("420.00")})
    told = await left(held, msgspec.structs.replace(ENQUIRY, things=("another flight",)))
    assert told.of(Offer) == ()
    assert told.told_at is not None


async def test_nobody_else_is_asked(tools: MakeTools) -> None:
    def untouched(_: httpx.Request) -> httpx.Response:
        raise AssertionError("nobody wanted to know that")

    held = tools({ALBATROSS: fares("420.00"), BLUEBIRD: untouched})
    told = await left(held, msgspec.structs.replace(ENQUIRY, suppliers=(ALBATROSS,)))
    assert [(report.supplier, report.status) for report in told.reports] == [(ALBATROSS, Outcome.OK)]


async def test_one_in_trouble_takes_nothing_from_the_others(tools: MakeTools) -> None:
    told = await left(tools({ALBATROSS: answering(401), BLUEBIRD: fares("399.00")}))
    assert len(told.of(Offer)) == 1
    assert told.supplier == BLUEBIRD
    assert {report.supplier: report.status for report in told.reports} == {
        ALBATROSS: Outcome.REFUSED, BLUEBIRD: Outcome.OK,
    }  # fmt: skip


async def test_everybody_in_trouble_is_no_answer(tools: MakeTools) -> None:
    told = await left(tools({ALBATROSS: answering(401), BLUEBIRD: answering(401)}))
    assert (told.told_at, len(told.reports)) == (None, 2)


async def test_all_are_asked_at_once(tools: MakeTools) -> None:
    asked = {ALBATROSS: asyncio.Event(), BLUEBIRD: asyncio.Event()}

    def meeting(mine: str, other: str) -> "asyncio.Future[httpx.Response]":
        async def answer() -> httpx.Response:
            asked[mine].set()
            async with asyncio.timeout(60):
                await asked[other].wait()
            return httpx.Response(200, json={"prices": ["399.00"]})

        return asyncio.ensure_future(answer())

    held = tools({ALBATROSS: lambda _: meeting(ALBATROSS, BLUEBIRD), BLUEBIRD: lambda _: meeting(BLUEBIRD, ALBATROSS)})
    assert len((await left(held)).of(Offer)) == 2
