"""Flights that somebody watches: how they stand, what has changed since they were last told of, how soon to look again."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

import msgspec

from domain.aviation import Aircraft, FlightEnd, FlightNumber, FlightState, FlightStatus
from domain.enquiries import StatusEnquiry
from domain.places import is_iata_airline, is_icao_airline
from domain.times import elapsed

_A_NUMBER: Final = re.compile(r"([A-Z]{3}|[A-Z0-9]{2})0*([1-9][0-9]{0,3}[A-Z]?)").fullmatch
_SLIGHT: Final = timedelta(minutes=1)  # a time that moved by no more has not changed
_ONE_LEG: Final = timedelta(hours=3)  # the same two airports again, later than that, are another flight


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


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How they stand, in the order of departure; no legs where nobody tells of any."""

    legs: tuple[FlightStatus, ...] = ()

    @property
    def flown_as(self) -> FlightNumber | None:
        """The number of whoever flies all of them, where it is another one."""
        numbers = {leg.operated_as for leg in self.legs if leg.operated_as != leg.flight}
        return numbers.pop() if len(numbers) == 1 else None


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is no longer as it was, in words: `leg` counts from 0, `field` is such as `departure.gate`."""

    leg: int
    field: str
    before: str | None
    after: str | None


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What became known at one moment. `number` counts a flight's changes from 1 on; with an end nothing follows."""

    number: int
    at: datetime
    differences: tuple[Difference, ...]
    standing: Standing
    ended: bool = False


def flight_number(text: str) -> FlightNumber | None:
    """LX14, lx 014 or SWR14; None for what is no flight number."""
    found = _A_NUMBER(text.replace(" ", "").upper())
    if found is None or not (is_iata_airline(found[1]) or is_icao_airline(found[1])):
        return None
    return FlightNumber(carrier=found[1], number=found[2])


# What suppliers tell, together


def together(told: Iterable[FlightStatus]) -> Standing:
    """Several suppliers' words: each leg once, gaps of the first who tells of it filled by those after."""
    legs: list[FlightStatus] = []
    for status in told:
        at = next((place for place, leg in enumerate(legs) if _same_leg(leg, status)), None)
        if at is None:
            legs.append(status)
        else:
            legs[at] = _joined(legs[at], status)
    return Standing(legs=tuple(sorted(legs, key=_leaves)))


def remembered(before: Standing | None, now: Standing) -> Standing:
    """As it stands now, with what was told before and is passed over in silence.

    Times are not remembered: a cancelled flight is no longer estimated to leave. Who has landed does not take off
    again, whatever a slower source says.
    """
    if before is None:
        return now
    if not now.legs:
        return before
    return Standing(legs=tuple(_remembered(before, leg) for leg in now.legs))


def _same_leg(one: FlightStatus, other: FlightStatus) -> bool:
    first, second = one.departure.scheduled_at, other.departure.scheduled_at
    far = first is not None and second is not None and abs(elapsed(first, second)) > _ONE_LEG
    return not far and _same_end(one.departure, other.departure) and _same_end(one.arrival, other.arrival)


def _same_end(one: FlightEnd, other: FlightEnd) -> bool:
    if one.airport is not None and other.airport is not None:
        return one.airport == other.airport
    return one.airport_icao is not None and one.airport_icao == other.airport_icao


# How far a flight has come: of two words the one that is further on is the later one.
_STAGES: Final[Mapping[FlightState | None, int]] = MappingProxyType(
    {
        None: 0,
        FlightState.SCHEDULED: 1,
        FlightState.ACTIVE: 2,
        FlightState.LANDED: 3,
        FlightState.CANCELLED: 4,
        FlightState.DIVERTED: 4,
        FlightState.INCIDENT: 4,
    }
)


def _joined(one: FlightStatus, other: FlightStatus) -> FlightStatus:
    return msgspec.structs.replace(
        one,
        state=max(one.state, other.state, key=lambda state: _STAGES[state]),
        airline=one.airline or other.airline,
        departure=_filled(one.departure, other.departure),
        arrival=_filled(one.arrival, other.arrival),
        operated_as=one.operated_as or other.operated_as,
        aircraft=_filled(one.aircraft, other.aircraft),
        position=one.position or other.position,
        told_at=min(one.told_at, other.told_at),
    )


