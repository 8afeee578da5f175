"""The words of Rapid's prices and bookings that we read; `wire_content.py` has those of its descriptions.

Ids are declared as text and amounts as decimal text, but examples hold numbers for both, so both are taken. Only what
an offer can't do without is required. `shapes.py` names the words that we know and pass over.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Generic, TypeVar

import msgspec
from msgspec import Meta

Item = TypeVar("Item")

Id = str | int
Instant = Annotated[datetime, Meta(tz=True)]


class Link(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """To be followed as it is. Where `expires` is missing, nothing is said of when it ends."""

    href: str
    method: str | None = None
    expires: Instant | None = None


# ---- money ----


class Amount(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    value: Decimal
    currency: str


class Charge(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The same amount twice: what is charged, and what that is in the currency that was asked for, to look at only."""

    billable_currency: Amount
    request_currency: Amount | None = None


class Priced(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One line of a night or of the whole stay, in the billable currency."""

    type: str
    value: Decimal
    currency: str


class Totals(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`inclusive` is without, `property_inclusive` with what the property collects."""

    inclusive: Charge
    exclusive: Charge | None = None
    property_inclusive: Charge | None = None
    property_fees: Charge | None = None
    inclusive_strikethrough: Charge | None = None
    minimum_selling_price: Charge | None = None


class PropertyFees(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Collected at the desk, each kind for the whole stay."""

    mandatory_fee: Charge | None = None
    resort_fee: Charge | None = None
    mandatory_tax: Charge | None = None


class Pricing(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One room. One example has single lines where lists of nights and of lines belong."""

    totals: Totals
    nightly: list[list[Priced]] | Priced | None = None
    stay: list[Priced] | Priced | None = None
    fees: PropertyFees | None = None


# ---- terms ----


class CancelPenalty(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One of `amount`, `nights` and `percent` ("30%"), for whoever cancels from `start` to `end`."""

    start: Instant
    end: Instant
    currency: str | None = None
    amount: Decimal | None = None
    nights: str | int | None = None
    percent: str | None = None


class DateRange(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Both days are in it."""

    start: date
    end: date


class Deposit(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    value: Decimal
    currency: str
    due: str | None = None


class Amenity(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    name: str


class ValueAdd(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    description: str | None = None


class Deal(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    description: str | None = None


class Promotions(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    value_adds: dict[str, ValueAdd] | None = None
    deal: Deal | None = None


# ---- GET /properties/availability ----


class SaleScenario(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    package: bool | None = None
    member: bool | None = None
    corporate: bool | None = None
    mobile_promotion: bool | None = None


class BedGroupLinks(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    price_check: Link


class BedGroup(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    links: BedGroupLinks
    description: str | None = None


class Rate(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`available_rooms` is 2147483647 where nobody knows. `occupancy_pricing` is keyed by the occupancy as it was sent."""

    id: Id
    bed_groups: dict[str, BedGroup]
    occupancy_pricing: dict[str, Pricing]
    status: str | None = None
    available_rooms: int | None = None
    refundable: bool | None = None
    current_refundability: str | None = None
    merchant_of_record: str | None = None
    sale_scenario: SaleScenario | None = None
    amenities: dict[str, Amenity] | None = None
    cancel_penalties: list[CancelPenalty] | None = None
    nonrefundable_date_ranges: list[DateRange] | None = None
    promotions: Promotions | None = None
    deposits: list[Deposit] | None = None
    card_on_file_limit: Amount | None = None
    refundable_damage_deposit: Amount | None = None


class RoomRates(msgspec.Struct, Generic[Item], frozen=True, kw_only=True, gc=False):
    """`rates` holds rates, or their bytes."""

    room_name: str
    rates: list[Item]
    id: Id | None = None


class PropertyRates(msgspec.Struct, Generic[Item], frozen=True, kw_only=True, gc=False):
    property_id: Id
    rooms: list[RoomRates[Item]] | None = None


# ---- POST /properties/geography ----


class Nearby(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    property_id: Id


# ---- GET /properties/{}/rooms/{}/rates/{} ----


class PriceCheckLinks(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    book: Link | None = None


class Trader(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    name: str | None = None


class TraderInformation(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Who sells, and on whose terms, where the law wants that told."""

    traders: list[Trader] | None = None
    terms_and_conditions: str | None = None


class PriceCheck(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The status says what happened; the status code is 200 also for what is sold out."""

    status: str
    occupancy_pricing: dict[str, Pricing] | None = None
    links: PriceCheckLinks | None = None
    deposits: list[Deposit] | None = None
    card_on_file_limit: Amount | None = None
    refundable_damage_deposit: Amount | None = None
    trader_information: TraderInformation | None = None


# ---- itineraries ----


class CreatedLinks(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    resume: Link | None = None
    complete_payment_session: Link | None = None


class Created(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What POST /itineraries gives."""

    itinerary_id: Id
    links: CreatedLinks | None = None


class CancelRefund(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An example has it as a negative number: it is what comes back, whatever its sign."""

    amount: Decimal
    currency: str


class BookedRate(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    refundable: bool | None = None
    cancel_refund: CancelRefund | None = None
    cancel_penalties: list[CancelPenalty] | None = None
    nonrefundable_date_ranges: list[DateRange] | None = None
    pricing: Pricing | None = None


class Confirmation(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The property's own number may come later than Expedia's."""

    expedia: str | None = None
    property: str | None = None


class RoomLinks(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    cancel: Link | None = None


class BookedRoom(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A link that is missing stands for what is not allowed."""

    id: Id | None = None
    status: str | None = None
    checkin: date | None = None
    confirmation_id: Confirmation | None = None
    rate: BookedRate | None = None
    links: RoomLinks | None = None


class ItineraryLinks(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Only a held itinerary has both."""

    cancel: Link | None = None
    resume: Link | None = None


class Adjustment(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    value: Decimal
    currency: str
    type: str | None = None


class Itinerary(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A fresh one may have no more than its id and `creation_date_time`; a partial one names its `impacted_fields`."""

    itinerary_id: Id
    creation_date_time: str | None = None
    property_id: Id | None = None
    affiliate_reference_id: str | None = None
    rooms: list[BookedRoom] | None = None
    links: ItineraryLinks | None = None
    adjustment: Adjustment | None = None
    impacted_fields: list[str] | None = None


class Nothing(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What DELETE gives: the status says it all."""


# ---- errors ----


class NestedError(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    type: str
    message: str | None = None


class ErrorReply(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    type: str
    message: str | None = None
    errors: list[NestedError] | None = None
