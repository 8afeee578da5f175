"""Every flight that somebody may ask about, found by number, by place and by tail; an airline is planned when first asked for."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from typing import Final, overload

import msgspec

from sandbox.aviation.codeshares import flown_as, sells
from sandbox.aviation.registers import shelves
from sandbox.aviation.rotations import DAY_MINUTES, Duty, Operations, duties, feeders_of, routes_of
from sandbox.carriers import CARRIERS, seller
from sandbox.network import neighbours, trunk
from sandbox.timetable import Timetable, zone

_MINUTE: Final = timedelta(minutes=1)
_ANY_DRIFT: Final = 90  # minutes by which wall clocks and instants may drift apart where clocks are changed
_KEPT_PLACES: Final = 512
_FIRST_FEEDER: Final = 4_801  # numbers below are never those of a small airfield's feeder, nor code shares


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """A flight number between two places, with the clocks at either end; `operator` flies it, `airline` sells it."""

    airline: str
    operator: str
    number: int
    origin: str
    destination: str
    departs: time
    arrives: time


class Schedule:
    """Airlines' plans are made once and kept; small airfields' feeders are made when they are asked for."""

    def __init__(self, timetable: Timetable, seed: int) -> None:
        self._timetable: Final = timetable
        self._seed: Final = seed
        self.of: Final = cache(self._planned)
        self.at: Final = lru_cache(maxsize=_KEPT_PLACES)(self._at)

    def _planned(self, operator: str) -> Operations:
        return Operations(self._timetable, operator)

    def __iter__(self) -> Iterator[Duty]:
        for operator in routes_of():
            yield from self.of(operator).duties

    def _at(self, iata: str) -> tuple[Duty, ...]:
        """What leaves a place and what lands there. A hub does not list the feeders of small airfields."""
        routes = [route for ends in neighbours(iata).values() for route in ends]
        if iata not in trunk():
            return tuple(duties(self._timetable, routes))
        flying = sorted({route.carrier for route in routes})
        return tuple(duty for operator in flying for duty in self.of(operator).by_place.get(iata, ()))

    def numbered(self, carrier: str, number: int) -> Iterator[Duty]:
        """What flies under a number, whether it is the flight's own or a partner's."""
        for operator in _flying_for(carrier):
            yield from self._own(operator, number)
        if number >= _FIRST_FEEDER:
            for operator, own in flown_as(carrier).get(number, ()):
                yield from (duty for duty in self._own(operator, own) if sells(self._seed, carrier, duty))

    def _own(self, operator: str, number: int) -> Iterator[Duty]:
        yield from self.of(operator).by_number.get(number, ())
        if number >= _FIRST_FEEDER:
            near = [one for one in feeders_of().get(operator, ()) if 0 <= number - one.number < 2 * one.daily]
            yield from (duty for duty in duties(self._timetable, near) if duty.number == number)

    def of_tail(self, icao24: str) -> Sequence[Duty]:
        """Raises ValueError for an address that is no hexadecimal number."""
        owner = next((operator for operator in routes_of() if shelves()[operator].holds(icao24)), None)
        return self.of(owner).by_tail.get(icao24, ()) if owner else ()

    def services(self, *, airline: str | None, origin: str | None, destination: str | None) -> Sequence[Service]:
        operators = tuple(routes_of()) if airline is None else tuple(_flying_for(airline))
        if origin is None and destination is None:
            return _Services(self, operators)
        place = origin or destination or ""
        return tuple(
            _service(duty)
            for duty in (self.at(place) if place in trunk() else ())
            if duty.operator in operators and origin in (None, duty.origin) and destination in (None, duty.destination)
        )


class _Services(Sequence[Service]):
    """All services of some airlines, of which only those are planned that somebody looks at."""

    def __init__(self, schedule: Schedule, operators: Sequence[str]) -> None:
        self._schedule: Final = schedule
        self._counts: Final = [(operator, _services_of(operator)) for operator in operators]
        self._length: Final = sum(count for _, count in self._counts)

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, wanted: int) -> Service: ...
    @overload
    def __getitem__(self, wanted: slice) -> Sequence[Service]: ...
    def __getitem__(self, wanted: int | slice) -> Service | Sequence[Service]:
        places = range(self._length)[wanted]
        if isinstance(places, int):
            return self._at(places)
        return tuple(self._at(place) for place in places)

    def _at(self, place: int) -> Service:
        for operator, count in self._counts:
            if place < count:
                return _service(self._schedule.of(operator).duties[place])
            place -= count
        raise IndexError(place)


def _services_of(operator: str) -> int:
    return sum(2 * route.daily for route in routes_of().get(operator, ()))


def _service(duty: Duty) -> Service:
    return Service(
        airline=duty.carrier,
        operator=duty.operator,
        number=duty.number,
        origin=duty.origin,
        destination=duty.destination,
        departs=time(duty.departs // 60, duty.departs % 60),
        arrives=time(duty.arrives // 60, duty.arrives % 60),
    )


@cache
def _flying_for(carrier: str) -> tuple[str, ...]:
    return tuple(operator for operator, one in CARRIERS.items() if seller(one).iata == carrier)


def on_days(planned: Iterable[Duty], begin: datetime, end: datetime) -> Iterator[tuple[Duty, datetime]]:
    """Each flight that may be under way at some moment between the two, with its departure by the timetable."""
    clocks: dict[str, tuple[date, int]] = {}
    span = (end - begin) // _MINUTE
    for duty in planned:
        clock = clocks.get(duty.origin)
        if clock is None:
            local = begin.astimezone(zone(duty.origin))
            clock = clocks[duty.origin] = (local.date(), local.hour * 60 + local.minute)
        today, minute = clock
        ahead = duty.departs - minute
        first = -((duty.block + duty.leeway + _ANY_DRIFT + ahead) // DAY_MINUTES)
        last = (span + _ANY_DRIFT - ahead) // DAY_MINUTES
        for later in range(first, last + 1):
            day = today + timedelta(days=later)
            if duty.flies_on(day):
                yield duty, duty.leaves_at(day)
