"""What becomes of one flight on one day: late, cancelled, diverted, and through which gate; known from the start."""

from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Final

import msgspec

from sandbox.airports import airports, distance_km
from sandbox.aviation.rotations import Duty
from sandbox.chance import pick
from sandbox.stations import Rank, rank, ranks

_LUCK: Final = 1 << 56
_PER_MILLE: Final = 1000
_TAXI_OUT: Final = timedelta(minutes=11)
_TAXI_IN: Final = timedelta(minutes=6)
_MOST_EARLY: Final = 12  # minutes, and never more than a tenth of the flight

# How many flights in a thousand leave by at least so many minutes late.
_LATE: Final = ((620, 0, 4), (820, 5, 14), (930, 15, 44), (980, 45, 119), (1000, 120, 240))


class Course(StrEnum):
    """How a flight goes in the end."""

    FLOWN = "flown"
    CANCELLED = "cancelled"
    DIVERTED = "diverted"
    INCIDENT = "incident"


_COURSES: Final = ((14, Course.CANCELLED), (17, Course.DIVERTED), (18, Course.INCIDENT), (_PER_MILLE, Course.FLOWN))


class Fate(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """All instants in UTC: gates are left and reached at `off` and `on`, the runways at `up` and `down`.

    `late` is the delay at departure in minutes. A cancelled flight is called off at `told`; a diverted one lands at
    `lands_at`, which is where it was bound for otherwise.
    """

    course: Course
    scheduled: datetime
    due: datetime
    off: datetime
    up: datetime
    down: datetime
    on: datetime
    late: int
    told: datetime
    lands_at: str

    @property
    def turns(self) -> datetime:
        """When everybody knows of a diversion or an incident: past the middle of the flight."""
        return self.up + (self.down - self.up) * 0.6


def fate(seed: int, duty: Duty, scheduled: datetime) -> Fate:
    """The same for everybody who asks about this flight, at any time; `scheduled` is its departure."""
    chance = pick(
        _LUCK, seed, "fate", duty.operator, duty.number, duty.origin, duty.destination, int(scheduled.timestamp())
    )
    chance, mille = divmod(chance, _PER_MILLE)
    course = next(course for bound, course in _COURSES if mille < bound)
    chance, mille = divmod(chance, _PER_MILLE)
    least, most = next((least, most) for bound, least, most in _LATE if mille < bound)
    chance, more = divmod(chance, most - least + 1)
    late = min(least + more, duty.leeway)
    chance, wind = divmod(chance, _MOST_EARLY * 2 + 1)
    change = max(-duty.block // 10, min(wind - _MOST_EARLY, duty.block // 10, duty.leeway - late))
    chance, notice = divmod(chance, 34)
    due = scheduled + timedelta(minutes=duty.block)
    off, on = scheduled + timedelta(minutes=late), due + timedelta(minutes=late + change)
    return Fate(
        course=course,
        scheduled=scheduled,
        due=due,
        off=off,
        up=off + _TAXI_OUT,
        down=on - _TAXI_IN,
        on=on,
        late=late,
        told=scheduled - timedelta(hours=2 + notice),
        lands_at=alternate(duty.destination) if course is Course.DIVERTED else duty.destination,
    )


@lru_cache(maxsize=2048)
def alternate(iata: str) -> str:
    """Where one lands instead: the nearest other airport that large aircraft fly to."""
    country = airports()[iata].country
    return min(
        (place for place in ranks() if place != iata),
        key=lambda place: (distance_km(iata, place) + 300 * (airports()[place].country != country), place),
    )


_TERMINALS: Final = {Rank.CROSSROADS: "12345", Rank.HUB: "12", Rank.LARGE: "1"}
_PIERS: Final = "ABCDE"
_GATES: Final = {Rank.CROSSROADS: 45, Rank.HUB: 30, Rank.LARGE: 18}
_BELTS: Final = {Rank.CROSSROADS: 14, Rank.HUB: 8, Rank.LARGE: 4}


def terminal(iata: str, carrier: str) -> str | None:
    """One airline uses one terminal of a place; small airfields have a building and no name for it."""
    names = _TERMINALS.get(rank(iata))
    return None if names is None else names[pick(len(names), 0, "terminal", iata, carrier)]


def gate(seed: int, iata: str, flight: str) -> str | None:
    gates = _GATES.get(rank(iata))
    if gates is None:
        return None
    number = pick(gates * len(_PIERS), seed, "gate", iata, flight)
    return f"{_PIERS[number // gates]}{number % gates + 1}"


def belt(seed: int, iata: str, flight: str) -> str | None:
    belts = _BELTS.get(rank(iata))
    return None if belts is None else str(pick(belts, seed, "belt", iata, flight) + 1)
