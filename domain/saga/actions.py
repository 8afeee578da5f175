"""What a booking may want next, and what may come of it."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from domain.bookings import Abilities, Booking, Wishes
from domain.money import Money
from domain.orders import Cancellation, Order, QuotedOffer, Reason
from domain.payments import GatewayRefund, Payment


class Quote(msgspec.Struct, frozen=True, kw_only=True, tag="quote"):
    item: int


class Book(msgspec.Struct, frozen=True, kw_only=True, tag="book"):
    """The one order under the item's reference, looked for where it may have been sent before. `hold`: not paid yet."""

    item: int
    hold: bool = False


class Settle(msgspec.Struct, frozen=True, kw_only=True, tag="settle"):
    """Find out what became of an order that is not wanted any more; what was never sent must never be sent."""

    item: int


class PayOrder(msgspec.Struct, frozen=True, kw_only=True, tag="pay_order"):
    item: int


class LookAtOrder(msgspec.Struct, frozen=True, kw_only=True, tag="look_at_order"):
    item: int


class CancelOrder(msgspec.Struct, frozen=True, kw_only=True, tag="cancel_order"):
    item: int


class Authorise(msgspec.Struct, frozen=True, kw_only=True, tag="authorise"):
    """Charges and refunds are named by their ids."""

    charge: str


class LookAtPayment(msgspec.Struct, frozen=True, kw_only=True, tag="look_at_payment"):
    charge: str


class Capture(msgspec.Struct, frozen=True, kw_only=True, tag="capture"):
    charge: str
    amount: Money


class Void(msgspec.Struct, frozen=True, kw_only=True, tag="void"):
    charge: str


class GiveBack(msgspec.Struct, frozen=True, kw_only=True, tag="give_back"):
    charge: str
    refund: str


class LookAtRefund(msgspec.Struct, frozen=True, kw_only=True, tag="look_at_refund"):
    charge: str
    refund: str


# What is asked of suppliers and gateways. Each of them may be done again at any time and does no more than once.
Asking = (
    Quote
    | Book
    | Settle
    | PayOrder
    | LookAtOrder
    | CancelOrder
    | Authorise
    | LookAtPayment
    | Capture
    | Void
    | GiveBack
    | LookAtRefund
)


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """Nobody has to be asked: the booking stands otherwise now. `heeded` are the wishes that it has taken in."""

    booking: Booking
    heeded: Wishes | None = None


class Wait(msgspec.Struct, frozen=True, kw_only=True):
    """Until then, or until somebody wishes something. None: nothing is left to do."""

    until: datetime | None


Action = Asking | Turn | Wait


class Fault(StrEnum):
    """Why no answer came, by what it means."""

    REFUSED = "refused"  # a definite no
    LATER = "later"  # nothing has happened; the same again may succeed
    NEVER = "never"  # nothing has happened; the same again will fail again
    UNKNOWN = "unknown"  # it may have happened


class Trouble(msgspec.Struct, frozen=True, kw_only=True):
    """`order` is what was known of an order before the silence."""

    fault: Fault
    detail: str
    reason: Reason | None = None
    order: Order | None = None


class Quoted(msgspec.Struct, frozen=True, kw_only=True):
    """A quote, and what its seller can do."""

    offer: QuotedOffer
    abilities: Abilities


Result = Quoted | Order | Cancellation | Payment | GatewayRefund | Trouble

# How long a call that did nothing is tried again before the booking fails.
TRIED_FOR: Final = timedelta(minutes=5)
# From when on people hear of what is not known.
DOUBTED_FOR: Final = timedelta(minutes=2)
# How long an order may stand whose supplier works on its cancellation, before it is cancelled once more.
CANCELLED_AGAIN_AFTER: Final = timedelta(minutes=2)
# How long an order that was just told may be unknown to whoever sold it, before it is taken to be gone.
UNSEEN_FOR: Final = timedelta(minutes=20)
_FIRST_PAUSE: Final = timedelta(seconds=2)
_LONGEST_PAUSE: Final = timedelta(minutes=5)


def pause(tries: int) -> timedelta:
    """Before the same is asked again: 2 s, 4 s, 8 s … 5 min."""
    return min(_FIRST_PAUSE * (1 << min(tries - 1, 10)), _LONGEST_PAUSE)
