"""What is asked by a key rather than searched for: the state of a flight, who is in the air, where a counter is."""

from datetime import date, datetime
from enum import StrEnum

import msgspec


class Box(msgspec.Struct, frozen=True, kw_only=True):
    """WGS-84 degrees; it may cross the antimeridian, where `west` is greater than `east`."""

    south: float
    west: float
    north: float
    east: float

    def __post_init__(self) -> None:
        if not (-90 <= self.south < self.north <= 90 and -180 <= self.west <= 180 and -180 <= self.east <= 180):
            raise ValueError(f"{self} is not a box on Earth")


class StatusEnquiry(msgspec.Struct, frozen=True, kw_only=True):
    """The flight of that number on the local date of its departure."""

    carrier: str
    number: str
    day: date


class PositionsEnquiry(msgspec.Struct, frozen=True, kw_only=True):
    """Who is in the air; `box` None means everywhere."""

    box: Box | None = None


class TrackEnquiry(msgspec.Struct, frozen=True, kw_only=True):
    """The way of one aircraft, by its ICAO 24-bit address in lower-case hex; `at` None: the flight that is under way."""

    icao24: str
    at: datetime | None = None


class Direction(StrEnum):
    DEPARTURES = "departures"
    ARRIVALS = "arrivals"


class TimetableEnquiry(msgspec.Struct, frozen=True, kw_only=True):
    """What leaves or lands at an airport on a local date."""

    airport: str
    direction: Direction
    day: date


class FlightsEnquiry(msgspec.Struct, frozen=True, kw_only=True):
    """Flights that were flown, of one aircraft (`icao24`), or from or to an airport (its ICAO code), or of all."""

    begin: datetime
    end: datetime
    icao24: str | None = None
    airport: str | None = None
    direction: Direction | None = None


class PlaceEnquiry(msgspec.Struct, frozen=True, kw_only=True):
    """Places by the beginning of a name or a code."""

    text: str


class RentalPlaceEnquiry(msgspec.Struct, frozen=True, kw_only=True):
    """Counters at an airport, by its IATA code."""

    airport: str


Enquiry = (
    StatusEnquiry
    | PositionsEnquiry
    | TrackEnquiry
    | TimetableEnquiry
    | FlightsEnquiry
    | PlaceEnquiry
    | RentalPlaceEnquiry
)
