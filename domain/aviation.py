"""Aircraft and what they do: how a flight stands, where somebody flies, what was flown, and which routes there are.

Units are those of the SI: metres, metres a second, degrees clockwise from north, aware instants. None: not told.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from enum import IntEnum, StrEnum
from itertools import pairwise
from typing import Final

import msgspec

from domain.places import Point

_HEXADECIMAL: Final = frozenset("0123456789abcdef")
_OCTAL: Final = frozenset("01234567")


class FlightState(StrEnum):
    """`ACTIVE` is between gate and gate; `INCIDENT` is what the source calls everything out of the ordinary."""

    SCHEDULED = "scheduled"
    ACTIVE = "active"
    LANDED = "landed"
    CANCELLED = "cancelled"
    DIVERTED = "diverted"
    INCIDENT = "incident"


class FlightNumber(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`carrier` is an IATA designator, or an ICAO one where the airline has no other; `number` keeps a suffix letter."""

    carrier: str
    number: str

    def __str__(self) -> str:
        return f"{self.carrier}{self.number}"


class FlightEnd(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One end of a flight. Times are at the gate and on the airport's own clock, `runway_at` is take-off or touch-down.

    `delay` is what the source says of it, also where its times say something else. `belt` is where bags come out.
    Raises ValueError for a place without a code or a time without an offset.
    """

    airport: str | None
    airport_icao: str | None = None
    terminal: str | None = None
    gate: str | None = None
    belt: str | None = None
    scheduled_at: datetime | None = None
    estimated_at: datetime | None = None
    actual_at: datetime | None = None
    runway_estimated_at: datetime | None = None
    runway_at: datetime | None = None
    delay: timedelta | None = None

    def __post_init__(self) -> None:
        if self.airport is None and self.airport_icao is None:
            raise ValueError("one end of the flight has no airport")
        times = (self.scheduled_at, self.estimated_at, self.actual_at, self.runway_estimated_at, self.runway_at)
        for told in times:
            if told is not None and told.tzinfo is None:
                raise ValueError(f"{self.airport or self.airport_icao} has a time without an offset")

    @property
    def expected_at(self) -> datetime | None:
        """The best that is known: what happened, else what is expected, else what was planned."""
        return self.actual_at or self.estimated_at or self.scheduled_at


class Aircraft(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`icao24` is the transponder's address, `iata_type` and `icao_type` the codes of the model: 77W, B77W."""

    icao24: str | None = None
    registration: str | None = None
    iata_type: str | None = None
    icao_type: str | None = None
    model: str | None = None

    def __post_init__(self) -> None:
        if self.icao24 is not None:
            check_icao24(self.icao24)


class FlightStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How one flight stood at `told_at`. `day` is the local date of departure.

    `operated_as` is the number of who flies it, where `flight` is a code share of it. `position` is seldom there.
    """

    flight: FlightNumber
    airline: str | None
    day: date
    state: FlightState | None
    departure: FlightEnd
    arrival: FlightEnd
    operated_as: FlightNumber | None = None
    aircraft: Aircraft | None = None
    position: "Position | None" = None
    supplier: str
    told_at: datetime
    supplier_extra: Mapping[str, str] = {}


class TimetableEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One line of an airport's board, which may be of today or of a day to come: then `state` is None."""

    flight: FlightNumber
    airline: str | None
    day: date
    state: FlightState | None
    departure: FlightEnd
    arrival: FlightEnd
    operated_as: FlightNumber | None = None
    aircraft: Aircraft | None = None
    supplier: str
    told_at: datetime
    supplier_extra: Mapping[str, str] = {}


class PositionSource(StrEnum):
    """How one knows where somebody is."""

    ADS_B = "ads_b"
    RADAR = "radar"
    MULTILATERATION = "multilateration"
    FLARM = "flarm"


class Emitter(IntEnum):
    """What sends, by the emitter categories of ADS-B in the order of the standard; below 2 nothing was told."""

    LIGHT = 2
    SMALL = 3
    LARGE = 4
    HIGH_VORTEX_LARGE = 5
    HEAVY = 6
    HIGH_PERFORMANCE = 7
    ROTORCRAFT = 8
    GLIDER = 9
    LIGHTER_THAN_AIR = 10
    PARACHUTIST = 11
    ULTRALIGHT = 12
    RESERVED = 13
    UNMANNED = 14
    SPACE = 15
    EMERGENCY_VEHICLE = 16
    SERVICE_VEHICLE = 17
    POINT_OBSTACLE = 18
    CLUSTER_OBSTACLE = 19
    LINE_OBSTACLE = 20


class Position(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Where an aircraft was at `at`, and what was last heard of it at `heard_at`.

    `pressure_altitude` is above the standard pressure's level, `altitude` above the ellipsoid; `speed` is over ground,
    `climb` positive upwards, `track` the way over ground. Raises ValueError for an address or a squawk that is none.
    """

    icao24: str
    callsign: str | None = None
    country: str | None = None
    at: datetime | None = None
    heard_at: datetime
    location: Point | None = None
    pressure_altitude: float | None = None
    altitude: float | None = None
    on_ground: bool
    speed: float | None = None
    track: float | None = None
    climb: float | None = None
    squawk: str | None = None
    identifies: bool = False
    source: PositionSource | None = None
    emitter: Emitter | None = None

    def __post_init__(self) -> None:
        check_icao24(self.icao24)
        if self.squawk is not None and (len(self.squawk) != 4 or not set(self.squawk) <= _OCTAL):
            raise ValueError(f"{self.squawk!r} are not four octal digits")


class Waypoint(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    at: datetime
    location: Point | None = None
    pressure_altitude: float | None = None
    track: float | None = None
    on_ground: bool


class Track(msgspec.Struct, frozen=True, kw_only=True):
    """The way of one flight, in the order of flying. Raises ValueError for a way that goes back in time."""

    icao24: str
    callsign: str | None
    begins_at: datetime
    ends_at: datetime
    waypoints: tuple[Waypoint, ...]

    def __post_init__(self) -> None:
        check_icao24(self.icao24)
        if any(after.at < before.at for before, after in pairwise(self.waypoints)):
            raise ValueError(f"the track of {self.icao24} goes back in time")


class FlownFlight(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A flight that is over, as its transponder told it; both ends are ICAO codes, and guesses of the source."""

    icao24: str
    callsign: str | None
    origin_icao: str | None
    destination_icao: str | None
    took_off_at: datetime
    landed_at: datetime

    def __post_init__(self) -> None:
        check_icao24(self.icao24)
        if self.landed_at < self.took_off_at:
            raise ValueError(f"{self.icao24} landed before it took off")


class Route(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A flight number between two airports, on no particular day. Clocks are local; no source tells on which days."""

    flight: FlightNumber
    airline: str | None
    origin: str
    destination: str
    departs: time | None = None
    arrives: time | None = None
    origin_terminal: str | None = None
    destination_terminal: str | None = None

    @property
    def key(self) -> str:
        """What makes it another route: who, from where to where, and when."""
        departs = self.departs.isoformat("minutes") if self.departs else ""
        return f"{self.flight}:{self.origin}-{self.destination}:{departs}"


def check_icao24(address: str) -> None:
    """Raises ValueError for what is not six lower-case hexadecimal digits."""
    if len(address) != 6 or not set(address) <= _HEXADECIMAL:
        raise ValueError(f"{address!r} is not a 24-bit address in six lower-case hexadecimal digits")
