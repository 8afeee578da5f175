"""A booking as operators see it, and what they found out by telephone about an order in doubt."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta
from sqlalchemy.ext.asyncio import AsyncConnection

from api.admin import answers, present
from api.bookings.finding import named, place_of, put
from api.calls import Asked, Reply, reply
from api.params import Nothing, Reading
from api.problems import conflict, not_there
from api.services import Services
from domain.bookings import Item, ItemStatus
from domain.findings import FindingKind, FindingState, KeptFinding
from domain.orders import Locator, Order, OrderStatus
from domain.queries import Fault
from domain.reconciling.books import about_item
from domain.saga.actions import Book
from domain.saga.buying import sent
from domain.saga.resolving import IN_DOUBT, NotInDoubt
from storage import booking_resolutions, bookings, findings
from storage.booking_resolutions import InOtherHands
from storage.bookings import Kept
from storage.engine import transaction

_FINDINGS_AT_MOST: Final = 200


class Outcome(StrEnum):
    """What its supplier says of an order whose answer was lost."""

    BOOKED = "booked"
    NOT_BOOKED = "not_booked"


class Resolution(msgspec.Struct, frozen=True, kw_only=True):
    """What a person has found out. `order_id` is the supplier's number, `locator` what travellers show there."""

    outcome: Outcome
    note: Annotated[str, Meta(min_length=1, max_length=1000, description="Who said so, and when.")]
    order_id: Annotated[str, Meta(min_length=1, max_length=100)] | None = None
    locator: Annotated[str, Meta(min_length=1, max_length=40)] | None = None


async def look(services: Services, asked: Asked[Nothing, Nothing]) -> Reply:
    """By its id or its record locator."""
    async with transaction(services.engine) as connection:
        kept = await _found(connection, asked, locked=False)
        shown = await _whole(connection, kept)
    return reply(services, asked, shown)


async def resolve(services: Services, asked: Asked[Nothing, Resolution]) -> Reply:
    """For an order that only people can ask about. It is written down as if the supplier had answered so, and the
    booking goes on from there: an order that is booked is paid for or undone, one that is not is bought no more.
    """
    async with transaction(services.engine) as connection:
        kept = await _found(connection, asked, locked=True)
        item = _in_doubt(kept, asked.place["number"])
        try:
            await booking_resolutions.resolve(
                connection, kept.booking.id, item.number, _order(item, asked.body), by=asked.caller or "", now=asked.now,
                note=asked.body.note,
            )  # fmt: skip
        except InOtherHands as error:
            raise conflict("A worker is at this booking: ask again in a few seconds.") from error
        except NotInDoubt as error:
            raise conflict(f"It is known what became of it: {error}.") from error
        await _settled(connection, kept.booking.id, item, asked)
        shown = await _whole(connection, await _found(connection, asked, locked=False))
    await put(services, kept.booking.id)
    return reply(services, asked, shown, status=202, headers=place_of(kept.booking.id))


def resolve_faults(read: "Reading[Any]", _: Services) -> Iterable[Fault]:
    booked = read.values.get("outcome") is Outcome.BOOKED
    if booked and read.values.get("order_id") is None:
        yield Fault(field="order_id", detail="is required: without the supplier's number nobody can cancel it")
    if read.values.get("outcome") is Outcome.NOT_BOOKED:
        for name in ("order_id", "locator"):
            if read.values.get(name) is not None:
                yield Fault(field=name, detail="is of an order, and there is none")


async def _found(connection: AsyncConnection, asked: Asked[Any, Any], *, locked: bool) -> Kept:
    name, find = named(asked.place["booking_id"]), bookings.locked if locked else bookings.get
    kept = None if name is None else await find(connection, name)
    if kept is None:
        raise not_there("There is no such booking.")
    return kept


async def _whole(connection: AsyncConnection, kept: Kept) -> answers.WholeBooking:
    booking_id = kept.booking.id
    return present.whole(
        kept,
        claimed_until=await booking_resolutions.claimed_until(connection, booking_id),
        steps=await bookings.steps(connection, booking_id),
        events=await bookings.events(connection, booking_id),
        findings=await findings.listed(connection, booking_id=booking_id, at_most=_FINDINGS_AT_MOST),
    )


def _in_doubt(kept: Kept, number: str) -> Item:
    """Raises Problem: 404 for an item that is not there, 409 for one about which nothing is to be told."""
    item = next((item for item in kept.booking.items if str(item.number) == number), None)
    if item is None:
        raise not_there("The booking has no such item.")
    if item.status not in IN_DOUBT:
        raise conflict(
            f"Item {item.number} is {item.status}: only of what was sent to a supplier it may be unknown what became of it."
        )
    if item.status is ItemStatus.SENT and not isinstance(sent(item, otherwise=Book(item=item.number)), Book):
        raise conflict(
            f"Item {item.number} has an order at which {item.offer.supplier} lets us look: it is asked, not you."
        )
    return item


def _order(item: Item, told: Resolution) -> Order | None:
    """What its supplier needs for a cancellation stays with an order that was known before."""
    if told.outcome is Outcome.NOT_BOOKED:
        return None
    known = item.order if item.order is not None and item.order.id == told.order_id else None
    order = known or Order(
        supplier=item.offer.supplier,
        id=told.order_id or "",
        status=OrderStatus.CONFIRMED,
        price=item.costs,
        reference=item.reference,
    )
    locators = () if told.locator is None else (Locator(issuer=item.offer.supplier, code=told.locator),)
    return msgspec.structs.replace(order, status=OrderStatus.CONFIRMED, locators=(*order.locators, *locators))


async def _settled(connection: AsyncConnection, booking_id: str, item: Item, asked: Asked[Nothing, Resolution]) -> None:
    standing = await findings.listed(connection, booking_id=booking_id, at_most=_FINDINGS_AT_MOST)
    for kept in standing:
        if _is_this_doubt(kept, item):
            await findings.settle(
                connection,
                kept.finding.id,
                FindingState.RESOLVED,
                by=asked.caller,
                note=asked.body.note,
                now=asked.now,
            )


def _is_this_doubt(kept: KeptFinding, item: Item) -> bool:
    return kept.finding.kind is FindingKind.ORDER_IN_DOUBT and kept.finding.about == about_item(item.number)
