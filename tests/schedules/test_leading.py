"""Who leads fires; each due time once; a queue that is down loses no run."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.testing import capture_logs

from domain.jobs import DropExpiredOffers, Job, SyncAirports
from schedules.leading import Scheduler, system_clock
from schedules.plan import Entry, always, sync_airports
from storage import schedule_runs
from storage.engine import create_engine, transaction
from storage.failures import QueueDown
from storage.tables import SCHEDULE_RUNS, SYNC_JOBS

NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
LAST_NIGHT = datetime(2027, 3, 1, 3, 10, tzinfo=UTC)
DAILY = Entry(name="daily", when="10 3 * * *", job=always(DropExpiredOffers()))
AIRPORTS = Entry(name="airports", when="10 3 * * *", job=sync_airports)
OFTEN = Entry(name="often", when=timedelta(milliseconds=100), job=always(DropExpiredOffers()))


class JobsOnTheQueue:
    """A queue that is down for the first few jobs, and remembers the others."""

    def __init__(self, *, down_for: int = 0) -> None:
        self.refusals = 0
        self.jobs: list[Job] = []
        self._down_for = down_for

    async def put(self, job: Job) -> None:
        if self.refusals < self._down_for:
            self.refusals += 1
            raise QueueDown("the broker is away")
        self.jobs.append(job)


@asynccontextmanager
async def acting(
    engine: AsyncEngine, *plan: Entry, queue: JobsOnTheQueue, clock: Callable[[], datetime] = lambda: NOON
) -> AsyncIterator[Scheduler]:
    scheduler = Scheduler(plan=plan, engine=engine, put=queue.put, clock=clock)
    running = asyncio.create_task(scheduler.run())
    try:
        yield scheduler
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def until(condition: Callable[[], bool]) -> None:
    """Raises TimeoutError after fifteen seconds: the time within which another scheduler has to act."""
    async with asyncio.timeout(15):
        while not condition():  # noqa: ASYNC110 -- what is waited for may happen on a server
            await asyncio.sleep(0.02)


async def runs(engine: AsyncEngine) -> list[tuple[str, datetime]]:
    async with transaction(engine) as connection:
        rows = await connection.execute(select(SCHEDULE_RUNS.c.entry, SCHEDULE_RUNS.c.due_at).order_by("due_at"))
        return [(row.entry, row.due_at) for row in rows]


async def until_runs(engine: AsyncEngine, count: int) -> list[tuple[str, datetime]]:
    async with asyncio.timeout(15):
        while len(found := await runs(engine)) < count:  # noqa: ASYNC110 -- the books set no event of ours
            await asyncio.sleep(0.02)
    return found


async def fired_before(engine: AsyncEngine, entry: Entry, due_at: datetime) -> None:
    async with transaction(engine) as connection:
        assert await schedule_runs.claim(connection, entry.name, due_at, at=due_at)


@pytest.fixture
async def scheduler_engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    """As the process has it: one connection holds the lead, one fires."""
    engine = create_engine(database_url, connections=2, name="travelhub scheduler")
    yield engine
    await engine.dispose()


async def test_at_the_very_first_start_nothing_was_missed(scheduler_engine: AsyncEngine, engine: AsyncEngine) -> None:
    queue = JobsOnTheQueue()
    async with acting(scheduler_engine, DAILY, queue=queue):
        assert await until_runs(engine, 1) == [("daily", NOON)]
    assert queue.jobs == []


async def test_a_run_missed_since_the_very_first_start_is_made_up_for(
    scheduler_engine: AsyncEngine, engine: AsyncEngine
) -> None:
    queue = JobsOnTheQueue()
    async with acting(scheduler_engine, DAILY, queue=queue):
        await until_runs(engine, 1)
    async with acting(scheduler_engine, DAILY, queue=queue, clock=lambda: NOON + timedelta(days=3)):
        await until(lambda: len(queue.jobs) == 1)
        assert ("daily", LAST_NIGHT + timedelta(days=3)) in await until_runs(engine, 2)


async def test_of_a_week_of_missed_nights_the_last_one_is_made_up_for_once(
    scheduler_engine: AsyncEngine, engine: AsyncEngine
) -> None:
    await fired_before(engine, AIRPORTS, LAST_NIGHT - timedelta(days=6))
    queue = JobsOnTheQueue()
    async with acting(scheduler_engine, AIRPORTS, queue=queue):
        assert await until_runs(engine, 2) == [
            ("airports", LAST_NIGHT - timedelta(days=6)),
            ("airports", LAST_NIGHT),
        ]
    async with acting(scheduler_engine, AIRPORTS, DAILY, queue=queue):
        await until_runs(engine, 3)  # the other entry's first start comes after the airports have been looked at
    assert [type(job) for job in queue.jobs] == [SyncAirports]


async def test_the_sync_that_is_fired_is_the_one_in_the_books(
    scheduler_engine: AsyncEngine, engine: AsyncEngine
) -> None:
    await fired_before(engine, AIRPORTS, LAST_NIGHT - timedelta(days=1))
    queue = JobsOnTheQueue()
    async with acting(scheduler_engine, AIRPORTS, queue=queue):
        await until_runs(engine, 2)
    async with transaction(engine) as connection:
        ids = [row.id for row in await connection.execute(select(SYNC_JOBS.c.id))]
    assert queue.jobs == [SyncAirports(job_id=job_id) for job_id in ids]


async def test_a_queue_that_is_down_keeps_neither_the_claim_nor_the_sync_and_loses_no_run(
    scheduler_engine: AsyncEngine, engine: AsyncEngine
) -> None:
    await fired_before(engine, AIRPORTS, LAST_NIGHT - timedelta(days=1))
    queue = JobsOnTheQueue(down_for=2)
    with capture_logs() as logs:
        async with acting(scheduler_engine, AIRPORTS, queue=queue):
            await until(lambda: queue.refusals == 1)
            assert len(await runs(engine)) == 1
            async with transaction(engine) as connection:
                assert (await connection.execute(select(SYNC_JOBS.c.id))).all() == []
            await until(lambda: len(queue.jobs) == 1)
            assert len(await until_runs(engine, 2)) == 2
            await until(lambda: any(line["event"] == "schedule.fired" for line in logs))
    said = [line["event"] for line in logs if "queue" in line["event"]]
    assert said == ["schedule.queue_lost", "schedule.queue_back"]


async def test_of_two_schedulers_one_acts_and_the_other_takes_over_when_it_leaves(
    scheduler_engine: AsyncEngine, engine: AsyncEngine, database_url: str
) -> None:
    other_engine = create_engine(database_url, connections=2)
    one_queue, other_queue = JobsOnTheQueue(), JobsOnTheQueue()
    async with acting(scheduler_engine, OFTEN, queue=one_queue, clock=system_clock) as one:
        await until(lambda: len(one_queue.jobs) >= 2)
        async with acting(other_engine, OFTEN, queue=other_queue, clock=system_clock) as other:
            await until(lambda: len(one_queue.jobs) >= 5)
            assert (one.acting, other.acting, other_queue.jobs) == (True, False, [])
    async with acting(other_engine, OFTEN, queue=other_queue, clock=system_clock):
        await until(lambda: len(other_queue.jobs) >= 2)
    await other_engine.dispose()
    assert len(one_queue.jobs) + len(other_queue.jobs) == len(await runs(engine))


async def test_a_leader_whose_connection_is_cut_steps_down_and_stands_again(
    scheduler_engine: AsyncEngine, engine: AsyncEngine
) -> None:
    queue = JobsOnTheQueue()
    with capture_logs() as logs:
        async with acting(scheduler_engine, OFTEN, queue=queue, clock=system_clock) as scheduler:
            await until(lambda: len(queue.jobs) >= 2)
            async with transaction(engine) as connection:
                await connection.execute(
                    text(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                        " WHERE application_name = 'travelhub scheduler' AND datname = current_database()"
                    )
                )
            await until(lambda: not scheduler.acting)
            put = len(queue.jobs)
            await until(lambda: len(queue.jobs) > put)
            assert scheduler.acting
    said = [line["event"] for line in logs if line["event"] != "schedule.fired"]
    assert said == [
        "schedule.leading",
        "schedule.stepped_down",
        "schedule.postgresql_lost",
        "schedule.postgresql_back",
        "schedule.leading",
        "schedule.stepped_down",
    ]
