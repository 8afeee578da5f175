"""However many schedulers run, the one that holds the lead acts; each due time is fired once, whoever leads."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from domain.jobs import Job, name
from schedules.contact import Contact
from schedules.due import Bell, latest_due, ringing
from schedules.plan import Entry, Plan
from storage import schedule_runs
from storage.engine import transaction
from storage.failures import QueueDown, StorageDown

_log: Final = structlog.get_logger()

LOOK_SECONDS: Final = 3.0  # how often a standby tries to lead, and the leader makes sure that it still does
_PUT_SECONDS: Final = 5.0
_RUNS_KEPT: Final = timedelta(days=7)


class Fired(msgspec.Struct, frozen=True, kw_only=True):
    """A run: when it was due, which may be long ago, and the job that is on its queue for it."""

    due_at: datetime
    job: Job


def system_clock() -> datetime:
    return datetime.now(UTC)


class Scheduler:
    """`put` takes a job to its queue, or raises QueueDown."""

    def __init__(
        self,
        *,
        plan: Plan,
        engine: AsyncEngine,
        put: Callable[[Job], Awaitable[None]],
        clock: Callable[[], datetime] = system_clock,
    ) -> None:
        self._plan: Final = plan
        self._engine: Final = engine
        self._put: Final = put
        self._clock: Final = clock
        self._postgresql: Final = Contact("postgresql")
        self._queue: Final = Contact("queue")
        self.acting = False

    async def run(self) -> None:
        """Until it is cancelled: whatever server goes away, it waits for it to come back."""
        while True:
            try:
                await self._stand_by_and_lead()
            except StorageDown as error:
                self._postgresql.lost(error)
            await asyncio.sleep(LOOK_SECONDS)

    async def _stand_by_and_lead(self) -> None:
        async with schedule_runs.candidacy(self._engine) as candidate:
            self._postgresql.back()
            while not await schedule_runs.try_lead(candidate):  # noqa: ASYNC110 -- the lead is PostgreSQL's, no event of ours
                await asyncio.sleep(LOOK_SECONDS)
            _log.info("schedule.leading", entries=len(self._plan))
            self.acting = True
            try:
                await self._lead(candidate)
            finally:
                self.acting = False
                _log.info("schedule.stepped_down")

    async def _lead(self, candidate: AsyncConnection) -> None:
        """The lead is looked at before each firing and in each silence: who has lost it, or can't know, fires nothing."""
        with ringing(self._plan) as bell:
            while True:
                entry = await bell.heard(within=LOOK_SECONDS)
                if not await schedule_runs.try_lead(candidate):
                    return
                if entry:
                    await self._fire(entry, bell)

    async def _fire(self, entry: Entry, bell: Bell) -> None:
        try:
            async with transaction(self._engine) as connection:
                fired = await self._claimed_and_put(connection, entry)
        except QueueDown as error:
            self._queue.lost(error)
            bell.ring_in(LOOK_SECONDS, entry)
            return
        if fired:
            self._queue.back()
            _log.info("schedule.fired", entry=entry.name, due_at=fired.due_at.isoformat(), job=name(type(fired.job)))

    async def _claimed_and_put(self, connection: AsyncConnection, entry: Entry) -> Fired | None:
        """The job is on the queue before the claim is final: a crash between the two fires twice, never not at all."""
        now = self._clock()
        last = await schedule_runs.last_due(connection, entry.name)
        if last is None and entry.made_up_for:
            # The first start of all: from here on runs can be missed, before there was nobody to miss them.
            await schedule_runs.claim(connection, entry.name, now, at=now)
            return None
        due_at = latest_due(entry, after=last, now=now)
        if due_at is None or not await schedule_runs.claim(connection, entry.name, due_at, at=now):
            return None
        if entry.made_up_for:  # not with each interval: a few times a day is often enough
            await schedule_runs.forget(connection, before=now - _RUNS_KEPT)
        job = await entry.job(connection, now)
        await self._queued(job)
        return Fired(due_at=due_at, job=job)

    async def _queued(self, job: Job) -> None:
        try:
            async with asyncio.timeout(_PUT_SECONDS):
                await self._put(job)
        except TimeoutError as error:
            raise QueueDown(f"the broker did not answer within {_PUT_SECONDS:g} s") from error
