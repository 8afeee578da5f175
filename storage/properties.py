"""How suppliers describe their properties: names and places change by the week, so they are kept between searches."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Final

import msgspec
from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.hotels import Property
from storage import copy
from storage.tables import PROPERTIES

_COLUMNS: Final = ("supplier", "id", "document", "told_at", "good_until")


class ToldProperty(msgspec.Struct, frozen=True, kw_only=True):
    """A property as its supplier described it at `told_at`."""

    content: Property
    told_at: datetime


async def keep(
    connection: AsyncConnection, told: Iterable[Property], *, told_at: datetime, good_until: datetime
) -> int:
    """The newest description of each property stays. How many were written."""
    rows = ((content.supplier, content.id, content, told_at, good_until) for content in told)
    return await copy.upsert(connection, PROPERTIES, _COLUMNS, rows, unless_older_by="told_at")


async def get(
    connection: AsyncConnection, supplier: str, ids: Iterable[str], *, now: datetime
) -> Mapping[str, Property]:
    """Those that are described and whose description is still good, by the supplier's id."""
    wanted = select(PROPERTIES.c.document).where(
        PROPERTIES.c.supplier == supplier, PROPERTIES.c.id.in_(tuple(ids)), PROPERTIES.c.good_until > now
    )
    found = (msgspec.convert(document, Property) for document in (await connection.execute(wanted)).scalars())
    return {content.id: content for content in found}


async def told(connection: AsyncConnection, keys: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], ToldProperty]:
    """Those of these suppliers' properties that were ever described, however long ago, by supplier and its id."""
    wanted = select(PROPERTIES).where(tuple_(PROPERTIES.c.supplier, PROPERTIES.c.id).in_(tuple(keys)))
    return {
        (row.supplier, row.id): ToldProperty(
            content=msgspec.convert(row.document, Property), told_at=row.told_at.astimezone(UTC)
        )
        for row in await connection.execute(wanted)
    }
