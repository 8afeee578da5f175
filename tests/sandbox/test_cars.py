"""The rental cars of the pretend world: the same counters, fleets and prices every time, and plausible ones."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest

from sandbox.airports import airports
from sandbox.cars.counters import Station, StationListing, is_open
from sandbox.cars.quotes import CarQuote
from sandbox.currencies import RATES
from sandbox.stations import Rank, rank, ranks
from sandbox.world import World
from tests.sandbox.serving import sandboxed
from tests.sandbox.storekeeper import Storekeeper
from tests.sandbox.travel import Clock, PretendSupplier, a_world

MONDAY = datetime(2027, 3, 1, 10)  # noqa: DTZ001  # the counter's own time, as all here
SELLERS = ("heron", "albatross")
A_WEEK = timedelta(days=7)

TOLD_BY_ANOTHER_PROCESS = """
from tests.sandbox.test_cars import MONDAY, SELLERS, A_WEEK
from tests.sandbox.travel import a_world
cars = a_world(seed=7).cars
for airport in ("LHR", "JFK", "BOB"):
    for place in cars.stations(airport):
        for seller in SELLERS:
            print(place, cars.listed(seller, place), cars.quotes(seller, place, place, MONDAY, MONDAY + A_WEEK, 24))
"""


def told(hash_seed: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", TOLD_BY_ANOTHER_PROCESS],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout


@pytest.fixture(scope="module")
def world() -> World:
    """For tests that take no car away."""
    return a_world()


def everywhere(world: World) -> dict[str, Station]:
    return {place.id: place for iata in ranks() for place in world.cars.stations(iata)}


def counters(world: World, seller: str) -> dict[str, StationListing]:
    found = ((place.id, world.cars.listed(seller, place)) for place in everywhere(world).values())
    return {place_id: counter for place_id, counter in found if counter is not None}


def at(world: World, station_id: str) -> Station:
    place = world.cars.station(station_id)
    assert place is not None
    return place


def quotes(
    world: World, station_id: str, *, seller: str = "heron", when: datetime = MONDAY, days: float = 7, age: int = 35
) -> dict[str, CarQuote]:
    place = at(world, station_id)
    found = world.cars.quotes(seller, place, place, when, when + timedelta(days=days), age)
    return {quote.acriss: quote for quote in found}


def test_two_processes_tell_of_the_same_cars_at_the_same_prices() -> None:
    one, other = told("1"), told("2")
    assert one == other
    assert one.count("CarQuote(") > 100


def test_another_seed_is_another_fleet(world: World) -> None:
    assert quotes(world, "ZRH-T0") != quotes(a_world(seed=2), "ZRH-T0")


def test_every_airport_that_is_more_than_small_rents_out_cars(world: World) -> None:
    for iata in ranks():
        places = world.cars.stations(iata)
        assert places[0].kind == "terminal", iata
        assert {place.airport for place in places if place.kind != "downtown"} == {iata}
    small = [world.cars.stations(iata) for iata in airports() if rank(iata) is Rank.SMALL]
    assert {sum(place.kind != "downtown" for place in places) for places in small} == {0, 1}


def test_a_place_downtown_serves_all_airports_of_its_city(world: World) -> None:
    heathrow, city = (
        {place.id for place in world.cars.stations(iata) if place.kind == "downtown"} for iata in ("LHR", "LCY")
    )
    assert heathrow == city == {"LON-C0", "LON-C1", "LON-C2"}


def test_nobody_rents_out_cars_where_there_is_no_airport(world: World) -> None:
    assert world.cars.stations("QQQ") == ()
    assert world.cars.station("QQQ-T0") is None
    assert world.cars.station("LHR-T9") is None


def test_every_place_is_found_by_its_id_and_rents_out_for_money_that_can_be_changed(world: World) -> None:
    for place_id, place in everywhere(world).items():
        assert world.cars.station(place_id) == place
        assert place.currency in RATES
        assert ZoneInfo(place.timezone)


@pytest.mark.parametrize("seller", SELLERS)
def test_every_code_of_a_counter_leads_back_to_its_place_and_to_no_other(world: World, seller: str) -> None:
    listed = counters(world, seller)
    codes = [code for counter in listed.values() for code in (counter.code, counter.long_code)]
    assert len(codes) == len(set(codes))
    for place_id, counter in listed.items():
        assert 3 <= len(counter.code) <= 5
        assert len(counter.long_code) == 6
        for code in (counter.code, counter.long_code):
            assert world.cars.station_of(seller, code) == at(world, place_id)


def test_the_counter_in_the_terminal_goes_by_the_airports_own_code(world: World) -> None:
    assert {world.cars.station_of(seller, "LHR") for seller in SELLERS} == {at(world, "LHR-T0")}


@pytest.mark.parametrize("code", ["QQQ", "", "LHR99", "LHRT00", "lhr", "LHR-T0"])
def test_a_code_that_nobody_gave_leads_nowhere(world: World, code: str) -> None:
    assert world.cars.station_of("heron", code) is None


def test_sellers_have_most_places_in_common_and_each_some_of_its_own(world: World) -> None:
    places = everywhere(world)
    heron, albatross = (counters(world, seller).keys() for seller in SELLERS)
    for mine in (heron, albatross):
        assert 0.7 < len(mine) / len(places) < 0.9
    assert heron - albatross
    assert albatross - heron


def test_sellers_have_most_classes_in_common_at_prices_of_their_own(world: World) -> None:
    heron, albatross = (quotes(world, "LHR-T0", seller=seller) for seller in SELLERS)
    common = heron.keys() & albatross.keys()
    assert len(common) >= 15
    assert heron.keys() != albatross.keys()
    assert sum(heron[acriss].pay_later.total == albatross[acriss].pay_later.total for acriss in common) < 3


def test_nobody_in_america_rents_out_a_car_with_a_clutch(world: World) -> None:
    assert {quote.transmission for quote in quotes(world, "ORD-T0").values()} == {"automatic"}
    assert {quote.transmission for quote in quotes(world, "FCO-T0").values()} == {"automatic", "manual"}


def open_and_shut(world: World, seller: str) -> Iterator[tuple[Station, datetime, bool]]:
    for place_id, counter in counters(world, seller).items():
        for hour in (3, 10, 22):
            for day in (0, 5, 6):
                when = MONDAY.replace(hour=hour) + timedelta(days=day)
                yield at(world, place_id), when, is_open(counter.hours, when)


def test_no_car_is_handed_out_at_a_closed_counter(world: World) -> None:
    seen = set()
    for place, when, is_there in list(open_and_shut(world, "heron"))[::40]:
        asked = (place, place, when, when.replace(hour=10) + A_WEEK - timedelta(days=when.weekday()), 35)
        told = world.cars.refusal("heron", *asked)
        assert told == (None if is_there else "closed"), (place, when)
        assert is_there or world.cars.quotes("heron", *asked) == ()
        seen.add(is_there)
    assert seen == {True, False}


def test_the_minute_of_closing_still_counts(world: World) -> None:
    place, counter = next(
        (at(world, place_id), counter)
        for place_id, counter in counters(world, "heron").items()
        if counter.hours[0] is not None and counter.hours[0].closes.hour == 18
    )
    closing = MONDAY.replace(hour=18)
    asked = (closing + timedelta(days=2), 35)
    assert world.cars.refusal("heron", place, place, closing, *asked) is None, counter
    assert world.cars.refusal("heron", place, place, closing + timedelta(minutes=1), *asked) == "closed"


def test_a_car_that_comes_back_when_nobody_is_there_is_taken_only_where_there_is_a_box_for_its_key(
    world: World,
) -> None:
    sunday = MONDAY + timedelta(days=6)
    told = {}
    for place_id, counter in counters(world, "heron").items():
        if counter.hours[6] is None:
            place = at(world, place_id)
            told[counter.after_hours_return] = world.cars.refusal("heron", place, place, MONDAY, sunday, 35)
    assert told == {True: None, False: "closed_at_return"}


@pytest.mark.parametrize(
    ("why", "route", "when", "days", "age"),
    [
        ("in_the_past", "LHR-T0 LHR-T0", datetime(2027, 1, 10, 11), 3, 35),  # noqa: DTZ001  # an hour before noon
        ("too_short", "LHR-T0 LHR-T0", MONDAY, 0.02, 35),
        ("too_short", "LHR-T0 LHR-T0", MONDAY, -3, 35),
        ("too_long", "LHR-T0 LHR-T0", MONDAY, 331, 35),
        ("too_young", "LHR-T0 LHR-T0", MONDAY, 3, 17),
        ("one_way", "LHR-T0 JFK-T0", MONDAY, 3, 35),
        ("one_way", "LAX-T0 HNL-T0", MONDAY, 3, 35),
        ("one_way", "MAD-T0 PMI-T0", MONDAY, 3, 35),
        ("one_way", "CGK-T0 UPG-T0", MONDAY, 3, 35),
    ],
)
def test_a_rental_that_nobody_grants_is_refused_by_name(
    why: str, route: str, when: datetime, days: float, age: int
) -> None:
    cars = a_world().cars
    pick_up, drop_off = (cars.station(place) for place in route.split())
    assert pick_up
    assert drop_off
    names = (f"seller {number}" for number in range(40))
    seller = next(name for name in names if cars.listed(name, pick_up) and cars.listed(name, drop_off))
    assert cars.refusal(seller, pick_up, drop_off, when, when + timedelta(days=days), age) == why
    assert cars.quotes(seller, pick_up, drop_off, when, when + timedelta(days=days), age) == ()


def test_a_seller_without_a_counter_at_either_end_says_so(world: World) -> None:
    places = everywhere(world)
    listed = counters(world, "heron")
    here = places[next(iter(listed))]
    nowhere = next(place for place_id, place in places.items() if place_id not in listed)
    times = (MONDAY, MONDAY + A_WEEK, 35)
    assert world.cars.refusal("heron", nowhere, here, *times) == "no_counter"
    assert world.cars.refusal("heron", here, nowhere, *times) == "no_return_counter"


def test_the_last_car_is_gone_for_everybody_who_needs_it_at_the_same_time() -> None:
    world = a_world()
    left = quotes(world, "ZRH-T0")["CDMR"].cars_left
    assert left > 0
    hire = ("heron", "ZRH-T0", "CDMR", MONDAY, MONDAY + A_WEEK)
    assert [world.cars.take(*hire) for _ in range(left + 1)] == [True] * left + [False]
    assert "CDMR" not in quotes(world, "ZRH-T0")
    assert "CDMR" not in quotes(world, "ZRH-T0", when=MONDAY + timedelta(days=4))
    assert "CDMR" in quotes(world, "ZRH-T0", seller="albatross")
    assert "CDMR" in quotes(world, "ZRH-T0", when=MONDAY + 2 * A_WEEK)
    assert world.cars.give_back(*hire)
    assert quotes(world, "ZRH-T0")["CDMR"].cars_left == 1


def test_rentals_one_after_the_other_need_one_car() -> None:
    world = a_world()
    left = quotes(world, "ZRH-T0", days=6)["CDMR"].cars_left
    for day in (0, 2, 4):
        start = MONDAY + timedelta(days=day)
        assert world.cars.take("heron", "ZRH-T0", "CDMR", start, start + timedelta(days=2))
    assert quotes(world, "ZRH-T0", days=6)["CDMR"].cars_left == left - 1


def test_a_rental_is_bounded_by_its_own_busiest_day() -> None:
    world = a_world()
    left = quotes(world, "ZRH-T0", days=6)["CDMR"].cars_left
    thursday, friday, sunday = (MONDAY + timedelta(days=day) for day in (3, 4, 6))
    for start in (thursday, friday):
        assert world.cars.take("heron", "ZRH-T0", "CDMR", start, sunday)
    assert quotes(world, "ZRH-T0", days=6)["CDMR"].cars_left == left - 2
    assert quotes(world, "ZRH-T0", days=3.5)["CDMR"].cars_left == left - 1
    assert quotes(world, "ZRH-T0", days=3)["CDMR"].cars_left == left


def test_only_what_was_taken_can_be_given_back() -> None:
    world = a_world()
    assert not world.cars.give_back("heron", "ZRH-T0", "CDMR", MONDAY, MONDAY + A_WEEK)
    assert world.cars.take("heron", "ZRH-T0", "CDMR", MONDAY, MONDAY + A_WEEK)
    assert not world.cars.give_back("heron", "ZRH-T0", "CDMR", MONDAY, MONDAY + 2 * A_WEEK)
    assert world.cars.give_back("heron", "ZRH-T0", "CDMR", MONDAY, MONDAY + A_WEEK)
    assert not world.cars.give_back("heron", "ZRH-T0", "CDMR", MONDAY, MONDAY + A_WEEK)


@pytest.mark.parametrize(
    ("station_id", "acriss", "days"),
    [("QQQ-T0", "CDMR", 7), ("ZRH-T0", "ZZZZ", 7), ("ORD-T0", "CDMR", 7), ("ZRH-T0", "CDMR", 0)],
)
def test_what_nobody_rents_out_can_not_be_taken(station_id: str, acriss: str, days: int) -> None:
    assert not a_world().cars.take("heron", station_id, acriss, MONDAY, MONDAY + timedelta(days=days))


def test_cars_go_as_the_day_comes_near() -> None:
    clock = Clock()
    world = a_world(clock=clock)
    early = sum(quote.cars_left for quote in quotes(world, "LHR-T0").values())
    clock.go_on(days=49)
    assert sum(quote.cars_left for quote in quotes(world, "LHR-T0").values()) < early


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with sandboxed({"heron": Storekeeper(), "albatross": Storekeeper(), "bluebird": PretendSupplier()}) as client:
        yield client


def test_the_truth_about_cars_names_all_who_sell_them_and_nobody_else(client: httpx.Client, world: World) -> None:
    asked = {"airport": "LHR", "pick_up_at": "2027-03-01T10:00", "drop_off_at": "2027-03-08T10:00", "driver_age": "35"}
    cars = client.get("/_world/cars", params=asked).json()["cars"]
    told = {(car["station"]["id"], car["acriss"]): car["sold_by"] for car in cars}
    assert len(told) == len(cars)
    assert {seller for by in told.values() for seller in by} == {"heron", "albatross"}
    assert {station for station, _ in told} <= {place.id for place in world.cars.stations("LHR")}
    for acriss, quote in quotes(world, "LHR-T0").items():
        heron = told["LHR-T0", acriss]["heron"]
        assert (heron["station"], heron["pay_later"]) == ("LHR", str(quote.pay_later.total))


@pytest.mark.parametrize(
    ("parameter", "more"),
    [
        ("airport", {"airport": "QQQ"}),
        ("airport", {"airport": ""}),
        ("pick_up_at", {"pick_up_at": "soon"}),
        ("drop_off_at", {"drop_off_at": "2027-03-08T10:00+01:00"}),
        ("driver_age", {"driver_age": "old"}),
        ("colour", {"colour": "red"}),
    ],
)
def test_a_question_about_cars_that_makes_no_sense_is_refused_by_name(
    client: httpx.Client, parameter: str, more: dict[str, str]
) -> None:
    asked = {"airport": "LHR", "pick_up_at": "2027-03-01T10:00", "drop_off_at": "2027-03-08T10:00", **more}
    refused = client.get("/_world/cars", params=asked)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["parameter"] == parameter
