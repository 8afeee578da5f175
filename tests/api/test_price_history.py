"""What prices were: found by the question that a search has, in each currency for itself."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.offers import Offer
from domain.prices import observations
from domain.queries import Query
from domain.searches import Search
from storage import prices
from storage.engine import transaction
from tests.api.hub import Hub, json
from tests.builders import BLUEBIRD, money, offer, rental_offer, stay_offer

ROUTE = "/v1/prices/history?origin=LHR&destination=JFK"


async def seen(api: Hub, query: Query, *offers: Offer) -> Search:
    """A search that was kept."""
    search = await api.found(*offers, query=query)
    async with transaction(api.services.engine) as connection:
        await prices.keep(connection, observations(search))
    return search


async def fares(api: Hub, *told: tuple[datetime, Any, str]) -> None:
    """Prices of the route of `Hub.query`, each with the time and the supplier."""
    for number, (at, price, supplier) in enumerate(told):
        one = offer(reference=f"{number}", price=price, supplier=supplier, fetched_at=at)
        search = await api.found(one, query=api.query())
        async with transaction(api.services.engine) as connection:
            await prices.keep(connection, observations(search))


def days_ago(api: Hub, days: float) -> datetime:
    return api.clock.now.replace(hour=12, minute=0) - timedelta(days=days)


def path(api: Hub, **wishes: object) -> str:
    asked = "".join(f"&{name}={value}" for name, value in wishes.items())
    return f"{ROUTE}&departure_date={api.soon()}{asked}"


async def test_the_cheapest_of_each_day_is_told_with_who_asked_for_it(api: Hub) -> None:
    before, today = days_ago(api, 2), days_ago(api, 1)
    await fares(
        api,
        (before, money("420.00"), "albatross"),
        (before, money("399.00"), BLUEBIRD),
        (today, money("380.00"), "albatross"),
    )
    told = json(await api.get(path(api)))
    assert [(point["since"][:10], point["lowest"]["amount"]) for point in told["data"]] == [
        (before.date().isoformat(), "399.00"),
        (today.date().isoformat(), "380.00"),
    ]
    assert told["data"][0]["suppliers"] == [
        {"supplier": BLUEBIRD, "lowest": {"amount": "399.00", "currency": "EUR"}, "seen": 1},
        {"supplier": "albatross", "lowest": {"amount": "420.00", "currency": "EUR"}, "seen": 1},
    ]
    assert (told["vertical"], told["per"], told["page"]) == ("flights", "day", {"next": None, "total": 2})


async def test_each_currency_is_a_series_of_its_own_and_nothing_is_converted(api: Hub) -> None:
    at = days_ago(api, 1)
    await fares(api, (at, money("420.00"), "albatross"), (at, money("350.00", "GBP"), BLUEBIRD))
    told = json(await api.get(path(api)))["data"]
    assert [(point["currency"], point["lowest"]["amount"]) for point in told] == [("EUR", "420.00"), ("GBP", "350.00")]


async def test_another_party_has_prices_of_its_own(api: Hub) -> None:
    await fares(api, (days_ago(api, 1), money("420.00"), "albatross"))
    assert json(await api.get(path(api, adults=2)))["data"] == []
    assert json(await api.get(path(api, cabin="business")))["data"] == []
    assert len(json(await api.get(path(api, adults=1)))["data"]) == 1


async def test_hours_are_told_where_they_are_asked_for(api: Hub) -> None:
    at = days_ago(api, 1)
    await fares(api, (at, money("420.00"), BLUEBIRD), (at + timedelta(hours=1), money("430.00"), BLUEBIRD))
    told = json(await api.get(path(api, per="hour")))["data"]
    assert [point["lowest"]["amount"] for point in told] == ["420.00", "430.00"]


async def test_a_long_history_comes_in_pages_of_which_none_is_lost(api: Hub) -> None:
    await fares(api, *((days_ago(api, days), money(f"{400 + days}.00"), BLUEBIRD) for days in range(1, 6)))
    found, link = [], path(api, limit=2)
    while link:
        answer = await api.get(link)
        told = json(answer)
        found += [point["lowest"]["amount"] for point in told["data"]]
        following = told["page"]["next"]
        assert (following is None) == ("Link" not in answer.headers)
        link = path(api, limit=2, cursor=following) if following else ""
    assert found == [f"{400 + days}.00" for days in range(5, 0, -1)]


async def test_a_room_is_found_by_the_hotel_that_the_search_has_shown(api: Hub) -> None:
    (stay,) = api.stays(stay_offer())
    search = await seen(api, api.stay(), stay)
    (hotel,) = search.results
    days = f"check_in={api.soon()}&check_out={api.soon(days=63)}"
    told = json(await api.get(f"/v1/prices/history?vertical=hotels&hotel_id={hotel.id}&{days}"))
    assert [point["lowest"]["amount"] for point in told["data"]] == ["360.00"]
    other = f"/v1/prices/history?vertical=hotels&hotel_id={hotel.id}&{days}&adults=1"
    assert json(await api.get(other))["data"] == []


async def test_a_car_is_found_by_its_times_and_its_class(api: Hub) -> None:
    small = rental_offer()
    large = rental_offer(reference="car-2", acriss="FVAR", price=money("900.00", "GBP"))
    await seen(api, api.rental(), *api.rentals(small, large))
    asked = f"vertical=cars&pick_up=LHR&pick_up_at={api.soon()}T10:00&drop_off_at={api.soon(days=65)}T10:00"
    told = json(await api.get(f"/v1/prices/history?{asked}"))["data"]
    assert [point["lowest"]["amount"] for point in told] == ["200.00"]
    told = json(await api.get(f"/v1/prices/history?{asked}&acriss=FVAR"))["data"]
    assert [point["lowest"]["amount"] for point in told] == ["900.00"]


@pytest.mark.parametrize(
    ("asked", "faults"),
    [
        ("", {"origin", "destination", "departure_date"}),
        ("vertical=hotels", {"hotel_id", "check_in", "check_out"}),
        ("vertical=cars&origin=LHR", {"pick_up", "pick_up_at", "drop_off_at", "origin"}),
        ("vertical=trains", {"vertical"}),
        ("vertical=cars&pick_up=LHR&pick_up_at=2027-02-30T10:00&drop_off_at=2027-03-05T10:00", {"pick_up_at"}),
        ("origin=LHR&destination=LHR&departure_date=2027-03-01", {"destination"}),
        ("origin=LHR&destination=JFK&departure_date=2027-03-01&since=2020-01-01", {"since"}),
        ("origin=LHR&destination=JFK&departure_date=2027-03-01&since=2027-01-02&until=2027-01-01", {"until"}),
        ("origin=LHR&destination=JFK&departure_date=2027-03-01&cursor=made-up", {"cursor"}),
        ("origin=LHR&destination=JFK&departure_date=2027-03-01&colour=blue", {"colour"}),
    ],
)
async def test_what_is_missing_or_makes_no_sense_is_named(api: Hub, asked: str, faults: set[str]) -> None:
    answer = await api.get(f"/v1/prices/history?{asked}")
    assert answer.status_code == 422
    assert {flaw["parameter"] for flaw in json(answer)["errors"]} == faults


async def test_the_time_in_which_prices_were_seen_is_bounded(api: Hub) -> None:
    today = api.clock.now.date()
    for per, days in (("day", 90), ("hour", 7)):
        first = today - timedelta(days=days - 1)
        assert (await api.get(path(api, per=per, since=first))).status_code == 200
        assert (await api.get(path(api, per=per, since=first - timedelta(days=1)))).status_code == 422
