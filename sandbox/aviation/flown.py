"""How a flight stands at a moment, as an airport's screens would tell it."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from sandbox.airports import airports
from sandbox.aviation.codeshares import Number, shares
from sandbox.aviation.fates import Course, Fate, belt, fate, gate, terminal
from sandbox.aviation.rotations import Duty
from sandbox.carriers import CARRIERS
from sandbox.timetable import zone

_ESTIMATED_BEFORE: Final = timedelta(hours=4)
_GATE_BEFORE: Final = timedelta(hours=3)
_BELT_BEFORE: Final = timedelta(minutes=20)


class State(StrEnum):
    SCHEDULED = "scheduled"
    ACTIVE = "active"
    LANDED = "landed"
    CANCELLED = "cancelled"
    DIVERTED = "diverted"
    INCIDENT = "incident"


class End(msgspec.Struct, frozen=True, kw_only=True):
    """One end of a flight, with times at the gate in the airport's zone; `runway` is take-off or touch-down.

    `delay` is in minutes, None where nothing is late. None elsewhere: not known yet, or never.
    """

    airport: str
    icao: str
    terminal: str | None
    gate: str | None
    scheduled: datetime
    estimated: datetime | None
    actual: datetime | None
    runway: datetime | None
    delay: int | None
    belt: str | None = None


class Flown(msgspec.Struct, frozen=True, kw_only=True):
    """`carrier` and `number` are those that were asked for; `own` is the flight's own number where they are a partner's.

    `operator` flies it and `callsign` is what its pilots say; `day` is the local date of departure. `aircraft` is an
    IATA type, `icao24` the address of its transponder. `lands_at` is another airport once a flight is diverted.
    """

    carrier: str
    number: int
    own: Number | None
    operator: str
    airline_icao: str
    callsign: str
    day: date
    state: State
    departure: End
    arrival: End
    aircraft: str
    registration: str | None
    icao24: str | None
    codeshares: tuple[Number, ...]
    lands_at: str


def told(seed: int, duty: Duty, leaves: datetime, now: datetime, *, sold_as: Number | None = None) -> Flown:
    """What is known at `now` of the flight that should leave at `leaves`."""
    course = fate(seed, duty, leaves)
    state = _state(course, now)
    carrier, number = sold_as or (duty.carrier, duty.number)
    own = (duty.carrier, duty.number)
    screens = _Screens(seed=seed, duty=duty, course=course, state=state, now=now)
    return Flown(
        carrier=carrier,
        number=number,
        own=None if (carrier, number) == own else own,
        operator=duty.operator,
        airline_icao=CARRIERS[carrier].fact.icao,
        callsign=callsign(duty),
        day=leaves.astimezone(zone(duty.origin)).date(),
        state=state,
        departure=screens.departure(),
        arrival=screens.arrival(),
        aircraft=duty.aircraft,
        registration=duty.tail.registration if duty.tail else None,
        icao24=duty.tail.icao24 if duty.tail else None,
        codeshares=shares(seed, duty),
        lands_at=course.lands_at if state is State.DIVERTED else duty.destination,
    )


def callsign(duty: Duty) -> str:
    return f"{CARRIERS[duty.operator].fact.icao}{duty.number}"


def _state(course: Fate, now: datetime) -> State:
    if course.course is Course.CANCELLED:
        return State.CANCELLED if now >= course.told else State.SCHEDULED
    if now < course.off:
        return State.SCHEDULED
    if now >= course.turns and course.course in (Course.DIVERTED, Course.INCIDENT):
        return State(course.course.value)
    return State.ACTIVE if now < course.on else State.LANDED


class _Screens(msgspec.Struct, frozen=True, kw_only=True):
    """What the screens of the two airports show of one flight."""

    seed: int
    duty: Duty
    course: Fate
    state: State
    now: datetime

    def departure(self) -> End:
        duty, course = self.duty, self.course
        estimated = self.state is not State.CANCELLED and self._estimates
        left = self.state not in (State.CANCELLED, State.SCHEDULED)
        here = zone(duty.origin)
        return End(
            airport=duty.origin,
            icao=airports()[duty.origin].icao,
            terminal=terminal(duty.origin, duty.carrier),
            gate=self._gate(duty.origin) if self.now >= course.scheduled - _GATE_BEFORE else None,
            scheduled=course.scheduled.astimezone(here),
            estimated=course.off.astimezone(here) if estimated else None,
            actual=course.off.astimezone(here) if left else None,
            runway=course.up.astimezone(here) if left and self.now >= course.up else None,
            delay=course.late or None if estimated else None,
        )

    def arrival(self) -> End:
        """Nothing ever arrives at the airport that a diverted flight was bound for."""
        duty, course = self.duty, self.course
        comes = self.state not in (State.CANCELLED, State.DIVERTED)
        estimated = comes and self._estimates
        late = int((course.on - course.due).total_seconds()) // 60
        there = zone(duty.destination)
        collected = comes and self.now >= course.on - _BELT_BEFORE
        return End(
            airport=duty.destination,
            icao=airports()[duty.destination].icao,
            terminal=terminal(duty.destination, duty.carrier),
            gate=self._gate(duty.destination) if comes and self.now >= course.up else None,
            scheduled=course.due.astimezone(there),
            estimated=course.on.astimezone(there) if estimated else None,
            actual=course.on.astimezone(there) if comes and self.now >= course.on else None,
            runway=course.down.astimezone(there) if comes and self.now >= course.down else None,
            delay=late if estimated and late > 0 else None,
            belt=belt(self.seed, duty.destination, self._flight) if collected else None,
        )

    @property
    def _estimates(self) -> bool:
        return self.now >= self.course.scheduled - _ESTIMATED_BEFORE

    @property
    def _flight(self) -> str:
        return f"{self.duty.operator}{self.duty.number}-{self.course.scheduled:%Y%m%d}"

    def _gate(self, airport: str) -> str | None:
        return gate(self.seed, airport, self._flight)
