"""The words of Tequila's booking calls that we read, as they are spelled; all others are passed over.

Every amount without a currency beside it is in EUR, whatever was asked for.
"""

from decimal import Decimal

import msgspec


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How the flights stand, told by a check and again by a booking. `total` has the bags in it.

    `price_change` stays true for the rest of the session, so it says nothing about the last call.
    """

    flights_invalid: bool
    price_change: bool
    passenger_change: bool = False
    total: Decimal | None = None


class Conversion(msgspec.Struct, frozen=True, kw_only=True):
    """What the total comes to in the asked currency. Nobody is charged that."""

    currency: str | None = None
    amount: Decimal | None = None


class DocumentOptions(msgspec.Struct, frozen=True, kw_only=True):
    """`document_need`: 0 none, 1 later, 2 with the booking."""

    document_need: int | None = None
    checkin_date: str | int | None = None
    airport_checkin_price: Decimal | None = None


class AgeThresholds(msgspec.Struct, frozen=True, kw_only=True):
    """From which age on somebody is an adult, and a child."""

    adult: int | None = None
    child: int | None = None


class CheckedFlight(msgspec.Struct, frozen=True, kw_only=True):
    src: str
    dst: str
    flight_no: str | int


class BagPrice(msgspec.Struct, frozen=True, kw_only=True):
    amount: Decimal
    currency: str | None = None


class BagConditions(msgspec.Struct, frozen=True, kw_only=True):
    passenger_groups: list[str] = []


class Restrictions(msgspec.Struct, frozen=True, kw_only=True):
    """Kilograms and centimetres."""

    weight: Decimal | None = None
    length: Decimal | None = None
    width: Decimal | None = None
    height: Decimal | None = None


class Bag(msgspec.Struct, frozen=True, kw_only=True):
    """One bag that can be taken along; combinations name it by its place in its list."""

    category: str
    price: BagPrice
    conditions: BagConditions | None = None
    restrictions: Restrictions | None = None


class Combination(msgspec.Struct, frozen=True, kw_only=True):
    """What one traveller may choose together; a booking has to echo it as it came."""

    indices: list[int]
    price: BagPrice
    conditions: BagConditions | None = None


class Bags(msgspec.Struct, frozen=True, kw_only=True):
    hold_bag: list[Bag] = []
    hand_bag: list[Bag] = []


class Combinations(msgspec.Struct, frozen=True, kw_only=True):
    hold_bag: list[msgspec.Raw] = []
    hand_bag: list[msgspec.Raw] = []


class Baggage(msgspec.Struct, frozen=True, kw_only=True):
    definitions: Bags | None = None
    combinations: Combinations | None = None


class Checked(Standing, frozen=True, kw_only=True):
    """The answer to check_flights. Until `flights_checked` nothing else in it is final."""

    session_id: str
    flights_checked: bool
    conversion: Conversion | None = None
    document_options: DocumentOptions | None = None
    age_category_thresholds: AgeThresholds | None = None
    baggage: Baggage | None = None
    flights: list[CheckedFlight] = []
    tickets_price: Decimal | None = None
    bags_fee: Decimal | None = None
    sp_fee: Decimal | None = None
    book_fee: Decimal | None = None
    extra_fee: Decimal | None = None
    fee_airline: Decimal | None = None
    insurance_price: dict[str, Decimal | None] | None = None
    visas_agreement_requiered: bool | None = None  # so they spell it


class Saved(Standing, frozen=True, kw_only=True):
    """The answer to save_booking: funds are frozen, nothing is paid. Flights that are gone have no booking."""

    status: str | None = None
    booking_id: int | None = None
    transaction_id: str | None = None
    sandbox: bool | None = None


class Confirmed(msgspec.Struct, frozen=True, kw_only=True):
    """0: paid, 1: failed, -1: too late."""

    status: int
    msg: str | None = None
