"""What is gone, has run out, is declined or costs something else is told as that, and nothing is bought in its place."""

from collections.abc import Awaitable, Mapping
from typing import Final, TypeVar

import pytest

from adapters.kit.failures import Answered
from domain.money import Money
from domain.orders import Order, OrderRequest, Quote, QuoteStatus, Reason
from tests.conformance import folders
from tests.conformance.buying import Agency, desks
from tests.conformance.parts import Station

Result = TypeVar("Result")

# What a sandbox plays, and what it is called here.
REASONS: Final[Mapping[str, Reason]] = {
    "sold_out": Reason.SOLD_OUT,
    "expired": Reason.EXPIRED,
    "declined": Reason.DECLINED,
}
DEARER: Final = "price_changed"


def playing(step: str) -> pytest.MarkDecorator:
    """Each definite no at each operation of the step whose sandbox can play it."""
    cases = [(station, outcome) for station in desks(step) for outcome in REASONS if outcome in playable(station)]
    return pytest.mark.parametrize(
        ("agency", "outcome"), cases, indirect=["agency"], ids=lambda told: told.name if isinstance(told, Station) else told
    )  # fmt: skip


def dearer(step: str) -> pytest.MarkDecorator:
    """Each seller whose sandbox can move the price at this step, at the first operation where it can."""
    cases = {
        (station.slug, station.part): station for station in reversed([*desks(step)]) if DEARER in playable(station)
    }
    return pytest.mark.parametrize(
        "agency", cases.values(), indirect=True, ids=lambda station: f"{station.slug}-{station.part}"
    )


def playable(station: Station) -> frozenset[str]:
    return folders.outcomes(station.slug).get(station.operation, frozenset())


@pytest.mark.gold("a definite no is told")
@playing("quote")
async def test_what_is_gone_has_no_quote(agency: Agency, outcome: str) -> None:
    offer = await agency.offer()
    agency.plays(agency.station.operation, outcome)
    with pytest.raises(Answered) as refused:
        await agency.quote(offer)
    assert refused.value.reason is REASONS[outcome]
    assert agency.orders_sent() == 0


@pytest.mark.gold("a definite no is told")
@playing("book")
async def test_what_is_refused_is_no_order_and_stays_refused(agency: Agency, outcome: str) -> None:
    if agency.station.operation not in agency.rehearsal["book"]:
        pytest.skip("it is asked only after something unusual")
    request = await agency.request()
    agency.plays(agency.station.operation, outcome)
    assert await reason(agency, request) is REASONS[outcome]
    agency.sandbox.works()
    async with agency.anew() as again:
        assert await reason(again, request) is REASONS[outcome]
    assert agency.orders_sent() == 1
    await nothing_stands(agency, request)


@pytest.mark.gold("a price change stops and asks")
@dearer("quote")
async def test_a_price_that_moved_is_told_by_the_quote_and_is_then_what_is_paid(agency: Agency) -> None:
    offer = await agency.offer()
    moves(agency, "quote")
    quote = await said(agency.quote(offer))
    if quote is Reason.PRICE_CHANGED:
        return
    assert isinstance(quote, Quote), quote
    assert quote.status(offer) is QuoteStatus.CHANGED
    agency.sandbox.works()
    order = await said(agency.book(agency.order_request(offer, quote)))
    if order is not Reason.PRICE_CHANGED:
        assert isinstance(order, Order), order
        assert await shown(agency, order) in (quote.price, order.price)


@pytest.mark.gold("a price change stops and asks")
@dearer("book")
async def test_a_price_that_moves_at_the_last_moment_is_never_paid_in_silence(agency: Agency) -> None:
    request = await agency.request()
    moves(agency, "book")
    order = await said(agency.book(request))
    agency.sandbox.works()
    if order is Reason.PRICE_CHANGED:
        await nothing_stands(agency, request)
    else:
        assert isinstance(order, Order), order
        assert order.price not in (None, request.quote.price), "the new price is told by nobody"
        assert await shown(agency, order) == order.price


def moves(agency: Agency, step: str) -> None:
    """The price of the supplier's whole world, and not of one of its calls."""
    for station in desks(step):
        if (station.slug, station.part) == (agency.station.slug, agency.station.part) and DEARER in playable(station):
            agency.plays(station.operation, DEARER)


async def said(asked: Awaitable[Result]) -> Result | Reason | None:
    """What came of it, or why the supplier said no."""
    try:
        return await asked
    except Answered as refused:
        return refused.reason


async def shown(agency: Agency, order: Order) -> Money | None:
    """The price in the supplier's own books, where one can look into them."""
    return order.price if agency.selling.look is None else (await agency.look(order)).price


async def reason(agency: Agency, request: OrderRequest) -> Reason | None:
    with pytest.raises(Answered) as refused:
        await agency.book(request)
    return refused.value.reason


async def nothing_stands(agency: Agency, request: OrderRequest) -> None:
    """As far as the supplier can be asked: it has no order under the reference."""
    if agency.selling.find is not None:
        assert await agency.find(request) is None
