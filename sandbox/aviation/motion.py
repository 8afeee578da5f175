"""Where an aircraft is between two airports: along the great circle, climbing, cruising and coming down."""

import math
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

import msgspec

from sandbox.aircraft import BY_CODE, Size
from sandbox.airports import AirportFact, airports, distance_km, eastward

_RUNWAY_MPS: Final = 75.0  # over ground, at either end of the flight
_TAXI_MPS: Final = 8.0
_CEILING_M: Final = {Size.TURBOPROP: 6_100, Size.REGIONAL: 10_670, Size.NARROW: 11_280, Size.WIDE: 11_890}
_CLIMB_MPS: Final = 9.0
_LONGEST_CLIMB: Final = 0.3  # of the time in the air, and the same for the descent
_FLIGHT_LEVELS_M: Final = 609.6  # 2,000 feet: odd levels eastbound, even ones westbound
_THOUSAND_FEET_M: Final = 304.8

# When a transponder's path gets another point.
_LONGEST_LEG: Final = timedelta(minutes=15)
_TURNED_DEGREES: Final = 2.5
_CLIMBED_M: Final = 100.0
_LOOK_EVERY: Final = timedelta(seconds=10)


class Fix(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Degrees, metres above the standard pressure, metres a second; `track` is the way over ground, clockwise from north."""

    at: datetime
    latitude: float
    longitude: float
    altitude: float
    on_ground: bool
    speed: float
    track: float
    climb: float


class _Way(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The great circle from a place: `start` and `ahead` are unit vectors that span its plane, `angle` its length."""

    start: tuple[float, float, float]
    ahead: tuple[float, float, float]
    angle: float
    metres: float


@lru_cache(maxsize=50_000)
def _way(origin: str, destination: str) -> _Way:
    one, other = (_vector(airports()[iata]) for iata in (origin, destination))
    cosine = max(-1.0, min(1.0, sum(a * b for a, b in zip(one, other, strict=True))))
    angle = math.acos(cosine)
    sine = math.sin(angle) or 1.0
    x, y, z = ((b - a * cosine) / sine for a, b in zip(one, other, strict=True))
    return _Way(start=one, ahead=(x, y, z), angle=angle, metres=distance_km(origin, destination) * 1000)


def _vector(place: AirportFact) -> tuple[float, float, float]:
    latitude, longitude = math.radians(place.latitude), math.radians(place.longitude)
    ring = math.cos(latitude)
    return ring * math.cos(longitude), ring * math.sin(longitude), math.sin(latitude)


class Trip(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One flight as its transponder tells it: off the blocks, up, down, on the blocks; `aircraft` is an IATA type."""

    origin: str
    destination: str
    aircraft: str
    off: datetime
    up: datetime
    down: datetime
    on: datetime

    def at(self, instant: datetime) -> Fix | None:
        """None before it leaves its gate and from when it has reached the other one."""
        if not self.off <= instant < self.on:
            return None
        if instant < self.up:
            return self._fix(instant, share=0.0, speed=_TAXI_MPS)
        if instant >= self.down:
            return self._fix(instant, share=1.0, speed=_TAXI_MPS)
        return self._in_the_air(instant)

    def path(self, until: datetime) -> Iterator[Fix]:
        """Points since it left the gate, as many as it takes to see every turn, climb and landing."""
        last: Fix | None = None
        before: Fix | None = None
        instant = self.off
        while (fix := self.at(min(instant, until))) is not None:
            if last is None or _worth_telling(last, fix):
                last = fix
                yield fix
            before = fix
            if instant >= until:
                break
            instant += _LOOK_EVERY
        if before is not None and before is not last:
            yield before

    def _in_the_air(self, instant: datetime) -> Fix:
        """Ground speed rises in a straight line while it climbs, stays, and falls in a straight line while it comes down."""
        total, gone = (self.down - self.up).total_seconds(), (instant - self.up).total_seconds()
        metres = _way(self.origin, self.destination).metres
        level = cruising_level(self.origin, self.destination, self.aircraft)
        slope = min(level / _CLIMB_MPS, total * _LONGEST_CLIMB)
        top = min(level, slope * _CLIMB_MPS)
        slow = min(_RUNWAY_MPS, 0.6 * metres / total)
        fast = (metres - slow * slope) / (total - slope)
        rise = (fast - slow) / slope
        left = total - gone
        if gone < slope:
            flown, speed, height, climb = (
                (slow + rise * gone / 2) * gone,
                slow + rise * gone,
                top * gone / slope,
                top / slope,
            )
        elif left < slope:
            flown = metres - (slow + rise * left / 2) * left
            speed, height, climb = slow + rise * left, top * left / slope, -top / slope
        else:
            flown, speed, height, climb = (slow + fast) / 2 * slope + fast * (gone - slope), fast, top, 0.0
        return self._fix(instant, share=flown / metres, speed=speed, altitude=height, climb=climb, on_ground=False)

    def _fix(
        self,
        at: datetime,
        *,
        share: float,
        speed: float,
        altitude: float = 0.0,
        climb: float = 0.0,
        on_ground: bool = True,
    ) -> Fix:
        way = _way(self.origin, self.destination)
        turned = way.angle * share
        cosine, sine = math.cos(turned), math.sin(turned)
        (x0, y0, z0), (x1, y1, z1) = way.start, way.ahead
        x, y, z = x0 * cosine + x1 * sine, y0 * cosine + y1 * sine, z0 * cosine + z1 * sine
        ring = math.hypot(x, y)
        north = z1 * cosine - z0 * sine
        east = x * (y1 * cosine - y0 * sine) - y * (x1 * cosine - x0 * sine)
        return Fix(
            at=at,
            latitude=math.degrees(math.atan2(z, ring)),
            longitude=math.degrees(math.atan2(y, x)),
            altitude=altitude,
            on_ground=on_ground,
            speed=speed,
            track=math.degrees(math.atan2(east, north)) % 360,
            climb=climb,
        )


@lru_cache(maxsize=50_000)
def cruising_level(origin: str, destination: str, aircraft: str) -> float:
    """In metres: the highest level for the direction below the type's ceiling; a short hop stays lower."""
    ceiling = min(_CEILING_M[BY_CODE[aircraft].size], 2_500 + 14 * distance_km(origin, destination))
    odd = _THOUSAND_FEET_M if eastward(origin, destination) >= 0 else 0.0
    return (ceiling - odd) // _FLIGHT_LEVELS_M * _FLIGHT_LEVELS_M + odd


def _worth_telling(last: Fix, now: Fix) -> bool:
    turned = abs((now.track - last.track + 180) % 360 - 180)
    return (
        now.at - last.at >= _LONGEST_LEG
        or turned > _TURNED_DEGREES
        or abs(now.altitude - last.altitude) > _CLIMBED_M
        or now.on_ground is not last.on_ground
    )
