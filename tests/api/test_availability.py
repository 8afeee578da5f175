"""What is left of something, as a client meets it: asked of whoever sells it, and nothing else is asked."""

import asyncio
from datetime import timedelta
from typing import Any

import falcon.testing
import msgspec
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.enquiries import OffersEnquiry, QuoteEnquiry, enquiry_id
from domain.hotels import Address, Property, RoomType
from domain.matching.properties import of
from domain.offers import Offer
from domain.places import Point
from domain.queries import Cabin, Query
from domain.searches import Outcome
from domain.things import key_of, property_key
from storage import matches, offers, properties
from storage.engine import transaction
from storage.tables import HOTEL_RECORDS, HOTELS
from tests.api.answering import TROUBLE, enquiries, misdescribed, tell
from tests.api.hub import Hub, json, until
from tests.builders import ALBATROSS, BLUEBIRD, PARIS, hotel, money, rental_offer, report, stay_offer


async def in_the_books(engine: AsyncEngine, offer: Offer, query: Query) -> None:
    async with transaction(engine) as connection:
        await offers.keep(connection, [offer], query=query)


async def answer(api: Hub, asking: "asyncio.Task[falcon.testing.Result]", *said: object, **trouble: Any) -> Any:
    """The answer to a client that waits while a worker says this."""
    await until(lambda: bool(enquiries(api)))
    await tell(api, enquiries(api)[-1], *said, **trouble)
    return await asking


def seats(api: Hub, offer: Offer, wishes: str = "wait=15") -> "asyncio.Task[falcon.testing.Result]":
    return asyncio.create_task(api.get(f"/v1/flights/{offer.id}/availability?{wishes}"))


async def test_the_seats_of_an_offer_are_asked_of_its_supplier_in_the_cabin_that_is_wished_for(
    api: Hub, engine: AsyncEngine
) -> None:
    offer = api.offer(seats_left=3)
    await in_the_books(engine, offer, api.query())
    left = (api.offer(reference="a", seats_left=2), api.offer(reference="b", seats_left=4), api.offer(reference="c"))
    shown = await answer(api, seats(api, offer, "cabin=business&wait=15"), *left)
    assert enquiries(api) == [
        OffersEnquiry(
            query=api.query(cabin=Cabin.BUSINESS), suppliers=(ALBATROSS,), things=(key_of(offer.product),)
        )
    ]  # fmt: skip
    told = json(shown)
    assert (shown.status_code, told["available"], told["seats_left"]) == (200, True, 4)
    assert [one["id"] for one in told["offers"]] == [one.id for one in left]
    assert misdescribed(shown, "GET", "/v1/flights/{offer_id}/availability") == []


async def test_nobody_wishes_for_a_cabin_and_gets_that_of_the_search(api: Hub, engine: AsyncEngine) -> None:
    offer = api.offer()
    await in_the_books(engine, offer, api.query(cabin=Cabin.FIRST))
    await api.get(f"/v1/flights/{offer.id}/availability?wait=0")
    (asked,) = enquiries(api)
    assert isinstance(asked, OffersEnquiry)
    assert asked.query == api.query(cabin=Cabin.FIRST)


async def test_what_has_nothing_left_is_an_answer(api: Hub, engine: AsyncEngine) -> None:
    offer = api.offer()
    await in_the_books(engine, offer, api.query())
    told = json(await answer(api, seats(api, offer)))
    assert (told["available"], told["seats_left"], told["offers"]) == (False, None, [])
    assert [(one["supplier"], one["status"]) for one in told["suppliers"]] == [(ALBATROSS, "ok")]


async def test_a_supplier_that_says_nothing_is_named(api: Hub, engine: AsyncEngine) -> None:
    offer = api.offer()
    await in_the_books(engine, offer, api.query())
    shown = await answer(api, seats(api, offer), reports=(TROUBLE,))
    assert (shown.status_code, json(shown)["suppliers"][0]["status"]) == (502, "timeout")


async def test_whoever_does_not_wait_is_told_where_to_look(api: Hub, engine: AsyncEngine) -> None:
    offer = api.offer()
    await in_the_books(engine, offer, api.query())
    path = "/v1/flights/{offer_id}/availability"
    sent_on = await seats(api, offer, "wait=0")
    assert (sent_on.status_code, misdescribed(sent_on, "GET", path)) == (202, [])
    (enquiry,) = enquiries(api)
    place = sent_on.headers["Location"]
    assert place == f"/v1/availability/{enquiry_id(enquiry)}"
    assert (await api.get(f"{place}?wait=0")).status_code == 202
    await tell(api, enquiry, offer)
    shown = await api.get(place)
    assert (shown.status_code, misdescribed(shown, "GET", "/v1/availability/{availability_id}")) == (200, [])
    assert len(enquiries(api)) == 1


