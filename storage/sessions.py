"""Sessions: a chain of refresh tokens, each used once, that ends as a whole when an old one comes back."""

import hashlib
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Final

import msgspec
from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people import Person
from storage import people
from storage.people_tables import REFRESH_TOKENS, SESSIONS

TOKEN_GOOD_FOR: Final = timedelta(days=30)
SESSION_GOOD_FOR: Final = timedelta(days=180)
# An answer may be lost on its way: for so long the token that was used stands for its follower, as long as that one was
# never seen. Afterwards somebody else has it.
GRACE: Final = timedelta(seconds=10)


class Used(Enum):
    """What came of showing a refresh token."""

    GOOD = "good"
    UNKNOWN = "unknown"
    OVER = "over"
    STOLEN = "stolen"  # it was used before: the session has ended


class Refreshed(msgspec.Struct, frozen=True, kw_only=True):
    """The rest is there for a good one only."""

    outcome: Used
    session: str | None = None
    person: Person | None = None
    expires_at: datetime | None = None


def digest(token: str) -> bytes:
    """What is kept of a token. It has 256 bits of chance, so that a slow hash would guard nothing."""
    return hashlib.sha256(token.encode()).digest()


async def begin(connection: AsyncConnection, session: str, person_id: str, token: str, *, now: datetime) -> datetime:
    """When the token expires."""
    await connection.execute(
        insert(SESSIONS).values(id=session, person_id=person_id, created_at=now, ends_at=now + SESSION_GOOD_FOR)
    )
    return await _add(connection, session, token, now=now, most=now + SESSION_GOOD_FOR)


async def refresh(connection: AsyncConnection, token: str, follower: str, *, now: datetime) -> Refreshed:
    """The follower takes the token's place. Whatever comes of it is to be committed."""
    found = await connection.execute(
        select(REFRESH_TOKENS, SESSIONS.c.person_id, SESSIONS.c.ends_at, SESSIONS.c.ended_at)
        .join(SESSIONS, SESSIONS.c.id == REFRESH_TOKENS.c.session_id)
        .where(REFRESH_TOKENS.c.digest == digest(token))
        .with_for_update(of=SESSIONS)
    )
    # What another transaction did while we waited for the session is in the token's row, which is read again.
    row = found.one_or_none()
    if row is None:
        return Refreshed(outcome=Used.UNKNOWN)
    shown = (await connection.execute(_token(row.digest))).one()
    if row.ended_at is not None or now >= min(row.expires_at, row.ends_at):
        return Refreshed(outcome=Used.OVER)
    if not await _usable(connection, shown, now):
        await end(connection, [row.session_id], now=now)
        return Refreshed(outcome=Used.STOLEN, session=row.session_id)
    person = await people.get(connection, row.person_id)
    if person is None:
        return Refreshed(outcome=Used.OVER)
    await connection.execute(
        update(REFRESH_TOKENS)
        .where(REFRESH_TOKENS.c.digest == row.digest)
        .values(used_at=shown.used_at or now, followed_by=digest(follower))
    )
    expires_at = await _add(connection, row.session_id, follower, now=now, most=row.ends_at)
    return Refreshed(outcome=Used.GOOD, session=row.session_id, person=person, expires_at=expires_at)


async def _usable(connection: AsyncConnection, shown: "Row[Any]", now: datetime) -> bool:
    """A token that was used is so once more if its follower was never seen; that one is worth nothing then."""
    if shown.used_at is None:
        return True
    if now - shown.used_at > GRACE or shown.followed_by is None:
        return False
    superseded = await connection.execute(
        update(REFRESH_TOKENS)
        .where(REFRESH_TOKENS.c.digest == shown.followed_by, REFRESH_TOKENS.c.used_at.is_(None))
        .values(used_at=now)
    )
    return bool(superseded.rowcount)


async def session_of(connection: AsyncConnection, token: str) -> str | None:
    found = await connection.execute(
        select(REFRESH_TOKENS.c.session_id).where(REFRESH_TOKENS.c.digest == digest(token))
    )
    return found.scalar_one_or_none()


async def of_person(connection: AsyncConnection, person_id: str) -> tuple[str, ...]:
    """Those that have not ended."""
    found = await connection.execute(
        select(SESSIONS.c.id).where(SESSIONS.c.person_id == person_id, SESSIONS.c.ended_at.is_(None))
    )
    return tuple(found.scalars())


async def beside(connection: AsyncConnection, session: str) -> tuple[str, ...]:
    """This one and all others of the same person that have not ended."""
    whose = select(SESSIONS.c.person_id).where(SESSIONS.c.id == session).scalar_subquery()
    found = await connection.execute(
        select(SESSIONS.c.id).where(SESSIONS.c.person_id == whose, SESSIONS.c.ended_at.is_(None))
    )
    return tuple(found.scalars())


async def end(connection: AsyncConnection, sessions: list[str] | tuple[str, ...], *, now: datetime) -> None:
    """Their refresh tokens are good no more, and neither are the tokens that were made with them."""
    if sessions:
        await connection.execute(update(SESSIONS).where(SESSIONS.c.id.in_(sessions)).values(ended_at=now))
        await people.revoke(connection, sessions, now=now)


async def drop_old(connection: AsyncConnection, *, before: datetime) -> int:
    """Forget sessions that ended by themselves or by somebody before then."""
    over = (SESSIONS.c.ends_at < before) | (SESSIONS.c.ended_at < before)
    return (await connection.execute(delete(SESSIONS).where(over))).rowcount


def _token(key: bytes) -> Any:
    return select(REFRESH_TOKENS).where(REFRESH_TOKENS.c.digest == key)


async def _add(connection: AsyncConnection, session: str, token: str, *, now: datetime, most: datetime) -> datetime:
    expires_at = min(now + TOKEN_GOOD_FOR, most)
    await connection.execute(
        insert(REFRESH_TOKENS).values(digest=digest(token), session_id=session, created_at=now, expires_at=expires_at)
    )
    return expires_at
