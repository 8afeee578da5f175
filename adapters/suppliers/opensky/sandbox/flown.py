"""Flights that are over, told the night after, and tracks."""

import zlib
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any

from adapters.suppliers.opensky.sandbox.facts import Fix, Sighting, World
from adapters.suppliers.opensky.sandbox.gate import Asked, Refused

_TWO_HOURS, _TWO_DAYS, _THIRTY_DAYS = timedelta(hours=2), timedelta(days=2), timedelta(days=30)
_LONGEST = {"all": _TWO_HOURS, "aircraft": _TWO_DAYS, "arrival": _TWO_DAYS, "departure": _TWO_DAYS}


def interval(asked: Asked, kind: str) -> tuple[datetime, datetime]:
    begin, end = asked.instant("begin"), asked.instant("end")
    if begin is None or end is None:
        raise Refused(400, "begin and end are needed")
    if not timedelta() <= end - begin <= _LONGEST[kind]:
        raise Refused(400, "The time interval is too long")
    return begin, end


def flights(world: World, asked: Asked, kind: str, begin: datetime, end: datetime) -> list[dict[str, Any]]:
    """Raises Refused with 404 and no body where there are none."""
    aviation = world.aviation
    match kind:
        case "all":
            found = aviation.between(begin, end)
        case "aircraft":
            found = aviation.flights_of(_needed(asked, "icao24"), begin, end)
        case "departure":
            found = aviation.departed(_airport(world, asked), begin, end)
        case _:
            found = aviation.arrived(_airport(world, asked), begin, end)
    rows = [_row(world, one) for one in _by_the_night(found, kind, world.now())]
    if not rows:
        raise Refused(404)
    return rows


def _by_the_night(found: Sequence[Sighting], kind: str, now: datetime) -> Sequence[Sighting]:
    """A nightly batch makes most of these lists; newest first."""
    midnight = datetime.combine(now.astimezone(UTC).date(), time(), tzinfo=UTC)
    told = found if kind == "all" else [one for one in found if one.down < midnight]
    return sorted(told, key=lambda one: (one.up, one.icao24), reverse=True)


def _needed(asked: Asked, name: str) -> str:
    told = asked.text(name)
    if not told:
        raise Refused(400, f"{name} is needed")
    return told


def _airport(world: World, asked: Asked) -> str:
    """Nobody's code for an airport that nobody knows; ICAO codes are upper case."""
    icao = _needed(asked, "airport")
    return next((fact.iata for fact in world.airports.values() if fact.icao == icao), "?")


def _row(world: World, one: Sighting) -> dict[str, Any]:
    """The order of the keys matters to their own client. One end in ten is not known."""
    luck = zlib.crc32(f"{one.icao24}:{int(one.up.timestamp())}".encode())
    left, landed = luck % 10 != 0, luck // 10 % 10 != 0
    return {
        "icao24": one.icao24,
        "firstSeen": int(one.up.timestamp()),
        "estDepartureAirport": world.airports[one.origin].icao if left else None,
        "lastSeen": int(one.down.timestamp()),
        "estArrivalAirport": world.airports[one.destination].icao if landed else None,
        "callsign": f"{one.callsign:<8.8}",
        "estDepartureAirportHorizDistance": luck % 4000 if left else None,
        "estDepartureAirportVertDistance": luck % 300 if left else None,
        "estArrivalAirportHorizDistance": luck % 5000 if landed else None,
        "estArrivalAirportVertDistance": luck % 200 if landed else None,
        "departureAirportCandidatesCount": luck % 5 if left else 0,
        "arrivalAirportCandidatesCount": luck % 7 if landed else 0,
    }


def when(asked: Asked, now: datetime) -> datetime:
    """Of the flight whose track is wanted; 0 means the one that is under way."""
    told = asked.instant("time")
    if told is not None and told < now - _THIRTY_DAYS:
        raise Refused(400, "Tracks are kept for 30 days")
    return told or now


def track(world: World, asked: Asked, at: datetime) -> dict[str, Any]:
    found = world.aviation.track(_needed(asked, "icao24"), at)
    if found is None or at > world.now():
        raise Refused(404)
    return {
        "icao24": found.icao24,
        "callsign": f"{found.callsign:<8.8}",
        "startTime": int(found.begins.timestamp()),
        "endTime": int(found.ends.timestamp()),
        "path": [_waypoint(fix) for fix in found.fixes],
    }


def _waypoint(fix: Fix) -> list[Any]:
    """Latitude before longitude, unlike in a state vector."""
    return [
        int(fix.at.timestamp()), round(fix.latitude, 4), round(fix.longitude, 4), round(fix.altitude), round(fix.track),
        fix.on_ground,
    ]  # fmt: skip
