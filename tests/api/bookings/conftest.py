"""One API process for all tests of a module: bookings of different people don't meet, so each test has its own."""

from collections.abc import AsyncIterator, Iterator

import psycopg
import pytest
import redis
from psycopg import sql
from sqlalchemy.engine import make_url

from storage.embedded import Servers
from storage.engine import create_engine
from tests.api.hub import Hub, filled, hub


@pytest.fixture(scope="module")
def shared_database(servers: Servers, request: pytest.FixtureRequest) -> Iterator[str]:
    template = make_url(servers.database_url)
    fresh = template.set(database=request.module.__name__.rpartition(".")[2])
    names = sql.Identifier(str(fresh.database)), sql.Identifier(str(template.database))
    with psycopg.connect(
        host=str(template.query["host"]), port=str(template.query["port"]), user=template.username, dbname="postgres",
        autocommit=True, connect_timeout=5,
    ) as connection:  # fmt: skip
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(*names))
        yield fresh.render_as_string(hide_password=False)
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(names[0]))


@pytest.fixture(scope="module")
async def api(shared_database: str, servers: Servers) -> AsyncIterator[Hub]:
    with redis.Redis.from_url(servers.redis_url) as client:
        client.flushall()
    engine = create_engine(shared_database, connections=1, name="travelhub tests")
    await filled(engine)
    await engine.dispose()
    async with hub(database_url=shared_database, redis_url=servers.redis_url) as running:
        yield running
