"""The flights of one reply, each read once: two hundred itineraries share a few dozen of them."""

from collections.abc import Mapping
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter
from types import MappingProxyType
from typing import Final

import msgspec

from adapters.suppliers.kiwi import wire
from domain.flights import Segment, Slice
from domain.places import Atlas
from domain.queries import Cabin
from domain.times import at_airport

CABINS: Final[Mapping[str, Cabin]] = MappingProxyType(
    {"M": Cabin.ECONOMY, "W": Cabin.PREMIUM_ECONOMY, "C": Cabin.BUSINESS, "F": Cabin.FIRST}
)

Leg = tuple[str, str, date]
"""From where to where, on which local day."""

_SEGMENT: Final = msgspec.json.Decoder(wire.Segment)


class Flown(msgspec.Struct, frozen=True, kw_only=True, eq=False, gc=False):
    """One segment, as they tell it and as we do. The timetable makes each once, so it is compared by identity."""

    way: int
    told: wire.Segment
    segment: Segment


_way: Final = attrgetter("way")


class Direction(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One slice, and its segments as they tell them."""

    slice: Slice
    leg: Leg
    told: tuple[wire.Segment, ...]


class Timetable:
    """Reads routes against the airports that we know, and remembers what it read for as long as the reply is read."""

    __slots__ = ("_atlas", "_directions", "_flown", "_moments")

    def __init__(self, atlas: Atlas) -> None:
        self._atlas: Final = atlas
        self._moments: Final[dict[tuple[str, str, str | None], datetime]] = {}
        self._flown: Final[dict[bytes, Flown]] = {}
        self._directions: Final[dict[tuple[Flown, ...], Direction]] = {}

    def directions(self, route: list[msgspec.Raw]) -> tuple[Direction, ...]:
        """In flying order, cut where out becomes back. Raises ValueError naming the segment that can't be read."""
        told = [bytes(raw) for raw in route]
        flown = [self._flown.get(raw) or self._read(raw, index) for index, raw in enumerate(told)]
        parts = [tuple(part) for _, part in groupby(flown, _way)]
        return tuple([self._directions.get(part) or self._direction(part) for part in parts])

    def _read(self, raw: bytes, index: int) -> Flown:
        try:
            told = _SEGMENT.decode(raw)
            flown = Flown(way=told.return_, told=told, segment=self._segment(told))
        except ValueError as error:
            raise ValueError(f"route[{index}]: {error}") from error
        self._flown[raw] = flown
        return flown

    def _direction(self, part: tuple[Flown, ...]) -> Direction:
        self._directions[part] = direction = _direction(part)
        return direction

    def _segment(self, told: wire.Segment) -> Segment:
        if told.vehicle_type not in (None, "aircraft"):
            raise ValueError(f"{told.fly_from}-{told.fly_to} goes by {told.vehicle_type}")
        number = _number(told.flight_no)
        if not told.airline or number is None:
            raise ValueError(f"{told.fly_from}-{told.fly_to} has no flight number")
        return Segment(
            origin=told.fly_from,
            destination=told.fly_to,
            departs_at=self._moment(told.fly_from, told.local_departure, told.utc_departure),
            arrives_at=self._moment(told.fly_to, told.local_arrival, told.utc_arrival),
            carrier=told.airline,
            number=number,
            operating_carrier=told.operating_carrier or None,
            operating_number=_number(told.operating_flight_no),
            cabin=CABINS.get(told.fare_category or ""),
            booking_class=told.fare_classes or None,
            fare_basis=told.fare_basis or None,
            aircraft=told.equipment or None,
        )

    def _moment(self, iata: str, local: str, utc: str | None) -> datetime:
        key = iata, local, utc
        if (known := self._moments.get(key)) is None:
            zone = self._atlas.zone(iata)
            if zone is None:
                raise ValueError(f"{iata!r} is not an airport that we know")
            clock = _instant(local.removesuffix("Z"))  # which is not true
            known = self._moments[key] = at_airport(clock, zone, utc=_instant(utc) if utc else None)
        return known


def _direction(part: tuple[Flown, ...]) -> Direction:
    first, last = part[0].segment, part[-1].segment
    return Direction(
        slice=Slice(segments=tuple([flown.segment for flown in part])),
        leg=(first.origin, last.destination, first.departs_at.date()),
        told=tuple([flown.told for flown in part]),
    )


def _instant(text: str) -> datetime:
    """Raises ValueError for a date alone, which would pass for midnight."""
    if "T" not in text:
        raise ValueError(f"{text!r} is not a date and a time")
    return datetime.fromisoformat(text)


def _number(told: int | str | None) -> str | None:
    """An int in search, a string elsewhere, and no other number: 0 and "" mean that there is none."""
    return str(told or "").lstrip("0") or None
