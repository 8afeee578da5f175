"""The shapes of a set of results as columns: names once, values in rows, repeated words only once."""

from typing import Annotated, Generic, TypeVar

import msgspec
from msgspec import Meta

from api.answers import LocalTime, SearchHead


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """A column of words that repeat: row `n` has `words[at[n]]`, or nothing where `at[n]` is null."""

    words: tuple[str, ...]
    at: tuple[int | None, ...]


class WordLists(msgspec.Struct, frozen=True, kw_only=True):
    """A column of several words each: row `n` has `words[i]` for each `i` in `at[n]`."""

    words: tuple[str, ...]
    at: tuple[tuple[int, ...], ...]


_Ids = Annotated[tuple[str, ...], Meta(description="Ids, as in the usual answer.")]
_Flags = tuple[bool | None, ...]
_Counts = tuple[int | None, ...]


class OfferColumns(msgspec.Struct, frozen=True, kw_only=True):
    """One row for each offer, in the order of the results and cheapest first among the offers of each."""

    id: _Ids
    result: Annotated[tuple[int, ...], Meta(description="The row of the result that it is an offer of.")]
    supplier: Annotated[Words, Meta(description="Who sells it.")]
    price: Annotated[
        tuple[str, ...],
        Meta(
            description="Amounts in the currency of the search: what `max_price` is compared with and `price` sorts by."
        ),
    ]
    charged: Annotated[
        tuple[str | None, ...],
        Meta(
            description="Amounts in the supplier's own currency, where that is another; null where `price` is charged."
        ),
    ]
    charged_in: Annotated[Words, Meta(description="The currency of `charged`.")]
    expires_at: Annotated[Words, Meta(description="Until when it can be booked.")]
    bookable: Annotated[tuple[bool, ...], Meta(description="Whether it can be booked here.")]
    refundable: Annotated[_Flags, Meta(description="The filter of this name; null where the supplier does not say.")]


class FlightResultColumns(msgspec.Struct, frozen=True, kw_only=True):
    """One row for each journey."""

    id: _Ids
    flights: Annotated[
        WordLists,
        Meta(description="Flight numbers in flying order, as the offer that tells most of the journey has them."),
    ]
    airports: Annotated[WordLists, Meta(description="Airports in the order in which they are touched, of all slices.")]
    stops: Annotated[tuple[int, ...], Meta(description="The most of any slice: what `max_stops` is compared with.")]
    duration_minutes: Annotated[tuple[int, ...], Meta(description="Under way, of all slices: `duration` sorts by it.")]
    departs_at: Annotated[
        tuple[LocalTime, ...],
        Meta(
            description="Of the first slice: `departure` sorts by it, and `depart_after` and `depart_before` read its clock."
        ),
    ]
    arrives_at: Annotated[tuple[LocalTime, ...], Meta(description="Of the first slice.")]


class FlightOfferColumns(OfferColumns, frozen=True, kw_only=True):
    """One row for each offer of a journey."""

    airlines: Annotated[WordLists, Meta(description="Who sells its segments: all of them have to be among `airlines`.")]
    checked_bags: Annotated[
        _Counts, Meta(description="Pieces in the price: what `bags` asks for; null counts as none.")
    ]
    cabin_bags: Annotated[_Counts, Meta(description="Pieces in the price.")]
    fare_family: Annotated[Words, Meta(description="What the airline calls the fare.")]
    seats_left: Annotated[_Counts, Meta(description="At this price, where the supplier tells.")]


class StayResultColumns(msgspec.Struct, frozen=True, kw_only=True):
    """One row for each property."""

    id: _Ids
    name: Annotated[tuple[str | None, ...], Meta(description="What it is called.")]
    stars: Annotated[
        tuple[float | None, ...], Meta(description="In halves; the filter `stars` reads the whole ones of them.")
    ]
    rating: Annotated[tuple[float | None, ...], Meta(description="Of its guests, 0 to 10: `rating` sorts by it.")]
    reviews: Annotated[_Counts, Meta(description="How many guests have said so.")]
    distance_km: Annotated[
        tuple[float | None, ...],
        Meta(description="From the place that was asked for: `max_distance_km` and the order `distance` go by it."),
    ]
    latitude: Annotated[tuple[float | None, ...], Meta(description="WGS-84 degrees.")]
    longitude: Annotated[tuple[float | None, ...], Meta(description="WGS-84 degrees.")]
    amenities: Annotated[WordLists, Meta(description="All of the filter `amenities` have to be among them.")]


class StayOfferColumns(OfferColumns, frozen=True, kw_only=True):
    """One row for each offer of a property."""

    board: Annotated[Words, Meta(description="The meals in the price: the filter `board` reads it.")]
    rooms: Annotated[WordLists, Meta(description="The names of its kinds of room.")]
    free_until: Annotated[Words, Meta(description="Until when it costs nothing to cancel, where the supplier tells.")]
    rooms_left: Annotated[_Counts, Meta(description="At this price, where the supplier tells.")]


class RentalResultColumns(msgspec.Struct, frozen=True, kw_only=True):
    """One row for each class of car of a brand."""

    id: _Ids
    vendor: Annotated[Words, Meta(description="The brand at the counter.")]
    acriss: Annotated[Words, Meta(description="The class of the car.")]
    category: Annotated[Words, Meta(description="Of that class: the filter `categories` reads it.")]
    transmission: Annotated[Words, Meta(description="Of that class: the filter `transmission` reads it.")]
    air_conditioning: Annotated[_Flags, Meta(description="Of that class: the filter of this name reads it.")]
    example: Annotated[Words, Meta(description="A car of that class, or similar.")]
    seats: Annotated[_Counts, Meta(description="Where a supplier tells.")]
    large_bags: Annotated[_Counts, Meta(description="Where a supplier tells.")]


class RentalOfferColumns(OfferColumns, frozen=True, kw_only=True):
    """One row for each offer of a class of car."""

    unlimited_mileage: Annotated[
        _Flags, Meta(description="The filter of this name; null where the supplier does not say.")
    ]
    payment: Annotated[WordLists, Meta(description="When one may pay.")]
    counter: Annotated[Words, Meta(description="The supplier's own code of the counter where the car is picked up.")]
    airport: Annotated[Words, Meta(description="The airport of that counter.")]


Results = TypeVar("Results", bound=msgspec.Struct)
Offers = TypeVar("Offers", bound=OfferColumns)


class Columns(msgspec.Struct, Generic[Results, Offers], frozen=True, kw_only=True):
    """`currency` is that of all prices, and the search's own."""

    search: SearchHead
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")]
    results: Results
    offers: Offers


class FlightColumns(Columns[FlightResultColumns, FlightOfferColumns], frozen=True, kw_only=True):
    """All journeys that pass the filters, in the order that was asked for, and all of their offers that do."""


class StayColumns(Columns[StayResultColumns, StayOfferColumns], frozen=True, kw_only=True):
    """All properties that pass the filters, in the order that was asked for, and all of their offers that do."""


class RentalColumns(Columns[RentalResultColumns, RentalOfferColumns], frozen=True, kw_only=True):
    """All classes of cars that pass the filters, in the order that was asked for, and all of their offers that do."""
