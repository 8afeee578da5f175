"""Quotes: what an offer costs now, asked of its supplier while the client waits, and what was quoted before."""

from enum import StrEnum
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from api import present
from api.answers import Instant, Money
from api.calls import Asked, Reply, reply
from api.found import ASK_AGAIN_SECONDS
from api.offers import AN_ID, asked_about
from api.params import Nothing
from api.problems import Kind, Problem, not_there, supplier_failed
from api.services import Services
from api.shapes import for_each_vertical
from api.verticals import selling
from api.wishes import Wait
from domain import money
from domain.enquiries import QuoteEnquiry, enquiry_id
from domain.offers import Offer
from domain.orders import OfferGone, QuotedOffer, Reason
from storage import quotes
from storage.engine import transaction
from storage.enquiries import Told

_NEVER: Final = "Nobody has asked for a quote of this offer within ten minutes: ask for one with POST."


class QuoteWishes(msgspec.Struct, frozen=True, kw_only=True):
    """How long to wait for the supplier."""

    wait: Wait = 2.5


class Verdict(StrEnum):
    """What became of an offer when its supplier was asked again."""

    SAME = "same"
    CHANGED = "changed"
    GONE = "gone"


class QuotePending(msgspec.Struct, frozen=True, kw_only=True):
    """The supplier is being asked."""

    offer_id: str
    supplier: str
    status: Literal["pending"] = "pending"


class Quote(msgspec.Struct, frozen=True, kw_only=True):
    """What an offer costs now, against what it was offered for, both in the supplier's own currency.

    What is `gone` has no id, no price and no offer, but a `reason`. `difference` is what the price has risen by, null
    where the two prices are of different currencies. `offer` is the offer as it is quoted.
    """

    id: str | None
    status: Verdict
    offer_id: str
    supplier: str
    offered_price: Money
    price: Money | None
    difference: Money | None
    quoted_at: Instant
    expires_at: Annotated[Instant | None, Meta(description="When the quote is good for no booking any more.")]
    reason: Reason | None
    detail: str | None


# The vertical's own offer, as it is quoted: the parts of the price, conditions, cancellation.
SHAPES: Final = for_each_vertical(Quote, "offer", lambda vertical: vertical.details | None)


async def ask(services: Services, asked: Asked[QuoteWishes, Nothing]) -> Reply:
    """Its supplier is asked now, once however many ask at the same time. A quote is good for ten minutes at most."""
    offer = (await asked_about(services, asked)).offer
    if not offer.bookable:
        raise Problem(Kind.INVALID, f"{offer.supplier} does not sell this offer through us, so it has no quote.")
    told = await services.enquiring.answer(QuoteEnquiry(offer_id=offer.id), wait=asked.query.wait)
    return _pending(services, asked, offer) if told is None else _answered(services, asked, told)


async def look(services: Services, asked: Asked[QuoteWishes, Nothing]) -> Reply:
    """What came of the last POST, waiting while the supplier is being asked. Asks nobody itself."""
    offer_id = asked.place["offer_id"]
    if not AN_ID.fullmatch(offer_id):
        raise not_there(_NEVER)
    latest = await services.enquiring.followed(enquiry_id(QuoteEnquiry(offer_id=offer_id)), wait=asked.query.wait)
    if latest.under_way:
        return _pending(services, asked, (await asked_about(services, asked)).offer)
    if latest.told is not None:
        return _answered(services, asked, latest.told)
    async with transaction(services.engine) as connection:
        quoted = await quotes.latest(connection, offer_id, now=asked.now)
    if quoted is None:
        raise not_there(_NEVER)
    return reply(services, asked, quote(quoted))


async def by_id(services: Services, asked: Asked[Nothing, Nothing]) -> Reply:
    """Kept for a day after it has expired."""
    quoted = None
    if AN_ID.fullmatch(asked.place["quote_id"]):
        async with transaction(services.engine) as connection:
            quoted = await quotes.get(connection, asked.place["quote_id"])
    if quoted is None:
        raise not_there("There is no such quote, or it expired more than a day ago.")
    return reply(services, asked, quote(quoted), cache_control="no-cache")


def quote(quoted: QuotedOffer) -> Quote:
    """A shape of the vertical's own."""
    offer, said = quoted.offer, quoted.quote
    now = msgspec.structs.replace(
        offer,
        price=said.price,
        price_components=said.price_components,
        conditions=said.conditions,
        fetched_at=said.quoted_at,
        expires_at=quoted.expires_at,
        converted=offer.converted if said.price == offer.price else None,
    )
    vertical = selling(offer)
    shown: Quote = SHAPES[vertical.name](
        id=quoted.id,
        status=Verdict(quoted.status),
        offer_id=offer.id,
        supplier=offer.supplier,
        offered_price=present.priced(offer.price),
        price=present.priced(said.price),
        difference=present.perhaps_priced(_difference(said.price, offer.price)),
        quoted_at=said.quoted_at,
        expires_at=quoted.expires_at,
        reason=None,
        detail=None,
        offer=vertical.detailed(now),
    )
    return shown


def gone(verdict: OfferGone) -> Quote:
    shown: Quote = SHAPES[selling(verdict.offer).name](
        id=None,
        status=Verdict.GONE,
        offer_id=verdict.offer.id,
        supplier=verdict.offer.supplier,
        offered_price=present.priced(verdict.offer.price),
        price=None,
        difference=None,
        quoted_at=verdict.told_at,
        expires_at=None,
        reason=verdict.reason,
        detail=verdict.detail,
        offer=None,
    )
    return shown


def _difference(now: money.Money, before: money.Money) -> money.Money | None:
    return now - before if now.currency == before.currency else None


def _pending(services: Services, asked: Asked[Any, Any], offer: Offer) -> Reply:
    headers = (("Location", f"/v1/offers/{offer.id}/quote"), ("Retry-After", str(ASK_AGAIN_SECONDS)))
    return reply(services, asked, QuotePending(offer_id=offer.id, supplier=offer.supplier), status=202, headers=headers)


def _answered(services: Services, asked: Asked[Any, Any], told: Told) -> Reply:
    """Raises Problem (502) where the supplier gave no answer."""
    if told.told_at is None:
        raise supplier_failed(told.reports)
    (verdict,) = told.of(QuotedOffer | OfferGone)  # type: ignore[arg-type]  # a union is a type to msgspec
    return reply(services, asked, quote(verdict) if isinstance(verdict, QuotedOffer) else gone(verdict))
