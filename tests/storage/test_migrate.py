"""The schema: migrations and tables say the same, up and down, also when many start at once."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from storage.failures import StorageDown
from storage.migrate import current, downgrade, upgrade
from storage.migrations import versions
from storage.tables import METADATA

LATEST = max(path.name for path in Path(versions.__path__[0]).glob("[0-9]*.py"))[:4]


def differences(database_url: str) -> list[object]:
    engine = sqlalchemy.create_engine(database_url)
    try:
        with engine.connect() as connection:
            return list(compare_metadata(MigrationContext.configure(connection), METADATA))
    finally:
        engine.dispose()


def run(database_url: str, statement: str) -> list[tuple[object, ...]]:
    engine = sqlalchemy.create_engine(database_url)
    try:
        with engine.begin() as connection:
            result = connection.execute(sqlalchemy.text(statement))
            return [tuple(row) for row in result] if result.returns_rows else []
    finally:
        engine.dispose()


def tables(database_url: str) -> set[object]:
    return {name for (name,) in run(database_url, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}


ZURICH = """
INSERT INTO airports (iata, name, city, country, timezone, latitude, longitude, source, first_seen_at, last_seen_at)
VALUES ('ZRH', 'Zürich', 'Zürich', 'CH', 'Europe/Zurich', 47.46, 8.55, 'test', now(), now())
"""


def test_the_migrated_schema_is_the_schema_that_the_code_knows(database_url: str) -> None:
    assert differences(database_url) == []


def test_the_comparison_would_notice_a_forgotten_column(database_url: str) -> None:
    run(database_url, "ALTER TABLE airports DROP COLUMN elevation_feet")
    assert "elevation_feet" in str(differences(database_url))


def test_down_to_nothing_and_up_again_with_data_in_the_books(database_url: str) -> None:
    run(database_url, ZURICH)
    assert current(database_url) == LATEST
    downgrade(database_url, "base")
    assert tables(database_url) == {"alembic_version"}
    assert current(database_url) is None
    upgrade(database_url)
    assert differences(database_url) == []
    run(database_url, ZURICH)
    upgrade(database_url)
    assert run(database_url, "SELECT iata FROM airports") == [("ZRH",)]


def test_processes_that_start_together_migrate_once(database_url: str) -> None:
    downgrade(database_url, "base")
    with ThreadPoolExecutor(6) as starters:
        outcomes = [starters.submit(upgrade, database_url) for _ in range(6)]
    assert [outcome.exception() for outcome in outcomes] == [None] * 6
    assert current(database_url) == LATEST


def test_a_database_that_is_away_is_said_so_in_our_own_words() -> None:
    with pytest.raises(StorageDown, match="PostgreSQL"):
        upgrade("postgresql://nobody@/travelhub?host=/nowhere")
