"""Whatever the instant and the airport: its clock is read back to the same instant."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.flights import Slice
from domain.times import at_airport, elapsed
from tests.builders import ATLAS
from tests.laws.strategies import codes, shown_at, slices, whole_seconds


@given(codes, whole_seconds)
def test_what_a_wall_clock_shows_is_read_back_to_its_instant(iata: str, instant: datetime) -> None:
    zone = ATLAS.zone(iata)
    assert zone is not None
    shown = shown_at(iata, instant)
    assert shown == instant
    assert shown.replace(tzinfo=None) == instant.astimezone(zone).replace(tzinfo=None)


@given(codes, whole_seconds)
def test_without_the_universal_time_only_a_repeated_hour_is_read_as_the_earlier_one(
    iata: str, instant: datetime
) -> None:
    zone = ATLAS.zone(iata)
    assert zone is not None
    wall = instant.astimezone(zone).replace(tzinfo=None)
    lost = instant - at_airport(wall, zone)
    assert lost in (timedelta(), timedelta(minutes=30), timedelta(hours=1), timedelta(hours=24))
    assert at_airport(wall, zone).replace(tzinfo=None) == wall


@given(codes, st.datetimes())
def test_any_local_time_is_an_instant_or_a_bad_value(iata: str, wall: datetime) -> None:
    zone = ATLAS.zone(iata)
    assert zone is not None
    try:
        instant = at_airport(wall, zone)
    except ValueError:
        assert wall.year in (1, 9999)
    else:
        assert abs(instant.replace(tzinfo=None) - wall) <= timedelta(hours=24)


@given(codes, codes, whole_seconds, whole_seconds)
def test_the_time_between_two_instants_does_not_depend_on_the_clocks_they_are_read_by(
    here: str, there: str, start: datetime, end: datetime
) -> None:
    assert elapsed(shown_at(here, start), shown_at(there, end)) == end - start


@given(slices())
def test_a_direction_is_as_long_as_its_flights_and_the_waits_between_them(part: Slice) -> None:
    flying = sum((segment.duration for segment in part.segments), timedelta())
    assert flying <= part.duration
    assert all(segment.duration > timedelta() for segment in part.segments)
    assert part.stops == len(part.segments) - 1


@given(slices())
def test_the_calendar_at_both_ends_differs_by_no_more_than_the_flight_and_the_date_line(part: Slice) -> None:
    assert -1 <= part.days_later <= part.duration / timedelta(days=1) + 2
