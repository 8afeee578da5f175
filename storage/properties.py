"""How suppliers describe their properties: names and places change by the week, so they are kept between searches."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.hotels import Property
from storage import copy
from storage.tables import PROPERTIES

_COLUMNS: Final = ("supplier", "id", "document", "told_at", "good_until")


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
