"""Airlines: each once, though codes are used again and every source writes the name its own way."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.places import Airline
from storage import airlines
from storage.airlines import identity, one_each
from storage.engine import transaction
from tests.builders import airline

MONDAY = datetime(2027, 1, 4, 3, tzinfo=UTC)
DAY = timedelta(days=1)
ENDED = airline(name="British Aviation Works", active=False)


async def sync(engine: AsyncEngine, *pages: list[Airline], source: str = "open", at: datetime = MONDAY) -> list[str]:
    """One whole sync; who was left out."""
    left_out = []
    for page in pages:
        async with transaction(engine) as connection:
            skipped = await airlines.upsert(connection, page, source=source, seen_at=at)
            left_out += [record.where for record in skipped]
    async with transaction(engine) as connection:
        await airlines.mark_vanished(connection, source=source, before=at, at=at)
    return left_out


async def listed(engine: AsyncEngine) -> list[airlines.ListedAirline]:
    async with transaction(engine) as connection:
        return list(await airlines.every(connection))


async def names(engine: AsyncEngine) -> list[str]:
    return [each.airline.name for each in await listed(engine)]


def test_the_icao_designator_is_the_airline_whatever_its_name() -> None:
    assert identity(airline(name="British Airways p.l.c.")) == identity(airline()) == "BAW"


def test_without_one_the_name_counts_but_not_how_it_is_written() -> None:
    one, other = (
        airline(iata="3X", icao=None, name="Aérò-Link  Co."),
        airline(iata="3X", icao=None, name="AERO LINK CO"),
    )
    assert identity(one) == identity(other) == "3X aero link co"
    assert identity(one) != identity(airline(iata="3X", icao=None, name="Japan Air Commuter"))


async def test_what_was_stored_comes_back_as_it_was_by_designator(engine: AsyncEngine) -> None:
    swiss = airline(iata="LX", icao="SWR", name="Swiss", country="CH", callsign=None, active=None)
    charter = airline(iata=None, icao="ZZZ", name="Zed Charter", country=None, active=False)
    local = airline(iata="3X", icao=None, name="Aero Link")
    assert await sync(engine, [swiss, charter, airline(), local]) == []
    assert [each.airline for each in await listed(engine)] == [local, airline(), swiss, charter]
    async with transaction(engine) as connection:
        assert await airlines.count(connection) == 4


async def test_a_change_of_source_lists_no_airline_twice(engine: AsyncEngine) -> None:
    await sync(engine, [airline(), airline(iata="LX", icao="SWR", name="Swiss")])
    await sync(engine, [airline(name="British Airways p.l.c.")], source="supplier", at=MONDAY + DAY)
    held = await listed(engine)
    assert [(each.airline.name, each.source, each.vanished_at) for each in held] == [
        ("British Airways p.l.c.", "supplier", None),
        ("Swiss", "open", None),
    ]


async def test_an_airline_that_its_source_lists_no_more_is_kept_and_marked(engine: AsyncEngine) -> None:
    await sync(engine, [airline(), airline(iata="AB", icao="BER", name="Air Berlin")])
    await sync(engine, [airline()], at=MONDAY + DAY)
    assert {each.airline.name: each.vanished_at for each in await listed(engine)} == {
        "British Airways": None,
        "Air Berlin": MONDAY + DAY,
    }


async def test_an_airline_under_a_used_iata_code_stands_beside_the_one_that_had_it(engine: AsyncEngine) -> None:
    assert await sync(engine, [airline(), airline(icao="BXX", name="Baxter Air")]) == []
    assert await names(engine) == ["British Airways", "Baxter Air"]


async def test_the_living_airline_keeps_its_designator_on_one_page(engine: AsyncEngine) -> None:
    assert await sync(engine, [ENDED, airline()]) == ["BAW British Aviation Works"]
    assert await names(engine) == ["British Airways"]


async def test_the_living_airline_keeps_its_designator_over_two_pages_in_any_order(engine: AsyncEngine) -> None:
    assert await sync(engine, [airline()], [ENDED]) == ["BAW British Aviation Works"]
    assert await names(engine) == ["British Airways"]
    assert await sync(engine, [ENDED], [airline()], at=MONDAY + DAY) == ["BAW British Aviation Works"]
    assert await names(engine) == ["British Airways"]


async def test_a_page_that_comes_twice_names_nobody(engine: AsyncEngine) -> None:
    assert await sync(engine, [airline()], [airline()]) == []


async def test_an_airline_that_ended_since_yesterday_is_brought_up_to_date(engine: AsyncEngine) -> None:
    await sync(engine, [airline()])
    await sync(engine, [airline(active=False)], at=MONDAY + DAY)
    (held,) = await listed(engine)
    assert held.airline.active is False


AIRLINES = some.builds(
    airline,
    icao=some.sampled_from(["BAW", "SWR", None]),
    name=some.sampled_from(["One", "Two", "one."]),
    active=some.sampled_from([True, False, None]),
)


@given(some.lists(AIRLINES, max_size=8), some.integers(0, 8))
def test_every_record_is_either_kept_repeated_or_named(listed: list[Airline], cut: int) -> None:
    first, named_first = one_each(listed[:cut], {})
    standing = {identity(one): one for one in first}
    second, named_second = one_each(listed[cut:], standing)
    kept = standing | {identity(one): one for one in second}
    assert kept.keys() == {identity(one) for one in listed}
    assert all(one in listed for one in kept.values())
    assert len(kept) + len(named_first) + len(named_second) <= len(listed)
    assert len(kept) + len(named_first) + len(named_second) >= len(set(listed))
