"""The shapes of bookings and payments as clients see them."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Annotated, Any, Final, Union

import msgspec
from msgspec import Meta

from api.answers import Instant, Money, Page
from api.verticals import VERTICALS
from domain.bookings import BookingStatus, ChargeStatus, ItemStatus
from domain.orders import Reason
from domain.payments import Method, RefundStatus
from domain.travellers import Gender, Title

Reference = Annotated[str, Meta(description="The record locator: six characters, for people.", examples=["K7XH4M"])]


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """Why it came to nothing. `supplier` is null where it was the payment, or we ourselves."""

    reason: Reason
    detail: str
    supplier: str | None


class Locator(msgspec.Struct, frozen=True, kw_only=True):
    """What to show at the desk, the counter or the hotel, and whose it is."""

    issuer: str
    code: str


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One offer of a booking. `price` is what you have agreed to, `quoted_price` what its supplier asks for now.

    `on_site` is the part of it that is paid at the desk or the counter. `reference` is ours, in the supplier's books.
    """

    number: Annotated[int, Meta(ge=1)]
    status: ItemStatus
    price: Money
    quoted_price: Money | None
    on_site: Money
    extras: dict[str, int]
    reference: str
    locators: tuple[Locator, ...]
    refusal: Refusal | None


def _item_shape(name: str) -> type[Any]:
    """With the offer, as it was found or as it was quoted since."""
    vertical = VERTICALS[name]
    return msgspec.defstruct(
        f"Booked{vertical.details.__name__.removesuffix('OfferDetails')}",
        [("offer", vertical.details)],
        bases=(Item,),
        namespace={"__doc__": Item.__doc__},
        frozen=True,
        kw_only=True,
        tag_field="vertical",
        tag=name,
    )


ITEMS: Final[Mapping[str, type[Any]]] = MappingProxyType({name: _item_shape(name) for name in VERTICALS})
_AnyItem: Any = Union[tuple(ITEMS.values())]  # noqa: UP007  # the members are known at run time only


class Refund(msgspec.Struct, frozen=True, kw_only=True):
    """Equal amounts are different refunds. `item` is its number where the refund is for one item alone."""

    id: str
    amount: Money
    status: RefundStatus
    asked_at: Instant
    item: int | None
    detail: str | None


class Payment(msgspec.Struct, frozen=True, kw_only=True):
    """What is paid in one currency. `action_url` is where the payer has something to do, until `action_until`.

    `refunded` is what was given back or is on its way, `refundable` what is left. `decline` is the gateway's code.
    """

    id: str
    booking_id: str
    booking_reference: Reference
    gateway: str
    method: Method
    status: ChargeStatus
    amount: Money
    captured: Money
    refunded: Money
    refundable: Money
    refunds: tuple[Refund, ...]
    action_url: str | None
    action_until: Instant | None
    decline: str | None


class PaymentList(msgspec.Struct, frozen=True, kw_only=True):
    data: tuple[Payment, ...]
    page: Page


class PaymentTaken(msgspec.Struct, frozen=True, kw_only=True):
    """The card is tried as soon as a worker comes to it: look at the booking."""

    booking_id: str
    booking_reference: Reference
    status: BookingStatus
    payments: tuple[Payment, ...]


class Consent(msgspec.Struct, frozen=True, kw_only=True):
    """It costs more than you allow: what was agreed and what is asked for now, one sum for each currency.

    Until `until` you may take it or drop it; nothing is charged before.
    """

    until: Instant | None
    agreed: tuple[Money, ...]
    asked: tuple[Money, ...]


class ItemTerms(msgspec.Struct, frozen=True, kw_only=True):
    """Of what was taken for one item. `certain`: its supplier has told its fees; else what is said is the worst case."""

    number: int
    comes_back: Money
    kept: Money
    certain: bool


class CancellationTerms(msgspec.Struct, frozen=True, kw_only=True):
    """What cancelling at that moment gives back and keeps of what was taken, one sum for each currency.

    The suppliers have the last word. What is paid at a desk or a counter was not taken.
    """

    at: Instant
    comes_back: tuple[Money, ...]
    kept: tuple[Money, ...]
    items: tuple[ItemTerms, ...]


class ShownDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A passport, of whose number only the end is shown."""

    number: Annotated[str, Meta(examples=["•••••567"])]
    issued_by: str
    expires_on: date


class ShownTraveller(msgspec.Struct, frozen=True, kw_only=True):
    """Who travels, counted from 1."""

    number: int
    given_name: str
    surname: str
    born_on: date
    title: Title
    gender: Gender
    nationality: str | None
    document: ShownDocument | None


class ShownContact(msgspec.Struct, frozen=True, kw_only=True):
    """Whom we write to, and whom suppliers call."""

    email: str
    phone: str
    country: str
    address_line: str | None
    city: str | None
    postal_code: str | None


class BookingLine(msgspec.Struct, frozen=True, kw_only=True):
    """A booking in a list. `prices` is what all of it costs as agreed, one sum for each currency."""

    id: str
    reference: Reference
    status: BookingStatus
    created_at: Instant
    updated_at: Instant
    verticals: tuple[str, ...]
    begins_on: date
    prices: tuple[Money, ...]


class BookingList(msgspec.Struct, frozen=True, kw_only=True):
    data: tuple[BookingLine, ...]
    page: Page


class Booking(msgspec.Struct, frozen=True, kw_only=True):
    """A booking with everything in it.

    `consent` is there while it needs yours, `doubt` says what is not known while it is in doubt, `refusal` why it came to
    nothing. `on_site` is what will be paid at desks and counters. `cancellation` is there as long as it can be cancelled.
    `travellers` and `contact` are null when they have been forgotten.
    """

    id: str
    reference: Reference
    status: BookingStatus
    created_at: Instant
    updated_at: Instant
    confirmed_at: Instant | None
    ended_at: Instant | None
    items: Annotated[tuple[_AnyItem, ...], Meta(min_length=1)]
    prices: tuple[Money, ...]
    on_site: tuple[Money, ...]
    max_price_increase_percent: int
    method: Method
    gateway: str
    payments: tuple[Payment, ...]
    consent: Consent | None
    refusal: Refusal | None
    doubt: str | None
    cancellation: CancellationTerms | None
    travellers: tuple[ShownTraveller, ...] | None
    contact: ShownContact | None
    language: str


class CancellationAsked(msgspec.Struct, frozen=True, kw_only=True):
    """Your wish to cancel, and what it gives back by what is known now. Asked again, it is the same."""

    booking_id: str
    reference: Reference
    asked_at: Instant
    terms: CancellationTerms


class BookingEvent(msgspec.Struct, frozen=True, kw_only=True):
    """Something that has happened to a booking; events are numbered without a gap."""

    number: int
    at: Instant
    type: Annotated[str, Meta(examples=["booking.confirmed"])]
    data: dict[str, Any]


class BookingEventList(msgspec.Struct, frozen=True, kw_only=True):
    data: tuple[BookingEvent, ...]
    page: Page
