"""Quoting and booking: what an offer costs now, and the one order that is made of it."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

import msgspec

from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.decode import decoded, each
from adapters.kit.supplier import Step
from adapters.suppliers.duffel import fares, passengers, wire
from adapters.suppliers.duffel.flights import (
    MOST_PAGES,
    SLUG,
    ask_for,
    ask_for_offers,
    expiry,
    next_page,
    read_offers,
    read_request,
)
from adapters.suppliers.duffel.orders import JSON, REFERENCE, giving_up, no, poll, read_order, read_ours
from adapters.suppliers.duffel.remarks import AT_ONCE, payment, remarks
from domain.flights import Itinerary
from domain.money import Money
from domain.offers import Offer
from domain.orders import Order, OrderRequest, OrderStatus, Quote, QuoteRequest, Reason
from domain.queries import FlightQuery

_ACCEPTED: Final = 202
_SERVICE: Final = "service "  # and its id: what it costs, in a quote's handle
_OTHER_TERMS: Final = "other terms"  # the note of a page after one with the same flights, but not as they were agreed

_OFFER: Final = msgspec.json.Decoder(wire.Single[wire.Offer])
_OFFER_ALONE: Final = msgspec.json.Decoder(wire.Offer)

Flown = tuple[tuple[str, str, str, str, datetime], ...]
"""Carrier, number, from, to and the local time of departure of every flight."""


# ---- quote: the offer priced anew, then its price for whoever pays from the balance ----


def _ask_to_quote(request: QuoteRequest) -> Call:
    path = f"/air/offers/{request.offer.reference}"
    return Call(operation="offer", path=path, params=(("return_available_services", "true"),))


def _read_offer(reply: Reply, _: Call, request: QuoteRequest) -> Readout[Quote]:
    """Only this call tells what can be bought besides, so the next one has to remember it."""
    told = decoded(reply, _OFFER).data
    if _flown(told) != _sold(request.offer):
        raise no(Reason.EXPIRED, "the airline has changed the flights")
    services, unread = fares.services(told)
    notes = (str(len(unread)), *(msgspec.json.encode(service).decode() for service in services))
    return Readout(records=(), next=_ask_for_price(told.id, (), notes))


def _ask_for_price(offer: str, services: tuple[tuple[str, int], ...], notes: tuple[str, ...] = ()) -> Call:
    meant = [{"id": name, "quantity": quantity} for name, quantity in services]
    body = {"data": {"intended_payment_methods": [{"type": "balance"}], "intended_services": meant}}
    return Call(
        operation="price",
        method="POST",
        path=f"/air/offers/{offer}/actions/price",
        headers=JSON,
        body=msgspec.json.encode(body),
        notes=notes,
    )


def _read_quote(reply: Reply, call: Call, request: QuoteRequest) -> Readout[Quote]:
    told = decoded(reply, _OFFER).data
    price = fares.price(told)
    unread, *notes = call.notes
    services = [msgspec.json.decode(note, type=wire.Service) for note in notes]
    spoken = {f"{_SERVICE}{service.id}": fares.spoken(service) for service in services}
    if unread != "0":
        spoken["unread_services"] = unread
    quote = Quote(
        supplier=SLUG,
        price=price,
        price_components=fares.components(told, price),
        conditions=fares.conditions(told, price, _journey(request.offer).slices[0].departs_at),
        quoted_at=reply.received_at,
        expires_at=expiry(told, reply.received_at),
        handle={**_handle(told), **{f"{_SERVICE}{one.id}": str(_cost(one)) for one in services}},
        supplier_extra={**remarks(told), **spoken},
    )
    return Readout(records=(quote,))


def _handle(told: wire.Offer) -> dict[str, str]:
    documents = told.supported_passenger_identity_document_types
    required = ["required"] if told.passenger_identity_documents_required else []
    return {
        "offer": told.id,
        "passengers": passengers.spoken(told.passengers),
        "documents": " ".join([*required, *documents]),
        "payment": payment(told),
    }


def _cost(service: wire.Service) -> Money:
    return Money.of(service.total_amount, service.total_currency)


_QUOTING: Final[Mapping[str, Callable[[Reply, Call, QuoteRequest], Readout[Quote]]]] = MappingProxyType(
    {"offer": _read_offer, "price": _read_quote}
)


def _quote(reply: Reply, call: Call, request: QuoteRequest) -> Readout[Quote]:
    return _QUOTING[call.operation](reply, call, request)


QUOTE: Final = Step(operations=("offer", "price"), ask=_ask_to_quote, read=giving_up(_quote), at_most=2)


# ---- book ----


def _ask_to_book(request: OrderRequest) -> Call:
    """The order; before it the price with extras, or a search for those who are of other ages than were searched for.

    Raises Answered for what the offer does not allow.
    """
    handle, day = request.quote.handle, passengers.last_day(request.query)
    _check_terms(request, handle)
    seating = passengers.seated(handle["passengers"], request.travellers, day)
    if seating is None:
        return _ask_anew(request)
    if request.extras:
        _price_with_extras(request)
        return _ask_for_price(handle["offer"], tuple((one.code, one.quantity) for one in request.extras))
    return _order(request, handle, seating, request.quote.price)


def _check_terms(request: OrderRequest, handle: Mapping[str, str]) -> None:
    if request.hold and handle["payment"] == AT_ONCE:
        raise no(Reason.NOT_POSSIBLE, "the airline holds no seats for this offer")
    if "required" in handle["documents"] and not all(one.document for one in request.travellers):
        raise no(Reason.INVALID_TRAVELLER, "the airline wants to know the document of every traveller")


def _ask_anew(request: OrderRequest) -> Call:
    """A search only counts children, an order tells their birthdays, and Duffel books nobody under a wrong age."""
    if request.extras:
        raise no(Reason.NOT_POSSIBLE, "extras belong to an offer for other ages than those of who travels")
    if not isinstance(request.query, FlightQuery):
        raise TypeError(f"{request.reference} is no order of flights")
    return ask_for(request.query, passengers.ages(request.travellers, passengers.last_day(request.query)))


def _order(request: OrderRequest, handle: Mapping[str, str], seating: passengers.Seating, price: Money) -> Call:
    """Sent once. Duffel keeps our reference with the order, and books a search only once."""
    paying = {"type": "balance", "amount": str(price.amount), "currency": price.currency}
    order: dict[str, Any] = {
        "type": "hold" if request.hold else "instant",
        "selected_offers": [handle["offer"]],
        "passengers": list(passengers.written(seating, request, handle["documents"])),
        "services": [{"id": one.code, "quantity": one.quantity} for one in request.extras],
        "metadata": {REFERENCE: request.reference},
    }
    if not request.hold:
        order["payments"] = [paying]
    return Call(
        operation="book",
        method="POST",
        path="/air/orders",
        headers=JSON,
        body=msgspec.json.encode({"data": order}),
        reads_only=False,
        notes=(handle["offer"],),
    )


def _price_with_extras(request: OrderRequest) -> Money:
    price = request.quote.price
    for extra in request.extras:
        cost = request.quote.handle.get(f"{_SERVICE}{extra.code}")
        if cost is None:
            raise no(Reason.NOT_POSSIBLE, f"{extra.code} is not sold with this offer")
        amount, _, currency = cost.partition(" ")
        if currency != price.currency:
            raise no(Reason.NOT_POSSIBLE, f"{extra.code} costs {cost}, which does not add up with {price}")
        price += Money.of(amount, currency) * extra.quantity
    return price


def _read_price(reply: Reply, _: Call, request: OrderRequest) -> Readout[Order]:
    """Nothing is sent at another price than the one that was agreed."""
    handle, agreed = request.quote.handle, _price_with_extras(request)
    costs = fares.price(decoded(reply, _OFFER).data)
    if costs != agreed:
        raise no(Reason.PRICE_CHANGED, f"costs {costs} with its extras, agreed were {agreed}")
    seating = passengers.seated(handle["passengers"], request.travellers, passengers.last_day(request.query))
    if seating is None:
        raise no(Reason.INVALID_TRAVELLER, "the travellers are not those of the offer")
    return Readout(records=(), next=_order(request, handle, seating, agreed))


def _read_request(reply: Reply, _: Call, __: OrderRequest) -> Readout[Order]:
    return Readout(records=(), next=ask_for_offers(read_request(reply).id))


def _read_twins(reply: Reply, call: Call, request: OrderRequest) -> Readout[Order]:
    """The same flights for the real ages, at the price and on the terms that were agreed; then the order of that."""
    page = read_offers(reply)
    offers, _ = each(page.data, _OFFER_ALONE, lambda told: told, "data")
    alike = [told for told in offers if _flown(told) == _sold(request.offer)]
    day = passengers.last_day(request.query)
    for told in alike:
        handle = _handle(told)
        seating = passengers.seated(handle["passengers"], request.travellers, day)
        if seating is not None and _as_agreed(told, request):
            _check_terms(request, handle)
            return Readout(records=(), next=_order(request, handle, seating, request.quote.price))
    other_terms = bool(alike) or _OTHER_TERMS in call.notes
    following = next_page(call, page.meta)
    if following is None:
        reason = Reason.PRICE_CHANGED if other_terms else Reason.SOLD_OUT
        raise no(reason, "for travellers of these ages it is not there as it was agreed")
    return Readout(records=(), next=msgspec.structs.replace(following, notes=(_OTHER_TERMS,) if other_terms else ()))


def _as_agreed(told: wire.Offer, request: OrderRequest) -> bool:
    agreed = request.quote
    if (told.total_currency, told.total_amount) != (agreed.price.currency, agreed.price.amount):
        return False
    departs_at = _journey(request.offer).slices[0].departs_at
    return fares.conditions(told, agreed.price, departs_at) == agreed.conditions


def _flown(told: wire.Offer) -> Flown:
    def flights() -> Iterator[tuple[str, str, str, str, datetime]]:
        for part in told.slices:
            for one in part.segments:
                number = one.marketing_carrier_flight_number.lstrip("0")
                carrier = one.marketing_carrier.iata_code or ""
                yield carrier, number, one.origin.iata_code, one.destination.iata_code, one.departing_at

    return tuple(flights())


def _sold(offer: Offer) -> Flown:
    return tuple(
        (one.carrier, one.number, one.origin, one.destination, one.departs_at.replace(tzinfo=None))
        for one in _journey(offer).segments
    )


def _journey(offer: Offer) -> Itinerary:
    """Raises TypeError for an offer that is no journey by air: only a wrong caller comes here."""
    if not isinstance(offer.product, Itinerary):
        raise TypeError(f"{offer.id} is no journey by air")
    return offer.product


def _read_order(reply: Reply, call: Call, request: OrderRequest) -> Readout[Order]:
    """202: Duffel works on it, and nobody may send it again. It is looked for by its offer for a little while."""
    if reply.status != _ACCEPTED:
        return Readout(records=(read_order(reply),))
    (offer,) = call.notes
    return _still_pending(offer, 0, request)


def _read_poll(reply: Reply, call: Call, request: OrderRequest) -> Readout[Order]:
    ours = read_ours(reply, request.reference)
    if ours.orders:
        return Readout(records=ours.orders)
    offer, polls = call.notes
    return _still_pending(offer, int(polls), request)


def _still_pending(offer: str, polls: int, request: OrderRequest) -> Readout[Order]:
    """It has no number yet: its offer's stands for it until the order can be seen."""
    pending = Order(
        supplier=SLUG,
        id=offer,
        status=OrderStatus.PENDING,
        price=None if request.extras else request.quote.price,
        reference=request.reference,
        handle={"offer": offer},
    )
    return poll(offer, polls, pending)


_BOOKING: Final[Mapping[str, Callable[[Reply, Call, OrderRequest], Readout[Order]]]] = MappingProxyType(
    {"search": _read_request, "offers": _read_twins, "price": _read_price, "book": _read_order, "orders": _read_poll}
)


def _book(reply: Reply, call: Call, request: OrderRequest) -> Readout[Order]:
    return _BOOKING[call.operation](reply, call, request)


BOOK: Final = Step(
    operations=("book", "orders", "price", "search", "offers"),
    ask=_ask_to_book,
    read=giving_up(_book),
    at_most=MOST_PAGES + 8,
)
