"""Suppliers asked for a booking: quotes, orders, looks, payments of held orders, cancellations."""

from typing import Final
from uuid import uuid4

import msgspec

from adapters.kit import ordering
from adapters.kit.client import SupplierClient
from adapters.kit.failures import Failure
from adapters.kit.supplier import Selling
from domain.bookings import Abilities, Booking, Item, People
from domain.ids import short_id
from domain.orders import Order, OrderRequest, QuotedOffer, QuoteRequest, Reason
from domain.saga.actions import (
    Book,
    CancelOrder,
    Fault,
    LookAtOrder,
    PayOrder,
    Quote,
    Quoted,
    Result,
    Settle,
    Trouble,
)
from domain.saga.parts import item_of
from storage import order_attempts
from storage.engine import transaction
from storage.order_attempts import OrderAttempts
from workers.bookings.desk import Desk, trouble, within

_QUOTED_SECONDS: Final = 30.0
_ORDERED_SECONDS: Final = 120.0  # two calls of a minute: saved, then paid
_LOOKED_SECONDS: Final = 30.0
_CANCELLED_SECONDS: Final = 60.0
_NEVER_SENT: Final = "it was never sent, and never will be"


class Counter(msgspec.Struct, frozen=True, kw_only=True):
    """Where an item is bought."""

    client: SupplierClient
    selling: Selling


def _counter(item: Item, desk: Desk) -> Counter | Trouble:
    client = desk.tools.clients.get(item.offer.supplier)
    if client is None:
        return Trouble(fault=Fault.NEVER, detail=f"{item.offer.supplier} is not connected")
    selling = client.supplier.sells.get(item.vertical)
    if selling is None:
        return Trouble(fault=Fault.NEVER, detail=f"{item.offer.supplier} sells no {item.vertical} through us")
    return Counter(client=client, selling=selling)


async def quote(action: Quote, booking: Booking, desk: Desk) -> Result:
    item = item_of(booking, action.item)
    counter = _counter(item, desk)
    if isinstance(counter, Trouble):
        return counter
    request = QuoteRequest(offer=item.offer, query=item.query)
    try:
        told = await ordering.quoted(counter.client, request, deadline=within(_QUOTED_SECONDS))
    except Failure as failure:
        return trouble(failure)
    offer = QuotedOffer(id=short_id(f"{item.offer.id} {uuid4()}"), offer=item.offer, query=item.query, quote=told)
    return Quoted(offer=offer, abilities=_abilities(counter.selling))


def _abilities(selling: Selling) -> Abilities:
    return Abilities(holds=selling.pay is not None, finds=selling.find is not None, looks=selling.look is not None)


async def book(action: Book, booking: Booking, desk: Desk) -> Result:
    return await _ordered(item_of(booking, action.item), desk, hold=action.hold)


async def settle(action: Settle, booking: Booking, desk: Desk) -> Result:
    """What was not sent until now never will be, by anybody: its reference is in the books as refused."""
    item = item_of(booking, action.item)
    async with transaction(desk.tools.engine) as connection:
        never_sent = await order_attempts.withhold(
            connection, item.offer.supplier, item.reference, _NEVER_SENT, now=desk.tools.now()
        )
    if never_sent:
        return Trouble(fault=Fault.REFUSED, detail=_NEVER_SENT, reason=Reason.NO_SUCH_ORDER)
    return await _ordered(item, desk, hold=False)


async def _ordered(item: Item, desk: Desk, *, hold: bool) -> Result:
    """One order at most, whoever has sent it before."""
    counter, people = _counter(item, desk), desk.people()
    if isinstance(counter, Trouble):
        return counter
    if isinstance(people, Trouble):
        return people
    request = _request(item, people, hold=hold)
    attempts = OrderAttempts(desk.tools.engine, now=desk.tools.now)
    try:
        return await ordering.booked(
            counter.client, request, attempts, deadline=within(_ORDERED_SECONDS), now=desk.tools.now
        )
    except Failure as failure:
        return trouble(failure)


async def pay(action: PayOrder, booking: Booking, desk: Desk) -> Result:
    item = item_of(booking, action.item)
    counter = _counter(item, desk)
    if isinstance(counter, Trouble):
        return counter
    try:
        return await ordering.paid(
            counter.client, item.vertical, _order(item, counter, desk), deadline=within(_ORDERED_SECONDS)
        )
    except Failure as failure:
        return trouble(failure)


async def look(action: LookAtOrder, booking: Booking, desk: Desk) -> Result:
    item = item_of(booking, action.item)
    counter = _counter(item, desk)
    if isinstance(counter, Trouble):
        return counter
    try:
        return await ordering.looked(
            counter.client, item.vertical, _order(item, counter, desk), deadline=within(_LOOKED_SECONDS)
        )
    except Failure as failure:
        return trouble(failure)


async def cancel(action: CancelOrder, booking: Booking, desk: Desk) -> Result:
    item = item_of(booking, action.item)
    counter = _counter(item, desk)
    if isinstance(counter, Trouble):
        return counter
    try:
        return await ordering.cancelled(
            counter.client, item.vertical, _order(item, counter, desk), deadline=within(_CANCELLED_SECONDS)
        )
    except Failure as failure:
        return trouble(failure)


def _request(item: Item, people: People, *, hold: bool = False) -> OrderRequest:
    if item.quote is None or item.sent_at is None:
        raise LookupError(f"item {item.number} is ordered without a quote")
    return OrderRequest(
        reference=item.reference,
        offer=item.offer,
        query=item.query,
        quote=item.quote.quote,
        travellers=people.travellers,
        contact=people.contact,
        sent_at=item.sent_at,
        extras=item.extras,
        hold=hold,
    )


def _order(item: Item, counter: Counter, desk: Desk) -> Order:
    """With what its supplier wants to hear of it, also where a person was told its number and nothing else."""
    if item.order is None:
        raise LookupError(f"item {item.number} has no order")
    people = desk.people()
    if item.order.handle or isinstance(people, Trouble):
        return item.order
    told = counter.selling.handle(_request(item, people), item.order.id)
    return msgspec.structs.replace(item.order, handle=told)
