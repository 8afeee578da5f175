"""Searching hotels, as a client sees it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.cancellation import CancellationStep, Ladder
from domain.hotels import Address, Amenity, Board, Property, Room, StayConditions
from domain.offers import ComponentKind, PriceComponent, StayOffer
from domain.payment import PaymentTime
from domain.places import Point
from tests.api.hub import Clock, Hub, filled, hub, json
from tests.builders import ALBATROSS, BLUEBIRD, PARIS, hotel, money, stay_offer

BELLEVUE = msgspec.structs.replace(
    hotel(name="Hôtel Bellevue"),
    address=Address(lines=("1 quai de la Seine",), city="Paris", postal_code="75001", country="FR"),
    kind="hotel",
    stars=Decimal("4.5"),
    rating=Decimal("8.7"),
    reviews=1204,
    amenities=(Amenity.POOL, Amenity.WIFI),
    features=("roof terrace",),
    check_in_from="15:00",
)
PLAIN = hotel(number="2", name="Hôtel Simple", location=Point(latitude=48.9, longitude=2.35))
UNTOLD = Property(supplier=ALBATROSS, id="3", name="Hôtel Quelque Part")
CHANGE_OF_MIND = datetime(2027, 2, 26, 17, 0, tzinfo=UTC)
FLEXIBLE = StayConditions(
    rooms=(Room(name="Double room", count=2, beds="1 king bed", sleeps=2),),
    board=Board.BREAKFAST,
    refundable=True,
    cancellation=Ladder(steps=(CancellationStep(fee=money("120.00"), since=CHANGE_OF_MIND),)),
    payment=(PaymentTime.NOW, PaymentTime.ON_SITE),
    rate_plan="Flexible",
    rooms_left=3,
)
STRICT = StayConditions(rooms=(Room(name="Double room"),), board=Board.ROOM_ONLY, refundable=False)
WITH_TAX = msgspec.structs.replace(
    stay_offer(reference="flexible", at=BELLEVUE, price=money("420.00"), conditions=FLEXIBLE),
    price_components=(
        PriceComponent(kind=ComponentKind.ROOM, amount=money("400.00")),
        PriceComponent(kind=ComponentKind.TAX, amount=money("20.00"), label="City tax", on_site=True),
    ),
    supplier_extra={"deal": "winter"},
)
OFFERS = (
    WITH_TAX,
    stay_offer(reference="strict", at=BELLEVUE, price=money("360.00"), conditions=STRICT),
    stay_offer(reference="plain", at=PLAIN, price=money("90.00"), conditions=STRICT),
    stay_offer(reference="untold", at=UNTOLD, price=money("200.00")),
)


async def found(api: Hub, *offers: StayOffer) -> None:
    await api.found(*api.stays(*(offers or OFFERS)), query=api.stay())


async def answer(api: Hub, **wishes: object) -> Any:
    shown = await api.get(api.stay_path(**wishes))
    assert shown.status_code == 200, shown.text
    return json(shown)


async def names(api: Hub, **wishes: object) -> list[str]:
    return [result["product"]["property"]["name"] for result in (await answer(api, **wishes))["results"]]


async def test_a_city_means_its_centre_and_an_airport_the_city_that_it_serves(api: Hub) -> None:
    for destination in ("PAR", "CDG", "48.8534,2.3488"):
        asked = await api.get(api.stay_path(destination=destination))
        assert (asked.status_code, asked.headers["Location"]) == (202, f"/v1/searches/{api.stay().id}")
    assert api.asked_for() == [api.stay()]
    assert json(asked)["search"] | {"id": ""} == {
        "id": "", "vertical": "hotels", "status": "pending", "freshness": "fresh", "fetched_at": None,
        "expires_at": None, "age_seconds": None, "suppliers": [], "version": 0, "replaced": [],
    }  # fmt: skip
    assert json(asked)["facets"] == {
        "stars": [], "amenities": [], "board": [], "price": None, "distance_km": None, "refundable": {"results": 0},
    }  # fmt: skip


async def test_an_airport_without_a_city_is_searched_around_itself(api: Hub) -> None:
    assert (await api.get(api.stay_path(destination="LDH"))).status_code == 202
    assert api.asked_for()[0] == api.stay(location=Point(latitude=-31.5383, longitude=159.0767))


async def test_everybody_who_sleeps_there_is_asked_for(api: Hub) -> None:
    path = api.stay_path(
        rooms=2, adults=3, children_ages="12,7", radius_km=5, currency="CHF", market="CH", check_out=api.soon(days=61)
    )
    assert (await api.get(path)).status_code == 202
    (asked,) = api.asked_for()
    assert asked == api.stay(
        rooms=2, adults=3, children_ages=(7, 12), radius_km=5, currency="CHF", market="CH",
        check_out=(api.clock.now + timedelta(days=61)).date(),
    )  # fmt: skip


async def test_who_does_not_tell_a_market_is_of_the_servers_own(
    database_url: str, engine: AsyncEngine, redis_url: str
) -> None:
    await filled(engine)
    async with hub(database_url=database_url, redis_url=redis_url, default_market="JP") as api:
        await api.get(api.stay_path())
        assert api.asked_for() == [api.stay(market="JP")]


async def test_a_property_is_shown_once_with_all_that_a_guest_wants_to_know(api: Hub) -> None:
    await found(api)
    shown = await answer(api, sort="rating", limit=1)
    (result,) = shown["results"]
    told = result["product"]["property"]
    assert (told["name"], told["stars"], told["rating"], told["reviews"]) == ("Hôtel Bellevue", 4.5, 8.7, 1204)
    assert (told["amenities"], told["features"], told["check_in_from"]) == (["pool", "wifi"], ["roof terrace"], "15:00")
    assert told["address"] == {
        "lines": ["1 quai de la Seine"], "city": "Paris", "postal_code": "75001", "country": "FR",
    }  # fmt: skip
    assert (result["product"]["nights"], result["distance_km"]) == (3, 0.0)
    assert [offer["price"]["amount"] for offer in result["offers"]] == ["360.00", "420.00"]
    assert shown["page"]["total"] == 3


async def test_an_offer_says_what_is_in_the_price_what_is_paid_on_site_and_until_when_it_is_free(api: Hub) -> None:
    await found(api)
    offer = (await answer(api, refundable="true"))["results"][0]["offers"][0]
    assert [(part["label"], part["amount"]["amount"], part["on_site"]) for part in offer["price_components"]] == [
        (None, "400.00", False),
        ("City tax", "20.00", True),
    ]
    terms = offer["conditions"]
    assert terms["rooms"] == [{"name": "Double room", "count": 2, "beds": "1 king bed", "sleeps": 2}]
    assert (terms["board"], terms["refundable"], terms["rate_plan"], terms["rooms_left"]) == (
        "breakfast", True, "Flexible", 3,
    )  # fmt: skip
    assert terms["cancellation"] == {
        "free_until": "2027-02-26T17:00:00Z",
        "steps": [{"since": "2027-02-26T17:00:00Z", "fee": {"amount": "120.00", "currency": "EUR"}}],
    }
    assert terms["payment"] == ["now", "on_site"]
    assert (offer["sold_as"], offer["supplier_extra"]) == ({"id": "1", "name": "Hôtel Bellevue"}, {"deal": "winter"})


async def test_the_cheapest_the_best_liked_or_the_nearest_comes_first(api: Hub) -> None:
    await found(api)
    assert await names(api) == ["Hôtel Simple", "Hôtel Quelque Part", "Hôtel Bellevue"]
    assert (await names(api, sort="rating"))[0] == "Hôtel Bellevue"
    assert await names(api, sort="distance") == ["Hôtel Bellevue", "Hôtel Simple", "Hôtel Quelque Part"]


@pytest.mark.parametrize(
    ("wishes", "left"),
    [
        ({"stars": "4"}, ["Hôtel Bellevue"]),
        ({"stars": "3,5"}, []),
        ({"amenities": "wifi,pool"}, ["Hôtel Bellevue"]),
        ({"amenities": "wifi,spa"}, []),
        ({"board": "breakfast,half_board"}, ["Hôtel Quelque Part", "Hôtel Bellevue"]),
        ({"refundable": "false"}, ["Hôtel Simple", "Hôtel Bellevue"]),
        ({"max_distance_km": "2"}, ["Hôtel Bellevue"]),
        ({"max_distance_km": "10"}, ["Hôtel Simple", "Hôtel Bellevue"]),
        ({"max_price": "200.00"}, ["Hôtel Simple", "Hôtel Quelque Part"]),
        ({"amenities": "", "stars": ""}, ["Hôtel Simple", "Hôtel Quelque Part", "Hôtel Bellevue"]),
    ],
)
async def test_filters_work_on_what_is_held(api: Hub, wishes: dict[str, object], left: list[str]) -> None:
    await found(api)
    assert await names(api, **wishes) == left
    assert api.asked_for() == []


async def test_a_filter_leaves_out_offers_of_a_property_that_stays(api: Hub) -> None:
    await found(api)
    (result,) = (await answer(api, stars=4, board="breakfast"))["results"]
    assert [offer["conditions"]["rate_plan"] for offer in result["offers"]] == ["Flexible"]


async def test_facets_count_what_the_filters_could_be_set_to(api: Hub) -> None:
    await found(api)
    facets = (await answer(api, max_price="100.00"))["facets"]
    assert facets["stars"] == [{"stars": 4, "results": 1, "cheapest": {"amount": "360.00", "currency": "EUR"}}]
    assert [(row["amenity"], row["results"]) for row in facets["amenities"]] == [("pool", 1), ("wifi", 1)]
    assert [(row["board"], row["results"], row["cheapest"]["amount"]) for row in facets["board"]] == [
        ("breakfast", 2, "200.00"),
        ("room_only", 2, "90.00"),
    ]
    assert (facets["price"]["min"]["amount"], facets["price"]["max"]["amount"]) == ("90.00", "420.00")
    assert facets["distance_km"]["min"] == 0
    assert 5 < facets["distance_km"]["max"] < 5.5
    assert facets["refundable"] == {"results": 1}


async def test_pages_of_the_nearest_go_on_where_they_ended(api: Hub) -> None:
    away = [
        stay_offer(
            reference=f"rate-{number}",
            at=hotel(number=str(number), location=Point(latitude=PARIS.latitude + number / 100, longitude=2.3488)),
        )
        for number in range(5)
    ]
    await found(api, *reversed(away))
    first = await api.get(api.stay_path(sort="distance", limit=3))
    link = first.headers["Link"]
    second = await api.get(link[1 : link.index(">")])
    distances = [result["distance_km"] for page in (first, second) for result in json(page)["results"]]
    assert distances == sorted(distances)
    assert (len(distances), json(second)["page"]["next"]) == (5, None)


async def test_a_body_asks_the_same_question_as_a_query_string(api: Hub) -> None:
    await found(api)
    days = {"check_in": api.soon(), "check_out": api.soon(days=63)}
    wishes = {"destination": "PAR", "wait": 0, "children_ages": [], "stars": [4], "amenities": ["wifi"], "market": None}
    posted = await api.post("/v1/hotels/search", days | wishes | {"limit": 1})
    assert json(posted) == json(await api.get(api.stay_path(stars=4, amenities="wifi", limit=1)))


async def test_the_next_page_of_a_posted_search_is_a_get_with_the_same_wishes(api: Hub) -> None:
    await found(api)
    days = {"check_in": api.soon(), "check_out": api.soon(days=63), "destination": "PAR", "wait": 0}
    first = await api.post("/v1/hotels/search", days | {"limit": 1, "board": ["breakfast", "half_board"]})
    link = first.headers["Link"]
    assert "board=breakfast%2Chalf_board" in link
    second = json(await api.get(link[1 : link.index(">")]))
    assert ([one["product"]["property"]["name"] for one in second["results"]], second["page"]["total"]) == (
        ["Hôtel Bellevue"], 2,
    )  # fmt: skip


async def test_everything_that_is_wrong_is_said_at_once(api: Hub) -> None:
    path = (
        "/v1/hotels/search?destination=QQQ&check_in=2027-02-30&check_out=2027-03-05&radius_km=0&rooms=3&adults=2"
        "&children_ages=7,18&currency=EUX&market=Germany&sort=duration&stars=6&amenities=wifi,moat&board=feast"
        "&max_distance_km=far&max_stops=1&wait=21&cursor=abc"
    )
    refused = await api.get(path)
    assert refused.status_code == 422
    assert {flaw["parameter"] for flaw in json(refused)["errors"]} == {
        "destination", "check_in", "radius_km", "adults", "children_ages", "currency", "market", "sort", "stars",
        "amenities", "board", "max_distance_km", "max_stops", "wait",
    }  # fmt: skip


async def test_a_body_names_the_place_of_a_fault_within_a_list(api: Hub) -> None:
    body = {"destination": "PAR", "check_in": api.soon(), "check_out": api.soon(days=61), "children_ages": [7, 18]}
    refused = await api.post("/v1/hotels/search", body)
    assert [flaw["pointer"] for flaw in json(refused)["errors"]] == ["/children_ages/1"]


@pytest.mark.parametrize(
    ("wishes", "field"),
    [
        ({"destination": "95.0,10"}, "destination"),
        ({"destination": "paris"}, "destination"),
        ({"destination": "LON"}, "destination"),  # its airports are known here, its centre is not
        ({"rooms": 2, "adults": 1}, "adults"),
        ({"adults": 30, "children_ages": "1,2,3"}, "children_ages"),
        ({"rooms": 8, "adults": "many", "children_ages": ",".join("1" * 25)}, "adults,children_ages"),
        ({"check_out": "2027-01-01", "check_in": "2027-02-01"}, "check_out"),
    ],
)
async def test_what_can_not_be_is_named(api: Hub, wishes: dict[str, object], field: str) -> None:
    refused = await api.get(api.stay_path(**wishes))
    assert refused.status_code == 422
    assert ",".join(flaw["parameter"] for flaw in json(refused)["errors"]) == field


async def test_a_stay_that_is_too_long_or_too_far_ahead_is_refused(api: Hub) -> None:
    long = await api.get(api.stay_path(check_out=api.soon(days=60 + 29)))
    far = await api.get(
        api.stay_path(check_in=api.soon(days=367), check_out=api.soon(days=368))
    )  # tomorrow has begun in Paris
    furthest = await api.get(api.stay_path(check_in=api.soon(days=364), check_out=api.soon(days=365)))
    assert [[flaw["parameter"] for flaw in json(one)["errors"]] for one in (long, far)] == [["check_out"], ["check_in"]]
    assert furthest.status_code == 202


async def test_an_arrival_in_the_past_is_refused_by_the_clock_at_the_place(
    database_url: str, engine: AsyncEngine, redis_url: str
) -> None:
    await filled(engine)
    clock = Clock()
    clock.now = clock.now.replace(hour=23, minute=30)  # the next day has begun in Auckland, not in Honolulu
    async with hub(database_url=database_url, redis_url=redis_url, clock=clock) as api:
        today = {"check_in": clock.now.date(), "check_out": clock.now.date() + timedelta(days=1)}
        refused = await api.get(api.stay_path(destination="-36.85,174.76", **today))
        taken = await api.get(api.stay_path(destination="HNL", **today))
    assert [flaw["parameter"] for flaw in json(refused)["errors"]] == ["check_in"]
    assert taken.status_code == 202


async def test_a_question_is_refused_when_its_day_is_over_even_if_its_answer_is_hot(api: Hub) -> None:
    await found(api)
    path = api.stay_path()
    assert [(await api.get(path)).status_code for _ in range(2)] == [200, 200]
    api.clock.forward(days=62)
    assert (await api.get(path)).status_code == 422


async def test_before_the_first_airports_are_known_nobody_knows_where_paris_is(
    database_url: str, redis_url: str
) -> None:
    async with hub(database_url=database_url, redis_url=redis_url, ready=False) as api:
        unknown, faulty = await api.get(api.stay_path()), await api.get(api.stay_path(adults=0))
        assert (unknown.status_code, json(unknown)["code"]) == (503, "unavailable")
        assert faulty.status_code == 422


async def test_two_suppliers_are_two_offers_of_a_search(api: Hub) -> None:
    search = await api.arrive(api.begun(api.stay()), ALBATROSS, *api.stays(OFFERS[2]))
    there = hotel(supplier=BLUEBIRD, number="77", name="Simple Paris")
    await api.arrive(search, BLUEBIRD, *api.stays(stay_offer(supplier=BLUEBIRD, reference="b", at=there)))
    shown = await answer(api)
    sold = [(offer["supplier"], offer["sold_as"]["id"]) for one in shown["results"] for offer in one["offers"]]
    assert sorted(sold) == [(ALBATROSS, "2"), (BLUEBIRD, "77")]
    assert shown["search"]["status"] == "complete"
