"""What clients send to book and to change a booking, and what is wrong with it by itself."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from api.paging import CursorText, Limit
from api.params import Reading
from api.services import Services
from api.wishes import Wait
from domain.bookings import BookingStatus
from domain.countries import CODES
from domain.payments import Method
from domain.queries import Fault
from domain.travellers import Contact, Document, Gender, Title, Traveller

MOST_ITEMS: Final = 10
MOST_TRAVELLERS: Final = 32
# Longer than anybody lives; a typing mistake in a year is found by it.
_OLDEST_YEARS: Final = 125
_CARD_NUMBER: Final = re.compile(r"[0-9]{12,19}")

_Name = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=40,
        pattern=r"^[A-Za-zÀ-ÖØ-öø-ÿĀ-ž]([A-Za-zÀ-ÖØ-öø-ÿĀ-ž' .-]*[A-Za-zÀ-ÖØ-öø-ÿĀ-ž.])?$",
        description="As in the passport, in Latin letters.",
        examples=["Amelia"],
    ),
]
_Country = Annotated[str, Meta(pattern="^[A-Z]{2}$", description="ISO 3166-1 alpha-2.", examples=["GB"])]
_Line = Annotated[str, Meta(min_length=1, max_length=100)]
_OfferId = Annotated[str, Meta(pattern="^[a-z2-7]{26}$", description="Of an offer that a search has found.")]
CardToken = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=255,
        description="Stands for a card that your app has handed to the payment gateway. Card numbers are refused.",
        examples=["pm_card_visa"],
    ),
]


class NewExtra(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An insurance or an extra, by the code that the offer tells."""

    code: Annotated[str, Meta(min_length=1, max_length=64)]
    quantity: Annotated[int, Meta(ge=1, le=9)] = 1


