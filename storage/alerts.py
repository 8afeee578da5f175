"""Who wants to hear of lower prices, and what there is to tell them, each thing once."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final

import msgspec
from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.alerts import Alert, next_look
from domain.queries import Query
from storage.client_events import ClientEvent, tell
from storage.tables import ALERT_EVENTS, ALERTS

_OF: Final = ALERTS.c


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """What is told to a caller, as it goes out: `payload` has the form of Standard Webhooks."""

    id: str
    alert_id: str
    caller: str
    type: str
    at: datetime
    payload: dict[str, Any]


async def create(connection: AsyncConnection, alert: Alert) -> Alert:
    """The same wish again is the alert that is there."""
    row = {
        "id": alert.id,
        "caller": alert.caller,
        "search_id": alert.query.id,
        "document": alert,
        "created_at": alert.created_at,
        "ends_at": alert.ends_at,
        "due_at": alert.created_at,
    }
    await connection.execute(insert(ALERTS).values(row).on_conflict_do_nothing())
    return await get(connection, alert.id, caller=alert.caller) or alert


async def get(connection: AsyncConnection, alert_id: str, *, caller: str) -> Alert | None:
    """None for what is not there, and for what is somebody else's."""
    found = await connection.execute(select(_OF.document).where(_OF.id == alert_id, _OF.caller == caller))
    document = found.scalar_one_or_none()
    return None if document is None else _alert(document)


async def of_caller(connection: AsyncConnection, caller: str) -> tuple[Alert, ...]:
    """The newest first."""
    found = await connection.execute(
        select(_OF.document).where(_OF.caller == caller).order_by(_OF.created_at.desc(), _OF.id)
    )
    return tuple(map(_alert, found.scalars()))


async def count(connection: AsyncConnection, caller: str) -> int:
    found = await connection.execute(select(func.count()).where(_OF.caller == caller))
    return found.scalar_one()


async def remove(connection: AsyncConnection, alert_id: str, *, caller: str) -> bool:
    """With everything that was to be told. False where there was none of this caller."""
    removed = await connection.execute(delete(ALERTS).where(_OF.id == alert_id, _OF.caller == caller))
    return bool(removed.rowcount)


async def listening(connection: AsyncConnection, search_id: str, *, now: datetime) -> tuple[Alert, ...]:
    """Those that are not over and wait for this search, until the end of the transaction in nobody else's hands."""
    found = await connection.execute(
        select(_OF.document).where(_OF.search_id == search_id, _OF.ends_at > now).order_by(_OF.id).with_for_update()
    )
    return tuple(map(_alert, found.scalars()))


async def looked_at(connection: AsyncConnection, alert: Alert, events: Iterable[Event], *, now: datetime) -> None:
    """What a look has changed, and what there is to tell."""
    changed = {"document": alert, "due_at": next_look(alert.query, now)}
    await connection.execute(update(ALERTS).where(_OF.id == alert.id).values(changed))
    for event in events:
        await connection.execute(insert(ALERT_EVENTS).values(msgspec.structs.asdict(event)).on_conflict_do_nothing())
        told = ClientEvent(id=event.id, owner=event.caller, type=event.type, at=event.at, payload=event.payload)
        await tell(connection, told)


async def due(connection: AsyncConnection, *, now: datetime, at_most: int) -> tuple[Query, ...]:
    """Questions at which somebody has to look, each once, those that have waited longest first."""
    waiting = (
        select(_OF.search_id, func.min(_OF.due_at).label("since"))
        .where(_OF.due_at <= now, _OF.ends_at > now)
        .group_by(_OF.search_id)
        .order_by("since", _OF.search_id)
        .limit(at_most)
        .subquery()
    )
    found = await connection.execute(
        select(_OF.document)
        .join(waiting, waiting.c.search_id == _OF.search_id)
        .order_by(waiting.c.since, _OF.search_id)
    )
    queries = (_alert(document).query for document in found.scalars())
    return tuple({query.id: query for query in queries}.values())


async def seen_to(connection: AsyncConnection, query: Query, *, now: datetime) -> None:
    """Somebody looks at this question now: all who wait for it wait anew."""
    await connection.execute(update(ALERTS).where(_OF.search_id == query.id).values(due_at=next_look(query, now)))


async def events(connection: AsyncConnection, alert_id: str) -> tuple[Event, ...]:
    """In the order in which they happened."""
    found = await connection.execute(
        select(ALERT_EVENTS).where(ALERT_EVENTS.c.alert_id == alert_id).order_by(ALERT_EVENTS.c.at, ALERT_EVENTS.c.id)
    )
    return tuple(Event(**{**row, "at": row["at"].astimezone(UTC)}) for row in found.mappings())


async def drop_over(connection: AsyncConnection, *, before: datetime) -> int:
    """Forget what was over before then, with what was told; how many."""
    dropped = await connection.execute(delete(ALERTS).where(_OF.ends_at < before))
    return dropped.rowcount


def _alert(document: Any) -> Alert:
    return msgspec.convert(document, Alert)
