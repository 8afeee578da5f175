"""Which aircraft flies what: every flight of an airline, with a tail that is never in two places at once."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Final

import msgspec

from sandbox.airports import airports
from sandbox.aviation.registers import Shelf, Tail, shelves
from sandbox.network import Route, neighbours, trunk
from sandbox.timetable import Leg, Timetable, zone

DAY_MINUTES: Final = 24 * 60
_TURN_MINUTES: Final = 95  # between two flights of one aircraft, as planned
_CLOCKS_MOVE: Final = 60  # a change of the clocks at one end may take so much of it away
_QUICKEST_TURN: Final = 15
_MOST_LEEWAY: Final = 240
_A_MONDAY: Final = date(2026, 1, 12)  # in its week no clock changes anywhere: what leaves then, leaves so all year


class Duty(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One flight of the timetable, on every day on which its route is flown.

    `place` is its rank among the departures of a day, `departs` and `arrives` are minutes after midnight on the wall
    clocks of the two airports, `block` the minutes from gate to gate, `aircraft` an IATA type. It may be late by
    `leeway` minutes before the next flight of its tail would have to wait. Small airfields' feeders have no tail.
    """

    route: Route
    origin: str
    destination: str
    place: int
    carrier: str
    operator: str
    number: int
    departs: int
    arrives: int
    block: int
    aircraft: str
    tail: Tail | None = None
    leeway: int = _MOST_LEEWAY

    def flies_on(self, day: date) -> bool:
        return day.weekday() in self.route.days

    def leaves_at(self, day: date) -> datetime:
        """In UTC, as the timetable has it: a wall-clock time that a clock change skips moves forward with the clocks."""
        clock = time(self.departs // 60, self.departs % 60)
        return datetime.combine(day, clock, tzinfo=zone(self.origin)).astimezone(UTC)

    def leg(self, timetable: Timetable, day: date) -> Leg:
        return timetable.flights(self.route, self.origin, day)[self.place]


def duties(timetable: Timetable, routes: Iterable[Route]) -> Iterator[Duty]:
    """Both ways of each route, without tails."""
    for route in routes:
        flown = _A_MONDAY + timedelta(days=min(route.days))
        for origin in (route.hub, route.other):
            for place, leg in enumerate(timetable.flights(route, origin, flown)):
                yield Duty(
                    route=route,
                    origin=leg.origin,
                    destination=leg.destination,
                    place=place,
                    carrier=leg.carrier,
                    operator=leg.operating_carrier,
                    number=leg.number,
                    departs=leg.departs.hour * 60 + leg.departs.minute,
                    arrives=leg.arrives.hour * 60 + leg.arrives.minute,
                    block=int(leg.duration.total_seconds()) // 60,
                    aircraft=leg.aircraft,
                )


class _Shift:
    """What one aircraft flies between one night and the next, in minutes of UTC that may run past the day's end."""

    __slots__ = ("_away", "_begins", "_place", "duties", "free")

    def __init__(self, begins: int, duty: Duty) -> None:
        self._begins: Final = begins
        self.duties: Final[list[tuple[int, Duty]]] = []
        self.fly(begins, duty)

    def fly(self, begins: int, duty: Duty) -> None:
        self.duties.append((begins, duty))
        self.free = begins + duty.block + _TURN_MINUTES
        self._place = duty.destination
        self._away = _from_base(duty, duty.destination)

    def can_fly(self, begins: int, duty: Duty) -> bool:
        """From where it landed, or after it was flown empty over its base; and then it has to be back for tomorrow."""
        empty = 0 if self._place == duty.origin else self._away + _from_base(duty, duty.origin)
        return self.free + empty <= begins and begins + duty.block + _TURN_MINUTES <= self._begins + DAY_MINUTES

    def assigned(self, tail: Tail) -> Iterator[Duty]:
        """The duties with their tail, and with what each may be late; after the last comes the first one again."""
        following = [begins for begins, _ in self.duties[1:]] + [self._begins + DAY_MINUTES]
        for (begins, duty), until in zip(self.duties, following, strict=True):
            leeway = min(until - begins - duty.block - _CLOCKS_MOVE - _QUICKEST_TURN, _MOST_LEEWAY)
            yield msgspec.structs.replace(duty, tail=tail, leeway=leeway)


def _from_base(duty: Duty, end: str) -> int:
    """Minutes to fly between the base and that end of a flight."""
    return 0 if end == duty.route.hub else duty.block


def rotated(planned: Iterable[Duty], shelf: Shelf) -> Iterator[Duty]:
    """The duties of one airline with tails: an aircraft of a base goes on from where it landed, and rests at night."""
    bases: defaultdict[tuple[str, str], list[tuple[int, Duty]]] = defaultdict(list)
    for duty in planned:
        bases[duty.route.hub, duty.aircraft].append((_utc_minute(duty), duty))
    tails = 0
    for _, flights in sorted(bases.items()):
        for shift in _shifts(sorted(flights, key=lambda flight: (flight[0], flight[1].number, flight[1].origin))):
            yield from shift.assigned(shelf.tail(tails))
            tails += 1


def _shifts(flights: Iterable[tuple[int, Duty]]) -> Iterator[_Shift]:
    """One aircraft more whenever none that is there already can do it."""
    shifts: list[_Shift] = []
    for begins, duty in flights:
        shift = next((shift for shift in shifts if shift.free <= begins and shift.can_fly(begins, duty)), None)
        if shift is None:
            shifts.append(_Shift(begins, duty))
        else:
            shift.fly(begins, duty)
    return iter(shifts)


def _utc_minute(duty: Duty) -> int:
    return (duty.departs - _winter_shift(duty.origin)) % DAY_MINUTES


@cache
def _winter_shift(iata: str) -> int:
    """By how many minutes the clock of a place is ahead of UTC in the week of the plan."""
    offset = datetime.combine(_A_MONDAY, time(12), tzinfo=zone(iata)).utcoffset() or timedelta()
    return int(offset.total_seconds()) // 60


@cache
def routes_of() -> Mapping[str, tuple[Route, ...]]:
    """Between all airports that are more than small, by who flies them."""
    flown: defaultdict[str, list[Route]] = defaultdict(list)
    for place, ends in trunk().items():
        for routes in ends.values():
            for route in routes:
                if route.hub == place:
                    flown[route.carrier].append(route)
    return {carrier: tuple(routes) for carrier, routes in sorted(flown.items())}


@cache
def feeders_of() -> Mapping[str, tuple[Route, ...]]:
    """Between hubs and small airfields, by who flies them."""
    flown: defaultdict[str, list[Route]] = defaultdict(list)
    for place in airports():
        if place not in trunk():
            for routes in neighbours(place).values():
                for route in routes:
                    flown[route.carrier].append(route)
    return {carrier: tuple(routes) for carrier, routes in sorted(flown.items())}


class Operations:
    """All that one airline flies between airports that are more than small."""

    __slots__ = ("by_number", "by_place", "by_tail", "duties")

    def __init__(self, timetable: Timetable, operator: str) -> None:
        planned = duties(timetable, routes_of().get(operator, ()))
        self.duties: Final = tuple(rotated(planned, shelves()[operator]))
        by_number: defaultdict[int, list[Duty]] = defaultdict(list)
        by_place: defaultdict[str, list[Duty]] = defaultdict(list)
        by_tail: defaultdict[str, list[Duty]] = defaultdict(list)
        for duty in self.duties:
            by_number[duty.number].append(duty)
            by_place[duty.origin].append(duty)
            by_place[duty.destination].append(duty)
            if duty.tail is not None:
                by_tail[duty.tail.icao24].append(duty)
        self.by_number: Final[Mapping[int, list[Duty]]] = dict(by_number)
        self.by_place: Final[Mapping[str, list[Duty]]] = dict(by_place)
        self.by_tail: Final[Mapping[str, list[Duty]]] = dict(by_tail)
