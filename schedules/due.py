"""When an entry of the plan is due, and the bell that rings then."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from schedules.plan import Entry, Plan

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_INSTANT: Final = timedelta(microseconds=1)
_FURTHEST_BACK: Final = timedelta(days=366)  # whatever was missed before that is news to nobody


def next_due(entry: Entry, *, after: datetime) -> datetime:
    """The first time after the given one; the same for every scheduler that looks."""
    due: datetime = _trigger(entry.when).get_next_fire_time(None, after + _INSTANT)
    return due


def latest_due(entry: Entry, *, after: datetime | None, now: datetime) -> datetime | None:
    """The last time in (after, now] at which the entry was due; None if it was not."""
    furthest_back = now - (_FURTHEST_BACK if isinstance(entry.when, str) else entry.when)
    latest, candidate = None, next_due(entry, after=furthest_back if after is None else max(after, furthest_back))
    while candidate <= now:
        latest, candidate = candidate, next_due(entry, after=candidate)
    return latest


class Bell:
    """The entries that wait to be fired, each once however often it has rung."""

    def __init__(self) -> None:
        self._waiting: Final[dict[str, Entry]] = {}
        self._later: Final[dict[str, asyncio.TimerHandle]] = {}
        self._rung: Final = asyncio.Event()

    def ring(self, entry: Entry) -> None:
        if timer := self._later.pop(entry.name, None):
            timer.cancel()
        self._waiting[entry.name] = entry
        self._rung.set()

    def ring_in(self, seconds: float, entry: Entry) -> None:
        """Once, even if it is asked for again before."""
        if entry.name not in self._later:
            self._later[entry.name] = asyncio.get_running_loop().call_later(seconds, self.ring, entry)

    async def heard(self, *, within: float) -> Entry | None:
        """The entry that has waited longest, None when all is quiet for so many seconds."""
        try:
            async with asyncio.timeout(within):
                await self._rung.wait()
        except TimeoutError:
            return None
        entry = self._waiting.pop(next(iter(self._waiting)))
        if not self._waiting:
            self._rung.clear()
        return entry

    def silence(self) -> None:
        """Nothing rings any more."""
        for timer in self._later.values():
            timer.cancel()


@contextmanager
def ringing(plan: Plan) -> Iterator[Bell]:
    """A bell that rings for each entry when it is due, and at once for those whose missed runs are made up for."""
    bell = Bell()
    scheduler = AsyncIOScheduler(timezone=UTC)

    async def ring(entry: Entry) -> None:  # asynchronous, or APScheduler would call it from another thread
        bell.ring(entry)

    for entry in plan:
        scheduler.add_job(
            ring, _trigger(entry.when), args=(entry,), id=entry.name, coalesce=True, misfire_grace_time=None
        )
        if entry.made_up_for:
            bell.ring(entry)
    scheduler.start()
    try:
        yield bell
    finally:
        scheduler.shutdown(wait=False)
        bell.silence()


@cache
def _trigger(when: str | timedelta) -> Any:
    if isinstance(when, str):
        return CronTrigger.from_crontab(when, timezone=UTC)
    return IntervalTrigger(seconds=when.total_seconds(), start_date=_EPOCH, timezone=UTC)
