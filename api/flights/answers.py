"""The shapes of what is answered about flights."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from api.answers import (
    Cancellation,
    Iata,
    LocalTime,
    MinutesRange,
    Money,
    Offer,
    PriceRange,
    ResultCount,
    SearchAnswer,
)
from domain.queries import Cabin


class FlightConditions(msgspec.Struct, frozen=True, kw_only=True):
    """Null means that the supplier does not say. Bags are pieces for each traveller, included in the price."""

    refundable: bool | None
    changeable: bool | None
    cabin_bags: int | None
    checked_bags: int | None
    fare_family: str | None
    cancellation: Cancellation | None
    change_fee: Money | None
    separate_tickets: Annotated[
        int | None, Meta(description="Above one, a missed connection is at the traveller's risk unless guaranteed.")
    ]
    connection_guaranteed: bool | None


class Segment(msgspec.Struct, frozen=True, kw_only=True):
    """One flight number from take-off to landing: `carrier` sells it, `operating_carrier` flies it."""

    flight: Annotated[str, Meta(examples=["BA117"])]
    carrier: str
    number: str
    operating_carrier: str | None
    operating_number: str | None
    origin: Iata
    destination: Iata
    departs_at: LocalTime
    arrives_at: LocalTime
    duration_minutes: int
    cabin: Cabin | None
    booking_class: str | None
    fare_basis: str | None
    aircraft: str | None


class Slice(msgspec.Struct, frozen=True, kw_only=True):
    """One direction of a journey. `days_later` counts local dates, and is -1 when the date line gives a day back."""

    origin: Iata
    destination: Iata
    departs_at: LocalTime
    arrives_at: LocalTime
    duration_minutes: int
    stops: int
    days_later: int
    segments: tuple[Segment, ...]


class Itinerary(msgspec.Struct, frozen=True, kw_only=True):
    """The whole journey; `stops` are the most of any slice, the stay between slices is not under way."""

    slices: tuple[Slice, ...]
    duration_minutes: int
    stops: int


class FlightOffer(Offer[FlightConditions], frozen=True, kw_only=True):
    """What one supplier would sell. `price` is what all travellers pay together.

    `sold_as` are the flight numbers that the tickets show: a shared flight has several.
    """

    sold_as: tuple[str, ...]


class FlightOfferDetails(FlightOffer, frozen=True, kw_only=True):
    """An offer with the journey that it is for."""

    vertical: Literal["flights"] = "flights"
    product: Itinerary


class FlightResult(msgspec.Struct, frozen=True, kw_only=True):
    """One journey, once, with everybody's offers for it, cheapest first."""

    id: str
    product: Itinerary
    offers: tuple[FlightOffer, ...]


class AirlineFacet(msgspec.Struct, frozen=True, kw_only=True):
    airline: str
    results: int
    cheapest: Money


class StopsFacet(msgspec.Struct, frozen=True, kw_only=True):
    stops: int
    results: int
    cheapest: Money


class FlightFacets(msgspec.Struct, frozen=True, kw_only=True):
    """What the filters could be set to, counted over everything that was found, whatever is filtered now."""

    airlines: tuple[AirlineFacet, ...]
    stops: tuple[StopsFacet, ...]
    price: PriceRange | None
    duration_minutes: MinutesRange | None
    refundable: ResultCount
    checked_bags: ResultCount


class FlightSearchAnswer(SearchAnswer[FlightResult, FlightFacets], frozen=True, kw_only=True):
    """A search for flights: how it stands, what was found, what could be filtered, and where the next page is."""
