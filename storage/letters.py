"""Letters: posted once in the transaction in which there is something to tell, sent from here until somebody takes them."""

from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from sqlalchemy import Row, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.letters import Letter, LetterKind, LetterStatus
from storage.letter_tables import LETTERS
from storage.vault import Vault

# Longer than the longest attempt to send one, and as long as a letter waits after its worker was killed.
CLAIMED_FOR: Final = timedelta(minutes=2)

_OF: Final = LETTERS.c


class Addressed(msgspec.Struct, frozen=True, kw_only=True):
    """What is sealed of a letter to an address."""

    to: str
    data: dict[str, Any]


class DueLetter(msgspec.Struct, frozen=True, kw_only=True):
    """A letter in the hands of `claimed_by`. `attempts` counts those before this one; `sealed` is an `Addressed`."""

    id: str
    kind: LetterKind
    booking_id: str | None
    language: str
    facts: dict[str, Any]
    sealed: bytes | None
    attempts: int
    created_at: datetime
    claimed_by: str


class KeptLetter(msgspec.Struct, frozen=True, kw_only=True):
    """How a letter stands. `due_at` None: nobody will try again."""

    id: str
    kind: LetterKind
    status: LetterStatus
    attempts: int
    due_at: datetime | None
    sent_at: datetime | None
    message_id: str | None
    last_error: str | None


async def post(connection: AsyncConnection, letter: Letter, *, now: datetime, vault: Vault | None = None) -> bool:
    """Once for each id: False where it was posted before. Raises ValueError for an address without a vault for it."""
    sealed = None
    if letter.to is not None:
        if vault is None:
            raise ValueError("a letter to an address is sealed: post it with a vault")
        sealed = vault.seal(Addressed(to=letter.to, data=letter.data))
    row = {
        "id": letter.id,
        "kind": letter.kind,
        "booking_id": letter.booking_id,
        "language": letter.language,
        "facts": {} if sealed is not None else letter.data,
        "sealed": sealed,
        "status": LetterStatus.WAITING,
        "attempts": 0,
        "created_at": now,
        "due_at": now,
    }
    posted = await connection.execute(insert(LETTERS).values(row).on_conflict_do_nothing().returning(_OF.id))
    return posted.first() is not None


async def get(connection: AsyncConnection, letter_id: str) -> KeptLetter | None:
    row = (await connection.execute(select(LETTERS).where(_OF.id == letter_id))).one_or_none()
    return None if row is None else _kept(row)


async def of_booking(connection: AsyncConnection, booking_id: str) -> tuple[KeptLetter, ...]:
    """In the order in which they were posted."""
    found = await connection.execute(
        select(LETTERS).where(_OF.booking_id == booking_id).order_by(_OF.created_at, _OF.id)
    )
    return tuple(map(_kept, found))


async def asked_again(connection: AsyncConnection, booking_id: str) -> tuple[datetime, ...]:
    """When somebody has asked for a letter about this booking once more, the first time first."""
    found = await connection.execute(
        select(_OF.created_at)
        .where(_OF.booking_id == booking_id, _OF.facts["again"].is_not(None))
        .order_by(_OF.created_at)
    )
    return tuple(found.scalars())


# ---- for workers ----


async def claim(connection: AsyncConnection, *, by: str, now: datetime, at_most: int) -> tuple[DueLetter, ...]:
    """Letters that are due and in nobody's hands, the oldest first; of two who claim at once each gets others."""
    due = (
        select(_OF.id)
        .where(_OF.due_at <= now, or_(_OF.claimed_until.is_(None), _OF.claimed_until <= now))
        .order_by(_OF.due_at)
        .limit(at_most)
        .with_for_update(skip_locked=True)
    )
    claimed = await connection.execute(
        update(LETTERS)
        .where(_OF.id.in_(due.scalar_subquery()))
        .values(claimed_by=by, claimed_until=now + CLAIMED_FOR)
        .returning(LETTERS)
    )
    return tuple(sorted(map(_due, claimed), key=lambda letter: (letter.created_at, letter.id)))


async def sent(connection: AsyncConnection, letter: DueLetter, *, message_id: str, now: datetime) -> bool:
    """False where the letter is in other hands by now."""
    told = {"status": LetterStatus.SENT, "sent_at": now, "message_id": message_id, "last_error": None}
    return await _end(connection, letter, {**told, "attempts": letter.attempts + 1, **_OVER})


async def later(connection: AsyncConnection, letter: DueLetter, *, due_at: datetime, error: str) -> bool:
    """Nobody took it this time. As `sent`."""
    told = {"attempts": letter.attempts + 1, "due_at": due_at, "last_error": error}
    return await _end(connection, letter, told)


async def ended(connection: AsyncConnection, letter: DueLetter, status: LetterStatus, *, why: str) -> bool:
    """Nobody will get it; what failed was tried once more, what is dropped was not. As `sent`."""
    attempts = letter.attempts + (status is LetterStatus.FAILED)
    return await _end(connection, letter, {"status": status, "attempts": attempts, "last_error": why, **_OVER})


async def drop_old(connection: AsyncConnection, *, before: datetime) -> int:
    """Forget those that were posted before then and have an end; how many."""
    dropped = await connection.execute(delete(LETTERS).where(_OF.created_at < before, _OF.due_at.is_(None)))
    return dropped.rowcount


# Once there is nothing more to do, nobody needs to know to whom it went.
_OVER: Final[dict[str, Any]] = {"due_at": None, "sealed": None}


async def _end(connection: AsyncConnection, letter: DueLetter, told: dict[str, Any]) -> bool:
    changed = await connection.execute(
        update(LETTERS)
        .where(_OF.id == letter.id, _OF.claimed_by == letter.claimed_by)
        .values(claimed_by=None, claimed_until=None, **told)
    )
    return bool(changed.rowcount)


def _due(row: "Row[Any]") -> DueLetter:
    return DueLetter(
        id=row.id,
        kind=LetterKind(row.kind),
        booking_id=row.booking_id,
        language=row.language,
        facts=row.facts,
        sealed=row.sealed,
        attempts=row.attempts,
        created_at=row.created_at,
        claimed_by=row.claimed_by,
    )


def _kept(row: "Row[Any]") -> KeptLetter:
    return KeptLetter(
        id=row.id,
        kind=LetterKind(row.kind),
        status=LetterStatus(row.status),
        attempts=row.attempts,
        due_at=row.due_at,
        sent_at=row.sent_at,
        message_id=row.message_id,
        last_error=row.last_error,
    )
