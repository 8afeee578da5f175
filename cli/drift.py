"""What suppliers have begun to say, and what they have stopped saying, since their folders were written."""

import asyncio
from pathlib import Path
from typing import Final

from rich.table import Table
from rich.text import Text
from sqlalchemy.exc import ProgrammingError

from adapters.kit.registry import suppliers
from cli.stops import Stop
from storage.drift import Finding, findings
from storage.embedded.postgres import EmbeddedPostgres
from storage.engine import create_engine, transaction
from storage.failures import StorageDown

_DAY: Final = "%Y-%m-%d"


def found(database_url: str, slug: str | None = None) -> tuple[Finding, ...]:
    """The findings for one supplier or for all. Raises Stop."""
    if slug is not None and slug not in suppliers():
        raise Stop(f"No supplier is called {slug}: there are {', '.join(suppliers())}.")
    try:
        return asyncio.run(_found(database_url, slug))
    except StorageDown as error:
        raise Stop(f"{str(error).strip().rstrip('.')}.") from error
    except ProgrammingError as error:
        raise Stop("This database is not of this version: `travelhub migrate` brings it up to date.") from error
    except ValueError as error:
        raise Stop(f"{error}.") from error


def database(database_url: str, data: Path) -> str:
    """DATABASE_URL where it is set, else the embedded database of whoever runs with this data folder. Raises Stop."""
    if database_url:
        return database_url
    sockets = data / "sockets"
    if not any(sockets.glob(".s.PGSQL.*")):
        raise Stop(f"DATABASE_URL is not set, and no TravelHub is running with its data in {data}.")
    return EmbeddedPostgres(data / "postgres", sockets=sockets, log=data / "postgres.log", keep=True).url


def table(told: tuple[Finding, ...]) -> Table:
    """One line for each field."""
    shown = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for heading in ("Supplier", "Operation", "Field", "Type", "What", "Samples", "First seen", "Last seen"):
        shown.add_column(heading)
    for finding in told:
        shown.add_row(
            finding.supplier,
            finding.operation,
            finding.path,
            finding.kind,
            Text("gone", "red") if finding.gone else Text("unknown", "yellow"),
            f"{finding.seen:,}",
            f"{finding.first_seen_at:{_DAY}}",
            f"{finding.last_seen_at:{_DAY}}",
        )
    return shown


def summary(told: tuple[Finding, ...]) -> str:
    """`Unknown fields: 2; gone: 1.`, and what to do about them."""
    if not told:
        return "All that was seen is known, and all that is known was seen."
    gone = sum(finding.gone for finding in told)
    return (
        f"Unknown fields: {len(told) - gone:,}; gone: {gone:,}. What we know and don't read belongs in `passed_over`."
    )


async def _found(database_url: str, slug: str | None) -> tuple[Finding, ...]:
    engine = create_engine(database_url, connections=1, name="travelhub drift")
    try:
        async with transaction(engine) as connection:
            return await findings(connection, slug)
    finally:
        await engine.dispose()
