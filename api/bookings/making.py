"""Taking a booking: the offers are known and fit the travellers, and all of it is written down before anybody is told."""

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncConnection

from api import idempotency
from api.bookings import present
from api.bookings.finding import owner_of, place_of, put
from api.bookings.looking import terms_now
from api.bookings.wishes import CardPayment, LinkPayment, NewBooking, NewExtra, NewItem, contact, method_of, traveller
from api.calls import Asked, Reply
from api.params import Nothing
from api.problems import Flaw, invalid, unavailable
from api.sealing import vault_of
from api.services import Services
from domain import party
from domain.bookings import Booking, Item, People, Wishes, order_reference
from domain.cars import RentalConditions
from domain.ids import short_id
from domain.orders import ChosenExtra
from domain.payments import Method
from domain.queries import Fault
from domain.record_locators import record_locator
from domain.saga.parts import payable
from domain.travellers import Traveller
from storage import bookings, offers
from storage.bookings import Kept
from storage.engine import transaction
from storage.offers import KeptOffer

_LOCATORS_TRIED: Final = 20


async def create(services: Services, asked: Asked[Nothing, NewBooking]) -> Reply:
    """Taken, and not yet booked: each supplier is asked what it costs now, the payment is held, then everything is
    booked, and only then is anything charged. Look at the booking until it is `confirmed`, or needs you.
    """
    wished, vault = asked.body, vault_of(services)
    travellers = tuple(traveller(one) for one in wished.travellers)
    async with transaction(services.engine) as connection:
        found = [await _offered(services, connection, item, asked.now) for item in wished.items]
    flaws = tuple(_flaws(wished, found, travellers, asked.now))
    if flaws:
        raise invalid(Flaw(pointer=f"/{fault.field}", detail=fault.detail) for fault in flaws)
    sold = [kept for kept in found if kept is not None]
    booking = _booking(asked, services.gateways, sold)
    if len(currencies := [amount.currency for amount in payable(booking.items)]) > 1 and booking.method is Method.LINK:
        several = f"one link takes one currency, and this costs {', '.join(currencies)}: pay by card, or book apart"
        raise invalid([Flaw(pointer="/payment/method", detail=several)])
    people = People(travellers=_aged(travellers, sold), contact=contact(wished.contact))
    sealed = vault.seal(people)
    async with transaction(services.engine) as connection:
        booking = await written(connection, booking, sealed, another=_a_locator)
        kept = Kept(booking=booking, wishes=Wishes(), people=sealed, updated_at=asked.now, due_at=asked.now)
        answer = present.booking(kept, people, terms_now(booking, asked.now))
        reply = await idempotency.done(services, asked, connection, answer, status=202, headers=place_of(booking.id))
    await put(services, booking.id)
    return reply


async def _offered(services: Services, connection: AsyncConnection, item: NewItem, now: datetime) -> KeptOffer | None:
    """The newest state that is known of an offer, with its question: this process may have heard of it before the books."""
    kept = await offers.kept(connection, item.offer_id)
    held = services.answers.offering(item.offer_id, now)
    offer = None if held is None else held.offer(item.offer_id)
    if held is not None and offer is not None and (kept is None or kept.offer.fetched_at < offer.fetched_at):
        return KeptOffer(offer=offer, query=held.search.query)
    return kept


def _flaws(
    wished: NewBooking, found: Sequence[KeptOffer | None], travellers: Sequence[Traveller], now: datetime
) -> Iterator[Fault]:
    last = None
    for number, (item, kept) in enumerate(zip(wished.items, found, strict=True)):
        field = f"items/{number}/offer_id"
        if kept is None or kept.offer.expired(now):
            yield Fault(field=field, detail="is unknown or can't be booked any more; search again")
            continue
        if not kept.offer.bookable:
            yield Fault(field=field, detail=f"is not sold through us: {kept.offer.supplier} only shows it")
        yield from _extra_faults(f"items/{number}/extras", item.extras, kept)
        yield from party.faults(kept.offer, kept.query, travellers)
        ends = party.last_day(kept.query)
        last = ends if last is None else max(last, ends)
    if last is not None:
        yield from party.document_faults(travellers, last)


def _extra_faults(field: str, chosen: Sequence[NewExtra], kept: KeptOffer) -> Iterator[Fault]:
    """What an offer does not list may still be there: suppliers that tell no extras in a search are asked by the quote."""
    conditions = kept.offer.conditions
    if not isinstance(conditions, RentalConditions):
        if chosen:
            yield Fault(field=field, detail="are there for cars only")
        return
    most = {extra.code: extra.at_most for extra in conditions.extras}
    known = most.keys() | {coverage.code for coverage in conditions.coverages}
    for number, extra in enumerate(chosen):
        limit = most.get(extra.code)
        if known and extra.code not in known:
            yield Fault(field=f"{field}/{number}/code", detail=f"is none of this offer's: {', '.join(sorted(known))}")
        elif limit is not None and extra.quantity > limit:
            yield Fault(field=f"{field}/{number}/quantity", detail=f"must be at most {limit}")


def _booking(
    asked: Asked[Nothing, NewBooking], gateways: Mapping[str, frozenset[Method]], sold: Sequence[KeptOffer]
) -> Booking:
    wished = asked.body
    booking_id = short_id(secrets.token_hex(32))
    items = tuple(
        Item(
            number=number,
            offer=kept.offer,
            query=kept.query,
            price=kept.offer.price,
            reference=order_reference(booking_id, number),
            extras=tuple(ChosenExtra(code=extra.code, quantity=extra.quantity) for extra in item.extras),
        )
        for number, (item, kept) in enumerate(zip(wished.items, sold, strict=True), 1)
    )
    payment = wished.payment
    method = method_of(payment)
    return Booking(
        id=booking_id,
        reference=_a_locator(),
        owner=owner_of(asked),
        created_at=asked.now,
        items=items,
        method=method,
        gateway=wished.gateway or next(name for name, methods in gateways.items() if method in methods),
        max_price_increase_percent=wished.max_price_increase_percent,
        token=payment.token if isinstance(payment, CardPayment) else None,
        return_url=payment.return_url if isinstance(payment, LinkPayment) else None,
        language=wished.language,
    )


def _aged(travellers: Sequence[Traveller], sold: Sequence[KeptOffer]) -> tuple[Traveller, ...]:
    """As airlines count them on the last day of the journey."""
    day = max(party.last_day(kept.query) for kept in sold)
    return tuple(replace(one, age=party.counted_as(one.born_on, day)) for one in travellers)


def _a_locator() -> str:
    return record_locator(secrets.randbelow)


async def written(
    connection: AsyncConnection, booking: Booking, sealed: bytes, *, another: Callable[[], str]
) -> Booking:
    """Under a record locator that nobody else has: `another` is taken where it is. Raises Problem (503) in the end."""
    for _ in range(_LOCATORS_TRIED):
        if await bookings.create(connection, booking, sealed, due_at=booking.created_at):
            return booking
        booking = replace(booking, reference=another())
    raise unavailable("No free record locator was found.")
