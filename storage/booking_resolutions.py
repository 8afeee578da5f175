"""What people found out about an order in doubt, written where workers look before they ask a supplier again."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.bookings import Item, ItemStatus
from domain.orders import Order, Reason
from domain.saga.news import findings, news
from domain.saga.resolving import resolve_item
from storage import bookings
from storage import findings as found
from storage.booking_tables import BOOKINGS
from storage.bookings import Kept
from storage.tables import ORDER_ATTEMPTS

_NO_SUCH_ORDER: Final = "its supplier was asked, and has no such order"


class InOtherHands(Exception):
    """A worker is at this booking at the moment: try again in a few seconds."""


async def resolve(
    connection: AsyncConnection, named: str, number: int, order: Order | None, *, by: str, now: datetime
) -> Kept | None:
    """The booking as it goes on from here, due at once; None where there is none of that id or record locator.

    Raises InOtherHands, domain.saga.resolving.NotInDoubt, and LookupError for an item that it does not have.
    """
    kept = await bookings.locked(connection, named)
    if kept is None:
        return None
    if await _claimed(connection, kept.booking.id, now):
        raise InOtherHands(kept.booking.id)
    after = resolve_item(kept.booking, number, order, now)
    item = next(item for item in kept.booking.items if item.number == number)
    if item.status is ItemStatus.SENT:
        await _attempt_ended(connection, item, order, now)
    await connection.execute(
        update(BOOKINGS)
        .where(BOOKINGS.c.id == after.id)
        .values(document=after, status=after.status, updated_at=now, due_at=now)
    )
    data = {"item": number, "order": None if order is None else order.id, "by": by}
    await bookings.note(connection, after.id, "item.resolved", data, at=now)
    for one in news(kept.booking, after):
        await bookings.note(connection, after.id, one.type, one.data, at=now)
    for finding in findings(kept.booking, after, now):
        await found.found(connection, finding, now=now)
    return await bookings.get(connection, after.id)


async def _claimed(connection: AsyncConnection, booking_id: str, now: datetime) -> bool:
    until = await connection.execute(select(BOOKINGS.c.claimed_until).where(BOOKINGS.c.id == booking_id))
    claimed_until: datetime | None = until.scalar_one()
    return claimed_until is not None and claimed_until > now


async def _attempt_ended(connection: AsyncConnection, item: Item, order: Order | None, now: datetime) -> None:
    """Whoever resends the reference hears this, however late they come."""
    told: dict[str, Any] = {
        "booked": order,
        "refused": _NO_SUCH_ORDER if order is None else None,
        "reason": Reason.NO_SUCH_ORDER if order is None else None,
        "ended_at": now,
    }
    row = {"supplier": item.offer.supplier, "reference": item.reference, "begun_at": item.sent_at or now, **told}
    new = insert(ORDER_ATTEMPTS).values(row)
    await connection.execute(new.on_conflict_do_update(index_elements=["supplier", "reference"], set_=told))
