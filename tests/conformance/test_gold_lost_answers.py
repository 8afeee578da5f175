"""An order whose answer was lost is asked for where the supplier can be asked, and never sent again where it can't."""

import asyncio
from datetime import timedelta
from typing import Final

import httpx
import pytest

from adapters.kit.failures import Answered, Unknown
from domain.orders import Order, OrderRequest, Reason
from tests.conformance import folders
from tests.conformance.buying import Agency, Market, desks, each_seller, open_agency
from tests.conformance.parts import Station

pytestmark = pytest.mark.gold("unknown outcomes reconciled")

# What sandboxes call an order that is in their books while an error was told.
STORED: Final = ("stored_then_500", "stored_then_error")
ASKED: Final = each_seller(lambda selling: selling.find is not None)
NOT_ASKED: Final = each_seller(lambda selling: selling.find is None)

_INVISIBLE_SECONDS: Final = 1
_LOOK_AGAIN_SECONDS: Final = 0.1
_LOOKS: Final = 300
_A_MOMENT: Final = timedelta(seconds=1)


def playable(station: Station) -> frozenset[str]:
    return folders.outcomes(station.slug).get(station.operation, frozenset())


async def lost(agency: Agency) -> OrderRequest:
    """An order that is in the supplier's books while nobody was told."""
    request = await agency.request()
    agency.breaks(agency.creating, kind="reset", after=True, count=1)
    with pytest.raises(Unknown):
        await agency.book(request)
    return request


@ASKED
async def test_a_lost_order_is_found_as_it_was_sent(agency: Agency) -> None:
    request = await lost(agency)
    order = await agency.book(request)
    assert order == await agency.book(request)
    assert order.price in (None, request.quote.price)
    assert order.reference in (None, request.reference)
    assert agency.orders_sent() == 1
    if agency.selling.look is not None:
        seen = await agency.look(order)
        assert (seen.id, seen.status, seen.price) == (order.id, order.status, request.quote.price)


@NOT_ASKED
async def test_an_order_that_can_not_be_asked_for_is_never_sent_again(agency: Agency) -> None:
    request = await lost(agency)
    for later in (timedelta(), timedelta(days=1), timedelta(days=300)):
        with pytest.raises(Unknown):
            await agency.book(request, later=later)
    assert agency.orders_sent() == 1
    with pytest.raises(LookupError):
        await agency.find(request)


@ASKED
async def test_a_lost_order_that_shows_late_is_unknown_until_it_shows(
    agency: Agency, address: str, controls: httpx.Client
) -> None:
    """By the clock on the wall, because some sandboxes live by that whatever their world's says."""
    if "visible_late" not in playable(agency.station):
        pytest.skip("its sandbox shows every order at once")
    async with open_agency(Market(address, controls), agency.station) as buyer:
        request = await buyer.request()
        buyer.plays(buyer.creating, "visible_late", seconds=_INVISIBLE_SECONDS, count=1)
        buyer.breaks(buyer.creating, kind="reset", after=True, count=1)
        assert isinstance(await end_of(buyer, request), Unknown)
        order = await shown(buyer, request)
        found = await buyer.find(request)
        assert found is not None
        assert found.id == order.id
        assert buyer.orders_sent() == 1


async def shown(agency: Agency, request: OrderRequest) -> Order:
    """The order, as soon as the supplier shows it: until then nobody knows, which is neither a no nor a reason to send."""
    for _ in range(_LOOKS):
        end = await end_of(agency, request)
        if isinstance(end, Order):
            return end
        await asyncio.sleep(_LOOK_AGAIN_SECONDS)
    raise AssertionError(f"{_LOOKS} looks later nobody has seen it")


@ASKED
async def test_an_order_that_never_came_in_is_given_up_only_when_it_would_show(agency: Agency) -> None:
    request = await agency.request()
    agency.breaks(agency.creating, kind="reset", count=1)
    ends = [await end_of(agency, request) for _ in range(2)]
    assert all(isinstance(end, Unknown) for end in ends), ends
    for _ in range(2):
        with pytest.raises(Answered) as never:
            await agency.book(request, later=agency.selling.visible_within + _A_MOMENT)
        assert never.value.reason is Reason.NO_SUCH_ORDER
    assert agency.orders_sent() == 1


@pytest.mark.parametrize(
    ("agency", "outcome"), [(station, name) for station in desks("book") for name in STORED if name in playable(station)],
    indirect=["agency"], ids=lambda told: told.name if isinstance(told, Station) else told,
)  # fmt: skip
async def test_an_order_that_is_made_and_told_as_an_error_is_not_sent_again(agency: Agency, outcome: str) -> None:
    request = await agency.request()
    agency.plays(agency.station.operation, outcome, count=1)
    ends = [await end_of(agency, request) for _ in range(3)]
    assert agency.orders_sent() == 1
    assert isinstance(ends[0], Unknown), ends
    if agency.selling.find is None:
        assert all(isinstance(end, Unknown) for end in ends), ends
    else:
        assert isinstance(ends[-1], Order), ends


async def end_of(agency: Agency, request: OrderRequest) -> Order | Unknown:
    try:
        return await agency.book(request)
    except Unknown as unknown:
        return unknown
