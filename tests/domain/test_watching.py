"""Watched flights: looked at often when it matters, hardly when it does not, and not at all when all is over."""

from datetime import UTC, date, datetime, timedelta

import pytest

from domain.aviation import FlightNumber, FlightState
from domain.standings import Standing
from domain.watching import COURSES, Change, FlightDay, Followed, flight_number, look_again, nearest, told_anew
from tests.builders import NOW
from tests.domain.flying import DAY, FLIGHT, LANDS, LEAVES, NUMBER, arrival, departure, minutes, standing, status

HOUR = timedelta(hours=1)


def pause(told: Standing | None, now: datetime) -> timedelta | None:
    look = look_again(told, DAY, now)
    return None if look is None else look - now


@pytest.mark.parametrize(
    ("text", "carrier", "number"),
    [
        ("LX14", "LX", "14"),
        ("lx 014", "LX", "14"),
        ("SWR14", "SWR", "14"),
        ("U21234", "U2", "1234"),
        ("9W1A", "9W", "1A"),
        ("BA117", "BA", "117"),
    ],
)
def test_a_flight_number_is_read_however_it_is_written(text: str, carrier: str, number: str) -> None:
    assert flight_number(text) == FlightNumber(carrier=carrier, number=number)


@pytest.mark.parametrize(
    "text", ["", "LX", "14", "1214", "LX0", "LX12345", "LX14BB", "LX-14", "\uff2c\uff3814", "LX1\u0663"]
)
def test_what_is_no_flight_number_is_none(text: str) -> None:
    assert flight_number(text) is None


def test_every_state_has_a_course() -> None:
    assert set(COURSES) == {None, *FlightState}


def test_each_course_ends_in_a_pace_for_whatever_is_left() -> None:
    for course in COURSES.values():
        aheads = [pace.ahead for pace in course.paces]
        assert aheads == sorted(aheads, reverse=True)
        assert aheads[-1] == timedelta.min


def test_the_nearer_the_departure_the_more_often() -> None:
    pauses = [pause(standing(), LEAVES - ahead) for ahead in (120 * HOUR, 30 * HOUR, 8 * HOUR, 4 * HOUR, 2 * HOUR)]
    assert pauses == [12 * HOUR, 3 * HOUR, HOUR, minutes(15), minutes(5)]
    assert pause(standing(), LEAVES - minutes(20)) == pause(standing(), LEAVES + minutes(20)) == minutes(1)


def test_a_flight_that_is_late_is_looked_at_by_the_new_time() -> None:
    late = standing(status(departure=departure(estimated_at=LEAVES + 8 * HOUR)))
    assert pause(late, LEAVES - minutes(20)) == HOUR


def test_in_the_air_it_is_the_arrival_that_counts() -> None:
    flying = standing(status(FlightState.ACTIVE))
    assert pause(flying, LANDS - 5 * HOUR) == minutes(10)
    assert pause(flying, LANDS - HOUR) == minutes(5)
    assert pause(flying, LANDS - minutes(10)) == pause(flying, LANDS + minutes(10)) == minutes(1)


def test_after_the_landing_the_belt_is_waited_for_and_then_all_is_over() -> None:
    landed = standing(status(FlightState.LANDED, arrival=arrival(actual_at=LANDS)))
    assert pause(landed, LANDS + minutes(5)) == minutes(3)
    assert pause(landed, LANDS + HOUR) is None


def test_a_cancelled_flight_is_over_two_hours_after_it_would_have_left() -> None:
    cancelled = standing(status(FlightState.CANCELLED))
    assert pause(cancelled, LEAVES - HOUR) == minutes(30)
    assert pause(cancelled, LEAVES + 3 * HOUR) is None


@pytest.mark.parametrize("state", [None, *FlightState])
def test_no_flight_is_watched_for_ever(state: FlightState | None) -> None:
    assert pause(standing(status(state)), LANDS + 40 * HOUR) is None


