"""What /orders/create wants to hear, and whether the payment is one that the preview offered and somebody honours."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from adapters.suppliers.booking_com.sandbox.bodies import Country, Language, Strict, Timing
from adapters.suppliers.booking_com.sandbox.gate import Refused, invalid

# Numbers of cards that are refused, and why; the choice of numbers is ours.
_BAD_CARDS = {
    "4000000000000002": "",
    "4000000000000069": "card_is_expired",
    "4000000000000101": "issuer_cvc_check_failed",
    "4000000000000119": "book_process_failed",
    "4000000000009979": "card_lost",
    "4000000000009995": "insufficient_funds",
    "4000002500003155": "sca_required",
}
_CARD_DIGITS = (12, 19)


class Name(Strict, frozen=True, kw_only=True):
    first_name: str
    last_name: str


class Address(Strict, frozen=True, kw_only=True):
    country: Country
    address_line: str | None = None
    city: str | None = None
    post_code: str | None = None


class Booker(Strict, frozen=True, kw_only=True):
    name: Name
    email: str
    telephone: str
    address: Address
    company: str | None = None
    language: Language = "en-gb"


class Guest(Strict, frozen=True, kw_only=True):
    name: str
    email: str


class Taken(Strict, frozen=True, kw_only=True):
    id: str
    bed_configuration: str | None = None
    guests: tuple[Guest, ...] = ()


class Arrival(Strict, frozen=True, kw_only=True):
    hour: Annotated[int, Meta(ge=0, le=23)]
    next_day: bool = False


class Remarks(Strict, frozen=True, kw_only=True):
    special_requests: str | None = None
    estimated_arrival_time: Arrival | None = None


class About(Strict, frozen=True, kw_only=True):
    label: str | None = None
    products: tuple[Taken, ...] = ()
    remarks: Remarks | None = None


class Card(Strict, frozen=True, kw_only=True):
    cardholder: str
    number: str
    cvc: str
    expiry_date: Annotated[str, Meta(pattern=r"^\d{4}-\d{2}$")]
    authentication: dict[str, Any] | None = None


class Payment(Strict, frozen=True, kw_only=True):
    timing: Timing
    method: Literal["airplus", "card", "wallet"] | None = None
    card: Card | None = None
    include_receipt: bool = False
    business_information: dict[str, Any] | None = None
    airplus: dict[str, Any] | None = None


class Create(Strict, frozen=True, kw_only=True):
    order_token: str
    booker: Booker
    payment: Payment
    accommodation: About | None = None


class SoldRoom(msgspec.Struct, frozen=True, kw_only=True):
    """One product of an order. Amounts are (in the property's currency, in the booker's or None)."""

    id: str
    room_id: int
    room_code: str
    name: str
    adults: int
    children: list[int]
    base: list[Decimal]
    total: list[Decimal]
    ladder: list[tuple[str, list[Decimal]]]
    meal_plan: dict[str, Any]


class Sold(msgspec.Struct, frozen=True, kw_only=True):
    """What an order token stands for. `ways` are the timings that were offered, and whether one needs a method."""

    accommodation: int
    hotel_id: str
    checkin: date
    checkout: date
    currency: str
    booker_currency: str
    rooms: list[SoldRoom]
    total: list[Decimal]
    ways: dict[str, bool]


def check(asked: Create, sold: Sold) -> None:
    products = asked.accommodation.products if asked.accommodation else []
    if sorted(product.id for product in products) != sorted(room.id for room in sold.rooms):
        raise invalid("Parameter 'accommodation.products' does not match the preview.")
    payment = asked.payment
    if payment.timing not in sold.ways:
        raise invalid("Parameter 'payment.timing' is invalid.")
    if payment.method is None and sold.ways[payment.timing]:
        raise invalid("Parameter 'payment.method' is missing.", "missing_parameter")
    needed = {"card": payment.card, "airplus": payment.airplus}.get(payment.method or "", payment)
    if needed is None:
        raise invalid(f"Parameter 'payment.{payment.method}' is missing.", "missing_parameter")
    if payment.method == "card" and payment.card:
        _check_card(payment.card)


def _check_card(card: Card) -> None:
    shortest, longest = _CARD_DIGITS
    if not card.number.isdecimal() or not shortest <= len(card.number) <= longest:
        raise declined("invalid_card_number")
    if card.number in _BAD_CARDS:
        raise declined(_BAD_CARDS[card.number])


def declined(why: str) -> Refused:
    error_id = f"payment_refused_{why}" if why else "payment_refused"
    return Refused(422, error_id, "Payment could not be processed: Payment collection failed.")
