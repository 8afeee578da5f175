"""State vectors: everybody who is heard, with the holes that receivers leave."""

import zlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from adapters.suppliers.opensky.sandbox.facts import Position
from adapters.suppliers.opensky.sandbox.gate import Asked, Refused

_OLDEST = timedelta(hours=1)
_SMALL_TYPES = {"DHT", "AT7", "DH4", "E75", "CR9", "E90"}
_HEAVY_TYPES = {"788", "333", "789", "359", "77W", "388", "351"}


def validity(asked: Asked, now: datetime, *, anonymous: bool) -> datetime:
    """The second for which the answer holds: every tenth for strangers, who may not choose, every fifth for others."""
    wanted = None if anonymous else asked.instant("time")
    if wanted is not None and wanted < now - _OLDEST:
        raise Refused(400, "History only for one hour")
    chosen = int((min(wanted, now) if wanted else now).timestamp())
    return datetime.fromtimestamp(chosen - chosen % (10 if anonymous else 5), now.tzinfo)


def states(heard: Sequence[Position], asked: Asked, at: datetime, *, sensor: int | None = None) -> dict[str, Any]:
    """`states` is null, not an empty list, where nobody is."""
    box, wanted, extended = asked.box(), asked.several("icao24"), asked.flag("extended")
    rows = [
        _vector(one, at, extended=extended, sensor=sensor)
        for one in heard
        if (not wanted or one.icao24 in wanted) and (box is None or _within(one, box))
    ]
    return {"time": int(at.timestamp()), "states": rows or None}


def _within(one: Position, box: tuple[float, float, float, float]) -> bool:
    south, west, north, east = box
    return south <= one.fix.latitude <= north and west <= one.fix.longitude <= east


def _vector(one: Position, at: datetime, *, extended: bool, sensor: int | None) -> list[Any]:
    """Which of an aircraft's values are missing stays the same from one minute to the next."""
    fix, second = one.fix, int(at.timestamp())
    luck = zlib.crc32(f"{one.icao24}:{second // 60}".encode()) % 1000
    silent = luck < 10  # no position for more than fifteen seconds
    vector: list[Any] = [
        one.icao24,
        _callsign(one, luck),
        one.state,
        None if silent else second - luck % 3,
        second - luck % 2,
        None if silent else round(fix.longitude, 4),
        None if silent else round(fix.latitude, 4),
        None if silent or fix.on_ground else round(fix.altitude, 2),
        fix.on_ground,
        None if luck > 995 else round(fix.speed, 2),
        None if luck > 995 else round(fix.track, 2),
        None if fix.on_ground else round(fix.climb, 2),
        None if sensor is None else [sensor],
        None if silent or fix.on_ground else round(fix.altitude * 1.02 + 20, 2),
        one.squawk if luck % 4 else None,
        False,
        2 if luck % 50 == 0 else 0,
    ]
    return [*vector, _category(one, luck)] if extended else vector


def _callsign(one: Position, luck: int) -> str | None:
    if 10 <= luck < 20:
        return None
    return " " * 8 if 20 <= luck < 25 else f"{one.callsign:<8.8}"


def _category(one: Position, luck: int) -> int:
    if luck % 3 == 0:
        return 0
    if one.aircraft in _HEAVY_TYPES:
        return 6
    return 3 if one.aircraft in _SMALL_TYPES else 4
