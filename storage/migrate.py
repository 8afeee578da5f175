"""Brings a database to the schema that this version of TravelHub expects, however many processes try at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import sqlalchemy
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy.pool import NullPool

from storage.engine import driver_url, postgres_failures

_MIGRATIONS: Final = Path(__file__).with_name("migrations")
_LOCK: Final = 7_246_101_512  # any number, as long as it is ours alone
_CONNECT_SECONDS: Final = 10
_LOCK_TIMEOUT: Final = "15min"  # how long another process may migrate in front of us


def upgrade(database_url: str, revision: str = "head") -> None:
    """Raises StorageDown when the server is away, or when somebody else migrates for a quarter of an hour."""
    with _alone(database_url) as connection:
        command.upgrade(_config(connection), revision)


def downgrade(database_url: str, revision: str) -> None:
    """`base` removes everything, data too."""
    with _alone(database_url) as connection:
        command.downgrade(_config(connection), revision)


def current(database_url: str) -> str | None:
    """The revision that the database is at; None for an empty one."""
    with _connected(database_url) as connection:
        return MigrationContext.configure(connection).get_current_revision()


@contextmanager
def _alone(database_url: str) -> Iterator[sqlalchemy.Connection]:
    """All migrations in one transaction, behind a lock that ends with it: whoever comes second finds nothing to do."""
    with _connected(database_url) as connection, connection.begin():
        connection.execute(sqlalchemy.text(f"SET LOCAL lock_timeout = '{_LOCK_TIMEOUT}'"))
        connection.execute(sqlalchemy.select(sqlalchemy.func.pg_advisory_xact_lock(_LOCK)))
        yield connection


@contextmanager
def _connected(database_url: str) -> Iterator[sqlalchemy.Connection]:
    engine = sqlalchemy.create_engine(
        driver_url(database_url),
        poolclass=NullPool,
        connect_args={"connect_timeout": _CONNECT_SECONDS, "application_name": "travelhub migrate"},
    )
    with postgres_failures(), engine.connect() as connection:
        yield connection


def _config(connection: sqlalchemy.Connection) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