def test_a_flight_of_two_legs_is_looked_at_for_the_one_that_is_next_and_until_both_are_over() -> None:
    landed = status(FlightState.LANDED)
    onwards = status(departure=departure(airport="JFK", scheduled_at=LANDS + 2 * HOUR))
    assert pause(standing(landed, onwards), LANDS + HOUR + minutes(30)) == minutes(1)


def test_a_flight_that_nobody_tells_of_is_asked_for_seldom_and_then_no_more() -> None:
    midnight = datetime(2027, 3, 1, tzinfo=UTC)
    for unheard_of in (None, Standing()):
        assert pause(unheard_of, midnight - 100 * HOUR) == 12 * HOUR
        assert pause(unheard_of, midnight + 12 * HOUR) == minutes(20)
        assert pause(unheard_of, midnight + 49 * HOUR) is None


def followed(flight: FlightDay = FLIGHT, told: Standing | None = None) -> Followed:
    begun = Followed(flight=flight, look_at=NOW)
    return begun if told is None else told_anew(begun, told, NOW)[0]


def test_the_first_word_is_the_first_change_even_if_it_says_that_there_is_no_such_flight() -> None:
    for told in (standing(), Standing()):
        after, changes = told_anew(followed(), told, NOW)
        assert [change.number for change in changes] == [1]
        assert (after.changes, after.standing, after.told_at) == (1, told, NOW)


def test_what_changes_is_counted_and_what_does_not_only_grows_younger() -> None:
    known = followed(told=standing())
    same, none = told_anew(known, standing(), NOW + HOUR)
    assert (none, same.changes, same.told_at) == ((), 1, NOW + HOUR)
    later, changes = told_anew(same, standing(status(departure=departure(gate="A10"))), NOW + 2 * HOUR)
    assert [(change.number, change.ended) for change in changes] == [(2, False)]
    assert later.changes == 2


def test_slips_of_a_minute_add_up_to_a_change() -> None:
    known = followed(told=standing(status(departure=departure(estimated_at=LEAVES))))
    told: list[Change] = []
    for later in (1, 2, 3):
        slipped = standing(status(departure=departure(estimated_at=LEAVES + minutes(later))))
        known, changes = told_anew(known, slipped, NOW + minutes(later))
        told.extend(changes)
    assert len(told) == 1


def test_the_end_is_a_change_of_its_own_and_told_once() -> None:
    landed = standing(status(FlightState.LANDED, arrival=arrival(actual_at=LANDS)))
    over, changes = told_anew(followed(told=standing()), landed, LANDS + 2 * HOUR)
    assert [(change.number, change.ended) for change in changes] == [(2, False), (3, True)]
    assert over.over
    assert told_anew(over, landed, LANDS + 3 * HOUR)[1] == ()


def test_trouble_is_forgotten_as_soon_as_somebody_answers() -> None:
    assert followed(told=standing()).trouble == ()


def test_today_is_meant_unless_yesterday_is_still_in_the_air() -> None:
    yesterday, today = DAY, DAY + timedelta(days=1)
    midnight = LEAVES.replace(hour=0, minute=10) + timedelta(days=1)
    assert nearest({}, today, midnight) == today
    night = standing(status(FlightState.ACTIVE, arrival=arrival(estimated_at=midnight + HOUR)))
    assert nearest({yesterday: night}, today, midnight) == yesterday
    landed = standing(status(FlightState.LANDED))
    assert nearest({yesterday: landed}, today, midnight + 12 * HOUR) == today


def test_a_flight_of_a_day_to_come_is_never_meant() -> None:
    assert nearest({date(2027, 3, 2): standing()}, DAY, NOW) == DAY


def test_a_flight_and_its_day_are_one_key() -> None:
    assert FLIGHT.key == "BA117.2027-03-01"
    assert (FLIGHT.enquiry.carrier, FLIGHT.enquiry.number, FLIGHT.enquiry.day) == ("BA", "117", DAY)
    assert str(NUMBER) == "BA117"
