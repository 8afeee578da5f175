"""Alerts: who wants to hear of a lower price, and when a price has become so much lower that there is something to tell."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

import msgspec

from domain.ids import short_id
from domain.money import Money, smallest_unit
from domain.offers import Offer
from domain.queries import Query
from domain.searches import Search, Status

LONGEST: Final = timedelta(days=90)  # an alert that ran so long is set anew by whoever still wants it
PRICE_DROPPED: Final = "price.dropped"

# At most this many days before the journey -> how often suppliers are asked where nobody else asks.
_FOREVER: Final = date.max.toordinal()
LOOKED_AT_EVERY: Final = (
    (7, timedelta(hours=1)),
    (30, timedelta(hours=4)),
    (_FOREVER, timedelta(hours=12)),
)


class Threshold(msgspec.Struct, frozen=True, kw_only=True):
    """One of the two: a price lower than `below`, in the currency of the question, or one lower by `percent`."""

    below: Decimal | None = None
    percent: int | None = None


class Noted(msgspec.Struct, frozen=True, kw_only=True):
    """The cheapest offer at some time, in the supplier's own currency."""

    price: Money
    at: datetime


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """`base` is what a drop is measured from: the price when the alert began, then the one that was told last.

    `seen` is the cheapest at the last look. Both stay in their supplier's currency, so that a drop is never one of
    exchange rates.
    """

    id: str
    caller: str
    query: Query
    threshold: Threshold
    created_at: datetime
    ends_at: datetime
    base: Noted | None = None
    seen: Noted | None = None
    told_at: datetime | None = None


class Drop(msgspec.Struct, frozen=True, kw_only=True):
    """`before` and `now` are in the currency of the question, at the rates of the search; `before` is None where it is not known.

    `price` is what the supplier charges, in its own currency.
    """

    alert: str
    search: str
    offer: str
    supplier: str
    before: Money | None
    now: Money
    price: Money
    expires_at: datetime
    at: datetime

    @property
    def id(self) -> str:
        """The same offer at the same price of the same fetch is told once, however often it is looked at."""
        return short_id(f"{self.alert} {self.offer} {self.price} {self.at.isoformat()}")


def alert(query: Query, threshold: Threshold, *, caller: str, now: datetime, over_at: datetime) -> Alert:
    """The same wish of the same caller is the same alert. It ends at `over_at`, when nobody can set out any more."""
    words = f"{caller}|{query.key}|{threshold.below}|{threshold.percent}"
    return Alert(
        id=short_id(words), caller=caller, query=query, threshold=threshold, created_at=now,
        ends_at=min(over_at, now + LONGEST),
    )  # fmt: skip


def next_look(query: Query, now: datetime) -> datetime:
    days = (query.begins_on - now.date()).days
    return now + next(pause for bound, pause in LOOKED_AT_EVERY if days <= bound)


def judged(held: Alert, search: Search) -> tuple[Alert, Drop | None]:
    """The alert after a look at an answer to its question, and what there is to tell.

    A partial answer may lack the supplier that was cheapest before: it can tell of a drop, and nothing is measured from
    it later. What can't be compared in the currency of the question at this search's rates is not compared.
    """
    offers = [
        offer
        for result in search.results
        for offer in result.offers
        if offer.shown_price.currency == held.query.currency
    ]
    if not offers:
        return held, None
    cheapest = min(offers, key=lambda offer: (offer.shown_price.amount, offer.id))
    noted = Noted(price=cheapest.price, at=cheapest.fetched_at)
    worth = _rates(search)
    if _low_enough(held, cheapest.shown_price, worth):
        drop = _drop(held, search, cheapest, _worth(held.base or held.seen, held.query.currency, worth))
        return msgspec.structs.replace(held, base=noted, seen=noted, told_at=drop.at), drop
    if search.status is not Status.COMPLETE:
        return held, None
    base = noted if held.base is None and held.threshold.percent is not None else held.base
    return msgspec.structs.replace(held, base=base, seen=noted), None


def _low_enough(held: Alert, shown: Money, worth: Mapping[str, Decimal]) -> bool:
    """A price is told again only when it has become lower than what was told last."""
    base, wanted = _worth(held.base, held.query.currency, worth), held.threshold
    if held.base is not None and base is None:
        return False
    if wanted.below is not None:
        return shown.amount < wanted.below and (base is None or shown < base)
    if base is None or wanted.percent is None:
        return False
    return shown.amount * 100 <= base.amount * (100 - wanted.percent)


def _drop(held: Alert, search: Search, offer: Offer, before: Money | None) -> Drop:
    return Drop(
        alert=held.id,
        search=search.id,
        offer=offer.id,
        supplier=offer.supplier,
        before=before,
        now=offer.shown_price,
        price=offer.price,
        expires_at=offer.expires_at,
        at=offer.fetched_at,
    )


def _rates(search: Search) -> Mapping[str, Decimal]:
    """What the answer itself was converted at, by currency."""
    converted = (offer for result in search.results for offer in result.offers if offer.converted is not None)
    told = {offer.price.currency: offer.converted.rate for offer in converted if offer.converted is not None}
    return {**told, search.query.currency: Decimal(1)}


def _worth(noted: Noted | None, currency: str, worth: Mapping[str, Decimal]) -> Money | None:
    """The amount at these rates, rounded as prices are; None where there is no rate."""
    rate = None if noted is None else worth.get(noted.price.currency)
    if noted is None or rate is None:
        return None
    amount = (noted.price.amount * rate).quantize(smallest_unit(currency), ROUND_HALF_EVEN)
    return Money(amount=amount, currency=currency)
