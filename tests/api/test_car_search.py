"""Searching rental cars, as a client sees it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from api.cars.money import paid_in
from domain.cancellation import CancellationStep, Ladder
from domain.cars import Coverage, Distance, Extra, Mileage, Per, RentalConditions
from domain.money import EXPONENTS
from domain.offers import RentalOffer
from domain.payment import PaymentTime
from tests.api.hub import Clock, Hub, filled, hub, json
from tests.builders import BLUEBIRD, airports, money, rental_offer

NO_SHOW = datetime(2027, 3, 1, 10, 0, tzinfo=UTC)
FULL = RentalConditions(
    payment=(PaymentTime.LATER,),
    mileage=Mileage(unlimited=False, included=200, unit=Distance.KM, per=Per.DAY, beyond=money("0.25", "GBP")),
    coverages=(
        Coverage(code="CDW", name="Collision damage waiver", included=True, excess=money("1200.00", "GBP")),
        Coverage(code="PAI", name="Personal accident", included=False, price=money("6.50", "GBP"), per=Per.DAY),
    ),
    extras=(Extra(code="GPS", name="Navigation", price=money("50.00", "GBP"), per=Per.RENTAL, at_most=1),),
    refundable=True,
    cancellation=Ladder(steps=(CancellationStep(fee=money("75.00", "GBP"), since=NO_SHOW),)),
    fuel_policy="full to full",
    deposit=money("250.00", "GBP"),
    minimum_age=25,
)
ANYWHERE = RentalConditions(mileage=Mileage(unlimited=True), payment=(PaymentTime.NOW,))
OFFERS = (
    rental_offer(reference="small", price=money("200.00", "GBP"), conditions=FULL),
    rental_offer(reference="small-now", price=money("180.00", "GBP"), conditions=ANYWHERE),
    rental_offer(reference="large", acriss="FDAD", price=money("400.00", "GBP"), conditions=ANYWHERE),
    rental_offer(reference="bare", acriss="ECMN", vendor="Heron Cars", price=money("90.00", "GBP")),
    rental_offer(reference="own", acriss="Q9ZZ", vendor="Heron Cars", price=money("300.00", "GBP")),
)


async def found(api: Hub, *offers: RentalOffer) -> None:
    await api.found(*api.rentals(*(offers or OFFERS)), query=api.rental())


async def answer(api: Hub, **wishes: object) -> Any:
    shown = await api.get(api.rental_path(**wishes))
    assert shown.status_code == 200, shown.text
    return json(shown)


async def codes(api: Hub, **wishes: object) -> list[str]:
    return [result["product"]["car"]["acriss"] for result in (await answer(api, **wishes))["results"]]


async def test_a_car_is_asked_for_once_and_in_the_money_of_its_counter(api: Hub) -> None:
    for wishes in ({}, {"drop_off": "LHR"}, {"currency": "GBP", "driver_age": 30}, {"market": "DE"}):
        asked = await api.get(api.rental_path(**wishes))
        assert (asked.status_code, asked.headers["Location"]) == (202, f"/v1/searches/{api.rental().id}")
    assert api.asked_for() == [api.rental()]
    assert json(asked)["search"]["vertical"] == "cars"
    assert json(asked)["facets"] == {
        "categories": [], "transmission": [], "vendors": [], "price": None,
        "unlimited_mileage": {"results": 0}, "air_conditioning": {"results": 0},
    }  # fmt: skip


async def test_one_way_at_another_age_and_for_other_money_is_another_question(api: Hub) -> None:
    path = api.rental_path(
        drop_off="LGW", driver_age=22, currency="EUR", market="US", pick_up_at=f"{api.soon()}T08:30:00"
    )
    assert (await api.get(path)).status_code == 202
    morning = api.rental().pick_up_at.replace(hour=8, minute=30)
    assert api.asked_for() == [
        api.rental(drop_off="LGW", driver_age=22, currency="EUR", market="US", pick_up_at=morning)
    ]


@pytest.mark.parametrize(
    ("country", "currency"), [("GB", "GBP"), ("JP", "JPY"), ("BG", "EUR"), ("PR", "USD"), ("AQ", "EUR")]
)
def test_every_country_has_its_money(country: str, currency: str) -> None:
    assert paid_in(country) == currency


def test_the_money_of_every_country_is_money() -> None:
    assert {paid_in(airport.country) for airport in airports()} <= set(EXPONENTS)
    assert (
        len({paid_in(one + other) for one in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" for other in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"})
        > 150
    )
    assert all(
        paid_in(one + other) in EXPONENTS
        for one in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        for other in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    )


async def test_a_car_is_shown_once_with_all_that_a_driver_wants_to_know(api: Hub) -> None:
    await found(api)
    shown = await answer(api)
    result = next(one for one in shown["results"] if one["product"]["car"]["acriss"] == "ECMR")
    assert result["product"]["car"] | {"acriss": ""} == {
        "acriss": "", "category": "economy", "type": "2/4 door", "transmission": "manual", "drive": None, "fuel": None,
        "air_conditioning": True, "example": None, "seats": None, "doors": None, "large_bags": None,
        "small_bags": None, "picture": None,
    }  # fmt: skip
    assert (result["product"]["vendor"], result["product"]["pick_up_at"]) == (
        "Albatross Cars", "2027-03-01T10:00:00Z",
    )  # fmt: skip
    assert [offer["price"]["amount"] for offer in result["offers"]] == ["180.00", "200.00"]
    terms = result["offers"][1]["conditions"]
    assert terms["payment"] == ["later"]
    assert terms["mileage"] == {
        "unlimited": False, "included": 200, "unit": "km", "per": "day",
        "beyond": {"amount": "0.25", "currency": "GBP"},
    }  # fmt: skip
    assert [
        (one["code"], one["included"], one["excess"] and one["excess"]["amount"]) for one in terms["coverages"]
    ] == [
        ("CDW", True, "1200.00"),
        ("PAI", False, None),
    ]
    assert [(one["code"], one["price"]["amount"], one["per"], one["at_most"]) for one in terms["extras"]] == [
        ("GPS", "50.00", "rental", 1)
    ]
    assert terms["cancellation"]["free_until"] == "2027-03-01T10:00:00Z"
    assert (terms["fuel_policy"], terms["deposit"]["amount"], terms["minimum_age"], terms["on_request"]) == (
        "full to full", "250.00", 25, False,
    )  # fmt: skip
    assert result["offers"][1]["sold_as"]["pick_up"]["code"] == "LHRT1"


async def test_a_class_that_is_in_no_matrix_is_shown_by_its_code_alone(api: Hub) -> None:
    await found(api)
    own = next(one for one in (await answer(api))["results"] if one["product"]["car"]["acriss"] == "Q9ZZ")
    assert {own["product"]["car"][what] for what in ("category", "transmission", "air_conditioning")} == {None}


@pytest.mark.parametrize(
    ("wishes", "left"),
    [
        ({}, ["ECMN", "ECMR", "Q9ZZ", "FDAD"]),
        ({"categories": "economy"}, ["ECMN", "ECMR"]),
        ({"categories": "economy,fullsize"}, ["ECMN", "ECMR", "FDAD"]),
        ({"transmission": "automatic"}, ["FDAD"]),
        ({"air_conditioning": "true"}, ["ECMR", "FDAD"]),
        ({"air_conditioning": "false"}, ["ECMN"]),
        ({"unlimited_mileage": "true"}, ["ECMR", "FDAD"]),
        ({"unlimited_mileage": "false"}, ["ECMR"]),
        ({"max_price": "180.00"}, ["ECMN", "ECMR"]),
    ],
)
async def test_filters_work_on_what_is_held(api: Hub, wishes: dict[str, object], left: list[str]) -> None:
    await found(api)
    assert await codes(api, **wishes) == left


async def test_facets_count_what_the_filters_could_be_set_to(api: Hub) -> None:
    await found(api)
    facets = (await answer(api, categories="fullsize"))["facets"]
    assert [(row["category"], row["results"], row["cheapest"]["amount"]) for row in facets["categories"]] == [
        ("economy", 2, "90.00"),
        ("fullsize", 1, "400.00"),
    ]
    assert [(row["transmission"], row["results"]) for row in facets["transmission"]] == [
        ("automatic", 1),
        ("manual", 2),
    ]
    assert [(row["vendor"], row["results"]) for row in facets["vendors"]] == [("Albatross Cars", 2), ("Heron Cars", 2)]
    assert (facets["unlimited_mileage"], facets["air_conditioning"]) == ({"results": 2}, {"results": 2})
    assert (facets["price"]["min"]["amount"], facets["price"]["max"]["amount"]) == ("90.00", "400.00")


async def test_a_body_asks_the_same_question_as_a_query_string(api: Hub) -> None:
    await found(api)
    body = {
        "pick_up": "LHR",
        "pick_up_at": f"{api.soon()}T10:00",
        "drop_off_at": f"{api.soon(days=65)}T10:00",
        "wait": 0,
    }
    posted = await api.post("/v1/cars/search", body | {"categories": ["economy"], "drop_off": None})
    assert json(posted) == json(await api.get(api.rental_path(categories="economy")))


async def test_everything_that_is_wrong_is_said_at_once(api: Hub) -> None:
    path = (
        "/v1/cars/search?pick_up=QQQ&drop_off=heathrow&pick_up_at=2027-02-30T10:00&drop_off_at=2027-03-05T10:00%2B01:00"
        "&driver_age=17&currency=EUX&market=de&sort=distance&categories=economy,rocket&transmission=magic"
        "&unlimited_mileage=perhaps&air_conditioning=2&stars=4&limit=0"
    )
    refused = await api.get(path)
    assert refused.status_code == 422
    assert {flaw["parameter"] for flaw in json(refused)["errors"]} == {
        "pick_up", "drop_off", "pick_up_at", "drop_off_at", "driver_age", "currency", "market", "sort", "categories",
        "transmission", "unlimited_mileage", "air_conditioning", "stars", "limit",
    }  # fmt: skip


async def test_what_is_missing_is_named_and_nothing_else(api: Hub) -> None:
    refused = await api.get("/v1/cars/search")
    assert {flaw["parameter"] for flaw in json(refused)["errors"]} == {"pick_up", "pick_up_at", "drop_off_at"}


@pytest.mark.parametrize(
    ("wishes", "fields"),
    [
        ({"pick_up": "LON"}, ["pick_up"]),
        ({"drop_off": "QQQ"}, ["drop_off"]),
        ({"drop_off_at": "2027-01-01T10:00", "pick_up_at": "2027-01-02T10:00"}, ["drop_off_at"]),
        (
            {"pick_up": "nowhere", "drop_off_at": "2027-01-01T10:00", "pick_up_at": "2027-01-02T10:00"},
            ["drop_off_at", "pick_up"],
        ),
        ({"pick_up_at": "2027-13-01T10:00"}, ["pick_up_at"]),
        ({"pick_up_at": "2027-01-01T10:00:30"}, ["pick_up_at"]),
    ],
)
async def test_what_can_not_be_is_named(api: Hub, wishes: dict[str, object], fields: list[str]) -> None:
    refused = await api.get(api.rental_path(**wishes))
    assert refused.status_code == 422
    assert sorted(flaw["parameter"] for flaw in json(refused)["errors"]) == fields


async def test_a_city_with_several_airports_lists_them(api: Hub) -> None:
    refused = await api.get(api.rental_path(pick_up="LON"))
    assert "LGW, LHR" in json(refused)["errors"][0]["detail"]


async def test_the_hour_of_the_pick_up_is_that_of_the_clock_at_the_counter(
    database_url: str, engine: AsyncEngine, redis_url: str
) -> None:
    await filled(engine)
    clock = Clock()
    async with hub(database_url=database_url, redis_url=redis_url, clock=clock) as api:

        def path(airport: str, hours: int) -> str:
            moment = clock.now + timedelta(hours=hours)
            times = {
                name: f"{at:%Y-%m-%dT%H:%M}"
                for name, at in (("pick_up_at", moment), ("drop_off_at", moment + timedelta(days=2)))
            }
            return api.rental_path(pick_up=airport, **times)

        statuses = [
            (await api.get(path(airport, hours))).status_code
            for airport, hours in (("DXB", 3), ("DXB", 5), ("HNL", -9), ("HNL", -11))
        ]
        assert statuses == [422, 202, 202, 422]
        far = await api.get(path("LHR", 24 * 367))
        assert [flaw["parameter"] for flaw in json(far)["errors"]] == ["pick_up_at"]


async def test_a_question_is_refused_when_its_hour_has_struck_even_if_its_answer_is_hot(api: Hub) -> None:
    await found(api)
    path = api.rental_path()
    assert [(await api.get(path)).status_code for _ in range(2)] == [200, 200]
    api.clock.forward(days=61)
    assert (await api.get(path)).status_code == 422


async def test_before_the_first_airports_are_known_no_car_is_asked_for(database_url: str, redis_url: str) -> None:
    async with hub(database_url=database_url, redis_url=redis_url, ready=False) as api:
        assert (await api.get(api.rental_path())).status_code == 503


async def test_two_suppliers_of_one_car_are_two_offers_each_with_its_own_counter(api: Hub) -> None:
    theirs = rental_offer(supplier=BLUEBIRD, reference="b", price=money("150.00", "GBP"))
    place = msgspec.structs.replace(theirs.product.pick_up, code="LHRT4", name="Terminal 4")
    rented = msgspec.structs.replace(theirs.product, pick_up=place, drop_off=place)
    theirs = msgspec.structs.replace(theirs, product=rented)
    await found(api, OFFERS[0], theirs)
    (result,) = (await answer(api))["results"]
    assert [(one["supplier"], one["sold_as"]["pick_up"]["code"]) for one in result["offers"]] == [
        ("bluebird", "LHRT4"),
        ("albatross", "LHRT1"),
    ]
