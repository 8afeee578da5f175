"""Where aircraft are: all in a box, or one by its address, its callsign or the number of its flight."""

import asyncio
import re
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from api.answers import Instant, Location
from api.aviation.status import latest_standing
from api.calls import Asked, Reply, reply
from api.params import Nothing, Reading
from api.present import location
from api.problems import Flaw, invalid, not_there, supplier_failed
from api.services import Services
from api.wishes import Wait
from domain.aviation import FlightNumber, FlightState, Position, PositionSource, Track, Waypoint
from domain.enquiries import PositionsEnquiry, TrackEnquiry
from domain.queries import Fault
from domain.skies import box_of, positions_in, within
from domain.watching import flight_number
from storage.enquiries import Told

_LOOK_AGAIN_SECONDS: Final = 2
_BRIEFLY: Final = "public, max-age=5"
_AN_ADDRESS: Final = re.compile("[0-9a-f]{6}").fullmatch
_A_CALLSIGN: Final = re.compile("[A-Z0-9]{2,8}").fullmatch

Metres = Annotated[float | None, Meta(description="In metres; null: not told.")]


class LiveWishes(msgspec.Struct, frozen=True, kw_only=True):
    """Which part of the sky, and how long to wait for it."""

    bbox: Annotated[
        str,
        Meta(
            max_length=100,
            description="`south,west,north,east` in degrees; west of east unless the box lies across the antimeridian. "
            "Small boxes are cheaper for us than large ones, and neighbours share an answer for some seconds.",
            examples=["45.8,5.9,47.8,10.5"],
        ),
    ]
    wait: Wait = 2.5


class TrackWishes(msgspec.Struct, frozen=True, kw_only=True):
    """How long to wait."""

    wait: Wait = 2.5


class AircraftPosition(msgspec.Struct, frozen=True, kw_only=True):
    """Where an aircraft was at `at`. Speeds are in metres a second, ways in degrees clockwise from north."""

    icao24: str
    callsign: str | None
    country: Annotated[str | None, Meta(description="Where it is registered, as the source names it.")]
    location: Location | None
    at: Annotated[Instant | None, Meta(description="When it was there.")]
    heard_at: Annotated[Instant, Meta(description="When anything was heard of it.")]
    on_ground: bool
    altitude: Annotated[Metres, Meta(description="In metres above the ellipsoid; null: not told.")]
    pressure_altitude: Annotated[Metres, Meta(description="In metres above the standard pressure; null: not told.")]
    speed: float | None
    track: float | None
    climb: Annotated[float | None, Meta(description="Positive upwards.")]
    squawk: str | None
    source: PositionSource | None


class LiveAircraft(msgspec.Struct, frozen=True, kw_only=True):
    """Who is in the box."""

    bbox: Annotated[tuple[float, ...], Meta(min_length=4, max_length=4, description="South, west, north, east.")]
    told_at: Instant
    supplier: str
    total: int
    aircraft: tuple[AircraftPosition, ...]


class TrackPoint(msgspec.Struct, frozen=True, kw_only=True):
    at: Instant
    location: Location | None
    pressure_altitude: Metres
    track: float | None
    on_ground: bool


class AircraftTrack(msgspec.Struct, frozen=True, kw_only=True):
    """The way of the flight that is under way, or of the last one. `flight` is the number that was asked for, if one was."""

    icao24: str
    callsign: str | None
    flight: str | None
    begins_at: Instant | None
    ends_at: Instant | None
    supplier: str
    told_at: Instant
    waypoints: tuple[TrackPoint, ...]
    position: Annotated[
        AircraftPosition | None, Meta(description="Where it is now, if it was looked for by its callsign.")
    ]


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """An aircraft that goes by what was asked for; `position` where all positions were looked through for it."""

    icao24: str
    position: Position | None = None


class Pending(Exception):
    """Nobody has answered yet: the client comes back."""


def box_faults(read: "Reading[Any]", _: Services) -> Iterable[Fault]:
    if (text := read.values.get("bbox")) is not None:
        try:
            box_of(text)
        except ValueError as error:
            yield Fault(field="bbox", detail=str(error))


async def live(services: Services, asked: Asked[LiveWishes, Nothing]) -> Reply:
    """Suppliers are asked for a box on a grid; what lies outside of the box that was asked for is left out."""
    box = box_of(asked.query.bbox)
    try:
        told = await _told(services, positions_in(box), asked.query.wait)
    except Pending:
        return _come_back(asked)
    seen = [one for one in told.of(Position) if one.location is not None and within(box, one.location)]
    assert told.told_at is not None
    answer = LiveAircraft(
        bbox=(box.south, box.west, box.north, box.east),
        told_at=told.told_at,
        supplier=told.supplier or "",
        total=len(seen),
        aircraft=tuple(_position(one) for one in seen),
    )
    return reply(services, asked, answer, cache_control=_BRIEFLY)


