"""A booking: what is bought for whom, what it costs, how it stands, and the table of how it may go on."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

import msgspec

from domain.cars import RentalConditions
from domain.hotels import StayConditions
from domain.ids import short_id
from domain.money import Money, total
from domain.offers import Conditions, Offer
from domain.orders import Cancellation, ChosenExtra, Order, QuotedOffer, Reason
from domain.payment import PaymentTime
from domain.payments import Method, PaymentStatus, RefundStatus
from domain.queries import Query
from domain.travellers import Contact, Traveller


class BookingStatus(StrEnum):
    PENDING = "pending"  # nothing is sold yet; perhaps the payer has something to do
    NEEDS_CONSENT = "needs_consent"  # it costs more than the client allows; nothing is charged
    CONFIRMING = "confirming"
    IN_DOUBT = "in_doubt"  # a supplier or gateway did not answer, and is asked until it is known
    CONFIRMED = "confirmed"
    FAILED = "failed"
    EXPIRED = "expired"  # nobody paid or consented in time
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"


_B = BookingStatus
# Where a booking may go from where. A row without places to go is an end: all is undone, or never was done.
MOVES: Final[Mapping[BookingStatus, frozenset[BookingStatus]]] = MappingProxyType(
    {
        _B.PENDING: frozenset({_B.NEEDS_CONSENT, _B.CONFIRMING, _B.IN_DOUBT, _B.FAILED, _B.EXPIRED, _B.CANCELLED}),
        _B.NEEDS_CONSENT: frozenset({_B.PENDING, _B.CONFIRMING, _B.FAILED, _B.EXPIRED, _B.CANCELLED}),
        _B.CONFIRMING: frozenset(
            {_B.NEEDS_CONSENT, _B.IN_DOUBT, _B.CONFIRMED, _B.FAILED, _B.EXPIRED, _B.CANCELLING, _B.CANCELLED}
        ),
        _B.IN_DOUBT: frozenset(
            {_B.PENDING, _B.CONFIRMING, _B.CONFIRMED, _B.FAILED, _B.EXPIRED, _B.CANCELLING, _B.CANCELLED}
        ),
        _B.CONFIRMED: frozenset({_B.CANCELLING}),
        _B.CANCELLING: frozenset({_B.IN_DOUBT, _B.CONFIRMED, _B.CANCELLED}),
        _B.FAILED: frozenset(),
        _B.EXPIRED: frozenset(),
        _B.CANCELLED: frozenset(),
    }
)

PAY_WITHIN: Final = timedelta(minutes=30)  # a payment link, and a card whose bank wants to hear from its holder
CONSENT_WITHIN: Final = timedelta(hours=24)


class ItemStatus(StrEnum):
    CHOSEN = "chosen"  # nothing was sent for it
    SENT = "sent"  # an order was sent; whether it exists is not known
    HELD = "held"  # reserved at the supplier, not paid there
    BOOKED = "booked"
    REFUSED = "refused"
    CANCELLING = "cancelling"  # a cancellation was sent; whether it was heard is not known
    CANCELLED = "cancelled"
    KEPT = "kept"  # its supplier refuses to take it back


class ChargeStatus(StrEnum):
    """`ASKED`: the gateway was asked, and nobody knows what it did. The others as `PaymentStatus` has them."""

    OPEN = "open"
    ASKED = "asked"
    WAITING = "waiting"
    AUTHORISED = "authorised"
    CAPTURED = "captured"
    VOIDED = "voided"
    DECLINED = "declined"
    EXPIRED = "expired"

    @classmethod
    def of(cls, status: PaymentStatus) -> "ChargeStatus":
        return cls(status.value)


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """Why something was refused for good, in words of ours. `supplier` None: the payment, or we ourselves."""

    reason: Reason
    detail: str
    supplier: str | None = None


class Abilities(msgspec.Struct, frozen=True, kw_only=True):
    """What the seller of an item can do beside selling: hold it unpaid, find an order by our reference, look at one."""

    holds: bool = False
    finds: bool = False
    looks: bool = False


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """Something is asked again at `next_at`. `since` is when it first had to be, `tries` how often it was.

    `doubt`: it may have happened, and only asking tells; else nothing has happened, or all is known but its end.
    """

    since: datetime
    tries: int
    next_at: datetime
    detail: str
    doubt: bool = False


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One offer of one supplier. `number` counts from 1 in the order of the request.

    `price` is what the client has agreed to, `quote` what the supplier says now. `reference` is ours, derived from
    the booking and the `attempt`, for the supplier's books. `agreed` are the terms that the client has accepted in the
    place of the offer's. `paying`: the payment of a held order was sent. `sold_at_once`: its seller refused to hold it.
    """

    number: int
    offer: Offer
    query: Query
    price: Money
    reference: str
    extras: tuple[ChosenExtra, ...] = ()
    status: ItemStatus = ItemStatus.CHOSEN
    quote: QuotedOffer | None = None
    order: Order | None = None
    refusal: Refusal | None = None
    cancellation: Cancellation | None = None
    sent_at: datetime | None = None
    attempt: int = 1
    agreed: Conditions | None = None
    paying: bool = False
    sold_at_once: bool = False
    abilities: Abilities = Abilities()
    patience: Patience | None = None

    @property
    def vertical(self) -> str:
        return self.query.vertical

    @property
    def costs(self) -> Money:
        """By the quote where there is one."""
        return self.quote.quote.price if self.quote is not None else self.price

    @property
    def payable(self) -> Money:
        """The part that is charged by us: not what is paid at the desk or the counter."""
        quoted = self.quote.quote if self.quote is not None else None
        price = self.costs
        conditions = quoted.conditions if quoted is not None else self.offer.conditions
        if paid_on_site(conditions):
            return Money.zero(price.currency)
        parts = quoted.price_components if quoted is not None else self.offer.price_components
        return price - total((part.amount for part in parts if part.on_site), price.currency)


