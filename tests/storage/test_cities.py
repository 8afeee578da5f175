"""The cities that airports serve, as they are held."""

import msgspec
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.places import City, Point
from storage import cities
from storage.engine import transaction

LONDON = City(
    code="LON",
    name="London",
    country="GB",
    location=Point(latitude=51.5085, longitude=-0.1257),
    population=8_961_989,
    timezone="Europe/London",
)
PARIS = City(
    code="PAR",
    name="Paris",
    country="FR",
    location=Point(latitude=48.8534, longitude=2.3488),
    population=2_138_551,
    timezone="Europe/Paris",
)


async def test_cities_come_back_as_they_were_told(engine: AsyncEngine) -> None:
    async with transaction(engine) as connection:
        assert await cities.replace(connection, [PARIS, LONDON]) == 2
        assert await cities.every(connection) == (LONDON, PARIS)


async def test_a_newer_list_takes_the_place_of_the_older_one(engine: AsyncEngine) -> None:
    grown = msgspec.structs.replace(LONDON, population=9_000_000)
    async with transaction(engine) as connection:
        await cities.replace(connection, [PARIS, LONDON])
    async with transaction(engine) as connection:
        await cities.replace(connection, [grown])
    async with transaction(engine) as connection:
        assert await cities.every(connection) == (grown,)
