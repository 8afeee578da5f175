"""Flights, positions and tracks: what they refuse, and what is the best that is known."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import msgspec
import pytest

from domain.aviation import (
    Aircraft,
    Emitter,
    FlightEnd,
    FlightNumber,
    FlownFlight,
    Position,
    Route,
    Track,
    Waypoint,
)

NOON = datetime(2027, 1, 15, 12, 0, tzinfo=UTC)


def position(**told: Any) -> Position:
    return Position(**{"icao24": "3c6444", "heard_at": NOON, "on_ground": False, **told})


def test_what_happened_is_better_known_than_what_is_expected_or_was_planned() -> None:
    planned, expected, happened = NOON, NOON + timedelta(minutes=10), NOON + timedelta(minutes=12)
    end = FlightEnd(airport="ZRH", scheduled_at=planned, estimated_at=expected, actual_at=happened)
    assert end.expected_at == happened
    assert msgspec.structs.replace(end, actual_at=None).expected_at == expected
    assert msgspec.structs.replace(end, actual_at=None, estimated_at=None).expected_at == planned
    assert FlightEnd(airport="ZRH").expected_at is None


def test_an_end_of_a_flight_has_a_place_and_times_with_offsets() -> None:
    assert FlightEnd(airport=None, airport_icao="LSZH").airport is None
    with pytest.raises(ValueError, match="no airport"):
        FlightEnd(airport=None)
    with pytest.raises(ValueError, match="without an offset"):
        FlightEnd(airport="ZRH", runway_at=NOON.replace(tzinfo=None))


@pytest.mark.parametrize("address", ["", "3C6444", "3c644", "3c64444", "xyzxyz"])
def test_an_address_has_six_lower_case_hexadecimal_digits(address: str) -> None:
    with pytest.raises(ValueError, match="hexadecimal"):
        position(icao24=address)
    with pytest.raises(ValueError, match="hexadecimal"):
        Aircraft(icao24=address)


@pytest.mark.parametrize("squawk", ["100", "10000", "8000", "12a4"])
def test_a_squawk_has_four_octal_digits(squawk: str) -> None:
    with pytest.raises(ValueError, match="octal"):
        position(squawk=squawk)


def test_a_squawk_keeps_its_leading_zeros() -> None:
    assert position(squawk="0021").squawk == "0021"


def test_an_emitter_is_known_by_its_place_in_the_standard() -> None:
    assert Emitter(6) is Emitter.HEAVY
    assert {int(one) for one in Emitter} == set(range(2, 21))


def test_a_track_does_not_go_back_in_time() -> None:
    first, last = (Waypoint(at=NOON + timedelta(minutes=minutes), on_ground=False) for minutes in (0, 9))
    track = Track(icao24="3c6444", callsign=None, begins_at=first.at, ends_at=last.at, waypoints=(first, last))
    assert track.waypoints == (first, last)
    with pytest.raises(ValueError, match="back in time"):
        msgspec.structs.replace(track, waypoints=(last, first))


def test_no_flight_lands_before_it_took_off() -> None:
    with pytest.raises(ValueError, match="landed before"):
        FlownFlight(
            icao24="3c6444", callsign=None, origin_icao=None, destination_icao=None, took_off_at=NOON,
            landed_at=NOON - timedelta(seconds=1),
        )  # fmt: skip


def test_one_number_flown_twice_between_two_places_is_two_routes() -> None:
    morning = Route(
        flight=FlightNumber(carrier="LX", number="14"), airline="SWISS", origin="ZRH", destination="JFK",
        departs=time(9, 5),
    )  # fmt: skip
    assert str(morning.flight) == "LX14"
    assert morning.key != msgspec.structs.replace(morning, departs=time(17)).key
    assert morning.key == msgspec.structs.replace(morning, airline=None).key
