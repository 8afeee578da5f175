"""What was asked and what came of it, for as long as the replies are kept that it was made of."""

from datetime import datetime
from typing import Final

import msgspec
import zstandard
from sqlalchemy import delete, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.fetches import Fetch
from storage.tables import FETCHES

_decode: Final = msgspec.json.Decoder(Fetch).decode
_MOST_READ: Final = 50  # fetches, to find one offer in


async def keep(connection: AsyncConnection, fetch: Fetch) -> None:
    """The latest version of each fetch stays."""
    document = zstandard.compress(msgspec.json.encode(fetch), 3)
    told = insert(FETCHES).values(
        search_id=fetch.search_id, started_at=fetch.started_at, version=fetch.version, document=document
    )
    changed = {"version": told.excluded.version, "document": told.excluded.document}
    newer = told.excluded.version >= FETCHES.c.version
    await connection.execute(
        told.on_conflict_do_update(index_elements=["search_id", "started_at"], set_=changed, where=newer)
    )


async def latest(connection: AsyncConnection, search_id: str) -> Fetch | None:
    """None where none was kept, or it is forgotten already."""
    return next(iter(await _newest(connection, search_id, at_most=1)), None)


async def with_offer(connection: AsyncConnection, search_id: str, offer_id: str, fetched_at: datetime) -> Fetch | None:
    """The latest fetch in which the offer stood as it was told then."""
    for fetch in await _newest(connection, search_id, at_most=_MOST_READ):
        if any(one.id == offer_id and one.fetched_at == fetched_at for one in fetch.offers):
            return fetch
    return None


async def drop_old(connection: AsyncConnection, *, before: datetime, at_most: int = 1_000) -> int:
    """Drop what began before then, the oldest first and a bounded number at a time; how many."""
    key = (FETCHES.c.search_id, FETCHES.c.started_at)
    doomed = (
        select(*key)
        .where(FETCHES.c.started_at < before)
        .order_by(FETCHES.c.started_at, FETCHES.c.search_id)
        .limit(at_most)
        .with_for_update(skip_locked=True)
    )
    dropped = await connection.execute(delete(FETCHES).where(tuple_(*key).in_(doomed)))
    return dropped.rowcount


async def _newest(connection: AsyncConnection, search_id: str, *, at_most: int) -> tuple[Fetch, ...]:
    wanted = select(FETCHES.c.document).where(FETCHES.c.search_id == search_id)
    found = await connection.execute(wanted.order_by(FETCHES.c.started_at.desc()).limit(at_most))
    return tuple(_decode(zstandard.decompress(document)) for document in found.scalars())
