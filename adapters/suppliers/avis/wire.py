"""The words of the Avis Budget Group's Rental Cars API, version 2, that we read; only what we can't do without is wanted.

Amounts are numbers with their currency beside them. Doors, seats, suitcases and degrees are text, a model may be a number.
"""

from decimal import Decimal

import msgspec

Words = str | int | float


class Detail(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    code: str | int | None = None
    message: str | None = None
    details: str | None = None


class Status(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Of a success."""

    success: list[Detail]


class Error(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    code: str | int | None = None
    message: str | None = None
    reason: str | None = None
    details: str | None = None


class ErrorStatus(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    errors: list[Error] = []


class ErrorReply(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Three forms: nested, as every example has it; at the top, as the schema has it; and the one of the token's host."""

    status: ErrorStatus | None = None
    errors: list[Error] = []
    error: str | None = None
    error_description: str | None = None


class Transaction(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`transaction_id` is the caller's own, echoed."""

    transaction_id: str | None = None


class Product(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    brand: str | None = None


# ---- places ----


class Address(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    address_line_1: str | None = None
    address_line_2: str | None = None
    address_line_3: str | None = None
    city: str | None = None
    postal_code: str | None = None
    country_code: str | None = None
    lat: Words | None = None
    long: Words | None = None


class Location(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    code: str | None = None
    name: str | None = None
    telephone: str | None = None
    hours: str | None = None
    airport_location: bool | None = None


class Counter(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    location: Location | None = None
    address: Address | None = None


class Listed(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One of the locations that a keyword finds; two of its names have a second spelling."""

    code: str | None = None
    location_code: str | None = None
    name: str | None = None
    location_name: str | None = None
    telephone: str | None = None
    airport_location: bool | None = None
    address: Address | None = None


class Locations(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    locations: list[msgspec.Raw]


# ---- prices ----


class Code(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    code: str | None = None


class Tax(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`included_in_total` false: it may apply, and is told for information."""

    type: str | None = None
    amount: Decimal | None = None
    included_in_total: bool | None = None


class Fee(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    name: str | None = None
    amount: Decimal | None = None
    included_in_total: bool | None = None


class TaxesFees(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    taxes: list[Tax] = []
    fees: list[Fee] = []


class Rate(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`currency` is the one of all amounts around it."""

    currency: str | None = None
    rate_code: str | None = None
    rate_type: str | None = None
    quote_id: str | None = None
    discount: Code | None = None
    coupon_discount_amount: Decimal | None = None
    under_age_fee_applied: bool | None = None
    taxes_fees: TaxesFees | None = None


class Totals(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """For the whole rental. `rate_code` and the `original` ones stand in a search, `discount_total` in a quote."""

    reservation_total: Decimal
    rate_code: str | None = None
    vehicle_total: Decimal | None = None
    taxes_fees_total: Decimal | None = None
    insurance_total: Decimal | None = None
    extras_total: Decimal | None = None
    discount_total: Decimal | None = None
    original_reservation_total: Decimal | None = None


class RateTotals(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`pay_later` and `pay_now` in a search, `totals` in a quote or a reservation."""

    rate: Rate
    totals: Totals | None = None
    pay_later: Totals | None = None
    pay_now: Totals | None = None


# ---- cars ----


class Category(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    sipp_code: str | None = None
    name: str | None = None
    make: Words | None = None
    model: Words | None = None
    vehicle_class_code: str | None = None
    vehicle_class_name: str | None = None
    vehicle_status: str | None = None
    image_url: str | None = None


class Features(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    air_conditioned: bool | None = None
    bluetooth_equipped: bool | None = None
    smoke_free: bool | None = None
    connected_car: bool | None = None


class Luggage(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    large_suitcase: Words | None = None
    small_suitcase: Words | None = None


class Capacity(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    doors: Words | None = None
    seats: Words | None = None
    mpg: Words | None = None
    fuel_type: str | None = None
    luggage_capacity: Luggage | None = None


class Distance(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`distance_covered` is free for the whole rental, each unit beyond costs `distance_overage`."""

    unlimited_distance: bool | None = None
    distance_unit: str | None = None
    distance_covered: Decimal | None = None
    distance_overage: Decimal | None = None


class Experience(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    type: str | None = None
    benefits: list[str] = []


class Vehicle(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    category: Category
    rate_totals: RateTotals
    secondary_rate_totals: RateTotals | None = None
    features: Features | None = None
    capacity: Capacity | None = None
    distance: Distance | None = None
    rental_experience: Experience | None = None


class Term(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    type: str | None = None
    endpoint: str | None = None


class Disclaimer(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    type: str | None = None
    description: str | None = None


class Counters(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Told once for all cars of an answer."""

    pickup_location: Counter | None = None
    dropoff_location: Counter | None = None
    terms: list[Term] = []
    disclaimers: list[Disclaimer] = []


class Availability(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    vehicles: list[msgspec.Raw]
    reservation: Counters
    product: Product | None = None


# ---- quotes and reservations ----


class Insurance(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`amount` is a day's. `selected` without our doing: it comes with the rate."""

    code: str
    name: str | None = None
    currency: str | None = None
    amount: Decimal | None = None
    excess_amount: Decimal | None = None
    included_in_rate: bool | None = None
    selected: bool | None = None


class Extra(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A line of the price list: `quantity` is 0 as long as nobody chose it."""

    code: str
    description: str | None = None
    currency: str | None = None
    amount: Decimal | None = None
    quantity: Decimal | None = None
    included_in_rate: bool | None = None
    max_allowed_quantity: Decimal | None = None


class Priced(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One car at one rate, with all that may be added."""

    rate_totals: RateTotals
    secondary_rate_totals: RateTotals | None = None
    pickup_location: Counter | None = None
    dropoff_location: Counter | None = None
    distance: Distance | None = None
    insurance: list[Insurance] = []
    extras: list[Extra] = []
    terms: list[Term] = []
    disclaimers: list[Disclaimer] = []


class Rates(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    reservation: Priced


class Confirmation(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    number: str
    external_reference_number: str | None = None
    rental_agreement_number: str | None = None


class Reserved(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    category: Category | None = None


class Reservation(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Its number alone makes it one: nothing else that is unreadable may lose a reservation that was made."""

    confirmation: Confirmation
    rate_totals: msgspec.Raw = msgspec.Raw()
    secondary_rate_totals: msgspec.Raw = msgspec.Raw()
    vehicle: msgspec.Raw = msgspec.Raw()


class Booked(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    reservation: Reservation
    product: Product | None = None
    transaction: Transaction | None = None


class Cancelled(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """No money in it: neither a fee nor what is given back."""

    status: Status
