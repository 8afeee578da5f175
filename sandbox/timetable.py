"""Which flights leave on a day: local departure times, block times, aircraft and flight numbers."""

import math
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from sandbox.aircraft import Aircraft, Size, suited
from sandbox.airports import airports, eastward
from sandbox.carriers import CARRIERS, seller
from sandbox.chance import luck, pick
from sandbox.network import Route


class Leg(msgspec.Struct, frozen=True, kw_only=True):
    """One take-off and landing, in the aware times of its two airports.

    `carrier` and `number` are what is printed on the ticket, `operating_…` who flies it. `aircraft` is an IATA type code.
    """

    carrier: str
    number: int
    operating_carrier: str
    operating_number: int
    origin: str
    destination: str
    departs: datetime
    arrives: datetime
    aircraft: str

    @property
    def duration(self) -> timedelta:
        """Counted in UTC: two times of one zone would subtract as wall clocks, wrong where the clocks change between."""
        return self.arrives.astimezone(UTC) - self.departs.astimezone(UTC)

    @property
    def flight(self) -> str:
        """What is flown, whoever sells it: the same key for every code share of one flight."""
        return f"{self.operating_carrier}{self.operating_number}-{self.origin}{self.destination}-{self.departs:%Y%m%d}"


_GRID_MINUTES: Final = 5
_DEPARTS_BETWEEN: Final = (6 * 60, 23 * 60)
_ARRIVES_BETWEEN: Final = (5 * 60, 24 * 60 - 5)
_DAY_MINUTES: Final = 24 * 60
_DETOUR: Final = 1.03  # airways are not great circles
_WIND_KMH: Final = 45  # with the traveller eastwards, against him westwards
_GROUND_MINUTES: Final = {Size.TURBOPROP: 22, Size.REGIONAL: 30, Size.NARROW: 33, Size.WIDE: 40}
_A_WINTER_DAY: Final = datetime(2026, 1, 15, tzinfo=UTC)
_KEPT: Final = 20_000


class Timetable:
    """The flights of a seed. What has been asked for is kept, up to a bound."""

    def __init__(self, seed: int) -> None:
        self._seed: Final = seed
        self.flights: Final = lru_cache(maxsize=_KEPT)(self._flights)
        self._slots: Final = lru_cache(maxsize=_KEPT)(self._planned)

    def _flights(self, route: Route, origin: str, day: date) -> tuple[Leg, ...]:
        """The departures from one end of a route on a local date, earliest first."""
        if day.weekday() not in route.days:
            return ()
        outbound = origin == route.hub
        destination = route.other if outbound else route.hub
        carrier = CARRIERS[route.carrier]
        legs = []
        for index, (minute, aircraft) in enumerate(self._slots(route, origin)):
            departs = _instant(day, minute, zone(origin))
            number = route.number + 2 * index + (0 if outbound else 1)
            legs.append(
                Leg(
                    carrier=seller(carrier).iata,
                    number=number,
                    operating_carrier=carrier.iata,
                    operating_number=number,
                    origin=origin,
                    destination=destination,
                    departs=departs.astimezone(zone(origin)),
                    arrives=(departs + _block_time(origin, destination, route.km, aircraft)).astimezone(
                        zone(destination)
                    ),
                    aircraft=aircraft.code,
                )
            )
        return tuple(legs)

    def _planned(self, route: Route, origin: str) -> tuple[tuple[int, Aircraft], ...]:
        """Minutes after local midnight, spread over the hours at which leaving here and landing there make sense."""
        destination = route.other if origin == route.hub else route.hub
        fleet = suited(route.size, route.km)
        planned = []
        for index in range(route.daily):
            words = (route.carrier, route.number, origin, destination, index)
            aircraft = fleet[pick(len(fleet), self._seed, "aircraft", *words)]
            block = _block_time(origin, destination, route.km, aircraft)
            hours = _sensible_minutes(int(block.total_seconds() // 60), _clock_shift(origin, destination))
            place = (index + luck(self._seed, "slot", *words)) / route.daily
            planned.append((hours[int(place * len(hours))], aircraft))
        return tuple(sorted(planned, key=lambda slot: slot[0]))


@cache
def zone(iata: str) -> ZoneInfo:
    return ZoneInfo(airports()[iata].timezone)


def _instant(day: date, minute: int, local: ZoneInfo) -> datetime:
    """In UTC. A wall-clock time that a clock change skips moves forward with the clocks."""
    return datetime.combine(day, time(minute // 60, minute % 60), tzinfo=local).astimezone(UTC)


def _block_time(origin: str, destination: str, km: float, aircraft: Aircraft) -> timedelta:
    """From gate to gate, in whole five minutes."""
    speed = aircraft.cruise_kmh + _WIND_KMH * eastward(origin, destination)
    minutes = _GROUND_MINUTES[aircraft.size] + 60 * km * _DETOUR / speed
    return timedelta(minutes=_GRID_MINUTES * math.ceil(minutes / _GRID_MINUTES))


@cache
def _clock_shift(origin: str, destination: str) -> int:
    """By how many minutes the clocks at the destination are ahead, in a winter of the north."""
    there, here = (_A_WINTER_DAY.astimezone(zone(iata)).utcoffset() for iata in (destination, origin))
    return int(((there or timedelta()) - (here or timedelta())).total_seconds() // 60)


@cache
def _sensible_minutes(block: int, shift: int) -> tuple[int, ...]:
    """Nobody likes to leave or land in the middle of the night; where it can't be helped, leaving by day has to do."""
    earliest, latest = _DEPARTS_BETWEEN
    by_day = range(earliest, latest + 1, _GRID_MINUTES)
    first, last = _ARRIVES_BETWEEN
    both = tuple(minute for minute in by_day if first <= (minute + block + shift) % _DAY_MINUTES <= last)
    return both or tuple(by_day)
