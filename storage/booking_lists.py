"""Bookings in lists, the newest first, and whether a worker is at one of them."""

from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.booking_tables import BOOKING_CHARGES, BOOKINGS
from storage.bookings import Kept, read

_OF: Final = BOOKINGS.c


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Whose bookings: everybody's where `owner` is None. `statuses` empty: however they stand. `paid`: with a payment."""

    owner: str | None
    statuses: tuple[str, ...] = ()
    paid: bool = False


async def listed(
    connection: AsyncConnection, wanted: Wanted, *, before: tuple[datetime, str] | None, at_most: int
) -> tuple[Kept, ...]:
    """From before (created at, id) on."""
    query = _wanted(select(BOOKINGS), wanted).order_by(_OF.created_at.desc(), _OF.id.desc()).limit(at_most)
    if before is not None:
        at, booking_id = before
        query = query.where(or_(_OF.created_at < at, (_OF.created_at == at) & (_OF.id < booking_id)))
    return tuple(read(row) for row in await connection.execute(query))


async def count(connection: AsyncConnection, wanted: Wanted) -> int:
    found = await connection.execute(_wanted(select(func.count()).select_from(BOOKINGS), wanted))
    number: int = found.scalar_one()
    return number


async def busy(connection: AsyncConnection, booking_id: str, *, now: datetime) -> bool:
    """Whether a worker is at the booking at this moment, and holds what it has read of it."""
    found = await connection.execute(select(_OF.claimed_until).where(_OF.id == booking_id))
    until: datetime | None = found.scalar_one_or_none()
    return until is not None and until > now


def _wanted(query: "Select[Any]", wanted: Wanted) -> "Select[Any]":
    if wanted.owner is not None:
        query = query.where(_OF.owner == wanted.owner)
    if wanted.statuses:
        query = query.where(_OF.status.in_(wanted.statuses))
    if wanted.paid:
        query = query.where(select(BOOKING_CHARGES.c.id).where(BOOKING_CHARGES.c.booking_id == _OF.id).exists())
    return query
