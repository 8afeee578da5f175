"""Many schedulers, one that acts; each entry fired once for each time that it was due."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from storage import schedule_runs
from storage.engine import transaction
from storage.failures import StorageDown
from storage.schedule_runs import candidacy, try_lead

NOON = datetime(2027, 1, 15, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ENTRY = "sync airports"


async def claim(engine: AsyncEngine, due_at: datetime, *, entry: str = ENTRY) -> bool:
    async with transaction(engine) as connection:
        return await schedule_runs.claim(connection, entry, due_at, at=due_at)


async def last_due(engine: AsyncEngine, entry: str = ENTRY) -> datetime | None:
    async with transaction(engine) as connection:
        return await schedule_runs.last_due(connection, entry)


async def test_only_one_of_many_fires_an_entry(engine: AsyncEngine) -> None:
    assert sorted(await asyncio.gather(*(claim(engine, NOON) for _ in range(5)))) == [False] * 4 + [True]
    assert await claim(engine, NOON + HOUR)
    assert await claim(engine, NOON, entry="drop expired offers")


async def test_the_last_time_is_known_for_each_entry(engine: AsyncEngine) -> None:
    assert await last_due(engine) is None
    for due_at in (NOON, NOON + HOUR, NOON - HOUR):
        await claim(engine, due_at)
    assert await last_due(engine) == NOON + HOUR
    assert await last_due(engine, "something else") is None


async def test_an_entry_whose_job_could_not_be_queued_is_due_still(engine: AsyncEngine) -> None:
    async def in_vain() -> None:
        async with transaction(engine) as connection:
            assert await schedule_runs.claim(connection, ENTRY, NOON, at=NOON)
            raise StorageDown("the broker is away")

    with pytest.raises(StorageDown):
        await in_vain()
    assert await claim(engine, NOON)


async def test_old_runs_can_be_forgotten_but_never_an_entrys_last_one(engine: AsyncEngine) -> None:
    for due_at in (NOON, NOON + HOUR, NOON + 2 * HOUR):
        await claim(engine, due_at)
    await claim(engine, NOON, entry="yearly")
    async with transaction(engine) as connection:
        assert await schedule_runs.forget(connection, before=NOON + 10 * HOUR) == 2
    assert await last_due(engine) == NOON + 2 * HOUR
    assert await last_due(engine, "yearly") == NOON


async def test_one_candidate_leads_and_keeps_leading_until_it_leaves(engine: AsyncEngine) -> None:
    async with candidacy(engine) as second:
        async with candidacy(engine) as first:
            assert await try_lead(first)
            assert not await try_lead(second)
            assert await try_lead(first)
        assert await try_lead(second)


async def test_a_leader_whose_session_dies_learns_it_and_another_takes_over(engine: AsyncEngine) -> None:
    async def leads_until_its_session_dies(other: AsyncConnection) -> None:
        async with candidacy(engine) as leader:
            assert await try_lead(leader)
            session = (await leader.execute(text("SELECT pg_backend_pid()"))).scalar_one()
            died = await other.execute(text("SELECT pg_terminate_backend(:session, 5000)"), {"session": session})
            assert died.scalar_one()
            await try_lead(leader)

    async with candidacy(engine) as second:
        with pytest.raises(StorageDown):
            await leads_until_its_session_dies(second)
        assert await try_lead(second)


async def test_a_candidate_holds_no_transaction_open_while_it_waits(engine: AsyncEngine) -> None:
    async with candidacy(engine) as candidate:
        await try_lead(candidate)
        async with transaction(engine) as connection:
            states = await connection.execute(
                text(
                    "SELECT state FROM pg_stat_activity WHERE query LIKE '%pg_try_advisory_lock%' AND pid <> pg_backend_pid()"
                )
            )
            assert states.scalars().all() == ["idle"]
