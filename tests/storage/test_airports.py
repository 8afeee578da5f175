"""Airports: held once, kept when they vanish, whoever told of them."""

from datetime import UTC, datetime, timedelta

import msgspec
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.places import Airport
from storage import airports
from storage.engine import transaction
from tests.builders import airport
from tests.builders import airports as all_airports

MONDAY = datetime(2027, 1, 4, 3, tzinfo=UTC)
DAY = timedelta(days=1)


async def sync(engine: AsyncEngine, *seen: Airport, source: str = "open", at: datetime = MONDAY) -> int:
    """One whole sync: its rows, then what it missed; how many vanished."""
    async with transaction(engine) as connection:
        await airports.upsert(connection, seen, source=source, seen_at=at)
        return (await airports.mark_vanished(connection, source=source, before=at, at=at)).marked


async def listed(engine: AsyncEngine) -> dict[str, airports.ListedAirport]:
    async with transaction(engine) as connection:
        return {each.airport.iata: each for each in await airports.every(connection)}


async def test_what_was_stored_comes_back_as_it_was_in_the_order_of_the_codes(engine: AsyncEngine) -> None:
    bare = msgspec.structs.replace(airport("ZRH"), icao=None, city_code=None, elevation_feet=None, subdivision="ZH")
    others = [one for one in all_airports() if one.iata != "ZRH"]
    await sync(engine, bare, *others)
    async with transaction(engine) as connection:
        held = await airports.every(connection)
        assert await airports.count(connection) == len(others) + 1
    assert [each.airport for each in held] == sorted([bare, *others], key=lambda one: one.iata)
    assert {each.vanished_at for each in held} == {None}


async def test_the_same_sync_twice_changes_nothing(engine: AsyncEngine) -> None:
    await sync(engine, *all_airports())
    once = await listed(engine)
    assert await sync(engine, *all_airports(), at=MONDAY + DAY) == 0
    assert await listed(engine) == once


async def test_a_new_name_is_taken_over(engine: AsyncEngine) -> None:
    await sync(engine, airport("BER", name="Schönefeld"))
    await sync(engine, airport("BER"), at=MONDAY + DAY)
    assert (await listed(engine))["BER"].airport == airport("BER")


async def test_an_airport_that_its_source_lists_no_more_is_kept_and_marked_once(engine: AsyncEngine) -> None:
    await sync(engine, airport("BER"), airport("ZRH"))
    assert await sync(engine, airport("ZRH"), at=MONDAY + DAY) == 1
    assert await sync(engine, airport("ZRH"), at=MONDAY + 2 * DAY) == 0
    held = await listed(engine)
    assert held["BER"].vanished_at == MONDAY + DAY
    assert held["ZRH"].vanished_at is None
    async with transaction(engine) as connection:
        assert await airports.count(connection) == 1


async def test_an_airport_that_comes_back_is_missed_no_more(engine: AsyncEngine) -> None:
    await sync(engine, airport("BER"), airport("ZRH"))
    assert await sync(engine, airport("ZRH"), at=MONDAY + DAY) == 1
    await sync(engine, airport("BER"), airport("ZRH"), at=MONDAY + 2 * DAY)
    assert (await listed(engine))["BER"].vanished_at is None


async def test_a_source_that_has_lost_most_of_the_world_is_not_believed(engine: AsyncEngine) -> None:
    await sync(engine, *all_airports())
    async with transaction(engine) as connection:
        await airports.upsert(connection, [airport("ZRH")], source="open", seen_at=MONDAY + DAY)
        missing = await airports.mark_vanished(connection, source="open", before=MONDAY + DAY, at=MONDAY + DAY)
    assert (missing.marked, missing.spared) == (0, len(all_airports()) - 1)
    assert {each.vanished_at for each in (await listed(engine)).values()} == {None}


async def test_a_new_source_does_not_make_what_it_never_knew_vanish(engine: AsyncEngine) -> None:
    await sync(engine, airport("BER"), airport("ZRH"), airport("LDH"))
    assert await sync(engine, airport("BER"), airport("ZRH"), source="supplier", at=MONDAY + DAY) == 0
    held = await listed(engine)
    assert {code: each.source for code, each in held.items()} == {"BER": "supplier", "ZRH": "supplier", "LDH": "open"}
    assert {each.vanished_at for each in held.values()} == {None}


async def test_each_source_misses_only_what_it_told_of_last(engine: AsyncEngine) -> None:
    await sync(engine, airport("BER"), airport("LDH"))
    await sync(engine, airport("BER"), airport("ZRH"), source="supplier", at=MONDAY + DAY)
    assert await sync(engine, airport("BER"), source="supplier", at=MONDAY + 2 * DAY) == 1
    assert await sync(engine, airport("BER"), airport("LDH"), at=MONDAY + 3 * DAY) == 0
    held = await listed(engine)
    assert held["ZRH"].vanished_at == MONDAY + 2 * DAY
    assert held["BER"].source == "open"


async def test_pages_of_one_sync_do_not_miss_each_others_airports(engine: AsyncEngine) -> None:
    async with transaction(engine) as connection:
        for page in (("BER", "ZRH"), ("LHR", "JFK")):
            await airports.upsert(connection, [airport(code) for code in page], source="open", seen_at=MONDAY)
        missing = await airports.mark_vanished(connection, source="open", before=MONDAY, at=MONDAY)
    assert (missing.marked, missing.spared) == (0, 0)


async def test_two_airports_under_one_code_are_not_lost_quietly(engine: AsyncEngine) -> None:
    async with transaction(engine) as connection:
        both = [airport("BER", name="Tegel"), airport("ZRH"), airport("BER"), airport("ZRH")]
        skipped = await airports.upsert(connection, both, source="open", seen_at=MONDAY)
    assert [(record.where, record.why) for record in skipped] == [("BER Tegel", "Berlin Brandenburg has the same code")]
    assert (await listed(engine))["BER"].airport.name == "Berlin Brandenburg"