async def track(services: Services, asked: Asked[TrackWishes, Nothing]) -> Reply:
    """Six hexadecimal digits are an address; else it is a flight number or a callsign, whoever is found by it first."""
    word = asked.place["identifier"].replace(" ", "")
    until = asyncio.get_running_loop().time() + asked.query.wait
    try:
        if _AN_ADDRESS(word.lower()):
            found = Found(icao24=word.lower())
        else:
            found = await _found(services, asked, word.upper(), until)
        told = await _told(services, TrackEnquiry(icao24=found.icao24), _left(until))
    except Pending:
        return _come_back(asked)
    ways = told.of(Track)
    if not ways and found.position is None:
        raise not_there(f"Nobody tells which way the aircraft {found.icao24} has taken.")
    number = None if _AN_ADDRESS(word.lower()) else flight_number(word)
    return reply(services, asked, _track(told, ways, found, number), cache_control=_BRIEFLY)


async def _found(services: Services, asked: Asked[TrackWishes, Nothing], word: str, until: float) -> Found:
    """By what is told of the flight, or by looking through all callsigns. Raises Problem (404) where neither helps."""
    number = flight_number(word)
    if number is None and not _A_CALLSIGN(word):
        raise invalid([Flaw(parameter="identifier", detail="is no flight number, callsign or 24-bit address")])
    address = None if number is None else await _by_status(services, number, asked, until)
    if address is not None:
        return Found(icao24=address)
    callsigns = {word, *_callsigns(services, number)}
    told = await _told(services, PositionsEnquiry(), _left(until))
    for position in told.of(Position):
        if position.callsign in callsigns:
            return Found(icao24=position.icao24, position=position)
    others = ", ".join(sorted(callsigns - {word}))
    named = f"{word}, or {others} as pilots say," if others else word
    raise not_there(f"No aircraft that goes by {named} is in the air as far as anybody tells.")


async def _by_status(
    services: Services, number: FlightNumber, asked: Asked[TrackWishes, Nothing], until: float
) -> str | None:
    """The address of the aircraft that flies it, where somebody tells that it is in the air and in which one."""
    standing = await latest_standing(services, number, None, now=asked.now, wait=_left(until))
    legs = standing.legs if standing is not None else ()
    flying = (leg for leg in legs if leg.state is FlightState.ACTIVE and leg.aircraft is not None)
    return next((leg.aircraft.icao24 for leg in flying if leg.aircraft and leg.aircraft.icao24), None)


def _callsigns(services: Services, number: FlightNumber | None) -> Iterator[str]:
    """Most airlines have pilots say the number behind their ICAO designator: SWR14 for LX14."""
    contents = services.catalogue.contents
    if number is None or contents is None:
        return
    listed = contents.by_designator.get(number.carrier)
    if listed is not None and listed.airline.icao is not None:
        yield f"{listed.airline.icao}{number.number}"


async def _told(services: Services, enquiry: PositionsEnquiry | TrackEnquiry, wait: float) -> Told:
    """Raises Pending, and Problem (502) where no supplier gave an answer."""
    told = await services.enquiring.answer(enquiry, wait=wait)
    if told is None:
        raise Pending
    if told.told_at is None:
        raise supplier_failed(told.reports)
    return told


def _left(until: float) -> float:
    return max(0.0, until - asyncio.get_running_loop().time())


def _come_back(asked: Asked[Any, Nothing]) -> Reply:
    here = f"{asked.path}?{asked.visited[1].decode()}".removesuffix("?")
    return Reply(status=202, headers=(("Location", here), ("Retry-After", str(_LOOK_AGAIN_SECONDS))))


def _track(told: Told, ways: tuple[Track, ...], found: Found, number: FlightNumber | None) -> AircraftTrack:
    way = ways[0] if ways else None
    assert told.told_at is not None
    return AircraftTrack(
        icao24=found.icao24,
        callsign=way.callsign if way is not None else found.position.callsign if found.position is not None else None,
        flight=None if number is None else str(number),
        begins_at=None if way is None else way.begins_at,
        ends_at=None if way is None else way.ends_at,
        supplier=told.supplier or "",
        told_at=told.told_at,
        waypoints=() if way is None else tuple(_waypoint(one) for one in way.waypoints),
        position=None if found.position is None else _position(found.position),
    )


def _waypoint(one: Waypoint) -> TrackPoint:
    return TrackPoint(
        at=one.at,
        location=None if one.location is None else location(one.location),
        pressure_altitude=one.pressure_altitude,
        track=one.track,
        on_ground=one.on_ground,
    )


def _position(one: Position) -> AircraftPosition:
    return AircraftPosition(
        icao24=one.icao24,
        callsign=one.callsign,
        country=one.country,
        location=None if one.location is None else location(one.location),
        at=one.at,
        heard_at=one.heard_at,
        on_ground=one.on_ground,
        altitude=one.altitude,
        pressure_altitude=one.pressure_altitude,
        speed=one.speed,
        track=one.track,
        climb=one.climb,
        squawk=one.squawk,
        source=one.source,
    )