async def test_a_car_is_asked_for_with_the_question_that_found_it(api: Hub, engine: AsyncEngine) -> None:
    (rental,) = api.rentals(rental_offer())
    await in_the_books(engine, rental, api.rental())
    path = "/v1/cars/{offer_id}/check-availability"
    asking = asyncio.create_task(api.post(f"/v1/cars/{rental.id}/check-availability?wait=15"))
    shown = await answer(api, asking, rental)
    assert enquiries(api) == [
        OffersEnquiry(query=api.rental(), suppliers=(ALBATROSS,), things=(key_of(rental.product),))
    ]
    assert (json(shown)["available"], json(shown)["offers"][0]["id"]) == (True, rental.id)
    assert misdescribed(shown, "POST", path) == []


async def test_an_offer_is_asked_for_under_its_own_vertical_only(api: Hub, engine: AsyncEngine) -> None:
    flight, (rental,) = api.offer(), api.rentals(rental_offer())
    await in_the_books(engine, flight, api.query())
    await in_the_books(engine, rental, api.rental())
    assert (await api.get(f"/v1/flights/{rental.id}/availability")).status_code == 404
    assert (await api.post(f"/v1/cars/{flight.id}/check-availability")).status_code == 404
    assert enquiries(api) == []


@pytest.mark.parametrize("name", ["a" * 26, "nonsense"])
async def test_what_nobody_knows_is_not_there(api: Hub, name: str) -> None:
    nights = {"check_in": api.soon(), "check_out": api.soon(days=63)}
    answers = (
        await api.get(f"/v1/flights/{name}/availability"), await api.post(f"/v1/cars/{name}/check-availability"),
        await api.get(f"/v1/availability/{name}"), await api.get(f"/v1/hotels/{name}"),
        await api.post(f"/v1/hotels/{name}/check-availability", nights),
    )  # fmt: skip
    assert [shown.status_code for shown in answers] == [404] * 5
    assert enquiries(api) == []


async def test_a_quote_is_no_availability(api: Hub) -> None:
    quote = QuoteEnquiry(offer_id="a" * 26)
    await tell(api, quote)
    assert (await api.get(f"/v1/availability/{enquiry_id(quote)}")).status_code == 404


async def test_a_cabin_that_no_aircraft_has_is_refused_by_name(api: Hub, engine: AsyncEngine) -> None:
    offer = api.offer()
    await in_the_books(engine, offer, api.query())
    refused = await seats(api, offer, "cabin=hold&wait=99")
    assert refused.status_code == 422
    assert {error["parameter"] for error in json(refused)["errors"]} == {"cabin", "wait"}


# Hotels: one that two suppliers sell.
HERE = msgspec.structs.replace(
    hotel(name="Hôtel Bellevue"),
    address=Address(lines=("1 quai de la Seine",), city="Paris", postal_code="75001", country="FR"),
    photos=("https://photos.example/1.jpg",),
    room_types=(RoomType(code="DBL", name="Double room", beds="1 king bed"),),
)
THERE = hotel(supplier=BLUEBIRD, number="77", name="Bellevue Paris", location=Point(latitude=48.8634, longitude=2.3489))
HOTEL_ID = "h" * 26


async def matched(api: Hub, engine: AsyncEngine, *, described: tuple[Property, ...] = (HERE,)) -> None:
    """Both records are one hotel; of these properties more is known than what they were compared by."""
    now = api.clock.now
    told = {(one.supplier, one.id): found for one in (HERE, THERE) if (found := of(one))}
    async with transaction(engine) as connection:
        await matches.note(connection, told, at=now)
        await connection.execute(HOTELS.insert().values(id=HOTEL_ID, born_at=now))
        await connection.execute(HOTEL_RECORDS.update().values(hotel_id=HOTEL_ID, score=0.97, reasons=["like"]))
        await properties.keep(connection, described, told_at=now, good_until=now + timedelta(days=7))


def nights(api: Hub, **changed: object) -> dict[str, object]:
    return {"check_in": api.soon(), "check_out": api.soon(days=63), "wait": 15} | changed


async def test_a_hotel_is_shown_with_all_that_each_supplier_tells(api: Hub, engine: AsyncEngine) -> None:
    await matched(api, engine)
    shown = await api.get(f"/v1/hotels/{HOTEL_ID}")
    told = json(shown)
    assert (shown.status_code, misdescribed(shown, "GET", "/v1/hotels/{hotel_id}")) == (200, [])
    assert (told["id"], told["property"]["name"], told["property"]["photos"]) == (HOTEL_ID, HERE.name, [*HERE.photos])
    one, other = told["sources"]
    assert (one["supplier"], one["number"], one["rooms"]) == (
        ALBATROSS, "1", [{"code": "DBL", "name": "Double room", "beds": "1 king bed"}],
    )  # fmt: skip
    assert (other["supplier"], other["number"], other["property"]["name"]) == (BLUEBIRD, "77", "Bellevue Paris")
    assert (other["match_score"], other["match_reasons"]) == (0.97, ["like"])
    assert (other["property"]["location"], other["rooms"]) == ({"latitude": 48.8634, "longitude": 2.3489}, [])
    again = await api.get(f"/v1/hotels/{HOTEL_ID}", If_None_Match=shown.headers["ETag"])
    assert again.status_code == 304


