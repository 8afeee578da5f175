"""What suppliers said, as it was sealed, for as long and as much as there is room."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

import msgspec
from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import REPLIES


class KeptReply(msgspec.Struct, frozen=True, kw_only=True):
    """`head` and `body` are opaque here: masked and compressed. `about` is what the call was made for."""

    supplier: str
    operation: str
    about: str | None
    status: int
    received_at: datetime
    head: bytes
    body: bytes


class ListedReply(msgspec.Struct, frozen=True, kw_only=True):
    """A reply by its facts alone; `size` is in bytes, as it is kept."""

    id: int
    supplier: str
    operation: str
    status: int
    received_at: datetime
    size: int


_LISTED: Final = tuple(REPLIES.c[name] for name in ListedReply.__struct_fields__)
_COLUMNS: Final = tuple(REPLIES.c[name] for name in KeptReply.__struct_fields__)


async def keep(connection: AsyncConnection, replies: Iterable[KeptReply]) -> None:
    """All of them in one go."""
    rows = [{**msgspec.structs.asdict(reply), "size": len(reply.head) + len(reply.body)} for reply in replies]
    if rows:
        await connection.execute(insert(REPLIES), rows)


async def read(connection: AsyncConnection, reply_id: int) -> KeptReply | None:
    """None when it was never kept, or dropped already."""
    found = await connection.execute(select(*_COLUMNS).where(REPLIES.c.id == reply_id))
    row = found.mappings().one_or_none()
    return None if row is None else KeptReply(**{**row, "received_at": row["received_at"].astimezone(UTC)})


async def ids(connection: AsyncConnection, *, about: str) -> tuple[int, ...]:
    """All that was said about it, the first reply first."""
    found = await connection.execute(
        select(REPLIES.c.id).where(REPLIES.c.about == about).order_by(REPLIES.c.received_at, REPLIES.c.id)
    )
    return tuple(found.scalars())


async def listed(
    connection: AsyncConnection, *, about: str, supplier: str, since: datetime, until: datetime
) -> tuple[ListedReply, ...]:
    """What one supplier said about it in that time, the first reply first."""
    found = await connection.execute(
        select(*_LISTED)
        .where(
            REPLIES.c.about == about,
            REPLIES.c.supplier == supplier,
            REPLIES.c.received_at >= since,
            REPLIES.c.received_at <= until,
        )
        .order_by(REPLIES.c.received_at, REPLIES.c.id)
    )
    return tuple(ListedReply(**{**row, "received_at": row["received_at"].astimezone(UTC)}) for row in found.mappings())


async def drop_old(connection: AsyncConnection, *, before: datetime, at_most: int = 1_000) -> int:
    """Drop what was received before then, the oldest first and a bounded number at a time; how many."""
    doomed = (
        select(REPLIES.c.id)
        .where(REPLIES.c.received_at < before)
        .order_by(REPLIES.c.received_at, REPLIES.c.id)
        .limit(at_most)
        .with_for_update(skip_locked=True)
    )
    dropped = await connection.execute(delete(REPLIES).where(REPLIES.c.id.in_(doomed.scalar_subquery())))
    return dropped.rowcount


async def drop_beyond(connection: AsyncConnection, *, most_bytes: int, at_most: int = 1_000) -> int:
    """Drop the oldest until the others take at most `most_bytes`, a bounded number at a time; how many.

    Two who do it at once choose the same ones, so that nothing is dropped for room that the other has made.
    """
    age = (REPLIES.c.received_at, REPLIES.c.id)
    held = (await connection.execute(select(func.coalesce(func.sum(REPLIES.c.size), 0)))).scalar_one()
    before_it = func.sum(REPLIES.c.size).over(order_by=age) - REPLIES.c.size
    oldest = select(REPLIES.c.id, before_it.label("bytes")).order_by(*age).limit(at_most).subquery()
    doomed = select(oldest.c.id).where(oldest.c.bytes < held - most_bytes)
    dropped = await connection.execute(delete(REPLIES).where(REPLIES.c.id.in_(doomed.scalar_subquery())))
    return dropped.rowcount
