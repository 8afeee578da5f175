"""Searches that somebody has created and wants to hear of when they have their answer."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.ids import short_id
from domain.searches import Search
from domain.webhooks import EventType
from storage.client_events import ClientEvent, tell
from storage.webhook_tables import AWAITED_SEARCHES

AWAITED_FOR: Final = timedelta(hours=1)  # a search that has not ended by then was given up by everybody
_OF: Final = AWAITED_SEARCHES.c


async def await_end(connection: AsyncConnection, search_id: str, *, owner: str, now: datetime) -> None:
    row = {"search_id": search_id, "owner": owner, "since": now}
    await connection.execute(
        insert(AWAITED_SEARCHES).values(row).on_conflict_do_update(index_elements=["search_id", "owner"], set_=row)
    )


async def tell_ended(connection: AsyncConnection, search: Search, *, now: datetime) -> None:
    """Whoever waits for this one is told; one that has not ended is waited for. The same answer is told once."""
    if not search.ended:
        return
    for owner in await _taken(connection, search.id):
        await tell(connection, _event(search, owner, now))


async def drop_old(connection: AsyncConnection, *, before: datetime) -> int:
    dropped = await connection.execute(delete(AWAITED_SEARCHES).where(_OF.since < before))
    return dropped.rowcount


def _event(search: Search, owner: str, now: datetime) -> ClientEvent:
    facts = {
        "search_id": search.id,
        "vertical": search.query.vertical,
        "status": search.status,
        "results": len(search.results),
        "location": f"/v1/searches/{search.id}",
    }
    return ClientEvent(
        id=short_id(f"search {search.id} {search.started_at.isoformat()} {owner}"),
        owner=owner,
        type=EventType.SEARCH_COMPLETED,
        at=now,
        payload={"type": EventType.SEARCH_COMPLETED, "timestamp": now.isoformat(), "data": facts},
    )


async def _taken(connection: AsyncConnection, search_id: str) -> tuple[str, ...]:
    found = await connection.execute(select(_OF.owner).where(_OF.search_id == search_id).with_for_update())
    owners = tuple(found.scalars())
    if owners:
        await connection.execute(delete(AWAITED_SEARCHES).where(_OF.search_id == search_id, _OF.owner.in_(owners)))
    return owners
