"""The OpenSky Network's words: arrays whose places mean something, and objects.

Places have been added behind the last one before, and will be again: what stands there is passed over.
"""

from typing import Generic, TypeVar

import msgspec

Item = TypeVar("Item")


class StateVector(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Metres, metres a second, degrees, seconds since 1970. Longitude comes before latitude.

    `category` is there only where it was asked for.
    """

    icao24: str
    callsign: str | None
    origin_country: str
    time_position: float | None
    last_contact: float
    longitude: float | None
    latitude: float | None
    baro_altitude: float | None
    on_ground: bool
    velocity: float | None
    true_track: float | None
    vertical_rate: float | None
    sensors: list[int] | None
    geo_altitude: float | None
    squawk: str | None
    spi: bool
    position_source: int
    category: int = 0


class StatesReply(msgspec.Struct, Generic[Item], frozen=True, kw_only=True, gc=False):
    """`states` is null where there are none; else it holds state vectors, or their bytes."""

    time: int
    states: list[Item] | None


class FlightRow(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename="camel"):
    """`first_seen` and `last_seen` are guesses of departure and arrival, and so are the airports."""

    icao24: str
    first_seen: float
    last_seen: float
    est_departure_airport: str | None = None
    est_arrival_airport: str | None = None
    callsign: str | None = None


class Waypoint(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Latitude comes before longitude here."""

    time: float
    latitude: float | None
    longitude: float | None
    baro_altitude: float | None
    true_track: float | None
    on_ground: bool


class TrackReply(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename="camel"):
    """`calllsign` is how the documents spell it, recordings have the other; `path` holds the bytes of waypoints."""

    icao24: str
    callsign: str | None = None
    calllsign: str | None = None
    start_time: float
    end_time: float
    path: list[msgspec.Raw]


class ErrorReply(msgspec.Struct, frozen=True, kw_only=True):
    """What the token's server says; the API itself says a sentence, or nothing."""

    error: str | None = None
    error_description: str | None = None
