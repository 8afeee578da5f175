"""What comes back to whoever cancels, and what is kept: by the supplier's answer, else by its ladder."""

from datetime import datetime

import msgspec

from domain.bookings import Booking, Charge, ChargeStatus, Item, ItemStatus, sums
from domain.cancellation import Ladder
from domain.money import Money
from domain.offers import Conditions


class ItemTerms(msgspec.Struct, frozen=True, kw_only=True):
    """What was charged for an item, in two parts. `certain`: its supplier has said so, or has told a ladder of fees."""

    number: int
    comes_back: Money
    kept: Money
    certain: bool


class CancellationTerms(msgspec.Struct, frozen=True, kw_only=True):
    """Of each item, and one sum for each currency of what comes back and of what is kept."""

    items: tuple[ItemTerms, ...]

    @property
    def comes_back(self) -> tuple[Money, ...]:
        return sums(item.comes_back for item in self.items)

    @property
    def kept(self) -> tuple[Money, ...]:
        return sums(item.kept for item in self.items)


def cancellation_terms(booking: Booking, now: datetime) -> CancellationTerms:
    """At that moment, or at the one at which it was cancelled. What was not charged neither comes back nor is kept."""
    at = booking.cancel_asked_at or now
    return CancellationTerms(items=tuple(_item_terms(booking, item, at) for item in booking.items))


def _item_terms(booking: Booking, item: Item, at: datetime) -> ItemTerms:
    charged = charged_for(booking, item)
    fee, certain = _kept(item, charged, at)
    kept = min(fee, charged, key=lambda money: money.amount)
    return ItemTerms(number=item.number, comes_back=charged - kept, kept=kept, certain=certain)


def charged_for(booking: Booking, item: Item) -> Money:
    """What was taken for it: nothing while it is only authorised."""
    taken = charge_in(booking, item.payable.currency)
    bought = item.status in (ItemStatus.BOOKED, ItemStatus.CANCELLING, ItemStatus.CANCELLED, ItemStatus.KEPT)
    return item.payable if taken is not None and bought else Money.zero(item.payable.currency)


def charge_in(booking: Booking, currency: str) -> Charge | None:
    """The charge whose money in that currency was taken."""
    taken = (charge for charge in booking.charges if charge.status is ChargeStatus.CAPTURED)
    return next((charge for charge in taken if charge.amount.currency == currency), None)


def _kept(item: Item, charged: Money, at: datetime) -> tuple[Money, bool]:
    """What its supplier keeps, and whether that is certain; where nobody says anything, all of it."""
    if item.status is ItemStatus.KEPT:
        return charged, True
    told = item.cancellation
    if told is not None and told.fee is not None and told.fee.currency == charged.currency:
        return told.fee, True
    if told is not None and told.refund is not None and told.refund.currency == charged.currency:
        kept = charged - told.refund
        return (kept if kept.amount > 0 else Money.zero(charged.currency)), True
    return _by_the_ladder(item, charged, at)


def _by_the_ladder(item: Item, charged: Money, at: datetime) -> tuple[Money, bool]:
    ladder = ladder_of(item)
    if ladder is not None:
        fee = ladder.fee_at(at)
        if fee is None:
            return Money.zero(charged.currency), True
        return (fee, True) if fee.currency == charged.currency else (charged, False)
    return (charged, True) if _conditions(item).refundable is False else (charged, False)


def ladder_of(item: Item) -> Ladder | None:
    """The order's own, else that of the quote, else that of the offer."""
    if item.order is not None and item.order.cancellation is not None:
        return item.order.cancellation
    return _conditions(item).cancellation or item.offer.conditions.cancellation


def free_to_cancel(item: Item, now: datetime) -> bool:
    """Whether its supplier has said that undoing it now costs nothing."""
    ladder = ladder_of(item)
    if ladder is not None:
        return ladder.fee_at(now) is None
    return False


def _conditions(item: Item) -> Conditions:
    return item.quote.quote.conditions if item.quote is not None else item.offer.conditions
