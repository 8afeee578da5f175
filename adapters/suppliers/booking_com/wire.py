"""The words of the Demand API 3.1 that we read, as they are spelled; all others are passed over.

Amounts are JSON numbers, in one answer of theirs text: both become exact decimals. What their own examples leave out or
set to null is optional here, whatever the schema says.
"""

from datetime import datetime
from decimal import Decimal
from typing import Generic, TypeVar

import msgspec

Item = TypeVar("Item")
Names = dict[str, str | None]  # language -> text


class Wire(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What all words have in common."""


class Listed(Wire, Generic[Item], frozen=True, kw_only=True, gc=False):
    """A page of accommodations or locations: the next one is named beside `data`."""

    data: list[Item]
    next_page: str | None = None


class Metadata(Wire, frozen=True, kw_only=True, gc=False):
    next_page: str | None = None
    total_results: int | None = None


class Counted(Wire, Generic[Item], frozen=True, kw_only=True, gc=False):
    """A page of cars or orders: the next one is named in `metadata`."""

    data: list[Item]
    metadata: Metadata | None = None


class Answered(Wire, Generic[Item], frozen=True, kw_only=True, gc=False):
    data: Item


# ---- errors ----


class Error(Wire, frozen=True, kw_only=True, gc=False):
    id: str | int | None = None
    message: str | None = None


class ErrorReply(Wire, frozen=True, kw_only=True, gc=False):
    errors: list[Error]


# ---- what a product is, in a search and in an availability ----


class Charge(Wire, frozen=True, kw_only=True, gc=False):
    """`total_amount` is missing where nobody can calculate it beforehand."""

    charge: int
    mode: str | None = None
    percentage: Decimal | None = None
    total_amount: Decimal | None = None
    condition: int | None = None


class Charges(Wire, frozen=True, kw_only=True, gc=False):
    included: list[Charge] = []
    excluded: list[Charge] = []
    conditional: list[Charge] = []


class ProductPrice(Wire, frozen=True, kw_only=True, gc=False):
    base: Decimal | None = None
    total: Decimal | None = None
    extra_charges: Charges | None = None


class Total(Wire, frozen=True, kw_only=True, gc=False):
    total: Decimal


class CancellationTerms(Wire, frozen=True, kw_only=True, gc=False):
    type: str | None = None
    free_cancellation_until: datetime | None = None


class MealPlan(Wire, frozen=True, kw_only=True, gc=False):
    plan: str | None = None
    meals: list[str] | None = None


class PaymentTerms(Wire, frozen=True, kw_only=True, gc=False):
    timings: list[str] = []
    prepayment_required: bool | None = None


class Policies(Wire, frozen=True, kw_only=True, gc=False):
    cancellation: CancellationTerms | None = None
    meal_plan: MealPlan | None = None
    payment: PaymentTerms | None = None


class Deal(Wire, frozen=True, kw_only=True, gc=False):
    discount_percentage: int | None = None
    public_price: Decimal | None = None
    tags: list[str] | None = None


class Occupancy(Wire, frozen=True, kw_only=True, gc=False):
    total: int | None = None


class Product(Wire, frozen=True, kw_only=True, gc=False):
    """One room of a kind for `number_of_adults` and `children`. An availability does not say for whom."""

    id: str
    room: int | None = None
    number_of_adults: int | None = None
    children: list[int] | None = None
    price: ProductPrice | None = None
    policies: Policies | None = None
    deal: Deal | None = None
    number_available_at_this_price: int | None = None
    third_party_inventory: bool | None = None
    maximum_occupancy: Occupancy | None = None


class Accommodation(Wire, frozen=True, kw_only=True, gc=False):
    """What a search has of one property: the products recommended for all guests, and their price together."""

    id: int
    currency: str
    price: Total
    products: list[Product]
    url: str | None = None
    deep_link_url: str | None = None


class Availability(Wire, frozen=True, kw_only=True, gc=False):
    id: int
    products: list[Product] = []


# ---- content ----


class Coordinates(Wire, frozen=True, kw_only=True, gc=False):
    latitude: float
    longitude: float


class Location(Wire, frozen=True, kw_only=True, gc=False):
    coordinates: Coordinates | None = None
    address: Names | str | None = None
    country: str | None = None
    postal_code: str | None = None


class Rating(Wire, frozen=True, kw_only=True, gc=False):
    review_score: Decimal | None = None
    number_of_reviews: int | None = None
    stars: Decimal | None = None


class Hours(Wire, frozen=True, kw_only=True, gc=False):
    """`HH:MM:SS` on the property's own clock."""

    checkin_from: str | None = None
    checkin_to: str | None = None
    checkout_to: str | None = None


class PhotoLinks(Wire, frozen=True, kw_only=True, gc=False):
    standard: str | None = None
    large: str | None = None


class Photo(Wire, frozen=True, kw_only=True, gc=False):
    url: PhotoLinks | None = None


class Phone(Wire, frozen=True, kw_only=True, gc=False):
    telephone: str | None = None


class Contacts(Wire, frozen=True, kw_only=True, gc=False):
    general: Phone | None = None


class Facility(Wire, frozen=True, kw_only=True, gc=False):
    id: int
    attributes: list[str] | None = None


class Description(Wire, frozen=True, kw_only=True, gc=False):
    text: Names | None = None
    important_information: Names | None = None


class Beds(Wire, frozen=True, kw_only=True, gc=False):
    bed_type: int
    number_of_beds: int


class BedConfiguration(Wire, frozen=True, kw_only=True, gc=False):
    configuration: list[Beds] = []


class BedOption(Wire, frozen=True, kw_only=True, gc=False):
    bed_configurations: list[BedConfiguration] = []


class RoomDetails(Wire, frozen=True, kw_only=True, gc=False):
    id: int
    name: Names | str | None = None
    bed_options: list[BedOption] | None = None


class Damage(Wire, frozen=True, kw_only=True, gc=False):
    """What a property may keep for damage. `currency` is its own."""

    amount: Decimal | None = None
    currency: str | None = None


class Pets(Wire, frozen=True, kw_only=True, gc=False):
    allowed: str | None = None
    charge_mode: str | None = None


class HouseRules(Wire, frozen=True, kw_only=True, gc=False):
    minimum_checkin_age: int | None = None
    maximum_checkin_age: int | None = None
    minimum_guest_age: int | None = None
    damage: Damage | None = None
    pets: Pets | None = None


class Details(Wire, frozen=True, kw_only=True, gc=False):
    id: int
    name: Names | str | None = None
    accommodation_type: int | None = None
    location: Location | None = None
    rating: Rating | None = None
    checkin_checkout_times: Hours | None = None
    photos: list[Photo] | None = None
    contacts: Contacts | None = None
    facilities: list[Facility] | None = None
    description: Description | None = None
    rooms: list[RoomDetails] | None = None
    policies: HouseRules | None = None
    booker_address_required: bool | None = None


class Constant(Wire, frozen=True, kw_only=True, gc=False):
    id: int
    name: Names | None = None


class Constants(Wire, frozen=True, kw_only=True, gc=False):
    """Only the lists that were asked for are there."""

    accommodation_types: list[Constant] = []
    accommodation_facilities: list[Constant] = []
    charge_types: list[Constant] = []
    bed_types: list[Constant] = []


class City(Wire, frozen=True, kw_only=True, gc=False):
    """`id` may be negative."""

    id: int
    name: Names
    coordinates: Coordinates | None = None
