"""What people found out about an order in doubt, written where workers look before they ask a supplier again."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.bookings import Item, ItemStatus
from domain.orders import Order, Reason
from domain.saga.news import findings, news
from domain.saga.resolving import resolve_item
from storage import bookings
from storage import findings as found
from storage.booking_tables import BOOKING_STEPS, BOOKINGS
from storage.bookings import Kept
from storage.tables import ORDER_ATTEMPTS

_NO_SUCH_ORDER: Final = "its supplier was asked, and has no such order"


class InOtherHands(Exception):
    """A worker is at this booking at the moment: try again in a few seconds."""


async def resolve(
    connection: AsyncConnection,
    named: str,
    number: int,
    order: Order | None,
    *,
    by: str,
    now: datetime,
    note: str | None = None,
) -> Kept | None:
    """The booking as it goes on from here, due at once; None where there is none of that id or record locator.

    Who told it stands in the booking's steps, with their `note`.

    Raises InOtherHands, domain.saga.resolving.NotInDoubt, and LookupError for an item that it does not have.
    """
    kept = await bookings.locked(connection, named)
    if kept is None:
        return None
    until = await claimed_until(connection, kept.booking.id)
    if until is not None and until > now:
        raise InOtherHands(kept.booking.id)
    after = resolve_item(kept.booking, number, order, now)
    item = next(item for item in kept.booking.items if item.number == number)
    await _step_written(connection, kept.booking.id, item, order, said=by if note is None else f"{by}: {note}", now=now)
    if item.status is ItemStatus.SENT:
        await _attempt_ended(connection, item, order, now)
    await connection.execute(
        update(BOOKINGS)
        .where(BOOKINGS.c.id == after.id)
        .values(document=after, status=after.status, updated_at=now, due_at=now)
    )
    data = {"item": number, "order": None if order is None else order.id}
    await bookings.note(connection, after.id, "item.resolved", data, at=now)
    for one in news(kept.booking, after):
        await bookings.note(connection, after.id, one.type, one.data, at=now)
    for finding in findings(kept.booking, after, now):
        await found.found(connection, finding, now=now)
    return await bookings.get(connection, after.id)


async def claimed_until(connection: AsyncConnection, booking_id: str) -> datetime | None:
    """Until when a worker holds the booking; None where nobody does."""
    found = await connection.execute(select(BOOKINGS.c.claimed_until).where(BOOKINGS.c.id == booking_id))
    return found.scalar_one_or_none()


async def _step_written(
    connection: AsyncConnection, booking_id: str, item: Item, order: Order | None, *, said: str, now: datetime
) -> None:
    number = select(func.coalesce(func.max(BOOKING_STEPS.c.number), 0) + 1).where(
        BOOKING_STEPS.c.booking_id == booking_id
    )
    await connection.execute(
        insert(BOOKING_STEPS).values(
            booking_id=booking_id,
            number=number.scalar_subquery(),
            kind="told_by_a_person",
            about=f"item:{item.number}",
            key=item.reference,
            begun_at=now,
            ended_at=now,
            outcome="not booked" if order is None else f"booked as {order.id}",
            detail=said,
        )
    )


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
