"""Airports, airlines and where they are on the globe."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import timedelta, timezone, tzinfo
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


class City(msgspec.Struct, frozen=True, kw_only=True):
    """A city that airports serve. `code` is IATA's, of a metropolitan area or of its one airport; `location` the centre.

    `timezone` is an IANA name, `country` ISO 3166-1 alpha-2.
    """

    code: str
    name: str
    country: str
    location: Point
    population: int
    timezone: str

    def __post_init__(self) -> None:
        if not is_iata_airport(self.code):
            raise ValueError(f"{self.code!r} is not an IATA code of a city")


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A place as a supplier knows it, under its own `id`; `kind` is its word for it: city, airport, region.

    `code` is an IATA code that means the place or serves it, `country` ISO 3166-1 alpha-2.
    """

    id: str
    name: str
    kind: str | None = None
    code: str | None = None
    country: str | None = None
    location: Point | None = None


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
    """The airports that we know and the cities they serve, by IATA code. Immutable: a newer catalogue is a new atlas."""

    __slots__ = ("_airports", "_cities", "_squares", "_zones")

    def __init__(self, airports: Iterable[Airport], cities: Iterable[City] = ()) -> None:
        self._airports: Final = {airport.iata: airport for airport in airports}
        self._cities: Final = {city.code: city for city in cities}
        self._zones: Final = {iata: ZoneInfo(airport.timezone) for iata, airport in self._airports.items()}
        self._squares: Final[defaultdict[tuple[int, int], list[Airport | City]]] = defaultdict(list)
        places: list[Airport | City] = [*self._airports.values(), *self._cities.values()]
        for place in places:
            self._squares[_square(place.location)].append(place)

    def airport(self, iata: str) -> Airport | None:
        return self._airports.get(iata)

    def zone(self, iata: str) -> ZoneInfo | None:
        """The airport's time zone, None for an airport that we do not know."""
        return self._zones.get(iata)

    def zone_at(self, point: Point) -> tzinfo:
        """What the clocks there show: the zone of the nearest city or airport, far from all of them that of ships."""
        south, west = _square(point)
        near = [
            place
            for latitude in (south - 1, south, south + 1)
            for longitude in (west - 1, west, west + 1)
            for place in self._squares.get((latitude, longitude % 360), ())
        ]
        if not near:
            return timezone(timedelta(hours=round(point.longitude / 15)))
        return ZoneInfo(min(near, key=lambda place: great_circle_km(point, place.location)).timezone)

    def of_city(self, city_code: str) -> tuple[Airport, ...]:
        """The airports of an IATA metropolitan area, such as LON."""
        return tuple(airport for airport in self if airport.city_code == city_code)

    def centre(self, code: str) -> Point | None:
        """The middle of the city that goes by this code or that this airport serves; without a city, the airport's place.

        None for a code that we do not know.
        """
        airport = self._airports.get(code)
        city = self._cities.get(code) or (airport and self._cities.get(airport.city_code or ""))
        place = city or airport
        return place.location if place else None

    def __iter__(self) -> Iterator[Airport]:
        return iter(self._airports.values())

    def __len__(self) -> int:
        return len(self._airports)


def _square(point: Point) -> tuple[int, int]:
    """The square degree in which a point lies; longitudes go round."""
    return math.floor(point.latitude), math.floor(point.longitude) % 360


def great_circle_km(start: Point, end: Point) -> float:
    """Distance over the surface by the haversine formula, good to about 0.5 % on the real ellipsoid."""
    lat1, lat2 = math.radians(start.latitude), math.radians(end.latitude)
    half_lat = (lat2 - lat1) / 2
    half_lon = math.radians(end.longitude - start.longitude) / 2
    chord = math.sin(half_lat) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin(half_lon) ** 2
    return 2 * _EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(chord)))
