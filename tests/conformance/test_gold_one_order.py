"""One reference is one order, however often it is sent, by however many, and whoever dies on the way."""

import asyncio
from typing import Any, Final

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.kit.failures import Unknown
from domain.orders import Order, OrderRequest
from storage.order_attempts import OrderAttempts
from tests.conformance.buying import Agency, each_seller
from tests.conformance.killed import Errand, booking

pytestmark = [pytest.mark.gold("one order for one reference"), each_seller()]

_LOST: Final = {
    "reset": {"kind": "reset"},
    "silence": {"kind": "hang"},
    "500": {"kind": "status", "status": 500},
    "cut": {"kind": "cut"},
}
_LOOKS: Final = 3


async def test_the_same_reference_twice_is_one_order(agency: Agency) -> None:
    request = await agency.request()
    order = await agency.book(request)
    async with agency.anew() as again:
        assert await again.book(request) == order
    assert agency.orders_sent() == 1
    await stands(agency, request, order)


@pytest.mark.parametrize("loss", _LOST.values(), ids=_LOST)
async def test_an_order_whose_answer_was_lost_is_not_made_twice(agency: Agency, loss: dict[str, Any]) -> None:
    request = await agency.request()
    agency.breaks(agency.creating, **loss, after=True)
    async with agency.anew(impatient_with=agency.creating) as hasty:
        with pytest.raises(Unknown):
            await hasty.book(request)
    await agency.order_arrives()
    agency.sandbox.works()
    async with agency.anew() as again:
        await ends_in_one(again, request)


async def test_two_who_race_make_one_order(agency: Agency, engine: AsyncEngine) -> None:
    request = await agency.request()
    books = OrderAttempts(engine, now=agency.market.now)
    async with agency.anew() as one, agency.anew() as other:
        ends = await asyncio.gather(one.book(request, books), other.book(request, books), return_exceptions=True)
    assert all(isinstance(end, Order | Unknown) for end in ends), ends
    orders = [end for end in ends if isinstance(end, Order)]
    assert orders
    assert {order.id for order in orders} == {(await agency.book(request, books)).id}
    assert agency.orders_sent() == 1
    await stands(agency, request, orders[0])


async def test_whoever_dies_right_after_sending_leaves_one_order(
    agency: Agency, engine: AsyncEngine, database_url: str
) -> None:
    request = await agency.request()
    agency.breaks(agency.creating, kind="hang", after=True)
    errand = Errand(slug=agency.supplier.slug, url=agency.url, database_url=database_url, request=request)
    async with booking(errand) as process:
        await agency.order_arrives()
        process.kill()
        assert await process.wait() == -9
    agency.sandbox.works()
    await ends_in_one(agency, request, OrderAttempts(engine, now=lambda: request.sent_at))


async def ends_in_one(agency: Agency, request: OrderRequest, books: OrderAttempts | None = None) -> None:
    """However often one asks: the one order where the supplier can be asked, else nobody knows; never another one."""
    ends: list[Order | Unknown] = []
    for _ in range(_LOOKS):
        try:
            ends.append(await agency.book(request, books))
        except Unknown as unknown:
            ends.append(unknown)
    assert agency.orders_sent() == 1
    if agency.selling.find is None:
        assert all(isinstance(end, Unknown) for end in ends)
    else:
        assert isinstance(ends[-1], Order), ends[-1]
        await stands(agency, request, ends[-1])


async def stands(agency: Agency, request: OrderRequest, order: Order) -> None:
    """The supplier has it in its books, once, as far as it can be asked."""
    if agency.selling.find is not None:
        found = await agency.find(request)
        assert found is not None
        assert found.id == order.id
    if agency.selling.look is not None:
        assert (await agency.look(order)).id == order.id
