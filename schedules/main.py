"""The scheduler process: `python -m schedules.main`."""

import asyncio
import os
import signal
import sys
from contextlib import suppress
from datetime import timedelta
from typing import Final, Never

import redis.asyncio
import structlog

import telemetry
from schedules.contact import Contact
from schedules.leading import Scheduler
from schedules.plan import PLAN, Plan
from settings import Settings, connected, from_environment
from storage.cache import connect
from storage.engine import create_engine
from storage.failures import StorageDown
from storage.heartbeats import EVERY_SECONDS, beat
from storage.queue import JobQueue, broker

_log: Final = structlog.get_logger()

_STATEMENT: Final = timedelta(seconds=5)
_CONNECTIONS: Final = 2  # one holds the lead, one fires
_GOODBYE_SECONDS: Final = 1.0


def run(*, plan: Plan, settings: Settings) -> Never:
    """Act on the plan, or stand by, until SIGTERM or SIGINT; then leave within two seconds."""
    asyncio.new_event_loop().run_until_complete(_until_told_to_stop(plan, settings))
    # All has been said and stored. A thread that waits for a silent broker would hold an ordinary exit for its whole
    # timeout, and the job in its hands is not claimed: the next leader fires it again.
    sys.stderr.flush()
    os._exit(0)


async def _until_told_to_stop(plan: Plan, settings: Settings) -> None:
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    working, stopping = asyncio.create_task(_work(plan, settings)), asyncio.create_task(told.wait())
    _log.info("schedule.started", entries=len(plan))
    await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
    if working.done():
        working.result()  # raises: it ends by itself only through a mistake of ours
    working.cancel()
    await asyncio.wait({working}, timeout=_GOODBYE_SECONDS)
    _log.info("schedule.stopped")


async def _work(plan: Plan, settings: Settings) -> None:
    engine = create_engine(
        settings.database_url, connections=_CONNECTIONS, statement_timeout=_STATEMENT, name="travelhub scheduler"
    )
    jobs = JobQueue(broker(settings.broker_url))
    scheduler = Scheduler(plan=plan, engine=engine, put=jobs.put)
    try:
        async with connect(settings.redis_url, connections=2) as client, asyncio.TaskGroup() as tasks:
            tasks.create_task(scheduler.run())
            tasks.create_task(_show_life(client, scheduler))
    finally:
        await engine.dispose()


async def _show_life(client: "redis.asyncio.Redis", scheduler: Scheduler) -> None:
    contact = Contact("redis")
    while True:
        try:
            await beat(client, "scheduler", acting=scheduler.acting)
        except StorageDown as error:
            contact.lost(error)
        else:
            contact.back()
        await asyncio.sleep(EVERY_SECONDS)


def main() -> None:
    telemetry.configure("scheduler")
    with suppress(KeyboardInterrupt):  # Ctrl-C before the loop has taken over the signals
        run(plan=PLAN, settings=connected(from_environment()))


if __name__ == "__main__":
    main()
