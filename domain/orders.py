"""What is bought from one supplier: a quote, an order, its cancellation, and why a supplier says no."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from domain.cancellation import Ladder
from domain.money import Money
from domain.offers import Conditions, Offer, PriceComponent
from domain.queries import Query
from domain.travellers import Contact, Traveller


class Reason(StrEnum):
    """Why a supplier says a definite no."""

    NOTHING_THERE = "nothing_there"  # a search that found nothing, told as an error
    SOLD_OUT = "sold_out"
    PRICE_CHANGED = "price_changed"
    EXPIRED = "expired"  # the offer or the quote: search or quote again
    DECLINED = "declined"  # the payment
    INVALID_TRAVELLER = "invalid_traveller"
    DUPLICATE = "duplicate"  # an order under our reference is there already
    NO_SUCH_ORDER = "no_such_order"
    ALREADY_CANCELLED = "already_cancelled"
    NOT_CANCELLABLE = "not_cancellable"
    NOT_POSSIBLE = "not_possible"  # closed at that hour, too young, too far: the question itself


class QuoteRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What does this offer cost now? `query` is the question that it answered."""

    offer: Offer
    query: Query


class QuoteStatus(StrEnum):
    """Against the price of the offer. What is gone is no quote: `Answered` with SOLD_OUT or EXPIRED."""

    SAME = "same"
    CHANGED = "changed"


class Quote(msgspec.Struct, frozen=True, kw_only=True):
    """The price that booking now would cost, all travellers together, and on what terms.

    `handle` is what the supplier wants to hear again when it is booked: tokens, links, rate codes.
    """

    supplier: str
    price: Money
    price_components: tuple[PriceComponent, ...]
    conditions: Conditions
    quoted_at: datetime
    expires_at: datetime
    handle: Mapping[str, str] = {}
    supplier_extra: Mapping[str, str] = {}

    def status(self, offer: Offer) -> QuoteStatus:
        return QuoteStatus.SAME if self.price == offer.price else QuoteStatus.CHANGED


# Nothing is booked by an older quote, however long its supplier would stand by it.
QUOTED_FOR: Final = timedelta(minutes=10)


class QuotedOffer(msgspec.Struct, frozen=True, kw_only=True, tag="quoted", tag_field="verdict"):
    """An offer as it was shown, the question that it answered, and what its supplier says that it costs now."""

    id: str
    offer: Offer
    query: Query
    quote: Quote

    @property
    def status(self) -> QuoteStatus:
        return self.quote.status(self.offer)

    @property
    def expires_at(self) -> datetime:
        return min(self.quote.expires_at, self.quote.quoted_at + QUOTED_FOR)


class OfferGone(msgspec.Struct, frozen=True, kw_only=True, tag="gone", tag_field="verdict"):
    """Its supplier does not sell the offer any more, or not at that price and tells no other."""

    offer: Offer
    reason: Reason
    detail: str
    told_at: datetime


class ChosenExtra(msgspec.Struct, frozen=True, kw_only=True):
    """An insurance or an extra by the supplier's code."""

    code: str
    quantity: int = 1


class OrderRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One item to book. `reference` is ours: 12 to 24 capital letters and digits, unique for ever, the same when resent.

    `sent_at` is when the first attempt began: whoever looks for the order later knows since when.
    """

    reference: str
    offer: Offer
    query: Query
    quote: Quote
    travellers: tuple[Traveller, ...]
    contact: Contact
    sent_at: datetime
    extras: tuple[ChosenExtra, ...] = ()
    hold: bool = False


class OrderStatus(StrEnum):
    HELD = "held"  # reserved, not paid
    PENDING = "pending"  # accepted, the supplier still works on it
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    FAILED = "failed"


class Locator(msgspec.Struct, frozen=True, kw_only=True):
    """A record locator or confirmation number, and whose it is (an airline, a hotel, a brand)."""

    issuer: str
    code: str


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What the supplier has in its books. `id` is its own number for it, `reference` ours where it kept it.

    `handle` is what it wants to hear again for a look or a cancellation: links, surnames, pin codes.
    """

    supplier: str
    id: str
    status: OrderStatus
    price: Money | None = None
    reference: str | None = None
    locators: tuple[Locator, ...] = ()
    cancellation: Ladder | None = None
    hold_until: datetime | None = None
    handle: Mapping[str, str] = {}
    supplier_extra: Mapping[str, str] = {}


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """What our books say of an order that was sent before: its end, where one is known."""

    begun_at: datetime
    order: Order | None = None
    refused: str | None = None
    reason: Reason | None = None


class CancellationStatus(StrEnum):
    CANCELLED = "cancelled"
    PENDING = "pending"


class Cancellation(msgspec.Struct, frozen=True, kw_only=True):
    """None for `refund` or `fee`: the supplier does not say; the ladder of the order is all that is known."""

    status: CancellationStatus
    refund: Money | None = None
    fee: Money | None = None
    number: str | None = None
    supplier_extra: Mapping[str, str] = {}
