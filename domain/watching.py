"""Flights that somebody watches: what is held of them, how soon to look again, and when all is over."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import msgspec

from domain.aviation import FlightNumber, FlightState, FlightStatus
from domain.enquiries import StatusEnquiry
from domain.places import is_iata_airline, is_icao_airline
from domain.searches import Outcome
from domain.standings import Difference, Standing, differences, leaves, remembered
from domain.times import elapsed

_A_NUMBER: Final = re.compile(r"([A-Z]{3}|[A-Z0-9]{2})0*([1-9][0-9]{0,3}[A-Z]?)").fullmatch


class FlightDay(msgspec.Struct, frozen=True, kw_only=True):
    """The flights of one number on the local date of their departure."""

    flight: FlightNumber
    day: date

    @property
    def key(self) -> str:
        return f"{self.flight}.{self.day.isoformat()}"

    @property
    def enquiry(self) -> StatusEnquiry:
        return StatusEnquiry(carrier=self.flight.carrier, number=self.flight.number, day=self.day)


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What became known at one moment. `number` counts a flight's changes from 1 on; with an end nothing follows."""

    number: int
    at: datetime
    differences: tuple[Difference, ...]
    standing: Standing
    ended: bool = False


class Trouble(msgspec.Struct, frozen=True, kw_only=True):
    """Why a supplier told nothing when it was last asked."""

    supplier: str
    outcome: Outcome
    detail: str


class Followed(msgspec.Struct, frozen=True, kw_only=True):
    """All that is held of a flight. `changes` counts what became known of it, the last of which left it at `standing`.

    `told_at` is when that was last heard to be so, `look_at` when somebody is asked next. `flown_as` is the key of the
    flight that is asked for in its stead.
    """

    flight: FlightDay
    flown_as: str | None = None
    changes: int = 0
    standing: Standing | None = None
    told_at: datetime | None = None
    look_at: datetime
    over: bool = False
    trouble: tuple[Trouble, ...] = ()


def flight_number(text: str) -> FlightNumber | None:
    """LX14, lx 014 or SWR14; None for what is no flight number."""
    found = _A_NUMBER(text.replace(" ", "").upper())
    if found is None or not (is_iata_airline(found[1]) or is_icao_airline(found[1])):
        return None
    return FlightNumber(carrier=found[1], number=found[2])


def told_anew(followed: Followed, told: Standing, now: datetime) -> tuple[Followed, tuple[Change, ...]]:
    """How it is held after suppliers have told of it, and what that changes: the first word always does."""
    flight = followed.flight
    standing = remembered(followed.standing, told)
    found = differences(followed.standing, standing)
    look_at = look_again(standing, flight.day, now)
    number, changes = followed.changes, []
    if found or not number:
        number += 1
        changes.append(Change(number=number, at=now, differences=found, standing=standing))
    if look_at is None and not followed.over:
        number += 1
        changes.append(Change(number=number, at=now, differences=(), standing=standing, ended=True))
    after = msgspec.structs.replace(
        followed,
        changes=number,
        standing=standing if changes else followed.standing,
        told_at=now,
        look_at=look_at or now,
        over=followed.over or look_at is None,
        trouble=(),
    )
    return after, tuple(changes)


# How soon to look again


class Moment(StrEnum):
    DEPARTURE = "departure"
    ARRIVAL = "arrival"


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """While there is at least `ahead` until the moment, look again `every` so often. Below nothing, it is overdue."""

    ahead: timedelta
    every: timedelta


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """How a leg in one state is looked at: the first pace that fits, and not at all `over` after the moment."""

    moment: Moment
    paces: tuple[Pace, ...]
    over: timedelta


_EVER: Final = timedelta.min


def _pace(every: timedelta, **ahead: float) -> Pace:
    return Pace(ahead=timedelta(**ahead) if ahead else _EVER, every=every)


_WAITING: Final = Course(
    moment=Moment.DEPARTURE,
    paces=(
        _pace(timedelta(hours=12), days=3),
        _pace(timedelta(hours=3), days=1),
        _pace(timedelta(hours=1), hours=6),
        _pace(timedelta(minutes=15), hours=3),
        _pace(timedelta(minutes=5), hours=1),
        _pace(timedelta(minutes=1), hours=-4),
        _pace(timedelta(minutes=15)),
    ),
    over=timedelta(hours=30),
)
_IN_TROUBLE: Final = Course(moment=Moment.ARRIVAL, paces=(_pace(timedelta(minutes=5)),), over=timedelta(hours=12))
COURSES: Final[Mapping[FlightState | None, Course]] = MappingProxyType(
    {
        None: _WAITING,
        FlightState.SCHEDULED: _WAITING,
        FlightState.ACTIVE: Course(
            moment=Moment.ARRIVAL,
            paces=(
                _pace(timedelta(minutes=10), hours=2),
                _pace(timedelta(minutes=5), minutes=40),
                _pace(timedelta(minutes=1), hours=-3),
                _pace(timedelta(minutes=15)),
            ),
            over=timedelta(hours=24),
        ),
        # The belt, and the time at the gate, are told after the landing.
        FlightState.LANDED: Course(
            moment=Moment.ARRIVAL, paces=(_pace(timedelta(minutes=3)),), over=timedelta(minutes=45)
        ),
        # Some are flown after all.
        FlightState.CANCELLED: Course(
            moment=Moment.DEPARTURE,
            paces=(_pace(timedelta(hours=3), days=1), _pace(timedelta(minutes=30))),
            over=timedelta(hours=2),
        ),
        FlightState.DIVERTED: _IN_TROUBLE,
        FlightState.INCIDENT: _IN_TROUBLE,
    }
)

# As long as nobody tells of a flight, by the time until the day begins anywhere on Earth.
UNHEARD_OF: Final = (_pace(timedelta(hours=12), days=1), _pace(timedelta(minutes=20)))
_UNHEARD_OF_FOR: Final = timedelta(days=2)  # after which nobody will tell of it
_EARLIEST_DAY: Final = timedelta(hours=14)  # a day begins on Kiritimati before it does in Greenwich


def look_again(standing: Standing | None, day: date, now: datetime) -> datetime | None:
    """When it is worth asking again; None where all is over."""
    if standing is None or not standing.legs:
        begins = _midnight(day) - _EARLIEST_DAY
        return None if now > begins + _UNHEARD_OF_FOR + _EARLIEST_DAY else now + _fitting(UNHEARD_OF, begins - now)
    looks = [look for leg in standing.legs if (look := _look_again(leg, now)) is not None]
    return min(looks) if looks else None


def _look_again(leg: FlightStatus, now: datetime) -> datetime | None:
    course = COURSES[leg.state]
    end = leg.departure if course.moment is Moment.DEPARTURE else leg.arrival
    moment = end.expected_at or leg.arrival.expected_at or leg.departure.expected_at or _midnight(leg.day)
    ahead = elapsed(now, moment)
    return None if -ahead > course.over else now + _fitting(course.paces, ahead)


def _fitting(paces: tuple[Pace, ...], ahead: timedelta) -> timedelta:
    return next(pace.every for pace in paces if ahead >= pace.ahead)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


# Which day is meant where none is told


def nearest(known: Mapping[date, Standing], today: date, now: datetime) -> date:
    """Today, unless the flight of a day before is still under way and its departure nearer than that of today's."""
    under_way = {
        day: min(abs(elapsed(now, leg.departure.expected_at or leaves(leg))) for leg in standing.legs)
        for day, standing in known.items()
        if day <= today and standing.legs and look_again(standing, day, now) is not None
    }
    return min(sorted(under_way, reverse=True), key=lambda day: under_way[day], default=today)
