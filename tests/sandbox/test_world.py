"""The flights of the pretend world: the same every time, and plausible."""

import os
import subprocess
import sys
from datetime import UTC, date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from sandbox import stations
from sandbox.airports import airports, distance_km
from sandbox.carriers import CARRIERS, Kind
from sandbox.connections import minimum_connection
from sandbox.network import trunk
from sandbox.timetable import Leg
from tests.sandbox.travel import DAY, a_world, flights

TOLD_BY_ANOTHER_PROCESS = """
from tests.sandbox.travel import DAY, a_world
world = a_world(seed=7)
for pair in (("LHR", "JFK"), ("BOB", "LYR")):
    for journey in world.journeys(*pair, DAY):
        print(journey, world.fares(journey, "economy"))
print(world.seed_for("kiwi", 3).random())
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


def test_two_processes_tell_of_the_same_flights_at_the_same_prices() -> None:
    one, other = told("1"), told("2")
    assert one == other
    assert one.count("Journey(") > 20


def test_another_seed_is_another_timetable() -> None:
    one, other = (a_world(seed=seed).journeys("ZRH", "VIE", DAY) for seed in (1, 2))
    assert flights(one) != flights(other)


def any_two_airports(count: int) -> list[tuple[str, str]]:
    """Most of the 7,884 are airfields that no timetable has ever seen."""
    chance = a_world().seed_for("any two airports")
    codes = list(airports())
    return [(one, other) for one, other in (chance.sample(codes, 2) for _ in range(count))]


def test_one_can_travel_between_any_two_airports_on_any_day() -> None:
    world = a_world()
    for index, (origin, destination) in enumerate(any_two_airports(200)):
        day = DAY + timedelta(days=index)
        journeys = world.journeys(origin, destination, day)
        assert 1 <= len(journeys) <= 20, (origin, destination)
        for journey in journeys:
            assert (journey.legs[0].origin, journey.legs[-1].destination) == (origin, destination)
            assert journey.departs.date() == day
            assert len({journey.legs[0].origin, *(leg.destination for leg in journey.legs)}) == len(journey.legs) + 1


def every_leg() -> list[Leg]:
    world = a_world()
    pairs = [*any_two_airports(40), ("LHR", "JFK"), ("SYD", "LHR"), ("AKL", "LAX"), ("ZRH", "LCY"), ("LHR", "LGW")]
    return [leg for pair in pairs for journey in world.journeys(*pair, DAY) for leg in journey.legs]


def test_times_are_aware_and_fit_the_distance() -> None:
    for leg in every_leg():
        for instant, iata in ((leg.departs, leg.origin), (leg.arrives, leg.destination)):
            assert str(instant.tzinfo) == airports()[iata].timezone
        hours = leg.duration / timedelta(hours=1)
        kmh = distance_km(leg.origin, leg.destination) / hours
        assert hours >= 0.5
        assert 60 < kmh < 960, leg


def test_nobody_waits_less_than_the_airport_needs_or_more_than_a_night() -> None:
    world = a_world()
    for pair in [*any_two_airports(40), ("LHR", "JFK"), ("ZRH", "SYD")]:
        for journey in world.journeys(*pair, DAY):
            for inbound, onward in pairwise(journey.legs):
                assert inbound.destination == onward.origin
                wait = onward.departs.astimezone(UTC) - inbound.arrives.astimezone(UTC)
                assert minimum_connection(inbound.origin, inbound.destination) <= wait <= timedelta(hours=26)


def test_a_busy_pair_has_many_flights_and_a_choice_of_airlines() -> None:
    journeys = a_world().journeys("LHR", "JFK", DAY)
    direct = [journey.legs[0] for journey in journeys if len(journey.legs) == 1]
    assert 10 <= len(journeys) <= 60
    assert {"BA", "VS", "DL"} <= {leg.carrier for leg in direct}
    assert any(len(journey.legs) == 2 for journey in journeys)
    assert len({journey.id for journey in journeys}) == len(journeys)


def test_some_flights_are_sold_under_a_partners_number() -> None:
    shared = [leg for leg in every_leg() if leg.carrier != leg.operating_carrier]
    assert shared
    assert {leg.carrier for leg in shared} <= a_world().airlines.keys()
    sold, flown = CARRIERS[shared[0].carrier], CARRIERS[shared[0].operating_carrier]
    assert flown.flies_for == sold.iata or flown.partners == sold.partners != ""


def test_a_flight_over_the_date_line_lands_on_the_day_it_left_before_it_left() -> None:
    direct = [one.legs[0] for one in a_world().journeys("AKL", "LAX", DAY) if len(one.legs) == 1]
    assert direct
    for leg in direct:
        assert leg.arrives.replace(tzinfo=None) < leg.departs.replace(tzinfo=None)
        assert leg.duration > timedelta(hours=10)


def test_flight_numbers_and_local_times_stay_when_the_clocks_change() -> None:
    world = a_world()
    winter, summer = date(2027, 3, 26), date(2027, 4, 2)  # Europe turns its clocks on the 28th; both are Fridays

    def schedule(day: date) -> set[tuple[str, int, str]]:
        found = (one.legs[0] for one in world.journeys("ZRH", "LHR", day) if len(one.legs) == 1)
        return {(leg.carrier, leg.number, f"{leg.departs:%H:%M}") for leg in found}

    assert schedule(winter)
    assert schedule(winter) == schedule(summer)


def test_a_night_in_which_the_clocks_change_is_as_long_as_it_was() -> None:
    durations = {
        day: {one.legs[0].number: one.legs[0].duration for one in a_world().journeys("JFK", "LHR", day)}
        for day in (date(2027, 3, 26), date(2027, 3, 27))  # the second lands after the change
    }
    before, after = durations.values()
    assert before.keys() & after.keys()
    assert all(before[number] == after[number] for number in before.keys() & after.keys() if number < 1_000)


@pytest.mark.parametrize("day", [date.min, date.max])
def test_there_are_no_flights_at_the_ends_of_the_calendar(day: date) -> None:
    assert a_world().journeys("LHR", "JFK", day) == ()


@pytest.mark.parametrize(("origin", "destination"), [("LHR", "LHR"), ("LHR", "QQQ"), ("QQQ", "LHR")])
def test_there_is_no_way_from_a_place_to_itself_or_to_nowhere(origin: str, destination: str) -> None:
    assert a_world().journeys(origin, destination, DAY) == ()


def test_a_journey_is_found_again_by_its_id() -> None:
    world = a_world()
    journey = world.journeys("ZRH", "SYD", DAY)[3]
    assert a_world().journey(journey.id) == journey
    assert world.journey(journey.id.replace("20270311", "20270312")) is None
    assert world.journey(journey.id.replace("20270311", "20270231")) is None
    assert world.journey("anything else") is None


def test_low_cost_airlines_fly_short_and_network_airlines_from_home() -> None:
    for place, ends in trunk().items():
        for routes in ends.values():
            for route in routes:
                carrier = CARRIERS[route.carrier]
                assert place in (route.hub, route.other)
                assert route.hub in carrier.hubs
                if carrier.kind is Kind.LOW_COST:
                    assert route.km <= 3_600


def test_every_hub_and_station_is_a_real_airport_and_can_be_reached() -> None:
    bases = {hub for carrier in CARRIERS.values() for hub in carrier.hubs}
    assert bases <= stations.ranks().keys() <= airports().keys()
    assert stations.ranks().keys() == trunk().keys()


def test_the_world_knows_its_airports_and_airlines() -> None:
    world = a_world()
    heathrow = world.airports["LHR"]
    assert (heathrow.icao, heathrow.city, heathrow.city_code, heathrow.country) == ("EGLL", "London", "LON", "GB")
    assert world.airports["ZRH"].city_code is None
    assert len(world.airports) > 7_000
    assert all(airport.city and airport.timezone for airport in world.airports.values())
    assert (world.airlines["BA"].icao, world.airlines["BA"].callsign) == ("BAW", "SPEEDBIRD")
    assert all(iata == airline.iata and len(airline.icao) == 3 for iata, airline in world.airlines.items())