class NewItem(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is bought: one offer."""

    offer_id: _OfferId
    extras: Annotated[tuple[NewExtra, ...], Meta(max_length=20)] = ()


class NewDocument(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A passport."""

    number: Annotated[str, Meta(pattern="^[A-Z0-9]{3,20}$", examples=["X1234567"])]
    issued_by: _Country
    expires_on: date


class NewTraveller(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who travels. The first one leads: the guest at check-in, the driver of a car."""

    given_name: _Name
    surname: _Name
    born_on: date
    title: Title
    gender: Gender
    nationality: _Country | None = None
    document: NewDocument | None = None


class NewContact(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom to write to, and whom to call when a flight changes. Some hotels want a whole address."""

    email: Annotated[
        str, Meta(max_length=254, pattern=r"^[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;.]+$", examples=["amelia@example.com"])
    ]
    phone: Annotated[
        str,
        Meta(pattern="^\\+[1-9][0-9]{6,14}$", description="E.164: `+`, country, number.", examples=["+442080160509"]),
    ]
    country: _Country
    address_line: _Line | None = None
    city: _Line | None = None
    postal_code: Annotated[str, Meta(min_length=1, max_length=16)] | None = None


class CardPayment(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="card", tag_field="method"
):
    """Charged to a card when everything is booked; held on it until then."""

    token: CardToken


class LinkPayment(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="link", tag_field="method"
):
    """Paid on a page of the gateway's within 30 minutes. The payer comes back to `return_url`."""

    return_url: Annotated[str, Meta(max_length=500, pattern=r"^https?://[^\s]+$")] | None = None


class NewBooking(msgspec.Struct, frozen=True, kw_only=True):
    """What is bought, for whom, and how it is paid.

    Every supplier is asked again before anything is booked. A price that has risen by no more than
    `max_price_increase_percent` is taken; where it has risen by more, you are asked. `language` is that of our letters.
    """

    items: Annotated[tuple[NewItem, ...], Meta(min_length=1, max_length=MOST_ITEMS)]
    travellers: Annotated[tuple[NewTraveller, ...], Meta(min_length=1, max_length=MOST_TRAVELLERS)]
    contact: NewContact
    payment: CardPayment | LinkPayment
    gateway: (
        Annotated[str, Meta(max_length=40, description="Which payment gateway; ours to choose if not told.")] | None
    ) = None
    max_price_increase_percent: Annotated[int, Meta(ge=0, le=50)] = 0
    language: Annotated[
        str, Meta(max_length=35, pattern="^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", description="BCP 47.", examples=["en"])
    ] = "en"


class ChangedTraveller(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The passport of one traveller; they are counted from 1."""

    number: Annotated[int, Meta(ge=1, le=MOST_TRAVELLERS)]
    document: NewDocument


class ChangedBooking(msgspec.Struct, frozen=True, kw_only=True):
    """What is left out stays. `accept_price`: true takes the price that it costs now, false drops the booking."""

    contact: NewContact | None = None
    travellers: Annotated[tuple[ChangedTraveller, ...], Meta(min_length=1, max_length=MOST_TRAVELLERS)] | None = None
    accept_price: bool | None = None


class BookingListWishes(msgspec.Struct, frozen=True, kw_only=True):
    """Which bookings, and how many at once."""

    status: Annotated[tuple[BookingStatus, ...], Meta(description="Only those that stand so.")] | None = None
    limit: Limit = 50
    cursor: CursorText | None = None


class BookingWishes(msgspec.Struct, frozen=True, kw_only=True):
    """How long to wait for what comes next, while somebody is at it or the payer has something to do."""

    wait: Wait = 0


def faults(read: "Reading[Any]", services: Services) -> Iterator[Fault]:
    """Of a new booking, as far as its own words tell."""
    today, told = services.clock().date(), read.values
    yield from _offer_faults(told.get("items", ()))
    for number, one in enumerate(told.get("travellers", ())):
        yield from _traveller_faults(f"travellers/{number}", one, today)
    yield from contact_faults(told.get("contact"))
    yield from token_faults(getattr(told.get("payment"), "token", ""), "payment/token")
    yield from _gateway_faults(told.get("gateway"), told.get("payment"), services.gateways)


def _gateway_faults(
    gateway: str | None, payment: CardPayment | LinkPayment | None, gateways: Mapping[str, frozenset[Method]]
) -> Iterator[Fault]:
    if gateway is not None and gateway not in gateways:
        yield Fault(field="gateway", detail=f"must be one of {', '.join(gateways)}")
        return
    if payment is None:
        return
    method, asked = method_of(payment), gateways if gateway is None else (gateway,)
    if not any(method in gateways[name] for name in asked):
        yield Fault(field="payment/method", detail=f"{method} is no way to pay with {' or '.join(asked)}")


def method_of(payment: CardPayment | LinkPayment) -> Method:
    return Method.CARD if isinstance(payment, CardPayment) else Method.LINK


def change_faults(read: "Reading[Any]", _: Services) -> Iterable[Fault]:
    """Of a change, as far as its own words tell."""
    told = read.values
    if not read.faults and not any(told.get(name) is not None for name in ("contact", "travellers", "accept_price")):
        yield Fault(field="contact", detail="or `travellers` or `accept_price` has to be told: nothing would change")
    yield from contact_faults(told.get("contact"))
    numbers = [one.number for one in told.get("travellers") or ()]
    for place, number in enumerate(numbers):
        if number in numbers[:place]:
            yield Fault(field=f"travellers/{place}/number", detail="was named before")
        yield from _country_faults(
            f"travellers/{place}/document/issued_by", told["travellers"][place].document.issued_by
        )


def contact_faults(contact: NewContact | None) -> Iterator[Fault]:
    if contact is not None:
        yield from _country_faults("contact/country", contact.country)


def token_faults(token: str, field: str) -> Iterator[Fault]:
    """A card's number must never reach us: who sends one is told so, and it is kept nowhere."""
    if _CARD_NUMBER.fullmatch(re.sub(r"[ -]", "", token)):
        yield Fault(
            field=field, detail="is a card's number: hand it to the gateway, and send the token that it gives you"
        )


def traveller(wished: NewTraveller) -> Traveller:
    document = None if wished.document is None else document_of(wished.document)
    told = msgspec.structs.asdict(wished) | {"document": document}
    return Traveller(**told)


def document_of(wished: NewDocument) -> Document:
    return Document(**msgspec.structs.asdict(wished))


def contact(wished: NewContact) -> Contact:
    return Contact(**msgspec.structs.asdict(wished))


def _offer_faults(items: Sequence[NewItem]) -> Iterator[Fault]:
    ids = [one.offer_id for one in items]
    for number, item in enumerate(items):
        if item.offer_id in ids[:number]:
            yield Fault(field=f"items/{number}/offer_id", detail="is in this booking already")
        codes = [extra.code for extra in item.extras]
        for place, code in enumerate(codes):
            if code in codes[:place]:
                yield Fault(field=f"items/{number}/extras/{place}/code", detail="is chosen twice: tell its quantity")


def _traveller_faults(place: str, one: NewTraveller, today: date) -> Iterator[Fault]:
    if one.born_on > today:
        yield Fault(field=f"{place}/born_on", detail="is in the future")
    elif today.year - one.born_on.year > _OLDEST_YEARS:
        yield Fault(field=f"{place}/born_on", detail=f"is more than {_OLDEST_YEARS} years ago")
    if one.nationality is not None:
        yield from _country_faults(f"{place}/nationality", one.nationality)
    if one.document is not None:
        yield from _country_faults(f"{place}/document/issued_by", one.document.issued_by)


def _country_faults(field: str, code: str) -> Iterator[Fault]:
    if code not in CODES:
        yield Fault(field=field, detail=f"{code} is no country of ISO 3166-1")
