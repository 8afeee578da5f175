"""Hotel, car and flights for one trip, as a client sees them."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from domain.flights import Itinerary
from domain.offers import Conversion, FlightOffer, RentalOffer, StayOffer
from domain.queries import CarQuery, FlightQuery, HotelQuery
from domain.searches import Outcome
from tests.api.hub import Hub, json
from tests.builders import (
    ALBATROSS,
    ATLAS,
    BLUEBIRD,
    direction,
    flight_query,
    hotel,
    hotel_query,
    itinerary,
    money,
    rental_offer,
    segment,
    stay_offer,
)

NIGHTS = 3


def arrival(api: Hub) -> date:
    return (api.clock.now + timedelta(days=60)).date()


def path(api: Hub, **wishes: object) -> str:
    told = {"destination": "JFK", "check_in": api.soon(), "check_out": api.soon(days=60 + NIGHTS), "wait": 0} | wishes
    return "/v1/search/bundles?" + "&".join(f"{name}={value}" for name, value in told.items())


def flights(api: Hub) -> FlightQuery:
    return flight_query(departure_date=arrival(api), return_date=arrival(api) + timedelta(days=NIGHTS), adults=2)


def stay(api: Hub, *, later: int = 0) -> HotelQuery:
    centre = ATLAS.centre("JFK")
    assert centre is not None
    first = arrival(api)
    return hotel_query(
        location=centre, check_in=first + timedelta(days=later), check_out=first + timedelta(days=NIGHTS)
    )


def car(api: Hub, *, pick_up: str = "10:00", drop_off: str = "10:00", later: int = 0) -> CarQuery:
    first, last = arrival(api) + timedelta(days=later), arrival(api) + timedelta(days=NIGHTS)
    return CarQuery(
        pick_up="JFK",
        drop_off="JFK",
        pick_up_at=datetime.combine(first, time.fromisoformat(pick_up)),
        drop_off_at=datetime.combine(last, time.fromisoformat(drop_off)),
    )


def beds(api: Hub, *prices: str) -> list[StayOffer]:
    return api.stays(
        *(
            stay_offer(reference=f"bed-{price}", at=hotel(number=price, name=f"Hotel {price}"), price=money(price))
            for price in prices
        )
    )


def wheels(api: Hub, *prices: str) -> list[RentalOffer]:
    """Priced in dollars, and shown in euros at one to two."""
    offers = (
        rental_offer(reference=f"car-{price}", acriss=acriss, airport="JFK", price=money(price, "USD"))
        for price, acriss in zip(prices, ("ECMR", "FDAR", "IDAR"), strict=False)
    )
    return [
        msgspec.structs.replace(
            one,
            converted=Conversion(
                amount=money(f"{one.price.amount / 2:.2f}"), rate=Decimal("0.5"), rate_on=date(2027, 1, 14)
            ),
        )
        for one in api.rentals(*offers)
    ]


def journey(api: Hub, *, lands: str, later: int = 0) -> Itinerary:
    first, last = arrival(api), arrival(api) + timedelta(days=NIGHTS)
    out = segment(number=f"1{later}", departs=f"{first}T10:30", arrives=f"{first + timedelta(days=later)}T{lands}")
    back = segment(
        origin="JFK",
        destination="LHR",
        departs=f"{last}T19:00",
        arrives=f"{last + timedelta(days=1)}T07:00",
        number="112",
    )
    return itinerary(direction(out), direction(back))


def seat(api: Hub, price: str, *, lands: str, later: int = 0) -> FlightOffer:
    return api.offer(reference=f"seat-{price}", product=journey(api, lands=lands, later=later), price=money(price))


async def answer(api: Hub, **wishes: object) -> Any:
    shown = await api.get(path(api, **wishes))
    assert shown.status_code == 200, shown.text
    return json(shown)


async def test_everybody_who_rents_out_rooms_and_cars_is_asked_at_once(api: Hub) -> None:
    asked = await api.get(path(api))
    assert (asked.status_code, asked.headers["Location"], "Retry-After" in asked.headers) == (202, path(api), True)
    assert set(api.asked_for()) == {stay(api), car(api)}
    shown = json(asked)
    assert (shown["status"], shown["bundles"]) == ("pending", [])
    assert [part["search"]["id"] for part in shown["searches"]] == [stay(api).id, car(api).id]


async def test_a_bundle_costs_what_its_parts_cost_and_each_part_keeps_its_own_price(api: Hub) -> None:
    await api.found(*beds(api, "300.00"), query=stay(api))
    await api.found(*wheels(api, "200.00"), query=car(api))
    shown = await answer(api)
    (bundle,) = shown["bundles"]
    assert bundle["price"] == bundle["parts_price"] == {"amount": "400.00", "currency": "EUR"}
    assert bundle["saving"] == {"amount": "0.00", "currency": "EUR"}
    assert (bundle["flight"], bundle["hotel"]["price"]["amount"]) == (None, "300.00")
    assert bundle["car"]["price"] == {"amount": "200.00", "currency": "USD"}
    assert bundle["car"]["converted"]["amount"] == {"amount": "100.00", "currency": "EUR"}
    assert bundle["hotel"]["conditions"]["board"] == "breakfast"
    assert shown["status"] == "complete"
    assert all(part["missing"] == [] for part in shown["searches"])


async def test_the_cheapest_bundle_comes_first_and_pages_follow_each_other(api: Hub) -> None:
    await api.found(*beds(api, "300.00", "120.00"), query=stay(api))
    await api.found(*wheels(api, "200.00", "500.00"), query=car(api))
    prices, following = [], path(api, limit=3)
    while following:
        shown = await api.get(following)
        prices += [bundle["price"]["amount"] for bundle in json(shown)["bundles"]]
        following = shown.headers["Link"].partition(">")[0].removeprefix("<") if "Link" in shown.headers else ""
    assert prices == ["220.00", "370.00", "400.00", "550.00"]
    assert (await api.get(path(api, cursor="nonsense"))).status_code == 422


async def test_with_flights_the_stay_begins_when_the_flight_lands(api: Hub) -> None:
    await api.found(seat(api, "500.00", lands="13:25"), seat(api, "400.00", lands="00:35", later=1), query=flights(api))
    assert (await api.get(path(api, origin="LHR"))).status_code == 202
    by_day = car(api, pick_up="16:00", drop_off="16:00")
    by_night = car(api, pick_up="07:00", drop_off="16:00", later=1)
    assert set(api.asked_for()) == {stay(api), stay(api, later=1), by_day, by_night}
    await api.found(*beds(api, "300.00"), query=stay(api))
    await api.found(*beds(api, "210.00"), query=stay(api, later=1))
    for question in (by_day, by_night):
        await api.found(*wheels(api, "200.00"), query=question)
    shown = await answer(api, origin="LHR")
    told = [(bundle["price"]["amount"], bundle["hotel"]["price"]["amount"]) for bundle in shown["bundles"]]
    assert told == [("710.00", "210.00"), ("900.00", "300.00")]
    assert [bundle["flight"]["price"]["amount"] for bundle in shown["bundles"]] == ["400.00", "500.00"]


async def test_while_flights_are_awaited_the_stay_is_asked_for_already(api: Hub) -> None:
    assert (await api.get(path(api, origin="LHR", children_ages="1,7"))).status_code == 202
    party = msgspec.structs.replace(flights(api), children=1, infants=1)
    assert set(api.asked_for()) == {party, msgspec.structs.replace(stay(api), children_ages=(1, 7))}


async def test_who_is_missing_is_named_for_each_part(api: Hub) -> None:
    search = await api.arrive(api.begun(stay(api)), BLUEBIRD, outcome=Outcome.TIMEOUT, detail="no answer in time")
    await api.arrive(search, ALBATROSS, *beds(api, "300.00"))
    await api.found(*wheels(api, "200.00"), query=car(api))
    shown = await answer(api)
    assert (shown["status"], len(shown["bundles"])) == ("partial", 1)
    missing = {part["search"]["vertical"]: part["missing"] for part in shown["searches"]}
    assert missing["cars"] == []
    assert [(one["supplier"], one["status"], one["detail"]) for one in missing["hotels"]] == [
        (BLUEBIRD, "timeout", "no answer in time")
    ]


async def test_a_trip_for_which_nobody_has_a_car_is_no_bundle(api: Hub) -> None:
    await api.found(*beds(api, "300.00"), query=stay(api))
    search = await api.arrive(api.begun(car(api)), BLUEBIRD)
    await api.arrive(search, ALBATROSS)
    assert (await answer(api))["bundles"] == []


@pytest.mark.parametrize(
    ("wishes", "fields"),
    [
        ({"destination": "NYC"}, ["destination"]),
        ({"destination": "QQQ"}, ["destination"]),
        ({"origin": "JFK"}, ["destination"]),
        ({"check_in": "2020-01-01"}, ["check_in"]),
        ({"check_out": "2020-01-01"}, ["check_out"]),
        ({"rooms": 3}, ["adults"]),
        ({"pick_up_at": "2027-02-30T10:00"}, ["pick_up_at"]),
        ({"driver_age": 17}, ["driver_age"]),
        ({"origin": "LHR", "children_ages": "1,1,1"}, ["children_ages"]),
        ({"currency": "XXX"}, ["currency"]),
    ],
)
async def test_what_makes_no_sense_is_named(api: Hub, wishes: dict[str, object], fields: list[str]) -> None:
    refused = await api.get(path(api, **wishes))
    assert refused.status_code == 422, refused.text
    assert set(fields) <= {flaw["parameter"] for flaw in json(refused)["errors"]}
    assert api.asked_for() == []
