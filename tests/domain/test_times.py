"""What the clock on an airport's wall means, on ordinary days and on those when it is changed."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from domain.times import ClocksDisagree, at_airport, elapsed
from tests.builders import ATLAS, wall_clock

shows = datetime.fromisoformat  # what a wall clock shows: no offset


@pytest.mark.parametrize(
    ("iata", "local", "universal"),
    [
        ("ZRH", "2027-01-15T10:00", "2027-01-15T09:00"),
        ("ZRH", "2027-07-15T10:00", "2027-07-15T08:00"),
        ("SYD", "2027-01-15T10:00", "2027-01-14T23:00"),
        ("HNL", "2027-01-15T20:00", "2027-01-16T06:00"),
        ("DEL", "2027-01-15T05:00", "2027-01-14T23:30"),
        ("KTM", "2027-01-15T05:00", "2027-01-14T23:15"),
        ("YYT", "2027-01-15T05:00", "2027-01-15T08:30"),
        ("ADL", "2027-01-15T05:00", "2027-01-14T18:30"),
        ("LDH", "2027-01-15T05:00", "2027-01-14T18:00"),  # half an hour of summer time, on top of half-hour time
        ("LDH", "2027-07-15T05:00", "2027-07-14T18:30"),
        ("APW", "2027-01-15T05:00", "2027-01-14T16:00"),
    ],
)
def test_a_local_time_is_read_by_its_own_airports_clock(iata: str, local: str, universal: str) -> None:
    assert wall_clock(iata, local) == datetime.fromisoformat(universal).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("iata", "skipped", "shown"),
    [
        ("LHR", "2027-03-28T01:30", "2027-03-28T02:30+01:00"),
        ("BER", "2027-03-28T02:00", "2027-03-28T03:00+02:00"),
        ("JFK", "2027-03-14T02:59", "2027-03-14T03:59-04:00"),
        ("SYD", "2027-10-03T02:15", "2027-10-03T03:15+11:00"),
        ("LDH", "2027-10-03T02:10", "2027-10-03T02:40+11:00"),
    ],
)
def test_a_time_that_the_spring_skips_is_moved_forward_as_the_clocks_are(iata: str, skipped: str, shown: str) -> None:
    assert wall_clock(iata, skipped).isoformat() == datetime.fromisoformat(shown).isoformat()


@pytest.mark.parametrize(
    ("iata", "repeated", "first"),
    [
        ("LHR", "2027-10-31T01:30", "2027-10-31T01:30+01:00"),
        ("BER", "2027-10-31T02:00", "2027-10-31T02:00+02:00"),
        ("JFK", "2027-11-07T01:59", "2027-11-07T01:59-04:00"),
        ("SYD", "2027-04-04T02:30", "2027-04-04T02:30+11:00"),
        ("LDH", "2027-04-04T01:45", "2027-04-04T01:45+11:00"),
    ],
)
def test_a_time_that_the_autumn_repeats_is_the_first_one_when_nobody_says_more(
    iata: str, repeated: str, first: str
) -> None:
    assert wall_clock(iata, repeated).isoformat() == datetime.fromisoformat(first).isoformat()


@pytest.mark.parametrize(("universal", "offset"), [("2027-10-31T00:30", 1), ("2027-10-31T01:30", 0)])
def test_the_universal_time_tells_the_two_hours_of_an_autumn_night_apart(universal: str, offset: int) -> None:
    instant = at_airport(shows("2027-10-31T01:30"), ZoneInfo("Europe/London"), utc=datetime.fromisoformat(universal))
    assert instant == datetime.fromisoformat(universal).replace(tzinfo=UTC)
    assert instant.utcoffset() == timedelta(hours=offset)
    assert instant.replace(tzinfo=None) == shows("2027-10-31T01:30")


def test_a_skipped_time_agrees_with_the_universal_time_that_the_moved_clock_shows() -> None:
    skipped, zone = shows("2027-03-28T01:30"), ZoneInfo("Europe/London")
    assert at_airport(skipped, zone, utc=shows("2027-03-28T01:30")).isoformat() == "2027-03-28T02:30:00+01:00"


@pytest.mark.parametrize("iata", ["LHR", "DEL", "HNL", "AKL", "YYT"])
def test_the_universal_time_may_come_with_or_without_its_offset(iata: str) -> None:
    zone, local = ATLAS.zone(iata), shows("2027-06-01T09:00")
    assert zone is not None
    universal = local.replace(tzinfo=zone).astimezone(UTC)
    elsewhere = universal.astimezone(ZoneInfo("Asia/Tokyo"))
    read = [at_airport(local, zone, utc=utc) for utc in (None, universal, universal.replace(tzinfo=None), elsewhere)]
    assert {instant.isoformat() for instant in read} == {read[0].isoformat()}


@pytest.mark.parametrize("minutes", [-60, -1, 1, 60, 24 * 60])
def test_a_universal_time_that_fits_no_reading_of_the_clock_is_refused(minutes: int) -> None:
    universal = shows("2027-06-01T08:00") + timedelta(minutes=minutes)
    with pytest.raises(ClocksDisagree, match="Europe/London"):
        at_airport(shows("2027-06-01T09:00"), ZoneInfo("Europe/London"), utc=universal)


def test_a_time_that_has_an_offset_already_is_refused() -> None:
    with pytest.raises(ValueError, match="no offset yet"):
        at_airport(datetime(2027, 6, 1, 9, 0, tzinfo=UTC), ZoneInfo("Europe/London"))


@pytest.mark.parametrize(
    ("unknown", "zone"), [("0001-01-01T00:00", "Pacific/Apia"), ("9999-12-31T23:59", "America/Los_Angeles")]
)
def test_the_ends_of_the_calendar_are_refused_as_a_bad_value(unknown: str, zone: str) -> None:
    with pytest.raises(ValueError, match="end of the calendar"):
        at_airport(shows(unknown), ZoneInfo(zone))


def test_the_day_that_samoa_left_out_is_moved_forward_by_a_whole_day() -> None:
    assert wall_clock("APW", "2011-12-30T12:00").isoformat() == "2011-12-31T12:00:00+14:00"


def test_a_repeated_hour_is_equal_to_itself_wherever_it_is_told() -> None:
    told = wall_clock("LHR", "2027-10-31T01:30")
    assert told == told.astimezone(UTC)
    assert told == datetime.fromisoformat(told.isoformat())


def test_the_night_of_the_clock_change_is_an_hour_longer_or_shorter() -> None:
    autumn = wall_clock("ZRH", "2027-10-30T23:00"), wall_clock("ZRH", "2027-10-31T07:00")
    spring = wall_clock("ZRH", "2027-03-27T23:00"), wall_clock("ZRH", "2027-03-28T07:00")
    assert elapsed(*autumn) == timedelta(hours=9)
    assert elapsed(*spring) == timedelta(hours=7)


def test_time_passes_over_a_clock_change_even_where_both_times_name_their_zone() -> None:
    zurich = ZoneInfo("Europe/Zurich")
    night = datetime(2027, 10, 30, 23, 0, tzinfo=zurich), datetime(2027, 10, 31, 7, 0, tzinfo=zurich)
    assert elapsed(*night) == timedelta(hours=9)


def test_the_hours_of_an_autumn_night_follow_each_other() -> None:
    zone, start = ZoneInfo("America/New_York"), datetime(2027, 11, 7, 4, 0, tzinfo=UTC)
    instants = [start + timedelta(minutes=20 * step) for step in range(12)]
    read = [at_airport(i.astimezone(zone).replace(tzinfo=None), zone, utc=i) for i in instants]
    assert read == instants
    assert {elapsed(one, next_one) for one, next_one in pairwise(read)} == {timedelta(minutes=20)}
