"""Journeys by air: overnight, over the date line and through the nights when clocks change."""

from datetime import datetime, timedelta

import msgspec
import pytest

from domain.flights import Itinerary, Segment, Slice
from tests.builders import direction, itinerary, segment, wall_clock


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


def flown(origin: str, departs: str, destination: str, arrives: str) -> Slice:
    return direction(segment(origin=origin, departs=departs, destination=destination, arrives=arrives))


@pytest.mark.parametrize(
    ("there", "takes", "days_later"),
    [
        (flown("LHR", "2027-03-01T10:30", "JFK", "2027-03-01T13:25"), hours(7) + timedelta(minutes=55), 0),
        (flown("JFK", "2027-03-01T20:00", "LHR", "2027-03-02T08:00"), hours(7), 1),
        (flown("SIN", "2027-06-01T23:55", "LHR", "2027-06-02T06:35"), hours(13) + timedelta(minutes=40), 1),
        (flown("DXB", "2027-06-01T02:00", "DEL", "2027-06-01T06:45"), hours(3) + timedelta(minutes=15), 0),
        (flown("DEL", "2027-06-01T13:00", "KTM", "2027-06-01T15:00"), hours(1) + timedelta(minutes=45), 0),
        (flown("YYT", "2027-06-01T22:00", "LHR", "2027-06-02T06:30"), hours(5), 1),
        (flown("ADL", "2027-06-01T09:00", "SYD", "2027-06-01T11:20"), hours(1) + timedelta(minutes=50), 0),
    ],
)
def test_a_flight_takes_the_time_that_passes_not_the_time_that_the_clocks_show(
    there: Slice, takes: timedelta, days_later: int
) -> None:
    assert there.duration == takes
    assert there.days_later == days_later


def test_a_flight_over_the_date_line_lands_before_the_hour_at_which_it_left() -> None:
    eastbound = flown("SYD", "2027-03-01T11:00", "LAX", "2027-03-01T05:50")
    assert eastbound.duration == hours(13) + timedelta(minutes=50)
    assert eastbound.days_later == 0


def test_a_flight_over_the_date_line_lands_the_day_before_it_left() -> None:
    eastbound = flown("AKL", "2027-03-02T00:30", "HNL", "2027-03-01T10:15")
    assert eastbound.duration == hours(8) + timedelta(minutes=45)
    assert eastbound.days_later == -1


def test_a_flight_to_the_west_over_the_date_line_loses_a_day() -> None:
    westbound = flown("LAX", "2027-03-01T22:30", "SYD", "2027-03-03T08:30")
    assert westbound.duration == hours(15)
    assert westbound.days_later == 2


def test_honolulu_to_auckland_skips_a_day_in_nine_hours() -> None:
    westbound = flown("HNL", "2027-03-01T14:25", "AKL", "2027-03-02T22:25")
    assert westbound.duration == hours(9)
    assert westbound.days_later == 1


def test_half_an_hour_between_the_samoas_is_a_day_in_the_calendar() -> None:
    assert flown("APW", "2027-03-02T09:00", "PPG", "2027-03-01T09:35").duration == timedelta(minutes=35)
    assert flown("APW", "2027-03-02T09:00", "PPG", "2027-03-01T09:35").days_later == -1
    assert flown("PPG", "2027-03-01T10:00", "APW", "2027-03-02T10:35").days_later == 1


@pytest.mark.parametrize(
    ("night", "takes"),
    [
        (flown("JFK", "2027-03-13T23:00", "LHR", "2027-03-14T10:00"), hours(7) - hours(1)),  # New York is ahead a week
        (flown("JFK", "2027-03-14T23:00", "LHR", "2027-03-15T10:00"), hours(7)),
        (flown("LHR", "2027-03-28T00:30", "BER", "2027-03-28T04:30"), hours(2)),  # both ends change on the way
        (flown("LHR", "2027-03-27T00:30", "BER", "2027-03-27T03:30"), hours(2)),
        (flown("LHR", "2027-10-31T00:30", "BER", "2027-10-31T02:30"), hours(3) - hours(2)),
        (flown("LGW", "2027-10-30T23:30", "LHR", "2027-10-31T03:00"), hours(4.5)),
        (flown("LGW", "2027-03-27T23:30", "LHR", "2027-03-28T03:00"), hours(2.5)),
        (flown("SYD", "2027-04-03T22:00", "LDH", "2027-04-04T03:30"), hours(6)),
        (flown("DXB", "2027-10-30T21:00", "LHR", "2027-10-31T02:00"), hours(9)),  # only the far end changes
    ],
)
def test_a_clock_change_on_the_way_is_part_of_the_time_under_way(night: Slice, takes: timedelta) -> None:
    assert night.duration == takes
    assert night.segments[0].duration == takes


