"""The aircraft of the pretend world: how each flight stands, who is in the air, and where everybody has been."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final

import msgspec

from sandbox.airports import airports
from sandbox.aviation.fates import Course, fate
from sandbox.aviation.flown import Flown, callsign, told
from sandbox.aviation.motion import Fix, Trip
from sandbox.aviation.registers import Tail
from sandbox.aviation.rotations import Duty
from sandbox.aviation.schedule import Schedule, Service, on_days
from sandbox.chance import pick
from sandbox.timetable import Timetable, zone

_KEPT_SKIES: Final = 4  # instants of which everybody in the air is remembered
_TWO_DAYS: Final = timedelta(days=2)
_ADDRESS: Final = frozenset("0123456789abcdef")


class Box(msgspec.Struct, frozen=True, kw_only=True):
    """Degrees; it does not reach over the antimeridian."""

    south: float
    west: float
    north: float
    east: float

    def holds(self, fix: Fix) -> bool:
        return self.south <= fix.latitude <= self.north and self.west <= fix.longitude <= self.east


class Position(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`state` is where the aircraft is registered; `squawk` are the four octal digits that its pilots were given."""

    icao24: str
    callsign: str
    state: str
    squawk: str
    aircraft: str
    fix: Fix


class Track(msgspec.Struct, frozen=True, kw_only=True):
    """The way of one flight so far. `ends` is when it reaches its gate, or the moment asked for, whatever comes first."""

    icao24: str
    callsign: str
    begins: datetime
    ends: datetime
    fixes: tuple[Fix, ...]


