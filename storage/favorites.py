"""What people want to find again."""

from typing import Any, Final

from sqlalchemy import Row, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people import Favorite, FavoriteKind
from storage.people_tables import FAVORITES

_OF: Final = FAVORITES.c


async def add(connection: AsyncConnection, owner: str, new: Favorite) -> tuple[Favorite, bool]:
    """The one that is there, and whether it is the new one; a new note replaces the old."""
    row = {
        "id": new.id,
        "owner": owner,
        "kind": new.kind,
        "about": new.about,
        "note": new.note,
        "created_at": new.created_at,
    }
    wanted = insert(FAVORITES).values(row)
    kept = await connection.execute(
        wanted.on_conflict_do_update(
            index_elements=["owner", "kind", "about"], set_={"note": wanted.excluded.note}
        ).returning(FAVORITES)
    )
    favorite = _favorite(kept.one())
    return favorite, favorite.id == new.id


async def of_owner(connection: AsyncConnection, owner: str) -> tuple[Favorite, ...]:
    found = await connection.execute(select(FAVORITES).where(_OF.owner == owner))
    return tuple(map(_favorite, found))


async def count(connection: AsyncConnection, owner: str) -> int:
    return (await connection.execute(select(func.count()).where(_OF.owner == owner))).scalar_one()


async def remove(connection: AsyncConnection, owner: str, favorite_id: str) -> bool:
    gone = await connection.execute(delete(FAVORITES).where(_OF.owner == owner, _OF.id == favorite_id))
    return bool(gone.rowcount)


def _favorite(row: "Row[Any]") -> Favorite:
    return Favorite(id=row.id, kind=FavoriteKind(row.kind), about=row.about, note=row.note, created_at=row.created_at)
