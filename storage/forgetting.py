"""Forgetting somebody: every table that knows an owner says what becomes of theirs, and a test compares it with the schema."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

import msgspec
from sqlalchemy import Table, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.bookings import Booking
from domain.forgetting import forgettable, under_way
from domain.people import Role
from storage import people, sessions
from storage.booking_tables import BOOKINGS, CLIENT_EVENTS, IDEMPOTENCY_KEYS
from storage.people_tables import (
    API_KEYS,
    FAVORITES,
    MAIL_TOKENS,
    PEOPLE,
    PEOPLE_ELSEWHERE,
    PREFERENCES,
    SESSIONS,
)
from storage.tables import ALERT_EVENTS, ALERTS, ASKED_SEARCHES
from storage.webhook_tables import AWAITED_SEARCHES, WEBHOOK_SUBSCRIPTIONS

# By table, the column that names whose a row is. These rows go at once.
GOES: Final[Mapping[Table, str]] = MappingProxyType(
    {
        ALERT_EVENTS: "caller",
        ALERTS: "caller",
        API_KEYS: "owner",
        ASKED_SEARCHES: "caller",
        AWAITED_SEARCHES: "owner",
        CLIENT_EVENTS: "owner",
        FAVORITES: "owner",
        IDEMPOTENCY_KEYS: "owner",
        MAIL_TOKENS: "person_id",
        PEOPLE_ELSEWHERE: "person_id",
        PREFERENCES: "owner",
        SESSIONS: "person_id",
        WEBHOOK_SUBSCRIPTIONS: "owner",
    }
)
# These stay, because books of business must be kept for years: amounts, dates and references, and nobody's name.
STAYS: Final[Mapping[Table, str]] = MappingProxyType({BOOKINGS: "owner"})


async def under_way_of(connection: AsyncConnection, owner: str) -> tuple[str, ...]:
    """The references of bookings that have to end first."""
    return tuple(one.reference for one in await _bookings(connection, owner) if under_way(one))


async def forget(connection: AsyncConnection, owner: str, *, now: datetime) -> None:
    """All but the id, and but travellers whose journey lies ahead: `forget_travellers` comes back for those."""
    keys = select(API_KEYS.c.id).where(API_KEYS.c.owner == owner)
    credentials = (await connection.execute(keys)).scalars().all()
    open_sessions = await sessions.of_person(connection, owner)
    await people.revoke(connection, (owner, *credentials, *open_sessions), now=now)
    for table, column in GOES.items():
        await connection.execute(delete(table).where(table.c[column] == owner))
    nothing = dict.fromkeys(("email", "email_typed", "verified_at", "name", "password"))
    await connection.execute(
        update(PEOPLE).where(PEOPLE.c.id == owner).values(**nothing, role=Role.TRAVELLER, language="en", closed_at=now)
    )
    await forget_travellers(connection, owner, now=now)


async def with_travellers_left(connection: AsyncConnection) -> tuple[str, ...]:
    """People who have gone while journeys of theirs lay ahead."""
    found = await connection.execute(
        select(BOOKINGS.c.owner)
        .join(PEOPLE, PEOPLE.c.id == BOOKINGS.c.owner)
        .where(PEOPLE.c.closed_at.is_not(None), BOOKINGS.c.people.is_not(None))
        .distinct()
    )
    return tuple(found.scalars())


async def forget_travellers(connection: AsyncConnection, owner: str, *, now: datetime) -> int:
    """Of how many bookings. What was told to clients of them since then goes as well."""
    over = [one.id for one in await _bookings(connection, owner) if forgettable(one, now.date())]
    gone = await connection.execute(
        update(BOOKINGS)
        .where(BOOKINGS.c.id.in_(over), BOOKINGS.c.people.is_not(None))
        .values(people=None, updated_at=now)
    )
    await connection.execute(delete(CLIENT_EVENTS).where(CLIENT_EVENTS.c.owner == owner))
    return gone.rowcount


async def _bookings(connection: AsyncConnection, owner: str) -> list[Booking]:
    found = await connection.execute(
        select(BOOKINGS.c.document).where(BOOKINGS.c.owner == owner, BOOKINGS.c.people.is_not(None)).with_for_update()
    )
    return [msgspec.convert(document, Booking) for document in found.scalars()]
