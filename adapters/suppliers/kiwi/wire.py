"""The words of Tequila's searches that we read, as they are spelled; all others are passed over.

Recordings of 2021 and 2024 differ in many fields, so only what an offer cannot do without is required. Half of what an
answer holds (names of cities, sums over the segments, a conversion, sizes of bags) says nothing that we don't know better.
"""

from decimal import Decimal
from typing import Generic, TypeVar

import msgspec
from msgspec import field

Item = TypeVar("Item")


class Seats(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The echo of who was asked for."""

    adults: int | None = None
    children: int | None = None
    infants: int | None = None


class SearchParams(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    seats: Seats | None = None


class SearchReply(msgspec.Struct, Generic[Item], frozen=True, kw_only=True, gc=False):
    """`data` holds itineraries, or their bytes."""

    currency: str
    data: list[Item]
    search_params: SearchParams | None = None


class PriceDropdown(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`fees` may be negative."""

    base_fare: Decimal | None = None
    fees: Decimal | None = None


class BagLimit(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Kilograms."""

    hold_weight: Decimal | None = None


class Availability(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    seats: int | None = None


class Segment(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One flight. `local_*` end in a Z that is not true: they are the clock on the airport's wall."""

    fly_from: str = field(name="flyFrom")
    fly_to: str = field(name="flyTo")
    local_departure: str
    local_arrival: str
    airline: str
    flight_no: int | str
    return_: int = field(name="return")
    utc_departure: str | None = None
    utc_arrival: str | None = None
    operating_carrier: str | None = None
    operating_flight_no: int | str | None = None
    fare_basis: str | None = None
    fare_category: str | None = None
    fare_classes: str | None = None
    fare_family: str | None = None
    bags_recheck_required: bool | None = None
    vi_connection: bool | None = None
    guarantee: bool | None = None
    equipment: str | None = None
    vehicle_type: str | None = None


class Itinerary(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`price` is for everybody together in the asked currency, `bags_price` in EUR.

    `route` holds segments, left as bytes because most of them stand in many itineraries of a reply. Only
    `booking_token` is a key: the fares of one journey share their `id`.
    """

    price: Decimal
    route: list[msgspec.Raw]
    booking_token: str
    quality: Decimal | None = None
    price_dropdown: PriceDropdown | None = None
    bags_price: dict[str, Decimal | None] | None = None
    baglimit: BagLimit | None = None
    availability: Availability | None = None
    deep_link: str | None = None
    facilitated_booking_available: bool | None = None
    pnr_count: int | None = None
    has_airport_change: bool | None = None
    technical_stops: int | None = None
    throw_away_ticketing: bool | None = None
    hidden_city_ticketing: bool | None = None
    virtual_interlining: bool | None = None


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One part of a journey over several cities: an itinerary of which only the way is of use."""

    route: list[msgspec.Raw]


class Combination(msgspec.Struct, frozen=True, kw_only=True):
    """A way for each part, sold together: `price` and `booking_token` are for all of them."""

    price: Decimal
    booking_token: str
    route: list[Part]
    deep_link: str | None = None


class Country(msgspec.Struct, frozen=True, kw_only=True):
    code: str | None = None


class City(msgspec.Struct, frozen=True, kw_only=True):
    name: str | None = None
    code: str | None = None
    country: Country | None = None


class Spot(msgspec.Struct, frozen=True, kw_only=True):
    """Degrees."""

    lat: float
    lon: float


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """An airport is the only kind that has a `city`."""

    id: str
    type: str
    name: str
    timezone: str | None = None
    location: Spot | None = None
    code: str | None = None
    icao: str | None = None
    city: City | None = None


class PlacesReply(msgspec.Struct, frozen=True, kw_only=True):
    locations: list[msgspec.Raw]


class ErrorAtParameter(msgspec.Struct, frozen=True, kw_only=True):
    param: str | None = None
    errors: list[str] = []


class ErrorReply(msgspec.Struct, frozen=True, kw_only=True):
    """The newer calls say it in `error`, the older ones in `message`, as a sentence or parameter by parameter."""

    status: int | str | None = None
    error: str | None = None
    message: str | list[ErrorAtParameter] | None = None
