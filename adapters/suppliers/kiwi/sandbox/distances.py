"""How far it is by the great circle."""

import math
import operator
from collections.abc import Iterable, Mapping

from adapters.suppliers.kiwi.sandbox.world import AirportFact, Leg

_EARTH_KM = 6371.0

Vector = tuple[float, float, float]


def kilometres(airports: Mapping[str, AirportFact], legs: Iterable[Leg]) -> float:
    """Of all legs together."""
    ends = ((airports[leg.origin], airports[leg.destination]) for leg in legs)
    return sum(between(_vector(start), _vector(end)) for start, end in ends)


def _vector(airport: AirportFact) -> Vector:
    return at(airport.latitude, airport.longitude)


def at(latitude: float, longitude: float) -> Vector:
    """As a unit vector."""
    up, east = math.radians(latitude), math.radians(longitude)
    return math.cos(up) * math.cos(east), math.cos(up) * math.sin(east), math.sin(up)


def between(start: Vector, end: Vector) -> float:
    """By the cosine of the central angle."""
    return _EARTH_KM * math.acos(max(-1.0, min(1.0, sum(map(operator.mul, start, end)))))
