"""What a request was answered with: the same key and the same words are carried out once, however often they come."""

from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.booking_tables import IDEMPOTENCY_KEYS

KEPT_FOR: Final = timedelta(hours=24)
# As long as a key is blocked when its process died: longer than a transaction may take.
CLAIMED_FOR: Final = timedelta(seconds=45)

_OF: Final = IDEMPOTENCY_KEYS.c


class Asking(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked under a key of its owner's. `call` is method and place, `digest` stands for the body."""

    owner: str
    key: str
    call: str
    digest: bytes


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """Whoever has it may carry the request out. `until` tells it from every other claim of the same key."""

    owner: str
    key: str
    until: datetime


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What is said to everybody who asks again. `body` is sealed JSON, as it was before any coding."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class KeyReused(Exception):
    """The key was shown with another request before."""


class UnderWay(Exception):
    """The first request of this key has not been answered yet; it is given up after `until`."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"under way until {until}")
        self.until: Final = until


class ClaimLost(Exception):
    """It took so long that somebody else may be carrying it out: nothing of it may be written."""


async def claim(connection: AsyncConnection, asking: Asking, *, now: datetime) -> Claim | Answer:
    """The claim for whoever comes first, else what the first one was answered. Raises KeyReused and UnderWay."""
    until = now + CLAIMED_FOR
    new = insert(IDEMPOTENCY_KEYS).values(
        owner=asking.owner,
        key=asking.key,
        call=asking.call,
        digest=asking.digest,
        claimed_until=until,
        created_at=now,
    )
    same = and_(_OF.call == asking.call, _OF.digest == asking.digest)
    given_up = and_(_OF.status.is_(None), _OF.claimed_until <= now, same)
    names = ("call", "digest", "claimed_until", "status", "headers", "body", "created_at")
    made = await connection.execute(
        new.on_conflict_do_update(
            index_elements=["owner", "key"],
            set_={name: new.excluded[name] for name in names},
            where=or_(_OF.created_at <= now - KEPT_FOR, given_up),
        ).returning(_OF.key)
    )
    if made.first() is not None:
        return Claim(owner=asking.owner, key=asking.key, until=until)
    found = await connection.execute(select(IDEMPOTENCY_KEYS).where(_OF.owner == asking.owner, _OF.key == asking.key))
    row = found.one_or_none()
    if row is None:  # given back between the two statements
        raise UnderWay(now)
    if (row.call, bytes(row.digest)) != (asking.call, asking.digest):
        raise KeyReused(asking.key)
    if row.status is None:
        raise UnderWay(row.claimed_until)
    return Answer(status=row.status, headers=tuple((name, value) for name, value in row.headers), body=bytes(row.body))


async def answered(connection: AsyncConnection, claim: Claim, answer: Answer) -> None:
    """In the transaction of what the answer tells of. Raises ClaimLost, and all of it is as if it had never been."""
    kept = await connection.execute(
        update(IDEMPOTENCY_KEYS)
        .where(*_ours(claim))
        .values(status=answer.status, headers=[list(pair) for pair in answer.headers], body=answer.body)
    )
    if not kept.rowcount:
        raise ClaimLost(claim.key)


async def give_back(connection: AsyncConnection, claim: Claim) -> None:
    """Nothing was done: the key is as good as new. An answer that was written stays."""
    await connection.execute(delete(IDEMPOTENCY_KEYS).where(*_ours(claim)))


async def drop_old(connection: AsyncConnection, *, before: datetime, at_most: int = 10_000) -> int:
    """Forget the oldest, a bounded number at a time; as many as `at_most` means that there may be more."""
    doomed = (
        select(_OF.owner, _OF.key)
        .where(_OF.created_at < before)
        .order_by(_OF.created_at)
        .limit(at_most)
        .with_for_update(skip_locked=True)
        .cte("doomed")
    )
    dropped = await connection.execute(
        delete(IDEMPOTENCY_KEYS).where(_OF.owner == doomed.c.owner, _OF.key == doomed.c.key)
    )
    return dropped.rowcount


def _ours(claim: Claim) -> tuple[Any, ...]:
    return (
        _OF.owner == claim.owner,
        _OF.key == claim.key,
        _OF.claimed_until == claim.until,
        _OF.status.is_(None),
    )
