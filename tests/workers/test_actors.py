"""Retries by the class of a failure, dead letters, and a worker that is told to stop in the middle."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from typing import Any, cast

import dramatiq
import msgspec
import pytest
from dramatiq.brokers.redis import RedisBroker

from adapters.kit.failures import GiveUp, TryLater
from domain.jobs import TERMS, DropExpiredOffers, Job, KeepSearch, SyncAirports, Terms
from domain.searches import Outcome
from storage import queue
from storage.failures import StorageDown
from storage.queue import JobQueue
from workers.actors import equip
from workers.tools import Tools

JOB = KeepSearch(search_id="a-search")
_NO_TOOLS = cast("Tools", object())  # these handlers work with nothing
Handler = Callable[[Any, Tools], Awaitable[None]]


class Log:
    """What the handlers did, seen from the test's thread."""

    def __init__(self) -> None:
        self.attempts: list[Job] = []
        self.epitaphs: list[str] = []
        self.notes: dict[str, str] = {}
        self.ended = threading.Event()

    async def epitaph(self, _job: Job, why: str, _tools: Tools) -> None:
        self.epitaphs.append(why)
        self.ended.set()

    async def note(self, message_id: str, why: str, _tools: Tools) -> None:
        self.notes[message_id] = why


@contextmanager
def worker(
    redis_url: str,
    handler: Handler,
    log: Log,
    *,
    job: type[Any] = KeepSearch,
    terms: Terms | None = None,
    stop_within: timedelta = timedelta(seconds=5),
    threads: int = 2,
) -> Iterator[dramatiq.Worker]:
    """A worker that knows this one kind of job, stopped as SIGTERM stops it."""

    @asynccontextmanager
    async def opened(_queues: tuple[str, ...]) -> AsyncIterator[Tools]:
        yield _NO_TOOLS

    equipped = equip(
        queue.broker(redis_url),
        open_tools=opened,
        handlers={job: handler},
        terms={job: terms or TERMS[job]},
        epitaphs={job: log.epitaph},
        note=log.note,
        leave_within=stop_within,
    )
    running = dramatiq.Worker(equipped, worker_timeout=10, worker_threads=threads)
    running.start()
    try:
        yield running
    finally:
        running.stop(timeout=stop_within // timedelta(milliseconds=1))


def dead_letters(broker: dramatiq.Broker, name: str) -> int:
    assert isinstance(broker, RedisBroker)
    kept: int = broker.client.zcard(f"{broker.namespace}:{name}.XQ")
    return kept


def three_attempts(kind: type[Any] = KeepSearch) -> Terms:
    return msgspec.structs.replace(TERMS[kind], attempts=3)


def test_what_may_succeed_later_is_tried_again(redis_url: str, broker: dramatiq.Broker) -> None:
    log = Log()

    async def handler(job: KeepSearch, _: Tools) -> None:
        log.attempts.append(job)
        if len(log.attempts) == 1:
            raise TryLater("busy", outcome=Outcome.RATE_LIMITED, retry_after=0.05)
        log.ended.set()

    with worker(redis_url, handler, log):
        JobQueue(broker).put_now(JOB)
        assert log.ended.wait(60)

    assert log.attempts == [JOB, JOB]
    assert dead_letters(broker, "housekeeping") == 0


def test_storage_that_stays_away_makes_a_dead_letter_after_the_last_attempt(
    redis_url: str, broker: dramatiq.Broker
) -> None:
    log = Log()

    async def handler(job: KeepSearch, _: Tools) -> None:
        log.attempts.append(job)
        raise StorageDown("PostgreSQL: away")

    with worker(redis_url, handler, log, terms=three_attempts()):
        JobQueue(broker).put_now(JOB)
        assert log.ended.wait(60)

    assert len(log.attempts) == 3
    assert log.epitaphs == ["PostgreSQL: away"]
    assert dead_letters(broker, "housekeeping") == 1


def test_what_will_never_succeed_is_tried_once_and_kept(redis_url: str, broker: dramatiq.Broker) -> None:
    log = Log()

    async def handler(job: KeepSearch, _: Tools) -> None:
        log.attempts.append(job)
        raise GiveUp("the key was withdrawn", outcome=Outcome.REFUSED)

    with worker(redis_url, handler, log):
        JobQueue(broker).put_now(JOB)
        assert log.ended.wait(60)

    assert len(log.attempts) == 1
    assert log.epitaphs == ["the key was withdrawn"]
    assert list(log.notes.values()) == ["the key was withdrawn"]
    assert dead_letters(broker, "housekeeping") == 1


def test_a_mistake_of_ours_is_tried_once_and_kept(redis_url: str, broker: dramatiq.Broker) -> None:
    log = Log()

    async def handler(job: KeepSearch, _: Tools) -> None:
        log.attempts.append(job)
        raise LookupError("a mistake")

    with worker(redis_url, handler, log):
        JobQueue(broker).put_now(JOB)
        assert log.ended.wait(60)

    assert len(log.attempts) == 1
    assert log.epitaphs == ["LookupError: a mistake"]


def test_a_job_that_takes_too_long_ends_at_its_time_limit(redis_url: str, broker: dramatiq.Broker) -> None:
    log = Log()

    async def handler(job: KeepSearch, _: Tools) -> None:
        log.attempts.append(job)
        await asyncio.Event().wait()

    terms = msgspec.structs.replace(TERMS[KeepSearch], attempts=1, time_limit=timedelta(milliseconds=50))
    with worker(redis_url, handler, log, terms=terms):
        JobQueue(broker).put_now(JOB)
        assert log.ended.wait(60)

    assert log.epitaphs == ["the time limit ran out"]


def test_a_worker_that_is_told_to_stop_finishes_what_it_has_begun(redis_url: str, broker: dramatiq.Broker) -> None:
    log, begun, go_on = Log(), threading.Event(), threading.Event()

    async def handler(job: KeepSearch, _: Tools) -> None:
        begun.set()
        await asyncio.to_thread(go_on.wait, 10)
        log.attempts.append(job)

    with worker(redis_url, handler, log):
        JobQueue(broker).put_now(JOB)
        assert begun.wait(60)
        threading.Timer(0.2, go_on.set).start()

    assert log.attempts == [JOB]
    assert outstanding(broker, "housekeeping") == 0


def test_a_worker_that_is_told_to_stop_waits_for_all_of_many_jobs(redis_url: str, broker: dramatiq.Broker) -> None:
    """One ends after the other, on threads that stand in any order."""
    log, begun = Log(), threading.Semaphore(0)

    async def handler(job: KeepSearch, _: Tools) -> None:
        begun.release()
        await asyncio.sleep(0.5 + 0.1 * int(job.search_id))
        log.attempts.append(job)

    with worker(redis_url, handler, log, threads=32, stop_within=timedelta(seconds=30)):
        for number in range(8):
            JobQueue(broker).put_now(KeepSearch(search_id=str(number)))
        assert all(begun.acquire(timeout=60) for _ in range(8))

    assert len(log.attempts) == 8
    assert outstanding(broker, "housekeeping") == 0


def test_a_sync_that_is_interrupted_by_a_stopping_worker_goes_on_in_another(
    redis_url: str, broker: dramatiq.Broker
) -> None:
    log, begun = Log(), threading.Event()

    async def endless(job: SyncAirports, _: Tools) -> None:
        begun.set()
        await asyncio.Event().wait()
        log.attempts.append(job)

    async def quick(job: SyncAirports, _: Tools) -> None:
        log.attempts.append(job)
        log.ended.set()

    sync = SyncAirports(job_id="a-sync")
    with worker(redis_url, endless, log, job=SyncAirports):
        JobQueue(broker).put_now(sync)
        assert begun.wait(60)
    assert outstanding(broker, "catalogue") == 1

    with worker(redis_url, quick, log, job=SyncAirports):
        assert log.ended.wait(60)
    assert log.attempts == [sync]


def test_a_message_that_is_no_job_is_kept_as_a_dead_letter(redis_url: str, broker: dramatiq.Broker) -> None:
    log = Log()

    async def handler(job: KeepSearch, _: Tools) -> None:
        log.attempts.append(job)

    JobQueue(broker)
    rubbish = queue.message(JOB).copy(args=({"type": "keep_search", "search_id": 7},))
    with worker(redis_url, handler, log):
        broker.enqueue(rubbish)
        deadline = time.monotonic() + 60
        while not dead_letters(broker, "housekeeping") and time.monotonic() < deadline:
            time.sleep(0.02)

    assert log.attempts == []
    assert dead_letters(broker, "housekeeping") == 1


def test_a_kind_of_job_that_nobody_declared_is_refused_before_it_is_queued(broker: dramatiq.Broker) -> None:
    JobQueue(broker).put_now(DropExpiredOffers())

    with pytest.raises(TypeError, match="no kind of job"):
        JobQueue(broker).put_now("rubbish")  # type: ignore[arg-type] # what a mistake would look like


def outstanding(broker: dramatiq.Broker, name: str) -> int:
    """Messages that wait, now or for later."""
    assert isinstance(broker, RedisBroker)
    return int(broker.client.hlen(f"{broker.namespace}:{name}.msgs")) + int(
        broker.client.hlen(f"{broker.namespace}:{name}.DQ.msgs")
    )
