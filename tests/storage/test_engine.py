"""The connection to PostgreSQL: any URL that a host hands out, all or nothing, one word for every failure."""

from datetime import timedelta
from urllib.parse import urlsplit

import psycopg
import pytest
import sqlalchemy.exc
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from storage import health
from storage.embedded import Servers
from storage.engine import create_engine, driver_url, transaction
from storage.failures import StorageDown

ZURICH = text(
    "INSERT INTO airports (iata, name, city, country, timezone, latitude, longitude, source, first_seen_at, last_seen_at)"
    " VALUES ('ZRH', 'Zürich', 'Zürich', 'CH', 'Europe/Zurich', 47.46, 8.55, 'test', now(), now())"
)


async def one(engine: AsyncEngine, statement: str) -> object:
    async with transaction(engine) as connection:
        return (await connection.execute(text(statement))).scalar_one()


@pytest.mark.parametrize(
    "given",
    [
        "postgres://user:p%40ss@db.example:6432/travel?sslmode=require",
        "postgresql://user:p%40ss@db.example:6432/travel?sslmode=require",
        "postgresql+psycopg://user:p%40ss@db.example:6432/travel?sslmode=require",
        "postgresql+asyncpg://user:p%40ss@db.example:6432/travel?sslmode=require",
    ],
)
def test_every_way_to_write_a_postgresql_url_reaches_the_same_server(given: str) -> None:
    url = driver_url(given)
    assert url.drivername == "postgresql+psycopg"
    assert (url.username, url.password, url.host, url.port, url.database) == (
        "user",
        "p@ss",
        "db.example",
        6432,
        "travel",
    )
    assert url.query["sslmode"] == "require"


@pytest.mark.parametrize("given", ["mysql://db/travel", "sqlite:///travel.db", "redis://localhost"])
def test_another_kind_of_server_is_refused(given: str) -> None:
    with pytest.raises(ValueError, match=f"not {urlsplit(given).scheme}"):
        driver_url(given)


def test_an_unreadable_url_is_refused_without_repeating_its_password() -> None:
    with pytest.raises(ValueError, match="postgresql://user:password@host/database") as refusal:
        driver_url("secret at nowhere")
    assert "secret" not in str(refusal.value)


async def test_a_session_is_named_and_its_waits_have_an_end(engine: AsyncEngine) -> None:
    assert await one(engine, "SHOW application_name") == "travelhub tests"
    assert await one(engine, "SHOW statement_timeout") == "30s"
    assert await one(engine, "SHOW idle_in_transaction_session_timeout") == "5min"


async def test_what_the_url_says_about_a_connection_counts(database_url: str) -> None:
    engine = create_engine(f"{database_url}&application_name=mine", connections=1)
    assert await one(engine, "SHOW application_name") == "mine"
    await engine.dispose()


async def test_a_transaction_is_all_or_nothing(engine: AsyncEngine) -> None:
    async with transaction(engine) as connection:
        await connection.execute(ZURICH)

    async def in_vain() -> None:
        async with transaction(engine) as connection:
            await connection.execute(text("DELETE FROM airports"))
            raise LookupError("the second step failed")

    with pytest.raises(LookupError):
        await in_vain()
    assert await one(engine, "SELECT count(*) FROM airports") == 1


async def test_a_mistake_of_ours_stays_what_it_is(engine: AsyncEngine) -> None:
    with pytest.raises(sqlalchemy.exc.ProgrammingError):
        await one(engine, "SELECT nothing FROM nowhere")
    async with transaction(engine) as connection:
        await connection.execute(ZURICH)
    with pytest.raises(sqlalchemy.exc.IntegrityError):
        async with transaction(engine) as connection:
            await connection.execute(ZURICH)


async def test_a_statement_that_takes_too_long_is_given_up(database_url: str) -> None:
    engine = create_engine(database_url, connections=1, statement_timeout=timedelta(milliseconds=50))
    with pytest.raises(StorageDown, match="statement timeout"):
        await one(engine, "SELECT pg_sleep(30)")
    await engine.dispose()


async def test_a_broken_connection_says_nothing_of_what_was_written(engine: AsyncEngine) -> None:
    with pytest.raises(StorageDown) as failure:
        await one(engine, "SELECT pg_terminate_backend(pg_backend_pid()) AS secret_of_a_traveller")
    assert "secret" not in str(failure.value)


async def test_a_session_that_the_server_closed_is_replaced_unnoticed(database_url: str) -> None:
    engine = create_engine(database_url, connections=1)
    session = await one(engine, "SELECT pg_backend_pid()")
    parts = driver_url(database_url)
    with psycopg.connect(host=str(parts.query["host"]), port="5432", user="postgres", autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [session])
    assert await one(engine, "SELECT pg_backend_pid()") != session
    await engine.dispose()


async def test_health_is_an_answer_or_storage_down(engine: AsyncEngine) -> None:
    await health.ping(engine)
    nowhere = create_engine("postgresql://nobody@/travelhub?host=/nowhere")
    with pytest.raises(StorageDown, match="PostgreSQL"):
        await health.ping(nowhere)
    await nowhere.dispose()


async def test_a_server_that_comes_back_is_used_again(servers: Servers, engine: AsyncEngine) -> None:
    await health.ping(engine)
    servers.postgres.stop()
    try:
        with pytest.raises(StorageDown):
            await health.ping(engine)
    finally:
        servers.postgres.start()
    await health.ping(engine)
