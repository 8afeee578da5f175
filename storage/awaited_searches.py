"""Searches that somebody has created and wants to hear of when they have their answer."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.webhook_tables import AWAITED_SEARCHES

AWAITED_FOR: Final = timedelta(hours=1)  # a search that has not ended by then was given up by everybody
_OF: Final = AWAITED_SEARCHES.c


async def await_end(connection: AsyncConnection, search_id: str, *, owner: str, now: datetime) -> None:
    row = {"search_id": search_id, "owner": owner, "since": now}
    await connection.execute(
        insert(AWAITED_SEARCHES).values(row).on_conflict_do_update(index_elements=["search_id", "owner"], set_=row)
    )


async def take(connection: AsyncConnection, search_id: str) -> tuple[str, ...]:
    """Whoever waits for this one, and is told now."""
    found = await connection.execute(select(_OF.owner).where(_OF.search_id == search_id).with_for_update())
    owners = tuple(found.scalars())
    if owners:
        await connection.execute(delete(AWAITED_SEARCHES).where(_OF.search_id == search_id, _OF.owner.in_(owners)))
    return owners


async def drop_old(connection: AsyncConnection, *, before: datetime) -> int:
    dropped = await connection.execute(delete(AWAITED_SEARCHES).where(_OF.since < before))
    return dropped.rowcount
