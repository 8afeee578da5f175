"""Syncs of the catalogue: one at a time for each subject, resumed where they stopped, in one pair of hands."""

import asyncio
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.catalogue import JobState, Subject, SyncJob
from domain.searches import SkippedRecord
from storage import airports, sync_jobs
from storage.engine import transaction
from storage.sync_jobs import NAMED_SKIPS, SILENCE, Overtaken, Page, Run
from tests.builders import airport

NOON = datetime(2027, 1, 15, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


async def create(engine: AsyncEngine, subject: Subject = Subject.AIRPORTS, *, at: datetime = NOON) -> SyncJob:
    async with transaction(engine) as connection:
        return await sync_jobs.create(connection, subject, at=at)


async def started(engine: AsyncEngine, job: SyncJob, *, source: str = "open", at: datetime = NOON + MINUTE) -> Run:
    async with transaction(engine) as connection:
        run = await sync_jobs.start(connection, job.id, source=source, at=at)
    assert run is not None
    return run


async def turned(engine: AsyncEngine, run: Run, page: Page) -> SyncJob:
    async with transaction(engine) as connection:
        return await sync_jobs.progress(connection, run, page, at=NOON + 2 * MINUTE)


async def ended(engine: AsyncEngine, run: Run, *, vanished: int = 0) -> SyncJob:
    async with transaction(engine) as connection:
        return await sync_jobs.done(connection, run, vanished=vanished, at=NOON + 3 * MINUTE)


async def told(engine: AsyncEngine, job_id: str) -> SyncJob | None:
    async with transaction(engine) as connection:
        return await sync_jobs.get(connection, job_id)


async def test_a_sync_tells_its_progress_from_queued_to_done(engine: AsyncEngine) -> None:
    job = await create(engine)
    assert job.state is JobState.QUEUED
    assert await told(engine, job.id) == job
    run = await started(engine, job)
    assert (run.job.state, run.job.source, run.job.started_at) == (JobState.RUNNING, "open", NOON + MINUTE)
    assert run.next_call is None
    turned_once = await turned(engine, run, Page(rows=100, expected=150, next_call={"offset": 100}))
    assert (turned_once.pages, turned_once.rows, turned_once.expected) == (1, 100, 150)
    turned_twice = await turned(engine, run, Page(rows=49, skipped=(SkippedRecord(where="data[3]", why="no code"),)))
    assert (turned_twice.pages, turned_twice.rows, turned_twice.expected) == (2, 149, 150)
    done = await ended(engine, run, vanished=7)
    assert (done.state, done.vanished, done.finished_at) == (JobState.DONE, 7, NOON + 3 * MINUTE)
    assert (done.skipped_records, [record.where for record in done.skipped]) == (1, ["data[3]"])
    assert await told(engine, job.id) == done


async def test_nobody_knows_a_job_that_was_never_asked_for(engine: AsyncEngine) -> None:
    assert await told(engine, "nothing") is None
    async with transaction(engine) as connection:
        assert await sync_jobs.start(connection, "nothing", source="open", at=NOON) is None
        assert await sync_jobs.failed(connection, "nothing", detail="?", at=NOON) is None
        assert await sync_jobs.latest(connection, Subject.AIRPORTS) is None


async def test_asked_for_twice_it_is_one_sync_queued_or_running(engine: AsyncEngine) -> None:
    job = await create(engine)
    assert await create(engine, at=NOON + MINUTE) == job
    run = await started(engine, job)
    assert (await create(engine)).id == job.id
    await ended(engine, run)
    again = await create(engine, at=NOON + 10 * MINUTE)
    assert again.id != job.id
    async with transaction(engine) as connection:
        assert await sync_jobs.latest(connection, Subject.AIRPORTS) == again


async def test_asked_for_by_many_at_once_it_is_one_sync(engine: AsyncEngine) -> None:
    jobs = await asyncio.gather(*(create(engine) for _ in range(5)))
    assert len({job.id for job in jobs}) == 1


async def test_airports_do_not_wait_for_airlines(engine: AsyncEngine) -> None:
    assert (await create(engine)).id != (await create(engine, Subject.AIRLINES)).id


async def test_all_skipped_records_are_counted_and_the_first_are_named(engine: AsyncEngine) -> None:
    run = await started(engine, await create(engine))
    skipped = tuple(SkippedRecord(where=f"data[{index}]", why="no code") for index in range(15))
    await turned(engine, run, Page(rows=0, skipped=skipped))
    job = await turned(engine, run, Page(rows=0, skipped=skipped))
    assert job.skipped_records == 30
    assert [record.where for record in job.skipped] == [f"data[{index % 15}]" for index in range(NAMED_SKIPS)]


async def test_the_next_attempt_goes_on_where_the_last_one_stopped(engine: AsyncEngine) -> None:
    job = await create(engine)
    first = await started(engine, job)
    await turned(engine, first, Page(rows=100, next_call=SkippedRecord(where="page", why="2")))
    second = await started(engine, job, at=NOON + 30 * MINUTE)
    assert msgspec.convert(second.next_call, SkippedRecord) == SkippedRecord(where="page", why="2")
    assert (second.job.pages, second.job.rows) == (1, 100)
    assert second.job.started_at == first.job.started_at


async def test_another_source_begins_anew(engine: AsyncEngine) -> None:
    job = await create(engine)
    first = await started(engine, job, source="supplier")
    await turned(engine, first, Page(rows=100, expected=900, next_call={"offset": 100}))
    second = await started(engine, job, source="open", at=NOON + 30 * MINUTE)
    assert second.next_call is None
    assert (second.job.pages, second.job.rows, second.job.expected) == (0, 0, None)
    assert second.job.started_at == NOON + 30 * MINUTE


async def test_a_worker_that_was_overtaken_writes_nothing_more(engine: AsyncEngine) -> None:
    job = await create(engine)
    slow = await started(engine, job)
    fast = await started(engine, job)

    async def late_page() -> None:
        async with transaction(engine) as connection:
            await airports.upsert(connection, [airport("ZRH")], source="open", seen_at=NOON)
            await sync_jobs.progress(connection, slow, Page(rows=1), at=NOON)

    with pytest.raises(Overtaken):
        await late_page()
    async with transaction(engine) as connection:
        assert await airports.every(connection) == ()
    with pytest.raises(Overtaken):
        await ended(engine, slow)
    assert (await ended(engine, fast)).state is JobState.DONE


async def test_a_job_that_has_ended_is_not_started_again_by_a_message_that_comes_twice(engine: AsyncEngine) -> None:
    job = await create(engine)
    await ended(engine, await started(engine, job))
    async with transaction(engine) as connection:
        assert await sync_jobs.start(connection, job.id, source="open", at=NOON) is None
        assert await sync_jobs.failed(connection, job.id, detail="too late", at=NOON) is None


async def test_a_failed_sync_says_why_and_makes_room_for_the_next(engine: AsyncEngine) -> None:
    job = await create(engine)
    await started(engine, job)
    async with transaction(engine) as connection:
        failed = await sync_jobs.failed(connection, job.id, detail="the supplier refused our key", at=NOON)
    assert failed is not None
    assert (failed.state, failed.detail, failed.finished_at) == (JobState.FAILED, "the supplier refused our key", NOON)
    assert (await create(engine)).id != job.id


async def test_a_sync_that_nobody_works_on_any_more_blocks_the_next_one_only_for_a_while(engine: AsyncEngine) -> None:
    job = await create(engine)
    assert (await create(engine, at=NOON + SILENCE)).id == job.id
    assert (await create(engine, at=NOON + SILENCE + MINUTE)).id != job.id
    given_up = await told(engine, job.id)
    assert given_up is not None
    assert given_up.state is JobState.FAILED