class Refund(msgspec.Struct, frozen=True, kw_only=True):
    """`key` is its own for ever: equal amounts are different refunds. `item` None: not for an item alone.

    `asked_by` is an owner's id, None for the booking itself.
    """

    id: str
    key: str
    amount: Money
    asked_at: datetime
    status: RefundStatus = RefundStatus.PENDING
    item: int | None = None
    asked_by: str | None = None
    detail: str | None = None
    gateway_id: str | None = None
    patience: Patience | None = None


class Charge(msgspec.Struct, frozen=True, kw_only=True):
    """What is paid in one currency. `id` is the payment's in the API, `reference` what the gateway hears.

    `gateway_id` is the payment's number there. `action_url` is where the payer has something to do, until `waits_until`.
    `capturing` is what the gateway was asked to take; `replaced`: the payer pays in another way now.
    """

    id: str
    reference: str
    gateway: str
    method: Method
    amount: Money
    status: ChargeStatus = ChargeStatus.OPEN
    gateway_id: str | None = None
    captured: Money | None = None
    refunds: tuple[Refund, ...] = ()
    action_url: str | None = None
    waits_until: datetime | None = None
    decline: str | None = None
    capturing: Money | None = None
    replaced: bool = False
    patience: Patience | None = None

    @property
    def refunded(self) -> Money:
        """What was given back or is on its way: never more than was captured."""
        given = (refund.amount for refund in self.refunds if refund.status is not RefundStatus.REFUSED)
        return total(given, self.amount.currency)

    @property
    def refundable(self) -> Money:
        captured = self.captured if self.captured is not None else Money.zero(self.amount.currency)
        return captured - self.refunded


class People(msgspec.Struct, frozen=True, kw_only=True):
    """Who travels and whom to write to: kept sealed, apart from the booking, so that it can be forgotten alone."""

    travellers: tuple[Traveller, ...]
    contact: Contact


