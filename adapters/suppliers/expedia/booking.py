"""Buying: a rate is checked by its link, and booked by the link that the check gives."""

from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.decode import decoded
from adapters.kit.failures import Answered, GiveUp
from adapters.suppliers.expedia import wire
from adapters.suppliers.expedia.guests import billed, phone, rooms
from adapters.suppliers.expedia.itineraries import handle
from adapters.suppliers.expedia.links import JSON, TRAVELLER, followed, lives_until
from adapters.suppliers.expedia.occupancy import by_room
from adapters.suppliers.expedia.prices import complete, priced
from adapters.suppliers.expedia.rates import SLUG, kept, remembered, security, under
from domain.hotels import StayConditions
from domain.orders import Order, OrderRequest, OrderStatus, Quote, QuoteRequest, Reason
from domain.queries import HotelQuery
from domain.searches import Outcome

# 90 seconds are what they ask for; after 120 no answer comes any more.
PATIENCE: Final = timedelta(seconds=90)

_PRICE_CHECK: Final = msgspec.json.Decoder(wire.PriceCheck)
_CREATED: Final = msgspec.json.Decoder(wire.Created)
_SOLD: Final = frozenset({"available", "price_changed"})


def ask_price(request: QuoteRequest) -> Call:
    return Call(operation="price_check", path=request.offer.reference, headers=TRAVELLER)


def read_price(reply: Reply, _: Call, request: QuoteRequest) -> Readout[Quote]:
    """The status code is 200 whatever became of the rate. Raises Answered for one that is gone."""
    told = decoded(reply, _PRICE_CHECK)
    if told.status == "sold_out":
        raise Answered("the rate is sold out", outcome=Outcome.REFUSED, code=told.status, reason=Reason.SOLD_OUT)
    if told.status not in _SOLD or told.links is None or told.links.book is None or not told.occupancy_pricing:
        raise GiveUp(f"price check says {told.status!r} and gives no way to book", outcome=Outcome.ERROR)
    try:
        return Readout(records=(_quote(told, told.links.book, told.occupancy_pricing, request, reply.received_at),))
    except (ValueError, ArithmeticError) as error:
        raise GiveUp(f"price check: {error}", outcome=Outcome.ERROR) from error


def _quote(
    told: wire.PriceCheck,
    link: wire.Link,
    pricing: dict[str, wire.Pricing],
    request: QuoteRequest,
    now: datetime,
) -> Quote:
    query, offer = _hotels(request.query), request.offer
    if not isinstance(offer.conditions, StayConditions):
        raise GiveUp(f"{offer.id} is no stay", outcome=Outcome.ERROR)
    stay = complete(priced(by_room(pricing, query)))
    if stay.price.currency != offer.price.currency:
        raise ValueError(f"billed in {stay.price.currency}, offered in {offer.price.currency}")
    terms = remembered(offer)
    return Quote(
        supplier=SLUG,
        price=stay.price,
        price_components=stay.components,
        conditions=under(terms, offer.conditions, stay, query, now),
        quoted_at=now,
        expires_at=lives_until(link, now),
        handle={"book": followed(link)},
        supplier_extra={**stay.extra, **dict(security(told)), **_traders(told.trader_information), **kept(terms)},
    )


def _traders(told: wire.TraderInformation | None) -> dict[str, str]:
    """With whom the traveller makes the contract, where that has to be said before it is made."""
    if told is None:
        return {}
    names = "; ".join(trader.name for trader in told.traders or () if trader.name)
    texts = {"traders": names, "terms_and_conditions": told.terms_and_conditions}
    return {name: text for name, text in texts.items() if text}


def ask_booking(request: OrderRequest) -> Call:
    """We collect from the traveller, so that no card is sent. The price is in the link, and so are the rooms.

    Raises Answered for a wish that Rapid can't be told: a name too long, a hold of several rooms.
    """
    query = _hotels(request.query)
    if request.hold and query.rooms > 1:
        raise Answered("only one room can be held", outcome=Outcome.REFUSED, reason=Reason.NOT_POSSIBLE)
    if "book" not in request.quote.handle:
        raise GiveUp("the quote has no link to book by", outcome=Outcome.ERROR)
    payer = request.travellers[0]
    body: dict[str, Any] = {
        "affiliate_reference_id": request.reference,
        "hold": request.hold,
        "email": request.contact.email,
        "phone": phone(request.contact),
        "rooms": rooms(request, query),
        "payments": [{"type": "affiliate_collect", "billing_contact": billed(request.contact, payer)}],
    }
    return Call(
        operation="book",
        method="POST",
        path=request.quote.handle["book"],
        headers=(*TRAVELLER, *JSON),
        body=msgspec.json.encode(body),
        reads_only=False,
    )


def read_booking(reply: Reply, _: Call, request: OrderRequest) -> Readout[Order]:
    """Booked, held, or waiting for a card's owner, which is not for us since we show no card."""
    told = decoded(reply, _CREATED)
    links = told.links or wire.CreatedLinks()
    status = OrderStatus.CONFIRMED
    extra: dict[str, str] = {}
    if links.resume is not None:
        status = OrderStatus.HELD
    elif links.complete_payment_session is not None:
        status, extra = OrderStatus.PENDING, {"waits_for": "complete_payment_session"}
    order = Order(
        supplier=SLUG,
        id=str(told.itinerary_id),
        status=status,
        price=request.quote.price,
        reference=request.reference,
        cancellation=request.quote.conditions.cancellation,
        handle=handle(request.contact.email, links.resume),
        supplier_extra=extra,
    )
    return Readout(records=(order,))


def order_handle(request: OrderRequest, _: str) -> dict[str, str]:
    return handle(request.contact.email, None)


def _hotels(query: Any) -> HotelQuery:
    """Raises GiveUp for a question about something else: only a mistake of ours comes here."""
    if not isinstance(query, HotelQuery):
        raise GiveUp(f"{type(query).__name__} is no question about hotels", outcome=Outcome.ERROR)
    return query
