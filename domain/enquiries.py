"""What is asked by a key rather than searched for: the state of a flight, who is in the air, what an offer costs now."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

import msgspec

from domain.ids import short_id
from domain.queries import Query


class Box(msgspec.Struct, frozen=True, kw_only=True):
    """WGS-84 degrees; it may cross the antimeridian, where `west` is greater than `east`."""

    south: float
    west: float
    north: float
    east: float

    def __post_init__(self) -> None:
        if not (-90 <= self.south < self.north <= 90 and -180 <= self.west <= 180 and -180 <= self.east <= 180):
            raise ValueError(f"{self} is not a box on Earth")


class StatusEnquiry(msgspec.Struct, frozen=True, kw_only=True, tag="status", tag_field="about"):
    """The flight of that number on the local date of its departure."""

    carrier: str
    number: str
    day: date


class PositionsEnquiry(msgspec.Struct, frozen=True, kw_only=True, tag="positions", tag_field="about"):
    """Who is in the air; `box` None means everywhere."""

    box: Box | None = None


class TrackEnquiry(msgspec.Struct, frozen=True, kw_only=True, tag="track", tag_field="about"):
    """The way of one aircraft, by its ICAO 24-bit address in lower-case hex; `at` None: the flight that is under way."""

    icao24: str
    at: datetime | None = None


class Direction(StrEnum):
    DEPARTURES = "departures"
    ARRIVALS = "arrivals"


class TimetableEnquiry(msgspec.Struct, frozen=True, kw_only=True, tag="timetable", tag_field="about"):
    """What leaves or lands at an airport on a local date."""

    airport: str
    direction: Direction
    day: date


class FlightsEnquiry(msgspec.Struct, frozen=True, kw_only=True, tag="flights", tag_field="about"):
    """Flights that were flown, of one aircraft (`icao24`), or from or to an airport (its ICAO code), or of all."""

    begin: datetime
    end: datetime
    icao24: str | None = None
    airport: str | None = None
    direction: Direction | None = None


class PlaceEnquiry(msgspec.Struct, frozen=True, kw_only=True, tag="place", tag_field="about"):
    """Places by the beginning of a name or a code."""

    text: str


class RentalPlaceEnquiry(msgspec.Struct, frozen=True, kw_only=True, tag="rental_place", tag_field="about"):
    """Counters at an airport, by its IATA code."""

    airport: str


class QuoteEnquiry(msgspec.Struct, frozen=True, kw_only=True, tag="quote", tag_field="about"):
    """What an offer in our books costs now, as its supplier says when it is about to be booked."""

    offer_id: str


class OffersEnquiry(msgspec.Struct, frozen=True, kw_only=True, tag="offers", tag_field="about"):
    """What these suppliers sell of one thing now. `things` are keys as `domain.things.key_of` makes them."""

    query: Query
    suppliers: tuple[str, ...]
    things: tuple[str, ...]


class SignInEnquiry(msgspec.Struct, frozen=True, kw_only=True, tag="sign_in", tag_field="about"):
    """Who came back from an outside issuer. What is exchanged waits under the `ticket`, so that no queue knows it."""

    ticket: str


Enquiry = (
    StatusEnquiry
    | PositionsEnquiry
    | TrackEnquiry
    | TimetableEnquiry
    | FlightsEnquiry
    | PlaceEnquiry
    | RentalPlaceEnquiry
    | QuoteEnquiry
    | OffersEnquiry
    | SignInEnquiry
)


class Keeping(msgspec.Struct, frozen=True, kw_only=True):
    """Up to `fresh` an answer is served as it is, up to `usable` it can be looked at.

    With `serves_stale` whoever asks in between is served at once, while the supplier is asked again behind his back.
    """

    fresh: timedelta
    usable: timedelta
    serves_stale: bool = True


# What is bought is asked for anew each time, and whoever asks meanwhile hears the same answer.
KEPT: Final[Mapping[type[Any], Keeping]] = MappingProxyType(
    {
        StatusEnquiry: Keeping(fresh=timedelta(minutes=1), usable=timedelta(minutes=30)),
        PositionsEnquiry: Keeping(fresh=timedelta(seconds=10), usable=timedelta(minutes=2)),
        TrackEnquiry: Keeping(fresh=timedelta(seconds=30), usable=timedelta(minutes=10)),
        TimetableEnquiry: Keeping(fresh=timedelta(minutes=5), usable=timedelta(hours=2)),
        FlightsEnquiry: Keeping(fresh=timedelta(minutes=30), usable=timedelta(hours=12)),
        PlaceEnquiry: Keeping(fresh=timedelta(days=1), usable=timedelta(days=7)),
        RentalPlaceEnquiry: Keeping(fresh=timedelta(days=1), usable=timedelta(days=7)),
        QuoteEnquiry: Keeping(fresh=timedelta(), usable=timedelta(minutes=10), serves_stale=False),
        OffersEnquiry: Keeping(fresh=timedelta(), usable=timedelta(minutes=10), serves_stale=False),
        SignInEnquiry: Keeping(fresh=timedelta(), usable=timedelta(minutes=1), serves_stale=False),
    }
)

_encode: Final = msgspec.json.Encoder(order="deterministic").encode
_decode: Final = msgspec.json.Decoder(Enquiry).decode


def enquiry_id(enquiry: Enquiry) -> str:
    """The same for the same enquiry, in any process and on any day.

    By how it looks once it has travelled: a whole number of degrees has become a float, and an id must not change by that.
    """
    return short_id(_encode(_decode(_encode(enquiry))).decode())
