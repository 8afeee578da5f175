"""PostgreSQL: one pool for each process, one transaction for each request or job, every wait with an end."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from typing import Any, Final

import msgspec
import psycopg
import sqlalchemy.exc
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from storage.failures import StorageDown

_CONNECT_SECONDS: Final = 3
_POOL_WAIT_SECONDS: Final = 5.0
_STATEMENT: Final = timedelta(seconds=30)
_IDLE_IN_TRANSACTION: Final = timedelta(minutes=5)  # somebody died between two statements; their locks go free

# A server that vanishes without a word is noticed after 30 + 3 * 5 idle seconds, or 10 s after data went unanswered.
_KEEPALIVE: Final = {
    "keepalives": 1,
    "keepalives_idle": 30,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}


def driver_url(database_url: str) -> URL:
    """Any PostgreSQL URL, such as hosting companies hand out, for psycopg 3. Raises ValueError for anything else."""
    try:
        url = make_url(database_url)
    except sqlalchemy.exc.ArgumentError as error:
        raise ValueError("DATABASE_URL can't be read: write postgresql://user:password@host/database") from error
    if url.drivername.partition("+")[0] not in {"postgresql", "postgres"}:
        raise ValueError(f"DATABASE_URL wants a PostgreSQL server, not {url.drivername}")
    return url.set(drivername="postgresql+psycopg")


def create_engine(
    database_url: str, *, connections: int = 10, statement_timeout: timedelta = _STATEMENT, name: str = "travelhub"
) -> AsyncEngine:
    """At most `connections` from this process; `name` is what the server's list of sessions shows.

    JSON columns take anything that msgspec writes. What the URL itself says about a connection stays as it says.
    Raises ValueError for a URL that is not PostgreSQL's.
    """
    url = driver_url(database_url)
    ours = _KEEPALIVE | {
        "connect_timeout": _CONNECT_SECONDS,
        "application_name": name,
        "options": f"-c statement_timeout={_millis(statement_timeout)}"
        f" -c idle_in_transaction_session_timeout={_millis(_IDLE_IN_TRANSACTION)}",
    }
    return create_async_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=_POOL_WAIT_SECONDS,
        pool_pre_ping=True,
        connect_args={key: value for key, value in ours.items() if key not in url.query},
        json_serializer=_written,
        json_deserializer=msgspec.json.decode,
    )


@asynccontextmanager
async def transaction(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """All or nothing. Raises StorageDown when PostgreSQL is away, overloaded or took too long."""
    with postgres_failures():
        async with engine.begin() as connection:
            yield connection


@contextmanager
def postgres_failures() -> Iterator[None]:
    """What may pass by waiting becomes StorageDown; a mistake of ours (a wrong column, a broken rule) stays itself.

    psycopg's own errors come from COPY, which goes past SQLAlchemy.
    """
    try:
        yield
    except (sqlalchemy.exc.OperationalError, sqlalchemy.exc.InterfaceError, sqlalchemy.exc.TimeoutError) as error:
        raise StorageDown(f"PostgreSQL: {_first_line(error)}") from error
    except (psycopg.OperationalError, psycopg.InterfaceError) as error:
        raise StorageDown(f"PostgreSQL: {_first_line(error)}") from error


def _first_line(error: Exception) -> str:
    """Without the statement and its values, which may be a traveller's."""
    cause = getattr(error, "orig", None) or error
    return str(cause).partition("\n")[0]


def _millis(duration: timedelta) -> int:
    return duration // timedelta(milliseconds=1)


def _written(value: Any) -> str:
    return msgspec.json.encode(value).decode()
