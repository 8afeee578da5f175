"""What people found out about orders in doubt, written where a supplier's own answer would have been."""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.bookings import Item
from domain.orders import Order, Reason
from storage.booking_tables import BOOKING_STEPS, BOOKINGS
from storage.tables import ORDER_ATTEMPTS

_STEP = "told_by_a_person"


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """`order` None: there is none, and there never will be one under that reference. `by` is an owner's id."""

    order: Order | None
    by: str
    note: str


async def tell(connection: AsyncConnection, booking_id: str, item: Item, told: Told, *, now: datetime) -> bool:
    """With a step in the booking's books that says who told it. False where the end of the order is known already.

    Only while the booking is locked.
    """
    ended: dict[str, Any] = {"ended_at": now}
    if told.order is not None:
        ended["booked"] = told.order
    else:
        ended |= {"refused": f"a person was told that it is not there: {told.note}", "reason": Reason.NO_SUCH_ORDER}
    written = await connection.execute(
        update(ORDER_ATTEMPTS)
        .where(
            ORDER_ATTEMPTS.c.supplier == item.offer.supplier,
            ORDER_ATTEMPTS.c.reference == item.reference,
            ORDER_ATTEMPTS.c.ended_at.is_(None),
        )
        .values(ended)
    )
    if not written.rowcount:
        return False
    number = select(func.coalesce(func.max(BOOKING_STEPS.c.number), 0) + 1).where(
        BOOKING_STEPS.c.booking_id == booking_id
    )
    await connection.execute(
        insert(BOOKING_STEPS).values(
            booking_id=booking_id,
            number=number.scalar_subquery(),
            kind=_STEP,
            about=f"item:{item.number}",
            key=item.reference,
            begun_at=now,
            ended_at=now,
            outcome="not booked" if told.order is None else f"booked as {told.order.id}",
            detail=f"{told.by}: {told.note}",
        )
    )
    return True


async def claimed_until(connection: AsyncConnection, booking_id: str) -> datetime | None:
    """Until when a worker holds the booking; None where nobody does."""
    found = await connection.execute(select(BOOKINGS.c.claimed_until).where(BOOKINGS.c.id == booking_id))
    return found.scalar_one_or_none()
