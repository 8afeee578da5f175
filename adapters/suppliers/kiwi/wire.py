"""The words of Tequila's search, field for field; fields that are not named here are ignored.

Recordings of 2021 and 2024 differ in many fields, so only what an offer cannot do without is required. Fields that
only the oldest answers carry and that say nothing of a journey (`rank`, `transfers`, `ref_tasks`, ...) are left out.
"""

from decimal import Decimal

import msgspec
from msgspec import field


class Seats(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The echo of who was asked for."""

    passengers: int | None = None
    adults: int | None = None
    children: int | None = None
    infants: int | None = None


class SearchParams(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    fly_from_type: str | None = field(name="flyFrom_type", default=None)
    to_type: str | None = None
    seats: Seats | None = None


class SearchReply(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`fx_rate` is units of `currency` for one EUR, `currency_rate` its inverse; `data` holds itineraries."""

    currency: str
    data: list[msgspec.Raw]
    search_id: str | None = None
    fx_rate: Decimal | None = None
    currency_rate: Decimal | None = None
    search_params: SearchParams | None = None


class Country(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    code: str | None = None
    name: str | None = None


class Duration(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Seconds; `return_` is 0 one-way."""

    departure: int | None = None
    return_: int | None = field(name="return", default=None)
    total: int | None = None


class FarePerPassenger(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    adults: Decimal | None = None
    children: Decimal | None = None
    infants: Decimal | None = None


class PriceDropdown(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`fees` may be negative."""

    base_fare: Decimal | None = None
    fees: Decimal | None = None


class BagLimit(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Centimetres and kilograms."""

    hold_height: Decimal | None = None
    hold_length: Decimal | None = None
    hold_width: Decimal | None = None
    hold_weight: Decimal | None = None
    hold_dimensions_sum: Decimal | None = None
    hand_height: Decimal | None = None
    hand_length: Decimal | None = None
    hand_width: Decimal | None = None
    hand_weight: Decimal | None = None
    personal_item_height: Decimal | None = None
    personal_item_length: Decimal | None = None
    personal_item_width: Decimal | None = None
    personal_item_weight: Decimal | None = None


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
    id: str | None = None
    combination_id: str | None = None
    city_from: str | None = field(name="cityFrom", default=None)
    city_code_from: str | None = field(name="cityCodeFrom", default=None)
    city_to: str | None = field(name="cityTo", default=None)
    city_code_to: str | None = field(name="cityCodeTo", default=None)
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
    last_seen: str | None = None
    refresh_timestamp: str | None = None


class Itinerary(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`price` is for everybody together in the asked currency, `fare` for one of each kind, `bags_price` in EUR.

    `route` holds segments, left as bytes because most of them stand in many itineraries of a reply. `id` is shared by the fares of one journey: only `booking_token` is a key. `local_arrival` is the outbound's.
    """

    price: Decimal
    route: list[msgspec.Raw]
    booking_token: str
    id: str | None = None
    fly_from: str | None = field(name="flyFrom", default=None)
    fly_to: str | None = field(name="flyTo", default=None)
    city_from: str | None = field(name="cityFrom", default=None)
    city_code_from: str | None = field(name="cityCodeFrom", default=None)
    city_to: str | None = field(name="cityTo", default=None)
    city_code_to: str | None = field(name="cityCodeTo", default=None)
    country_from: Country | None = field(name="countryFrom", default=None)
    country_to: Country | None = field(name="countryTo", default=None)
    local_departure: str | None = None
    local_arrival: str | None = None
    utc_departure: str | None = None
    utc_arrival: str | None = None
    nights_in_dest: int | None = field(name="nightsInDest", default=None)
    quality: Decimal | None = None
    distance: Decimal | None = None
    duration: Duration | None = None
    conversion: dict[str, Decimal | None] | None = None
    fare: FarePerPassenger | None = None
    price_dropdown: PriceDropdown | None = None
    bags_price: dict[str, Decimal | None] | None = None
    baglimit: BagLimit | None = None
    availability: Availability | None = None
    airlines: list[str] | None = None
    deep_link: str | None = None
    facilitated_booking_available: bool | None = None
    pnr_count: int | None = None
    has_airport_change: bool | None = None
    technical_stops: int | None = None
    throw_away_ticketing: bool | None = None
    hidden_city_ticketing: bool | None = None
    virtual_interlining: bool | None = None


class ErrorAtParameter(msgspec.Struct, frozen=True, kw_only=True):
    param: str | None = None
    errors: list[str] = []


class ErrorReply(msgspec.Struct, frozen=True, kw_only=True):
    """The newer calls say it in `error`, the older ones in `message`, as a sentence or parameter by parameter."""

    status: int | str | None = None
    error: str | None = None
    message: str | list[ErrorAtParameter] | None = None
