"""The report of what suppliers have begun and stopped to say."""

import asyncio
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from sqlalchemy.engine import make_url

from adapters.kit.registry import suppliers
from cli import drift
from cli.stops import Stop
from storage.drift import GONE_AFTER, SeenField, Standing, note
from storage.embedded import Servers
from storage.engine import create_engine, transaction
from storage.migrate import downgrade
from tests.builders import ALBATROSS, NOW


async def samples(database_url: str, supplier: str) -> None:
    """One with a field that nobody knows, and then many without the price."""
    engine = create_engine(database_url, connections=1)
    price = SeenField(kind="number", standing=Standing.READ)
    strange = SeenField(kind="text", standing=Standing.UNKNOWN)
    for sample in range(GONE_AFTER + 1):
        seen, missed = ({}, ("price",)) if sample else ({"price": price, "co2": strange}, ())
        async with transaction(engine) as connection:
            await note(connection, supplier, "search", seen=seen, missed=missed, at=NOW)
    await engine.dispose()


def printed(*parts: object) -> str:
    console = Console(file=StringIO(), width=160)
    with console.capture() as shown:
        console.print(*parts)
    return shown.get()


def test_unknown_and_lost_fields_are_listed_with_when_they_were_seen(database_url: str) -> None:
    asyncio.run(samples(database_url, ALBATROSS))
    found = drift.found(database_url)
    lines = [line.split() for line in printed(drift.table(found)).splitlines()[1:]]
    day = f"{NOW:%Y-%m-%d}"
    assert lines == [
        [ALBATROSS, "search", "co2", "text", "unknown", "1", day, day],
        [ALBATROSS, "search", "price", "number", "gone", "1", day, day],
    ]
    assert drift.summary(found).startswith("Unknown fields: 1; gone: 1.")


def test_one_suppliers_report_is_its_own(database_url: str) -> None:
    slug = next(iter(suppliers()))
    asyncio.run(samples(database_url, ALBATROSS))
    assert drift.found(database_url, slug) == ()
    asyncio.run(samples(database_url, slug))
    assert {finding.supplier for finding in drift.found(database_url, slug)} == {slug}


def test_nothing_found_is_said_too() -> None:
    assert drift.summary(()) == "All that was seen is known, and all that is known was seen."


def test_the_database_of_a_travelhub_that_runs_here_is_found_by_its_folder(servers: Servers, tmp_path: Path) -> None:
    data = Path(str(make_url(servers.database_url).query["host"])).parent
    assert drift.found(drift.database("", data)) == ()
    assert drift.database("postgresql://elsewhere/x", data) == "postgresql://elsewhere/x"
    with pytest.raises(Stop, match="no TravelHub is running"):
        drift.database("", tmp_path)


def test_a_database_of_an_older_version_is_told_from_an_empty_report(database_url: str) -> None:
    downgrade(database_url, "0001")
    with pytest.raises(Stop, match="travelhub migrate"):
        drift.found(database_url)


@pytest.mark.parametrize(
    ("url", "slug", "why"),
    [
        ("postgresql://nobody@127.0.0.1:9/nothing", None, "PostgreSQL: "),
        ("mysql://me:secret@127.0.0.1/x", None, "wants a PostgreSQL server"),
        ("nonsense", None, "can't be read"),
        ("postgresql://nobody@127.0.0.1:9/nothing", "nobody", "No supplier is called nobody"),
    ],
)
def test_what_stands_in_the_way_is_one_sentence(url: str, slug: str | None, why: str) -> None:
    with pytest.raises(Stop, match=why) as stop:
        drift.found(url, slug)
    assert "secret" not in str(stop.value)
    assert "\n" not in str(stop.value)