async def test_a_hotel_that_was_found_a_moment_ago_is_shown_from_its_search(api: Hub) -> None:
    offers = api.stays(stay_offer(at=HERE), stay_offer(reference="rate-2", at=HERE))
    search = await api.found(*offers, query=api.stay())
    await api.get(api.stay_path())
    (result,) = search.results
    shown = await api.get(f"/v1/hotels/{result.id}")
    told = json(shown)
    assert (shown.status_code, told["id"], told["property"]["name"]) == (200, result.id, HERE.name)
    assert [(source["supplier"], source["match_score"]) for source in told["sources"]] == [(ALBATROSS, None)]
    assert (await api.post(f"/v1/hotels/{result.id}/check-availability", nights(api, wait=0))).status_code == 202


async def test_a_hotel_has_left_what_any_of_its_suppliers_has(api: Hub, engine: AsyncEngine) -> None:
    await matched(api, engine)
    asked = nights(api, adults=3, rooms=2, children_ages=[9, 4], currency="CHF", market="CH")
    posting = asyncio.create_task(api.post(f"/v1/hotels/{HOTEL_ID}/check-availability", asked))
    left = api.stays(stay_offer(at=HERE), stay_offer(supplier=BLUEBIRD, at=THERE, price=money("400.00")))
    shown = await answer(api, posting, *left)
    query = api.stay(location=PARIS, radius_km=2, adults=3, rooms=2, children_ages=(4, 9), currency="CHF", market="CH")
    assert enquiries(api) == [
        OffersEnquiry(
            query=query,
            suppliers=(ALBATROSS, BLUEBIRD),
            things=(property_key(ALBATROSS, "1"), property_key(BLUEBIRD, "77")),
        )
    ]
    path = "/v1/hotels/{hotel_id}/check-availability"
    assert (shown.status_code, misdescribed(shown, "POST", path)) == (200, [])
    assert [one["supplier"] for one in json(shown)["offers"]] == [ALBATROSS, BLUEBIRD]


async def test_one_supplier_in_trouble_is_named_beside_what_the_other_has(api: Hub, engine: AsyncEngine) -> None:
    await matched(api, engine)
    await api.post(f"/v1/hotels/{HOTEL_ID}/check-availability", nights(api, wait=0))
    (enquiry,) = enquiries(api)
    (left,) = api.stays(stay_offer(supplier=BLUEBIRD, at=THERE))
    await tell(api, enquiry, left, beside=(report(supplier=ALBATROSS, status=Outcome.BREAKER_OPEN),))
    shown = await api.get(f"/v1/availability/{enquiry_id(enquiry)}")
    told = json(shown)
    assert (shown.status_code, told["available"]) == (200, True)
    assert {one["supplier"]: one["status"] for one in told["suppliers"]} == {
        ALBATROSS: "breaker_open", BLUEBIRD: "ok",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "at"),
    [
        ({"check_out": 60, "rooms": 3}, {"/check_out", "/adults"}),
        ({"check_in": -2}, {"/check_in", "/check_out"}),
        ({"check_in": 400, "check_out": 403}, {"/check_in"}),
        ({"children_ages": [18]}, {"/children_ages/0"}),
        ({"currency": "XXY"}, {"/currency"}),
        ({"colour": "red"}, {"/colour"}),
    ],
)
async def test_nights_that_make_no_sense_are_refused_by_name(
    api: Hub, engine: AsyncEngine, changed: dict[str, Any], at: set[str]
) -> None:
    await matched(api, engine)
    days = {name: api.soon(days=days) for name, days in changed.items() if name in {"check_in", "check_out"}}
    refused = await api.post(f"/v1/hotels/{HOTEL_ID}/check-availability", nights(api, **(changed | days)))
    assert refused.status_code == 422
    assert {error["pointer"] for error in json(refused)["errors"]} == at
    assert enquiries(api) == []


async def test_nights_are_told(api: Hub, engine: AsyncEngine) -> None:
    await matched(api, engine)
    refused = await api.post(f"/v1/hotels/{HOTEL_ID}/check-availability", {})
    assert {error["pointer"] for error in json(refused)["errors"]} == {"/check_in", "/check_out"}
