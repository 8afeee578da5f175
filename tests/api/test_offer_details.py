"""One offer, with the journey that it is for."""

from sqlalchemy.ext.asyncio import AsyncEngine

from domain.offers import ComponentKind, FlightConditions, PriceComponent
from storage import offers
from storage.engine import transaction
from tests.api.hub import Hub, json
from tests.builders import money, rental_offer, stay_offer

PARTS = (
    PriceComponent(kind=ComponentKind.BASE_FARE, amount=money("400.00")),
    PriceComponent(kind=ComponentKind.TAX, amount=money("20.00"), label="UK duty"),
)


async def test_an_offer_is_found_while_its_search_is_still_warm(api: Hub) -> None:
    offer = api.offer(
        price_components=PARTS,
        conditions=FlightConditions(refundable=True, checked_bags=1),
        seats_left=3,
        supplier_extra={"fare": "light"},
    )
    await api.found(offer)
    await api.get(api.search_path())
    for path in (f"/v1/offers/{offer.id}", f"/v1/flights/{offer.id}"):
        shown = json(await api.get(path))
        assert (shown["id"], shown["price"]) == (offer.id, {"amount": "420.00", "currency": "EUR"})
        assert [part["amount"]["amount"] for part in shown["price_components"]] == ["400.00", "20.00"]
        assert (shown["conditions"]["refundable"], shown["conditions"]["changeable"]) == (True, None)
        assert (shown["seats_left"], shown["supplier_extra"], shown["sold_as"]) == (3, {"fare": "light"}, ["BA117"])
        assert shown["product"]["slices"][0]["departs_at"].startswith("2027-03-01T10:30:00")


async def test_a_stay_and_a_rental_are_found_with_what_they_are_for(api: Hub) -> None:
    (stay,), (rental,) = api.stays(stay_offer()), api.rentals(rental_offer())
    await api.found(stay, query=api.stay())
    await api.found(rental, query=api.rental())
    for path in (api.stay_path(), api.rental_path()):
        await api.get(path)
    room, car = [json(await api.get(f"/v1/offers/{offer.id}")) for offer in (stay, rental)]
    assert (room["vertical"], room["product"]["property"]["name"], room["product"]["nights"]) == (
        "hotels", "Hotel Bellevue", 3,
    )  # fmt: skip
    assert (car["vertical"], car["product"]["car"]["category"]) == ("cars", "economy")
    assert json(await api.get(f"/v1/cars/{rental.id}")) == car


async def test_an_offer_is_found_under_its_own_vertical_only(api: Hub, engine: AsyncEngine) -> None:
    (stay,), (rental,) = api.stays(stay_offer()), api.rentals(rental_offer())
    async with transaction(engine) as connection:
        await offers.keep(connection, [api.offer(), stay, rental], query=api.query())
    found = {
        (place, offer.id): (await api.get(f"/v1/{place}/{offer.id}")).status_code
        for place in ("flights", "cars", "offers")
        for offer in (api.offer(), stay, rental)
    }
    assert [status for (place, _), status in found.items() if place == "flights"] == [200, 404, 404]
    assert [status for (place, _), status in found.items() if place == "cars"] == [404, 404, 200]
    assert [status for (place, _), status in found.items() if place == "offers"] == [200, 200, 200]


async def test_an_offer_in_the_books_is_found_by_any_process(api: Hub, engine: AsyncEngine) -> None:
    offer = api.offer()
    async with transaction(engine) as connection:
        await offers.keep(connection, [offer], query=api.query())
    answer = await api.get(f"/v1/offers/{offer.id}")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-cache")
    again = await api.get(f"/v1/offers/{offer.id}", If_None_Match=answer.headers["ETag"])
    assert again.status_code == 304


async def test_an_offer_that_nobody_can_book_any_more_is_gone(api: Hub, engine: AsyncEngine) -> None:
    offer = api.offer()
    async with transaction(engine) as connection:
        await offers.keep(connection, [offer], query=api.query())
    api.clock.forward(hours=30)
    assert (await api.get(f"/v1/offers/{offer.id}")).status_code == 404


async def test_an_unknown_offer_is_not_there(api: Hub) -> None:
    for name in ("a" * 26, "nonsense", "A" * 26):
        assert (await api.get(f"/v1/offers/{name}")).status_code == 404
        assert (await api.get(f"/v1/flights/{name}")).status_code == 404