class Sighting(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One flight that is over, as its transponder told it: off the ground at `up`, back on it at `down`."""

    icao24: str
    callsign: str
    origin: str
    destination: str
    up: datetime
    down: datetime


class Skies:
    """All answers follow from the seed, the clock and the question. Feeders of small airfields have no transponder."""

    def __init__(self, timetable: Timetable, seed: int, clock: Callable[[], datetime]) -> None:
        self._seed: Final = seed
        self._now: Final = clock
        self._schedule: Final = Schedule(timetable, seed)
        self._in_the_air: Final = lru_cache(maxsize=_KEPT_SKIES)(self._heard)

    def flight(self, carrier: str, number: int, day: date) -> tuple[Flown, ...]:
        """Large airlines give one number to several flights. `day` is the local date of departure."""
        now = self._now()
        return tuple(
            told(self._seed, duty, duty.leaves_at(day), now, sold_as=(carrier, number))
            for duty in self._schedule.numbered(carrier, number)
            if duty.flies_on(day)
        )

    def departures(self, airport: str, day: date) -> tuple[Flown, ...]:
        """By the local date of departure, earliest first. Hubs do not list the feeders of small airfields."""
        duties = (duty for duty in self._known(airport) if duty.origin == airport and duty.flies_on(day))
        return self._board((duty, duty.leaves_at(day)) for duty in duties)

    def arrivals(self, airport: str, day: date) -> tuple[Flown, ...]:
        """By the local date on which they should arrive, whenever they left."""
        days = [day + timedelta(days=earlier) for earlier in (-2, -1, 0, 1)]
        flights = (
            (duty, duty.leaves_at(left))
            for duty in self._known(airport)
            if duty.destination == airport
            for left in days
            if duty.flies_on(left)
        )
        local = zone(airport) if airport in airports() else UTC
        return self._board(
            (duty, leaves)
            for duty, leaves in flights
            if (leaves + timedelta(minutes=duty.block)).astimezone(local).date() == day
        )

    def _known(self, airport: str) -> Sequence[Duty]:
        return self._schedule.at(airport) if airport in airports() else ()

    def _board(self, flights: Iterable[tuple[Duty, datetime]]) -> tuple[Flown, ...]:
        now = self._now()
        ranked = sorted(flights, key=lambda flight: (flight[1], flight[0].carrier, flight[0].number))
        return tuple(told(self._seed, duty, leaves, now) for duty, leaves in ranked)

    def routes(
        self, *, airline: str | None = None, origin: str | None = None, destination: str | None = None
    ) -> Sequence[Service]:
        """What flies between all airports that are more than small, on some days of the week or on all."""
        return self._schedule.services(airline=airline, origin=origin, destination=destination)

    def airborne(self, at: datetime, box: Box | None = None) -> tuple[Position, ...]:
        """Everybody between two gates, taxiing included, to the second."""
        heard = self._in_the_air(at.astimezone(UTC).replace(microsecond=0))
        return heard if box is None else tuple(position for position in heard if box.holds(position.fix))

    def _heard(self, at: datetime) -> tuple[Position, ...]:
        return tuple(_position(trip, fix) for trip in self._trips(self._schedule, at, at) if (fix := trip.way.at(at)))

    def track(self, icao24: str, at: datetime) -> Track | None:
        """Of the flight that is under way at `at`, so far; None when it stands at a gate, or never was."""
        for trip in self._trips(self._of_tail(icao24), at, at):
            if trip.way.at(at) is not None:
                until = min(self._now(), trip.way.on)
                fixes = tuple(trip.way.path(until))
                return Track(icao24=icao24, callsign=trip.callsign, begins=fixes[0].at, ends=fixes[-1].at, fixes=fixes)
        return None

    def flights_of(self, icao24: str, begin: datetime, end: datetime) -> tuple[Sighting, ...]:
        """What one aircraft has flown from take-off to landing between the two, earliest first."""
        return self._seen(self._of_tail(icao24), begin, end)

    def between(self, begin: datetime, end: datetime) -> tuple[Sighting, ...]:
        """What took off and landed between the two: a question about more than two days is answered with ValueError."""
        if end - begin > _TWO_DAYS:
            raise ValueError("that is more than anybody should ask at once")
        return self._seen(self._schedule, begin, end)

    def departed(self, airport: str, begin: datetime, end: datetime) -> tuple[Sighting, ...]:
        """Flights that are over and took off from here between the two."""
        return tuple(
            sighting for sighting in self._over(self._leaving(airport), begin, end) if begin <= sighting.up <= end
        )

    def arrived(self, airport: str, begin: datetime, end: datetime) -> tuple[Sighting, ...]:
        """Flights that landed here between the two."""
        duties = [duty for duty in self._known(airport) if duty.destination == airport]
        over = self._over(duties, begin, end)
        return tuple(one for one in over if begin <= one.down <= end and one.destination == airport)

    def _leaving(self, airport: str) -> Sequence[Duty]:
        return [duty for duty in self._known(airport) if duty.origin == airport]

    def _of_tail(self, icao24: str) -> Sequence[Duty]:
        return self._schedule.of_tail(icao24) if len(icao24) == 6 and set(icao24) <= _ADDRESS else ()

    def _seen(self, duties: Iterable[Duty], begin: datetime, end: datetime) -> tuple[Sighting, ...]:
        return tuple(one for one in self._over(duties, begin, end) if begin <= one.up and one.down <= end)

    def _over(self, duties: Iterable[Duty], begin: datetime, end: datetime) -> list[Sighting]:
        now = self._now()
        over = [_sighting(trip) for trip in self._trips(duties, begin, end) if trip.way.down <= now]
        return sorted(over, key=lambda one: (one.up, one.icao24))

    def _trips(self, duties: Iterable[Duty], begin: datetime, end: datetime) -> Iterator["_Trip"]:
        """Flights with a transponder that are under way at some moment between the two."""
        for duty, leaves in on_days(duties, begin, end):
            if duty.tail is None or leaves > end or leaves + timedelta(minutes=duty.block + duty.leeway) < begin:
                continue
            course = fate(self._seed, duty, leaves)
            if course.course is not Course.CANCELLED and course.off <= end and begin < course.on:
                way = Trip(
                    origin=duty.origin,
                    destination=course.lands_at,
                    aircraft=duty.aircraft,
                    off=course.off,
                    up=course.up,
                    down=course.down,
                    on=course.on,
                )
                distress = course.course is Course.INCIDENT and begin >= course.turns
                yield _Trip(tail=duty.tail, callsign=callsign(duty), way=way, distress=distress)


class _Trip(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    tail: Tail
    callsign: str
    way: Trip
    distress: bool

    @property
    def squawk(self) -> str:
        return "7700" if self.distress else f"{pick(0o7000, 0, 'squawk', self.callsign, self.way.off):04o}"


def _position(trip: _Trip, fix: Fix) -> Position:
    return Position(
        icao24=trip.tail.icao24,
        callsign=trip.callsign,
        state=trip.tail.register.state,
        squawk=trip.squawk,
        aircraft=trip.way.aircraft,
        fix=fix,
    )


def _sighting(trip: _Trip) -> Sighting:
    return Sighting(
        icao24=trip.tail.icao24,
        callsign=trip.callsign,
        origin=trip.way.origin,
        destination=trip.way.destination,
        up=trip.way.up,
        down=trip.way.down,
    )
