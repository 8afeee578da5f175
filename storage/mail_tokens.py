"""What is mailed to prove an address: used once, for one purpose, within its time."""

from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

import msgspec
from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people import Address, Purpose
from storage.people_tables import MAIL_TOKENS
from storage.sessions import digest

_OF: Final = MAIL_TOKENS.c


GOOD_FOR: Final = MappingProxyType(
    {Purpose.VERIFY_EMAIL: timedelta(days=3), Purpose.RESET_PASSWORD: timedelta(hours=1)}
)
MOST_AN_HOUR: Final = 5  # letters for one person and purpose: nobody's mailbox is filled by others


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """Whoever shows it reads the letters of this address."""

    person_id: str
    address: Address


async def give(
    connection: AsyncConnection, token: str, proof: Proof, purpose: Purpose, *, asked_as: str, now: datetime
) -> bool:
    """False where this wish has been answered, or too many others of late."""
    lately = select(func.count()).where(
        _OF.person_id == proof.person_id, _OF.purpose == purpose, _OF.created_at > now - timedelta(hours=1)
    )
    if (await connection.execute(lately)).scalar_one() >= MOST_AN_HOUR:
        return False
    row: dict[str, Any] = {
        "digest": digest(token),
        "asked_as": asked_as,
        "person_id": proof.person_id,
        "purpose": purpose,
        "email": proof.address.compared,
        "email_typed": proof.address.typed,
        "created_at": now,
        "expires_at": now + GOOD_FOR[purpose],
    }
    made = await connection.execute(insert(MAIL_TOKENS).values(row).on_conflict_do_nothing().returning(_OF.digest))
    return made.first() is not None


async def take(connection: AsyncConnection, token: str, purpose: Purpose, *, now: datetime) -> Proof | None:
    """None for what is unknown, for something else, over or used. It is used from now on."""
    taken = await connection.execute(
        update(MAIL_TOKENS)
        .where(_OF.digest == digest(token), _OF.purpose == purpose, _OF.used_at.is_(None), _OF.expires_at > now)
        .values(used_at=now)
        .returning(_OF.person_id, _OF.email, _OF.email_typed)
    )
    row = taken.one_or_none()
    if row is None:
        return None
    return Proof(person_id=row.person_id, address=Address(typed=row.email_typed, compared=row.email))


async def drop_others(connection: AsyncConnection, person_id: str, purpose: Purpose, *, now: datetime) -> None:
    """What was mailed before is worth nothing any more."""
    await connection.execute(
        update(MAIL_TOKENS)
        .where(_OF.person_id == person_id, _OF.purpose == purpose, _OF.used_at.is_(None))
        .values(used_at=now)
    )


async def drop_old(connection: AsyncConnection, *, before: datetime) -> int:
    return (await connection.execute(delete(MAIL_TOKENS).where(_OF.expires_at < before))).rowcount
