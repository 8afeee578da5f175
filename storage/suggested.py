"""What travellers may mean while they type, as far as the books know: hotels, and how much an airport matters."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import Float, Integer, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.places import Point
from storage.tables import HOTEL_RECORDS, PROPERTIES, ROUTES

MOST_HOTELS: Final = 100_000
_RECORD: Final = HOTEL_RECORDS.c


class KnownHotel(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A hotel as the supplier with most reviews of it tells of it. `suppliers` is how many tell of it."""

    id: str
    name: str
    city: str | None
    country: str | None
    location: Point
    suppliers: int
    reviews: int


class State(msgspec.Struct, frozen=True, kw_only=True):
    """Equal states hold the same hotels, as far as one look at the table can tell."""

    records: int
    judged_at: datetime | None


async def state(connection: AsyncConnection) -> State:
    found = await connection.execute(select(func.count(_RECORD.hotel_id), func.max(_RECORD.judged_at)))
    records, judged_at = found.one()
    return State(records=records, judged_at=judged_at)


async def hotels(connection: AsyncConnection, *, at_most: int = MOST_HOTELS) -> tuple[KnownHotel, ...]:
    """Each hotel once. Of too many those stay that most suppliers and guests tell of."""
    told, reviews = _RECORD.document, func.coalesce(PROPERTIES.c.document["reviews"].astext.cast(Integer), 0)
    records = (
        select(
            _RECORD.hotel_id.label("id"),
            told["name"].astext.label("name"),
            told["city"].astext.label("city"),
            told["country"].astext.label("country"),
            told["location"]["latitude"].astext.cast(Float).label("latitude"),
            told["location"]["longitude"].astext.cast(Float).label("longitude"),
            func.count().over(partition_by=_RECORD.hotel_id).label("suppliers"),
            reviews.label("reviews"),
            func.row_number()
            .over(partition_by=_RECORD.hotel_id, order_by=(reviews.desc(), _RECORD.supplier, _RECORD.id))
            .label("place"),
        )
        .select_from(HOTEL_RECORDS)
        .outerjoin(PROPERTIES, (PROPERTIES.c.supplier == _RECORD.supplier) & (PROPERTIES.c.id == _RECORD.id))
        .where(_RECORD.hotel_id.is_not(None))
        .subquery()
    )
    wanted = select(records).where(records.c.place == 1)
    wanted = wanted.order_by(records.c.suppliers.desc(), records.c.reviews.desc(), records.c.id).limit(at_most)
    return tuple(
        KnownHotel(
            id=row["id"],
            name=row["name"],
            city=row["city"],
            country=row["country"],
            location=Point(latitude=row["latitude"], longitude=row["longitude"]),
            suppliers=row["suppliers"],
            reviews=row["reviews"],
        )
        for row in (await connection.execute(wanted)).mappings()
    )


async def flights_from(connection: AsyncConnection) -> Mapping[str, int]:
    """How many flight numbers leave each airport, as far as routes are known."""
    counted = select(ROUTES.c.origin, func.count().label("flights")).where(ROUTES.c.vanished_at.is_(None))
    found = await connection.execute(counted.group_by(ROUTES.c.origin))
    return {row.origin: row.flights for row in found}