def test_a_flight_may_land_by_the_clock_before_it_left_in_the_hour_that_repeats() -> None:
    shuttle = Segment(
        origin="LHR",
        destination="LGW",
        departs_at=datetime.fromisoformat("2027-10-31T01:50+01:00"),
        arrives_at=datetime.fromisoformat("2027-10-31T01:20+00:00"),
        carrier="BA",
        number="1",
    )
    assert shuttle.duration == timedelta(minutes=30)


@pytest.mark.parametrize("arrives", ["2027-03-01T05:29", "2027-03-01T05:30"])
def test_a_flight_that_lands_before_it_leaves_or_at_once_is_refused(arrives: str) -> None:
    with pytest.raises(ValueError, match="BA117 lands before it leaves"):
        segment(departs="2027-03-01T10:30", arrives=arrives)


def test_a_time_without_an_offset_is_no_time_of_a_flight() -> None:
    known = segment()
    for end in ("departs_at", "arrives_at"):
        with pytest.raises(ValueError, match="without an offset"):
            msgspec.structs.replace(known, **{end: datetime.fromisoformat("2027-03-01T10:30")})


def test_travellers_know_a_flight_by_its_carrier_and_number() -> None:
    assert segment(carrier="U2", number="8001").flight == "U28001"


def through_dubai(leaves_dubai: str) -> Slice:
    return direction(
        segment(origin="LHR", departs="2027-03-01T13:40", destination="DXB", arrives="2027-03-02T00:40", number="2"),
        segment(origin="DXB", departs=leaves_dubai, destination="SYD", arrives="2027-03-02T22:00", number="412"),
    )


def test_segments_follow_each_other_by_the_instant() -> None:
    trip = through_dubai("2027-03-02T02:15")
    assert (trip.origin, trip.destination, trip.stops, trip.days_later) == ("LHR", "SYD", 1, 1)
    assert trip.duration == hours(21) + timedelta(minutes=20)


def test_a_connection_may_leave_the_minute_the_other_flight_lands() -> None:
    assert through_dubai("2027-03-02T00:40").stops == 1


def test_a_connection_that_leaves_before_the_other_flight_has_landed_is_refused() -> None:
    with pytest.raises(ValueError, match="BA412 leaves before BA2 has landed"):
        through_dubai("2027-03-02T00:39")


def test_a_connection_in_the_repeated_hour_is_kept() -> None:
    trip = direction(
        segment(origin="BER", departs="2027-10-30T23:30", destination="LHR", arrives="2027-10-31T00:30"),
        Segment(
            origin="LHR",
            destination="JFK",
            departs_at=datetime.fromisoformat("2027-10-31T01:10+00:00"),
            arrives_at=wall_clock("JFK", "2027-10-31T05:00"),
            carrier="BA",
            number="999",
        ),
    )
    assert trip.segments[1].departs_at - trip.segments[0].arrives_at == timedelta(minutes=100)


def test_a_traveller_may_land_at_one_paris_airport_and_leave_from_the_other() -> None:
    trip = direction(
        segment(origin="LHR", departs="2027-03-01T07:00", destination="ORY", arrives="2027-03-01T09:15"),
        segment(origin="CDG", departs="2027-03-01T14:00", destination="JFK", arrives="2027-03-01T16:30"),
    )
    assert trip.stops == 1


def test_the_stay_between_the_flights_is_not_time_under_way() -> None:
    trip = itinerary(
        flown("LHR", "2027-03-01T10:30", "JFK", "2027-03-01T13:30"),
        flown("JFK", "2027-03-08T20:00", "LHR", "2027-03-09T08:00"),
    )
    assert trip.duration == hours(8) + hours(7)
    assert len(trip.segments) == 2


def test_the_stops_of_a_journey_are_those_of_its_longest_direction() -> None:
    back = flown("SYD", "2027-03-10T11:00", "LAX", "2027-03-10T05:50")
    assert itinerary(through_dubai("2027-03-02T02:15"), back).stops == 1
    assert itinerary(back).stops == 0


def test_a_journey_without_a_flight_is_none() -> None:
    with pytest.raises(ValueError, match="at least one segment"):
        Slice(segments=())
    with pytest.raises(ValueError, match="at least one slice"):
        Itinerary(slices=())
