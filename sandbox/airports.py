"""The real airports of the world, where they stand, and how far apart they are."""

import math
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

import airportsdata
import msgspec

_EARTH_RADIUS_KM: Final = 6371.0


class AirportFact(msgspec.Struct, frozen=True, kw_only=True):
    """`icao` is the four-letter location indicator, or a local identifier where there is none.

    `city_code` is the IATA code of the metropolitan area, for the airports that belong to one.
    """

    iata: str
    icao: str
    name: str
    city: str
    city_code: str | None
    country: str
    timezone: str
    latitude: float
    longitude: float


class Direction(msgspec.Struct, frozen=True):
    """A unit vector from the middle of the Earth: the dot product of two gives their distance in no time."""

    x: float
    y: float
    z: float


@cache
def airports() -> Mapping[str, AirportFact]:
    """All airports with an IATA code, by code."""
    cities = {iata: city for city, area in airportsdata.load_iata_macs().items() for iata in area["airports"]}
    return MappingProxyType(
        {
            iata: AirportFact(
                iata=iata,
                icao=row["icao"],
                name=row["name"],
                city=row["city"] or row["name"],  # the source leaves the city of some airfields empty
                city_code=cities.get(iata),
                country=row["country"],
                timezone=row["tz"],
                latitude=row["lat"],
                longitude=row["lon"],
            )
            for iata, row in sorted(airportsdata.load("IATA").items())
        }
    )


@cache
def _directions() -> Mapping[str, Direction]:
    found = {}
    for iata, airport in airports().items():
        latitude, longitude = math.radians(airport.latitude), math.radians(airport.longitude)
        ring = math.cos(latitude)
        found[iata] = Direction(ring * math.cos(longitude), ring * math.sin(longitude), math.sin(latitude))
    return found


def distance_km(start: str, end: str) -> float:
    """Great-circle distance between two airports."""
    one, other = _directions()[start], _directions()[end]
    cosine = one.x * other.x + one.y * other.y + one.z * other.z
    return _EARTH_RADIUS_KM * math.acos(max(-1.0, min(1.0, cosine)))


def eastward(start: str, end: str) -> float:
    """How much of the first heading points east: 1 due east, -1 due west."""
    one, other = airports()[start], airports()[end]
    from_latitude, to_latitude = math.radians(one.latitude), math.radians(other.latitude)
    turn = math.radians(other.longitude - one.longitude)
    east = math.sin(turn) * math.cos(to_latitude)
    north = math.cos(from_latitude) * math.sin(to_latitude) - math.sin(from_latitude) * math.cos(
        to_latitude
    ) * math.cos(turn)
    return east / (math.hypot(east, north) or 1.0)