class RefundWish(msgspec.Struct, frozen=True, kw_only=True):
    """A refund of the charge with this id."""

    charge: str
    refund: Refund


class Wishes(msgspec.Struct, frozen=True, kw_only=True):
    """What clients and operators want of a booking; a worker heeds it before its next step.

    `consent` accepts (True) or drops (False) a changed price. `token` pays what waits for its payer by card.
    `cancel_asked_at` is the moment whose fees count; None: that at which it is heeded.
    """

    cancel: bool = False
    cancel_asked_at: datetime | None = None
    consent: bool | None = None
    token: str | None = None
    refunds: tuple[RefundWish, ...] = ()

    def without(self, heeded: "Wishes") -> "Wishes":
        """What is still wished when these were heeded: also a field that was wished anew, in other words."""
        cancel = self.cancel and not heeded.cancel
        return Wishes(
            cancel=cancel,
            cancel_asked_at=self.cancel_asked_at if cancel else None,
            consent=None if self.consent == heeded.consent else self.consent,
            token=None if self.token == heeded.token else self.token,
            refunds=tuple(wish for wish in self.refunds if wish not in heeded.refunds),
        )


class Booking(msgspec.Struct, frozen=True, kw_only=True):
    """`id` is 26 letters and digits, `reference` the record locator that people read to each other, `owner` who may see it.

    `undoing` is the end to which everything is being undone; None while it is being bought, or is bought.
    `doubt` says what is not known while it is in doubt, `doubted_from` how the booking stood before. `language` is
    BCP 47, for letters. `cancel_asked_at` is the moment whose fees count.
    """

    id: str
    reference: str
    owner: str
    created_at: datetime
    items: tuple[Item, ...]
    method: Method
    gateway: str
    max_price_increase_percent: int = 0
    token: str | None = None
    return_url: str | None = None
    language: str = "en"
    status: BookingStatus = BookingStatus.PENDING
    charges: tuple[Charge, ...] = ()
    undoing: BookingStatus | None = None
    refusal: Refusal | None = None
    doubt: str | None = None
    doubted_from: BookingStatus | None = None
    consent_until: datetime | None = None
    confirmed_at: datetime | None = None
    cancel_asked_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def over(self) -> bool:
        return not MOVES[self.status]

    @property
    def prices(self) -> tuple[Money, ...]:
        """What all of it costs as agreed, one sum for each currency, in the order of the items."""
        return sums(item.price for item in self.items)


def order_reference(booking_id: str, number: int, attempt: int = 1) -> str:
    """What a supplier hears: sixteen capital letters and digits. Another attempt is another order."""
    return short_id(f"{booking_id} item {number} attempt {attempt}")[:16].upper()


def charge_reference(booking_id: str, number: int) -> str:
    """What a gateway hears, and what the keys of its calls begin with: twenty capital letters and digits."""
    return short_id(f"{booking_id} charge {number}")[:20].upper()


def paid_on_site(conditions: Any) -> bool:
    """Whether nothing at all is paid before the desk or the counter."""
    if not isinstance(conditions, StayConditions | RentalConditions):
        return False
    return bool(conditions.payment) and set(conditions.payment) == {PaymentTime.ON_SITE}


def sums(amounts: Any) -> tuple[Money, ...]:
    """One sum for each currency, in the order in which the currencies come."""
    added: dict[str, Money] = {}
    for amount in amounts:
        added[amount.currency] = added.get(amount.currency, Money.zero(amount.currency)) + amount
    return tuple(added.values())


def moved(booking: Booking, status: BookingStatus, **changes: Any) -> Booking:
    """The booking in another status. Raises ValueError for a move that the table does not have."""
    if status is not booking.status and status not in MOVES[booking.status]:
        raise ValueError(f"a booking that is {booking.status} does not become {status}")
    return msgspec.structs.replace(booking, status=status, **changes)
