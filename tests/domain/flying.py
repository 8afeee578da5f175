"""Flights as they are flown, with defaults, so that a test names only what it is about."""

from datetime import date, datetime, timedelta
from typing import Any, Final

from domain.aviation import Aircraft, FlightEnd, FlightNumber, FlightState, FlightStatus
from domain.standings import Standing
from domain.watching import FlightDay
from tests.builders import ALBATROSS, NOW, wall_clock

DAY: Final = date(2027, 3, 1)
NUMBER: Final = FlightNumber(carrier="BA", number="117")
FLIGHT: Final = FlightDay(flight=NUMBER, day=DAY)
LEAVES: Final = wall_clock("LHR", "2027-03-01T10:30")
LANDS: Final = wall_clock("JFK", "2027-03-01T13:25")


def end(airport: str = "LHR", scheduled_at: datetime | None = LEAVES, **told: Any) -> FlightEnd:
    return FlightEnd(airport=airport, scheduled_at=scheduled_at, **told)


def departure(**told: Any) -> FlightEnd:
    return end(**told)


def arrival(**told: Any) -> FlightEnd:
    return end("JFK", LANDS, **told)


def status(
    state: FlightState | None = FlightState.SCHEDULED,
    *,
    flight: FlightNumber = NUMBER,
    departure: FlightEnd | None = None,
    arrival: FlightEnd | None = None,
    operated_as: FlightNumber | None = None,
    aircraft: Aircraft | None = None,
    airline: str | None = "Albatross Air",
    supplier: str = ALBATROSS,
    told_at: datetime = NOW,
) -> FlightStatus:
    """From London to New York on the first of March, at 10:30."""
    return FlightStatus(
        flight=flight,
        airline=airline,
        day=DAY,
        state=state,
        departure=departure or end(),
        arrival=arrival or end("JFK", LANDS),
        operated_as=operated_as,
        aircraft=aircraft,
        supplier=supplier,
        told_at=told_at,
    )


def standing(*legs: FlightStatus) -> Standing:
    return Standing(legs=legs or (status(),))


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)
