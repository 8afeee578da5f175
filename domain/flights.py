"""Segments, slices and itineraries: a journey by air, in aware times."""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

import msgspec

from domain.queries import Cabin
from domain.times import elapsed

_NO_TIME: Final = timedelta()


class Segment(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One flight number from take-off to landing. `carrier` sells it, `operating_carrier` flies it (None: not told).

    Both times are aware, each in its own airport's zone. Raises ValueError when it lands before it leaves.
    """

    origin: str
    destination: str
    departs_at: datetime
    arrives_at: datetime
    carrier: str
    number: str
    operating_carrier: str | None = None
    operating_number: str | None = None
    cabin: Cabin | None = None
    booking_class: str | None = None
    fare_basis: str | None = None
    aircraft: str | None = None

    def __post_init__(self) -> None:
        if self.departs_at.tzinfo is None or self.arrives_at.tzinfo is None:
            raise ValueError(f"{self.flight} has a time without an offset")
        if elapsed(self.departs_at, self.arrives_at) <= _NO_TIME:
            raise ValueError(f"{self.flight} lands before it leaves")

    @property
    def flight(self) -> str:
        """The flight number as travellers know it: BA117."""
        return f"{self.carrier}{self.number}"

    @property
    def duration(self) -> timedelta:
        return elapsed(self.departs_at, self.arrives_at)


class Slice(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One direction of a journey: segments in flying order.

    Airports may change between segments (land at ORY, leave from CDG). Raises ValueError when a segment leaves
    before the one in front of it has landed.
    """

    segments: tuple[Segment, ...]

    def __post_init__(self) -> None:
        if not self.segments:
            raise ValueError("a slice has at least one segment")
        for before, after in pairwise(self.segments):
            if elapsed(before.arrives_at, after.departs_at) < _NO_TIME:
                raise ValueError(f"{after.flight} leaves before {before.flight} has landed")

    @property
    def origin(self) -> str:
        return self.segments[0].origin

    @property
    def destination(self) -> str:
        return self.segments[-1].destination

    @property
    def departs_at(self) -> datetime:
        return self.segments[0].departs_at

    @property
    def arrives_at(self) -> datetime:
        return self.segments[-1].arrives_at

    @property
    def duration(self) -> timedelta:
        return elapsed(self.departs_at, self.arrives_at)

    @property
    def stops(self) -> int:
        return len(self.segments) - 1

    @property
    def days_later(self) -> int:
        """Calendar days between the local date of departure and that of arrival; -1 when the date line gives one back."""
        return (self.arrives_at.date() - self.departs_at.date()).days


class Itinerary(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag="itinerary", tag_field="kind"):
    """The whole journey: one slice, or outbound and inbound, or more for several cities."""

    slices: tuple[Slice, ...]

    def __post_init__(self) -> None:
        if not self.slices:
            raise ValueError("an itinerary has at least one slice")

    @property
    def segments(self) -> tuple[Segment, ...]:
        return tuple(segment for part in self.slices for segment in part.segments)

    @property
    def duration(self) -> timedelta:
        """Time under way, the stay between the slices left out."""
        return sum((part.duration for part in self.slices), _NO_TIME)

    @property
    def stops(self) -> int:
        """The most stops of any slice."""
        return max(part.stops for part in self.slices)
