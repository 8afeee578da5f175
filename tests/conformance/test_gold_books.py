"""What a supplier's sandbox has booked stands in the books of the pretend world, against which our own are held."""

import pytest

from tests.conformance.buying import Agency, each_seller

pytestmark = pytest.mark.gold("one order for one reference")


@each_seller()
async def test_an_order_stands_in_the_books_of_the_world_until_it_is_cancelled(agency: Agency) -> None:
    request = await agency.request()
    before = agency.sandbox.orders(agency.supplier)
    order = await agency.book(request)
    (number,) = agency.sandbox.orders(agency.supplier).keys() - before.keys()
    booked = agency.sandbox.orders(agency.supplier)[number]
    assert (booked["state"], booked["surname"].casefold()) == ("booked", request.travellers[0].surname.casefold())
    assert booked["reference"] in (None, request.reference)
    if agency.selling.cancel.operations:
        await agency.cancel(order)
        assert agency.sandbox.orders(agency.supplier)[number]["state"] == "cancelled"
