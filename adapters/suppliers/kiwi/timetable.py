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


class Flown(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """One segment, as they tell it and as we do. The timetable makes each once, so it is compared by identity."""

    way: int
    told: wire.Segment
    segment: Segment


_way: Final = attrgetter("way")


class Direction(msgspec.Struct, frozen=True, kw_only=True):
    """One slice, and what its segments say of its terms. `guarantees`: of connections no carrier answers for."""

    slice: Slice
    leg: Leg
    families: tuple[str, ...]
    guarantees: tuple[bool | None, ...]
    bags_recheck_required: bool
    unknown_categories: tuple[str, ...]


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
        flown = []
        for index, raw in enumerate(route):
            try:
                flown.append(self._read(bytes(raw)))
            except ValueError as error:
                raise ValueError(f"route[{index}]: {error}") from error
        return tuple(self._direction(tuple(part)) for _, part in groupby(flown, _way))

    def _read(self, raw: bytes) -> Flown:
        if (known := self._flown.get(raw)) is None:
            told = _SEGMENT.decode(raw)
            known = self._flown[raw] = Flown(way=told.return_, told=told, segment=self._segment(told))
        return known

    def _direction(self, part: tuple[Flown, ...]) -> Direction:
        if (known := self._directions.get(part)) is None:
            known = self._directions[part] = _direction(part)
        return known

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
            clock = _instant(local).replace(tzinfo=None)  # the Z is not true
            known = self._moments[key] = at_airport(clock, zone, utc=_instant(utc) if utc else None)
        return known


def _direction(part: tuple[Flown, ...]) -> Direction:
    told = [flown.told for flown in part]
    categories = [segment.fare_category for segment in told if segment.fare_category]
    return Direction(
        slice=Slice(segments=tuple(flown.segment for flown in part)),
        leg=(told[0].fly_from, told[-1].fly_to, part[0].segment.departs_at.date()),
        families=tuple(segment.fare_family for segment in told if segment.fare_family),
        guarantees=tuple(segment.guarantee for segment in told if segment.vi_connection),
        unknown_categories=tuple(category for category in categories if category not in CABINS),
        bags_recheck_required=any(segment.bags_recheck_required for segment in told),
    )


def _instant(text: str) -> datetime:
    """Raises ValueError for a date alone, which would pass for midnight."""
    if "T" not in text:
        raise ValueError(f"{text!r} is not a date and a time")
    return datetime.fromisoformat(text)


def _number(told: int | str | None) -> str | None:
    """An int in search, a string elsewhere, and no other number: 0 and "" mean that there is none."""
    return str(told or "").lstrip("0") or None
