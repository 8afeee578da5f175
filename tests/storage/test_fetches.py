"""What searches were made of: the latest version stays, and is found by the search and by an offer."""

from datetime import datetime, timedelta

import msgspec
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.fetches import Fetch, fetch
from domain.matching.verticals import MERGED
from domain.searches import arrived, begun
from storage import fetches
from storage.engine import transaction
from tests.builders import ALBATROSS, NOW, flight_query, offer, report

HOUR = timedelta(hours=1)
QUERY = flight_query()


def fetched(*references: str, at: datetime = NOW) -> Fetch:
    offers = [offer(reference=name, fetched_at=at) for name in references]
    part = report(fetched_at=at)
    return fetch(arrived(begun(QUERY, [ALBATROSS], at), part, offers, merge=MERGED["flights"], now=at))


async def keep(engine: AsyncEngine, *some: Fetch) -> None:
    for one in some:
        async with transaction(engine) as connection:
            await fetches.keep(connection, one)


async def latest(engine: AsyncEngine) -> Fetch | None:
    async with transaction(engine) as connection:
        return await fetches.latest(connection, QUERY.id)


async def with_offer(engine: AsyncEngine, reference: str, fetched_at: datetime) -> Fetch | None:
    async with transaction(engine) as connection:
        return await fetches.with_offer(connection, QUERY.id, offer(reference=reference).id, fetched_at)


async def test_the_latest_fetch_of_a_search_is_found(engine: AsyncEngine) -> None:
    first, second = fetched("a"), fetched("a", at=NOW + HOUR)
    await keep(engine, second, first)
    assert await latest(engine) == second
    async with transaction(engine) as connection:
        assert await fetches.latest(connection, "another") is None


async def test_an_earlier_version_of_a_fetch_never_replaces_a_later_one(engine: AsyncEngine) -> None:
    early = fetched("a")
    late = msgspec.structs.replace(fetched("a", "b"), version=early.version + 1)
    await keep(engine, late, early)
    assert await latest(engine) == late


async def test_an_offer_is_found_in_the_fetch_in_which_it_was_told_so(engine: AsyncEngine) -> None:
    first, second = fetched("a", "b"), fetched("a", at=NOW + HOUR)
    await keep(engine, first, second)
    assert await with_offer(engine, "a", NOW) == first
    assert await with_offer(engine, "a", NOW + HOUR) == second
    assert await with_offer(engine, "b", NOW) == first
    assert await with_offer(engine, "b", NOW + HOUR) is None


async def test_old_fetches_go_in_bites_the_oldest_first(engine: AsyncEngine) -> None:
    some = [fetched("a", at=NOW + number * HOUR) for number in range(4)]
    await keep(engine, *some)
    async with transaction(engine) as connection:
        assert await fetches.drop_old(connection, before=NOW + 3 * HOUR, at_most=2) == 2
        assert await fetches.drop_old(connection, before=NOW + 3 * HOUR, at_most=2) == 1
        assert await fetches.drop_old(connection, before=NOW + 3 * HOUR) == 0
    assert await latest(engine) == some[-1]
