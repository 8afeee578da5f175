"""Keys of client apps: their names, whose they are, and nothing that would open anything."""

import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people import ApiKey
from storage.people_tables import API_KEYS
from storage.sessions import digest

_OF: Final = API_KEYS.c


async def create(connection: AsyncConnection, owner: str, key: ApiKey, secret: str) -> None:
    await connection.execute(
        insert(API_KEYS).values(id=key.id, owner=owner, name=key.name, digest=digest(secret), created_at=key.created_at)
    )


async def owner_of(connection: AsyncConnection, key_id: str, secret: str) -> str | None:
    found = await connection.execute(select(_OF.owner, _OF.digest).where(_OF.id == key_id))
    row = found.one_or_none()
    if row is None or not hmac.compare_digest(row.digest, digest(secret)):
        return None
    return str(row.owner)


async def of_owner(connection: AsyncConnection, owner: str) -> tuple[ApiKey, ...]:
    """The newest first."""
    found = await connection.execute(select(API_KEYS).where(_OF.owner == owner).order_by(_OF.created_at.desc(), _OF.id))
    return tuple(map(_key, found))


async def count(connection: AsyncConnection, owner: str) -> int:
    return (await connection.execute(select(func.count()).where(_OF.owner == owner))).scalar_one()


async def remove(connection: AsyncConnection, owner: str, key_id: str) -> bool:
    gone = await connection.execute(delete(API_KEYS).where(_OF.owner == owner, _OF.id == key_id))
    return bool(gone.rowcount)


async def used(connection: AsyncConnection, keys: Mapping[str, datetime]) -> None:
    """When each of them was shown last, as far as one process knows."""
    if keys:
        at = bindparam("at", type_=_OF.last_used_at.type)
        later = or_(_OF.last_used_at.is_(None), _OF.last_used_at < at)
        await connection.execute(
            update(API_KEYS).where(_OF.id == bindparam("key"), later).values(last_used_at=at),
            [{"key": key, "at": when} for key, when in keys.items()],
        )


def _key(row: "Row[Any]") -> ApiKey:
    return ApiKey(id=row.id, name=row.name, created_at=row.created_at, last_used_at=row.last_used_at)
