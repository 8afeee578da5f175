"""Airports, airlines and where they are on the globe."""

import math
from collections.abc import Iterable, Iterator
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

_EARTH_RADIUS_KM: Final = 6371.0088  # mean radius, IUGG


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """WGS-84 degrees."""

    latitude: float
    longitude: float

    def __post_init__(self) -> None:
        if not (-90 <= self.latitude <= 90 and -180 <= self.longitude <= 180):
            raise ValueError(f"({self.latitude}, {self.longitude}) is not a place on Earth")


class Airport(msgspec.Struct, frozen=True, kw_only=True):
    """`timezone` is an IANA name, `country` ISO 3166-1 alpha-2, `city_code` the IATA metropolitan code where known."""

    iata: str
    icao: str | None
    name: str
    city: str
    city_code: str | None
    country: str
    subdivision: str | None
    timezone: str
    location: Point
    elevation_feet: int | None

    def __post_init__(self) -> None:
        if not is_iata_airport(self.iata):
            raise ValueError(f"{self.iata!r} is not an IATA airport code")
        try:
            ZoneInfo(self.timezone)
        except (OSError, ValueError) as error:  # ZoneInfoNotFoundError is a KeyError, folders an OSError
            raise ValueError(f"{self.timezone!r} is not an IANA time zone") from error
        except KeyError as error:
            raise ValueError(f"{self.timezone!r} is not an IANA time zone") from error


class Airline(msgspec.Struct, frozen=True, kw_only=True):
    """At least one of the two designators is there. `active` is None where the source does not say."""

    iata: str | None
    icao: str | None
    name: str
    country: str | None
    callsign: str | None
    active: bool | None

    def __post_init__(self) -> None:
        if self.iata is None and self.icao is None:
            raise ValueError(f"{self.name!r} has neither an IATA nor an ICAO designator")
        if self.iata is not None and not is_iata_airline(self.iata):
            raise ValueError(f"{self.iata!r} is not an IATA airline designator")
        if self.icao is not None and not is_icao_airline(self.icao):
            raise ValueError(f"{self.icao!r} is not an ICAO airline designator")


def is_iata_airport(code: str) -> bool:
    return len(code) == 3 and code.isascii() and code.isalpha() and code.isupper()


def is_iata_airline(code: str) -> bool:
    """Two characters, letters or digits, not both digits (IATA resolution 762)."""
    return len(code) == 2 and code.isascii() and code.isalnum() and code == code.upper() and not code.isdigit()


def is_icao_airline(code: str) -> bool:
    return len(code) == 3 and code.isascii() and code.isalpha() and code.isupper()


class Atlas:
    """The airports that we know, by IATA code. Immutable: a newer catalogue is a new atlas."""

    __slots__ = ("_airports", "_zones")

    def __init__(self, airports: Iterable[Airport]) -> None:
        self._airports: Final = {airport.iata: airport for airport in airports}
        self._zones: Final = {iata: ZoneInfo(airport.timezone) for iata, airport in self._airports.items()}

    def airport(self, iata: str) -> Airport | None:
        return self._airports.get(iata)

    def zone(self, iata: str) -> ZoneInfo | None:
        """The airport's time zone, None for an airport that we do not know."""
        return self._zones.get(iata)

    def of_city(self, city_code: str) -> tuple[Airport, ...]:
        """The airports of an IATA metropolitan area, such as LON."""
        return tuple(airport for airport in self if airport.city_code == city_code)

    def __iter__(self) -> Iterator[Airport]:
        return iter(self._airports.values())

    def __len__(self) -> int:
        return len(self._airports)


def great_circle_km(start: Point, end: Point) -> float:
    """Distance over the surface by the haversine formula, good to about 0.5 % on the real ellipsoid."""
    lat1, lat2 = math.radians(start.latitude), math.radians(end.latitude)
    half_lat = (lat2 - lat1) / 2
    half_lon = math.radians(end.longitude - start.longitude) / 2
    chord = math.sin(half_lat) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin(half_lon) ** 2
    return 2 * _EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(chord)))
