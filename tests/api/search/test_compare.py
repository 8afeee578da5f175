"""Offers side by side."""

from typing import Any

import msgspec
import pytest

from domain.offers import ComponentKind, FlightConditions, PriceComponent
from tests.api.hub import Hub, json
from tests.api.test_car_search import OFFERS as RENTALS
from tests.api.test_hotel_search import OFFERS as STAYS
from tests.builders import BLUEBIRD, money

ROOM, TAX = ComponentKind.ROOM, ComponentKind.TAX


async def compared(api: Hub, *ids: str) -> Any:
    shown = await api.post("/v1/search/compare", {"offers": ids})
    assert shown.status_code == 200, shown.text
    return json(shown)


async def refused(api: Hub, *ids: str) -> dict[str, str]:
    shown = await api.post("/v1/search/compare", {"offers": ids})
    assert shown.status_code == 422, shown.text
    return {flaw["pointer"]: flaw["detail"] for flaw in json(shown)["errors"]}


async def test_terms_that_differ_are_named_and_terms_that_are_the_same_are_not(api: Hub) -> None:
    strict = api.offer(reference="strict", conditions=FlightConditions(refundable=False, cabin_bags=1))
    flexible = api.offer(
        reference="flexible", supplier=BLUEBIRD, conditions=FlightConditions(refundable=True, cabin_bags=1)
    )
    await api.found(strict, flexible)
    await api.get(api.search_path())
    shown = await compared(api, flexible.id, strict.id)
    assert (shown["vertical"], [offer["id"] for offer in shown["offers"]]) == ("flights", [flexible.id, strict.id])
    terms = {term["field"]: (term["values"], term["differs"]) for term in shown["conditions"]}
    assert terms["refundable"] == ([True, False], True)
    assert terms["cabin_bags"] == ([1, 1], False)
    assert terms["change_fee"] == ([None, None], False)
    assert set(terms) == set(FlightConditions.__struct_fields__)
    assert shown["differences"] == ["conditions.refundable"]


async def test_prices_are_laid_side_by_side_by_what_they_are_made_of(api: Hub) -> None:
    taxed, plain = api.stays(STAYS[0], STAYS[1])
    plain = msgspec.structs.replace(plain, price_components=(PriceComponent(kind=ROOM, amount=money("360.00")),))
    await api.found(taxed, plain, query=api.stay())
    shown = await compared_once_seen(api, taxed.id, plain.id)
    rows = {row["kind"]: row for row in shown["price_components"]}
    assert list(rows) == ["room", "tax"]
    assert [amount["amount"] for amount in rows["room"]["amounts"]] == ["400.00", "360.00"]
    assert rows["tax"]["amounts"] == rows["tax"]["on_site"] == [{"amount": "20.00", "currency": "EUR"}, None]
    assert rows["room"]["on_site"] == [None, None]
    assert {"price", "price_components.room", "price_components.tax", "conditions.board"} <= set(shown["differences"])


async def compared_once_seen(api: Hub, *ids: str) -> Any:
    await api.get(api.stay_path())
    return await compared(api, *ids)


async def test_a_room_and_a_car_are_not_compared(api: Hub) -> None:
    (stay,), (rental,) = api.stays(STAYS[0]), api.rentals(RENTALS[0])
    await api.found(stay, query=api.stay())
    await api.found(rental, query=api.rental())
    await api.get(api.stay_path())
    await api.get(api.rental_path())
    assert await refused(api, stay.id, rental.id) == {"/offers/1": "is not one of hotels, as the first is"}


async def test_offers_that_are_gone_unknown_or_named_twice_are_all_pointed_at(api: Hub) -> None:
    lasting = api.offer()
    await api.found(lasting, query=api.query())
    await api.get(api.search_path())
    unknown = "a" * 26
    assert await refused(api, lasting.id, unknown, lasting.id) == {
        "/offers/1": "is unknown or can't be booked any more; search again",
        "/offers/2": "is there twice",
    }
    api.clock.forward(hours=31)
    assert set(await refused(api, lasting.id, unknown)) == {"/offers/0", "/offers/1"}


@pytest.mark.parametrize("count", [0, 1, 11])
async def test_two_to_ten_offers_are_compared(api: Hub, count: int) -> None:
    shown = await api.post(
        "/v1/search/compare", {"offers": [f"{number:026}".replace("0", "a") for number in range(count)]}
    )
    assert shown.status_code == 422