_KEPT_OF_AN_END: Final = frozenset({"airport", "airport_icao", "terminal", "gate", "belt", "scheduled_at"})


def _remembered(before: Standing, leg: FlightStatus) -> FlightStatus:
    known = next((old for old in before.legs if _same_leg(old, leg)), None)
    if known is None:
        return leg
    back_in_the_air = known.state is FlightState.LANDED and leg.state in (FlightState.ACTIVE, FlightState.SCHEDULED)
    return msgspec.structs.replace(
        leg,
        state=known.state if leg.state is None or back_in_the_air else leg.state,
        airline=leg.airline or known.airline,
        departure=_filled(leg.departure, known.departure, _KEPT_OF_AN_END),
        arrival=_filled(leg.arrival, known.arrival, _KEPT_OF_AN_END),
        operated_as=leg.operated_as or known.operated_as,
        aircraft=_filled(leg.aircraft, known.aircraft),
    )


def _filled(one: Any, other: Any, fields: frozenset[str] | None = None) -> Any:
    """The struct `one`, with what it lacks taken from `other`; either may be None."""
    if one is None or other is None:
        return one if other is None else other
    lacking = (name for name in fields or one.__struct_fields__ if getattr(one, name) is None)
    return msgspec.structs.replace(one, **{name: getattr(other, name) for name in lacking})


def _leaves(leg: FlightStatus) -> datetime:
    return (leg.departure.scheduled_at or leg.departure.expected_at or _midnight(leg.day)).astimezone(UTC)


# What has changed

_OF_AN_END: Final = ("terminal", "gate", "belt", "scheduled_at", "estimated_at", "actual_at", "runway_at")
_OF_AN_AIRCRAFT: Final = ("registration", "icao24", "iata_type", "icao_type")


def differences(before: Standing | None, after: Standing) -> tuple[Difference, ...]:
    """Whatever a traveller would want to be told: states, places, times beyond a minute, and who flies in what."""
    old = before.legs if before is not None else ()
    found: list[Difference] = []
    for number, leg in enumerate(after.legs):
        known = next((one for one in old if _same_leg(one, leg)), None)
        if known is None:
            found.append(Difference(leg=number, field="leg", before=None, after=_way(leg)))
        else:
            found.extend(_between(number, known, leg))
    gone = (one for one in old if not any(_same_leg(one, leg) for leg in after.legs))
    found.extend(Difference(leg=number, field="leg", before=_way(one), after=None) for number, one in enumerate(gone))
    return tuple(found)


def _between(number: int, before: FlightStatus, after: FlightStatus) -> Iterator[Difference]:
    for (field, was), (_, now) in zip(_facts(before), _facts(after), strict=True):
        if not _alike(was, now):
            yield Difference(leg=number, field=field, before=_in_words(was), after=_in_words(now))


def _facts(leg: FlightStatus) -> Iterator[tuple[str, Any]]:
    yield "state", leg.state
    for end, told in (("departure", leg.departure), ("arrival", leg.arrival)):
        yield from ((f"{end}.{name}", getattr(told, name)) for name in _OF_AN_END)
    aircraft = leg.aircraft or Aircraft()
    yield from ((f"aircraft.{name}", getattr(aircraft, name)) for name in _OF_AN_AIRCRAFT)
    yield "operated_as", leg.operated_as


def _alike(one: Any, other: Any) -> bool:
    if isinstance(one, datetime) and isinstance(other, datetime):
        return abs(elapsed(one, other)) <= _SLIGHT
    return bool(one == other)


def _in_words(told: Any) -> str | None:
    return None if told is None else told.isoformat() if isinstance(told, datetime) else str(told)


def _way(leg: FlightStatus) -> str:
    ends = (leg.departure, leg.arrival)
    return "-".join(end.airport or end.airport_icao or "" for end in ends)


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
        day: min(abs(elapsed(now, leg.departure.expected_at or _leaves(leg))) for leg in standing.legs)
        for day, standing in known.items()
        if day <= today and standing.legs and look_again(standing, day, now) is not None
    }
    return min(sorted(under_way, reverse=True), key=lambda day: under_way[day], default=today)
