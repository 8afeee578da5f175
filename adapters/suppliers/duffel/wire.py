"""Duffel's words as version 2 spells them, as far as we read them; all others are passed over.

Only what an offer or an order can't do without is required. Amounts are text beside their currency, moments end in a true
Z, and the times of flights are the clock on the airport's wall, without an offset.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated, Generic, TypeVar

import msgspec

Item = TypeVar("Item")

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
WallClock = Annotated[datetime, msgspec.Meta(tz=False)]


# ---- envelopes ----


class Single(msgspec.Struct, Generic[Item], frozen=True, kw_only=True, gc=False):
    data: Item


class Cursor(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`after` is null on the last page."""

    after: str | None = None


class Page(msgspec.Struct, Generic[Item], frozen=True, kw_only=True, gc=False):
    """`data` holds records, or their bytes."""

    data: list[Item]
    meta: Cursor | None = None


class Source(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a validation error is about: `pointer` is a path in the body, such as /passengers/0/born_on."""

    field: str | None = None
    pointer: str | None = None


class Error(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`code` is the stable one of them. It was seen as the number 400 once."""

    type: str | None = None
    code: str | int | None = None
    title: str | None = None
    message: str | None = None
    source: Source | None = None


class Trouble(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    errors: list[Error]


# ---- who and where ----


class Airline(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Not every airline has a code."""

    name: str
    iata_code: str | None = None
    conditions_of_carriage_url: str | None = None


class Port(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An airport, where all that we don't know better is its zone."""

    iata_code: str
    time_zone: str | None = None


class Aircraft(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    iata_code: str | None = None
    name: str | None = None


# ---- a search ----


class Passenger(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Told by `type` or by `age`; offers may tell the type another way than it was asked for."""

    id: str
    type: str | None = None
    age: int | None = None


class OfferRequest(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    id: str
    passengers: list[Passenger]


class Baggage(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`quantity` may be 0, which is no bag."""

    type: str
    quantity: int


class Wifi(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    available: bool | str | None = None
    cost: str | None = None


class Seat(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    pitch: str | None = None
    type: str | None = None


class Power(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    available: bool | str | None = None


class Amenities(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    wifi: Wifi | None = None
    seat: Seat | None = None
    power: Power | None = None


class CabinOnBoard(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    amenities: Amenities | None = None


class SeatedPassenger(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What one passenger gets on one flight."""

    passenger_id: str | None = None
    cabin_class: str | None = None
    cabin_class_marketing_name: str | None = None
    fare_basis_code: str | None = None
    baggages: list[Baggage] | None = None
    cabin: CabinOnBoard | None = None


class Stop(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A landing on the way under one flight number."""

    airport: Port
    duration: timedelta | None = None


class Segment(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    origin: Port
    destination: Port
    departing_at: WallClock
    arriving_at: WallClock
    marketing_carrier: Airline
    marketing_carrier_flight_number: str
    duration: timedelta | None = None
    origin_terminal: str | None = None
    destination_terminal: str | None = None
    operating_carrier: Airline | None = None
    operating_carrier_flight_number: str | None = None
    aircraft: Aircraft | None = None
    stops: list[Stop] | None = None
    passengers: list[SeatedPassenger] = []


class Condition(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The penalty is null where the change is not allowed, and may be so where it is. Its currency may be another."""

    allowed: bool
    penalty_amount: Decimal | None = None
    penalty_currency: str | None = None


class Conditions(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Null means that nobody knows."""

    refund_before_departure: Condition | None = None
    change_before_departure: Condition | None = None


class SliceConditions(Conditions, frozen=True, kw_only=True, gc=False):
    """The same for one slice alone, and what its fare gives."""

    advance_seat_selection: bool | str | None = None
    priority_boarding: bool | str | None = None
    priority_check_in: bool | str | None = None


class Slice(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    segments: list[Segment]
    fare_brand_name: str | None = None
    conditions: SliceConditions | None = None


class PaymentRequirements(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Both moments are null where an order has to be paid at once."""

    requires_instant_payment: bool
    payment_required_by: Moment | None = None
    price_guarantee_expires_at: Moment | None = None


class PrivateFare(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    type: str | None = None


class BagService(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    type: str | None = None
    maximum_weight_kg: int | None = None


class Service(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Something to buy with the offer: a bag, or the right to cancel for any reason."""

    id: str
    type: str
    total_amount: Decimal
    total_currency: str
    maximum_quantity: int | None = None
    passenger_ids: list[str] = []
    metadata: BagService | None = None


class Offer(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`total_amount` is for all passengers, with taxes and without services."""

    id: str
    total_amount: Decimal
    total_currency: str
    owner: Airline
    slices: list[Slice]
    passengers: list[Passenger]
    expires_at: Moment
    created_at: Moment | None = None
    updated_at: Moment | None = None
    base_amount: Decimal | None = None
    base_currency: str | None = None
    tax_amount: Decimal | None = None
    tax_currency: str | None = None
    partial: bool = False
    conditions: Conditions | None = None
    payment_requirements: PaymentRequirements | None = None
    passenger_identity_documents_required: bool | None = None
    supported_passenger_identity_document_types: list[str] = []
    private_fares: list[PrivateFare] = []
    total_emissions_kg: str | None = None
    available_services: list[msgspec.Raw] | None = None


# ---- orders ----


class PaymentStatus(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    awaiting_payment: bool
    payment_required_by: Moment | None = None
    price_guarantee_expires_at: Moment | None = None


class Ticket(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    type: str | None = None
    unique_identifier: str | None = None


class OrderedSegment(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Where an order begins is all that we need of its flights."""

    origin: Port
    departing_at: WallClock


class OrderedSlice(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    segments: list[OrderedSegment] = []


class Order(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`type` may be absent; `total_amount` holds the services that were booked."""

    id: str
    total_amount: Decimal
    total_currency: str
    payment_status: PaymentStatus
    booking_reference: str | None = None
    type: str | None = None
    offer_id: str | None = None
    owner: Airline | None = None
    cancelled_at: Moment | None = None
    available_actions: list[str] = []
    conditions: Conditions | None = None
    slices: list[OrderedSlice] = []
    documents: list[Ticket] = []
    metadata: dict[str, str] | None = None


class Payment(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    id: str
    status: str


class AirlineCredit(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    credit_name: str | None = None
    credit_code: str | None = None


class OrderCancellation(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A quote until `confirmed_at` is told. The refund may be null, and in another currency than the order."""

    id: str
    refund_amount: Decimal | None = None
    refund_currency: str | None = None
    refund_to: str | None = None
    confirmed_at: Moment | None = None
    airline_credits: list[AirlineCredit] | None = None


# ---- catalogues and places ----


class Airport(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """As the catalogue and the suggestions have it; `type` is city for a suggestion that has airports of its own."""

    id: str | None = None
    type: str | None = None
    name: str | None = None
    iata_code: str | None = None
    icao_code: str | None = None
    iata_country_code: str | None = None
    iata_city_code: str | None = None
    city_name: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    time_zone: str | None = None


class Suggestion(Airport, frozen=True, kw_only=True, gc=False):
    airports: list[msgspec.Raw] | None = None


class ListedAirline(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    id: str | None = None
    name: str | None = None
    iata_code: str | None = None
