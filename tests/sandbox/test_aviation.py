"""The aircraft of the pretend world: where they are, what they fly, and how each flight stands."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest

from sandbox.airports import airports, distance_km
from sandbox.aviation.fates import Course, alternate, fate
from sandbox.aviation.flown import Flown, State
from sandbox.aviation.registers import shelves
from sandbox.aviation.rotations import Duty, Operations, feeders_of, routes_of
from sandbox.aviation.skies import Box, Position, Skies
from sandbox.carriers import CARRIERS
from sandbox.timetable import Timetable
from tests.builders import NOW
from tests.sandbox.overhead import CLOCK, WORLD
from tests.sandbox.travel import DAY

NOON = NOW
TODAY = NOON.date()
ALPS = Box(south=45.8, west=5.9, north=47.8, east=10.5)

TIMETABLE = Timetable(1)
SKIES = WORLD.aviation
SWISS = Operations(TIMETABLE, "LX")


@pytest.fixture(autouse=True)
def at_noon() -> None:
    CLOCK.now = NOON


@pytest.fixture(scope="module")
def everybody() -> tuple[Position, ...]:
    return SKIES.airborne(NOON)


def scheduled(duty: Duty, day: date) -> tuple[datetime, datetime]:
    leaves = duty.leaves_at(day)
    return leaves, leaves + timedelta(minutes=duty.block)


def course_of(wanted: Course) -> tuple[Duty, datetime]:
    """Some flight of today that ends in this way."""
    for duty in SWISS.duties:
        leaves = duty.leaves_at(TODAY)
        if duty.flies_on(TODAY) and fate(1, duty, leaves).course is wanted:
            return duty, leaves
    raise LookupError(f"no flight of today is {wanted}")


def seen_at(duty: Duty, now: datetime) -> Flown:
    """The flight on the day on which it leaves today, as one sees it at that moment."""
    CLOCK.now = now
    return next(one for one in SKIES.flight(duty.carrier, duty.number, TODAY) if one.departure.airport == duty.origin)


def test_a_flight_on_a_ticket_is_found_by_its_number_whoever_sells_it() -> None:
    for origin, destination in (("ZRH", "JFK"), ("FRA", "GVA"), ("LHR", "BOB"), ("MEX", "EDI"), ("SYD", "TOS")):
        for journey in WORLD.journeys(origin, destination, DAY):
            for leg in journey.legs:
                found = SKIES.flight(leg.carrier, leg.number, leg.departs.date())
                same = [one for one in found if one.departure.airport == leg.origin]
                same = [one for one in same if one.departure.scheduled == leg.departs]
                assert same, leg
                assert same[0].arrival.scheduled == leg.arrives
                assert same[0].operator == leg.operating_carrier


def test_a_partners_number_names_the_flights_own() -> None:
    flight = next(one for one in SKIES.departures("ZRH", TODAY) if one.codeshares)
    assert flight.own is None
    carrier, number = flight.codeshares[0]
    shared = [one for one in SKIES.flight(carrier, number, TODAY) if one.departure == flight.departure]
    assert [(one.carrier, one.number, one.own) for one in shared] == [
        (carrier, number, (flight.carrier, flight.number))
    ]
    assert shared[0].callsign == flight.callsign


def test_a_number_that_nobody_flies_is_no_flight() -> None:
    assert SKIES.flight("LX", 9_999, TODAY) == ()
    assert SKIES.flight("XX", 1, TODAY) == ()


def test_departures_and_arrivals_are_the_two_ends_of_the_same_flights() -> None:
    leaving = [one for one in SKIES.departures("ZRH", TODAY) if one.arrival.airport == "LHR"]
    landing = [one for one in SKIES.arrivals("LHR", TODAY) if one.departure.airport == "ZRH"]
    assert len(leaving) >= 5
    assert leaving == landing
    assert {one.departure.scheduled.date() for one in SKIES.departures("ZRH", TODAY)} == {TODAY}
    assert {one.arrival.scheduled.date() for one in SKIES.arrivals("LHR", TODAY)} == {TODAY}


def test_a_small_airfield_knows_its_feeders_and_they_have_no_transponder() -> None:
    assert next(iter(feeders_of().values()))
    flights = SKIES.departures("BOB", TODAY)
    assert flights
    assert {(one.icao24, one.registration) for one in flights} == {(None, None)}


def test_nobody_leaves_from_nowhere() -> None:
    assert SKIES.departures("QQQ", TODAY) == SKIES.arrivals("QQQ", TODAY) == ()


def test_no_aircraft_flies_two_flights_at_once() -> None:
    """Over the nights in which the clocks of Europe and America change too, and however late everybody is."""
    days = [date(2027, 3, 12) + timedelta(days=later) for later in range(19)]
    flights = defaultdict(list)
    for operator in ("LX", "LA", "OO"):
        for duty in Operations(TIMETABLE, operator).duties:
            assert duty.tail is not None
            for day in days:
                if duty.flies_on(day):
                    course = fate(1, duty, duty.leaves_at(day))
                    flights[duty.tail.icao24].append((course.off, course.on))
    assert len(flights) > 500
    for under_way in flights.values():
        assert all(before[1] < after[0] for before, after in pairwise(sorted(under_way)))


def test_most_aircraft_fly_more_than_once_a_day_and_each_stays_with_its_base_and_type() -> None:
    fleets = [SWISS.by_tail[icao24] for icao24 in SWISS.by_tail]
    assert sum(len(duties) > 1 for duties in fleets) > len(fleets) / 2
    assert {len({(duty.route.hub, duty.aircraft) for duty in duties}) for duties in fleets} == {1}


def test_every_airline_finds_room_in_its_register_and_no_two_aircraft_are_the_same() -> None:
    assert shelves().keys() == CARRIERS.keys()
    tails = [shelf.tail(number) for shelf in shelves().values() for number in range(100)]
    assert len({tail.icao24 for tail in tails}) == len({tail.registration for tail in tails}) == len(tails)
    assert all(shelves()[iata].holds(shelves()[iata].tail(7).icao24) for iata in CARRIERS)
    assert shelves()["LX"].tail(0).registration.startswith("HB-")
    assert shelves()["LH"].tail(0).icao24[:2] in {"3c", "3d", "3e", "3f"}
    with pytest.raises(LookupError, match="Switzerland"):
        shelves()["LX"].tail(100_000)


def test_the_whole_sky_is_as_full_as_the_real_one_and_every_aircraft_is_there_once(
    everybody: tuple[Position, ...],
) -> None:
    assert 8_000 < len(everybody) < 30_000
    assert len({one.icao24 for one in everybody}) == len(everybody)
    assert all(len(one.squawk) == 4 and int(one.squawk, 8) >= 0 for one in everybody)
    on_ground = [one for one in everybody if one.fix.on_ground]
    assert 0 < len(on_ground) < len(everybody) / 4


def test_everybody_in_the_air_moves_as_aircraft_do(everybody: tuple[Position, ...]) -> None:
    for one in everybody:
        fix = one.fix
        assert -90 <= fix.latitude <= 90
        assert -180 <= fix.longitude <= 180
        assert 0 <= fix.track < 360
        assert 0 < fix.speed < 310
        assert 0 <= fix.altitude < 12_500
        assert -15 < fix.climb < 15
        assert fix.altitude == 0 or not fix.on_ground


def test_a_box_holds_exactly_those_who_are_in_it(everybody: tuple[Position, ...]) -> None:
    inside = [one for one in everybody if 45.8 <= one.fix.latitude <= 47.8 and 5.9 <= one.fix.longitude <= 10.5]
    assert len(inside) > 20
    assert list(SKIES.airborne(NOON, ALPS)) == inside


def test_who_is_in_the_air_is_found_in_its_airlines_board(everybody: tuple[Position, ...]) -> None:
    one = next(one for one in everybody if one.callsign.startswith("SWR") and not one.fix.on_ground)
    number = int(one.callsign.removeprefix("SWR"))
    found = [
        flight
        for day in (TODAY, TODAY - timedelta(days=1))
        for flight in SKIES.flight("LX", number, day)
        if flight.icao24 == one.icao24 and flight.state in (State.ACTIVE, State.DIVERTED, State.INCIDENT)
    ]
    assert len(found) == 1
    assert found[0].departure.runway is not None
    assert found[0].arrival.actual is None


def test_an_aircraft_goes_from_its_one_airport_to_the_other_and_climbs_and_comes_down() -> None:
    duty, leaves = course_of(Course.FLOWN)
    assert duty.tail is not None
    course = fate(1, duty, leaves)
    CLOCK.now = course.on
    track = SKIES.track(duty.tail.icao24, course.off)
    assert track is not None
    first, last = track.fixes[0], track.fixes[-1]
    assert (first.on_ground, last.on_ground) == (True, True)
    origin, destination = airports()[duty.origin], airports()[duty.destination]
    assert (first.latitude, first.longitude) == pytest.approx((origin.latitude, origin.longitude), abs=1e-6)
    assert (last.latitude, last.longitude) == pytest.approx((destination.latitude, destination.longitude), abs=1e-6)
    assert max(fix.altitude for fix in track.fixes) > 3_000
    assert track.fixes[len(track.fixes) // 2].speed > 100


def test_a_track_has_a_point_for_every_turn_climb_and_quarter_of_an_hour() -> None:
    duty = max((duty for duty in SWISS.duties if duty.flies_on(TODAY)), key=lambda duty: duty.block)
    course = fate(1, duty, duty.leaves_at(TODAY))
    assert duty.tail is not None
    CLOCK.now = course.on
    track = SKIES.track(duty.tail.icao24, course.up)
    assert track is not None
    assert len(track.fixes) > 50
    for before, after in pairwise(track.fixes):
        assert timedelta() < after.at - before.at <= timedelta(minutes=15)
        assert abs(after.altitude - before.altitude) < 250
    assert [fix.on_ground for fix in track.fixes].count(True) < len(track.fixes) / 2


def test_the_track_of_a_flight_under_way_ends_now() -> None:
    one = next(one for one in SKIES.airborne(NOON, ALPS) if not one.fix.on_ground)
    track = SKIES.track(one.icao24, NOON)
    assert track is not None
    assert track.callsign == one.callsign
    assert track.ends == NOON
    assert track.fixes[-1].latitude == pytest.approx(one.fix.latitude)


def test_an_aircraft_at_its_gate_and_one_that_never_was_have_no_track() -> None:
    duty, leaves = course_of(Course.FLOWN)
    assert duty.tail is not None
    assert SKIES.track(duty.tail.icao24, leaves - timedelta(minutes=5)) is None
    assert SKIES.track("ffffff", NOON) is None
    assert SKIES.track("not hex", NOON) is None


def test_a_flight_becomes_known_step_by_step() -> None:
    duty, leaves = course_of(Course.FLOWN)
    course = fate(1, duty, leaves)
    week, evening = seen_at(duty, leaves - timedelta(days=7)), seen_at(duty, leaves - timedelta(hours=2))
    assert (week.state, week.departure.gate, week.departure.estimated) == (State.SCHEDULED, None, None)
    assert evening.departure.gate is not None
    assert evening.departure.estimated == course.off
    assert evening.departure.actual is None
    flying = seen_at(duty, course.up + timedelta(minutes=1))
    assert (flying.state, flying.departure.actual) == (State.ACTIVE, course.off)
    assert (flying.departure.runway, flying.arrival.runway) == (course.up, None)
    landed = seen_at(duty, course.on)
    assert (landed.state, landed.arrival.actual) == (State.LANDED, course.on)
    assert landed.arrival.belt is not None
    assert landed.departure.scheduled.utcoffset() is not None


def test_a_cancelled_flight_is_scheduled_until_it_is_called_off_and_never_leaves() -> None:
    duty, leaves = course_of(Course.CANCELLED)
    course = fate(1, duty, leaves)
    assert seen_at(duty, course.told - timedelta(seconds=1)).state is State.SCHEDULED
    cancelled = seen_at(duty, leaves + timedelta(days=1))
    assert cancelled.state is State.CANCELLED
    assert (cancelled.departure.actual, cancelled.arrival.actual, cancelled.departure.delay) == (None, None, None)
    assert duty.tail is not None
    assert SKIES.track(duty.tail.icao24, leaves + timedelta(minutes=duty.block // 2)) is None


def test_a_diverted_flight_lands_somewhere_else() -> None:
    found = [
        one
        for day in range(1, 15)
        for one in SKIES.departures("ZRH", TODAY - timedelta(days=day))
        if one.state is State.DIVERTED
    ]
    assert found
    for one in found:
        assert one.lands_at == alternate(one.arrival.airport) != one.arrival.airport
        assert distance_km(one.lands_at, one.arrival.airport) < 2_000
        assert one.arrival.actual is None


def test_about_one_flight_in_seventy_is_cancelled_and_most_are_on_time() -> None:
    flights = SKIES.departures("ORD", TODAY - timedelta(days=3))
    assert len(flights) > 500
    cancelled = sum(one.state is State.CANCELLED for one in flights) / len(flights)
    late = sum((one.departure.delay or 0) >= 15 for one in flights) / len(flights)
    assert 0.003 < cancelled < 0.04
    assert 0.05 < late < 0.3


def test_what_an_aircraft_has_flown_follows_one_on_the_other() -> None:
    icao24 = max(SWISS.by_tail, key=lambda icao24: len(SWISS.by_tail[icao24]))
    flown = SKIES.flights_of(icao24, NOON - timedelta(days=2), NOON)
    assert len(flown) >= 3
    assert {one.icao24 for one in flown} == {icao24}
    assert all(before.down < after.up for before, after in pairwise(flown))
    assert all(NOON - timedelta(days=2) <= one.up < one.down <= NOON for one in flown)


def test_what_was_flown_between_two_moments_took_off_and_landed_between_them() -> None:
    begin = NOON - timedelta(hours=2)
    flown = SKIES.between(begin, NOON)
    assert len(flown) > 100
    assert all(begin <= one.up < one.down <= NOON for one in flown)
    with pytest.raises(ValueError, match="more than"):
        SKIES.between(NOON - timedelta(days=3), NOON)


def test_nothing_is_seen_that_has_not_happened_yet() -> None:
    assert SKIES.between(NOON, NOON + timedelta(hours=2)) == ()
    assert SKIES.departed("ZRH", NOON, NOON + timedelta(days=1)) == ()


def test_what_left_an_airport_and_what_landed_there() -> None:
    begin, end = NOON - timedelta(days=1), NOON - timedelta(hours=12)
    left, landed = SKIES.departed("ZRH", begin, end), SKIES.arrived("ZRH", begin, end)
    assert left
    assert landed
    assert all(one.origin == "ZRH" and begin <= one.up <= end for one in left)
    assert all(one.destination == "ZRH" and begin <= one.down <= end for one in landed)


def test_a_route_is_told_with_both_clocks_and_all_of_them_can_be_counted() -> None:
    routes = SKIES.routes()
    assert len(routes) == sum(2 * route.daily for flown in routes_of().values() for route in flown) > 50_000
    swiss = SKIES.routes(airline="LX")
    assert len(swiss) == len(SWISS.duties)
    assert {one.airline for one in swiss} == {"LX"}
    there = SKIES.routes(airline="LX", origin="ZRH", destination="LHR")
    assert there
    flown = {
        (one.number, one.departure.scheduled.time(), one.arrival.scheduled.time())
        for one in SKIES.departures("ZRH", TODAY)
    }
    assert {(one.number, one.departs, one.arrives) for one in there} <= flown
    assert [swiss[2], swiss[3]] == list(swiss[2:4])
    with pytest.raises(IndexError):
        swiss[len(swiss)]


def test_two_worlds_of_one_seed_see_the_same_sky_and_another_seed_sees_another() -> None:
    def told(seed: int) -> list[tuple[Flown, ...]]:
        skies = Skies(Timetable(seed), seed, lambda: NOON)
        return [skies.flight("LX", number, TODAY) for number in range(1, 400)]

    assert told(1) == told(1) != told(2)
