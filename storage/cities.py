"""The cities that airports serve."""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.places import City, Point
from storage import copy
from storage.tables import CITIES

_PLAIN: Final = ("code", "name", "country", "population", "timezone")
_COLUMNS: Final = (*_PLAIN, "latitude", "longitude")


async def replace(connection: AsyncConnection, cities: Iterable[City]) -> int:
    """Hold these and no others; how many. Nothing refers to a city, so one that is gone is not kept."""
    await connection.execute(delete(CITIES))
    return await copy.upsert(connection, CITIES, _COLUMNS, (_row(city) for city in cities))


async def every(connection: AsyncConnection) -> tuple[City, ...]:
    """In the order of their codes."""
    found = await connection.execute(select(CITIES).order_by(CITIES.c.code))
    return tuple(
        City(
            **{name: row[name] for name in _PLAIN},
            location=Point(latitude=row["latitude"], longitude=row["longitude"]),
        )
        for row in found.mappings()
    )


def _row(city: City) -> tuple[object, ...]:
    return (*(getattr(city, name) for name in _PLAIN), city.location.latitude, city.location.longitude)
