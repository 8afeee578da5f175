"""What is looked at to say how we stand, and what goes on while something is away."""

import asyncio
from datetime import UTC, datetime

import pytest
from structlog.testing import capture_logs

from api import dependencies
from api.answers import Standing
from api.background import Line, kept_up
from domain.jobs import Queue
from storage.failures import StorageDown
from storage.heartbeats import Heartbeat
from tests.api.hub import until

NOW = datetime(2027, 1, 15, 12, 0, tzinfo=UTC)


def beat(process: str, *, acting: bool | None = None, queues: tuple[str, ...] = ()) -> Heartbeat:
    return Heartbeat(process=process, host="house", pid=7, at=NOW, acting=acting, queues=queues)


async def test_all_checks_run_and_each_says_how_it_went() -> None:
    async def well() -> None:
        """Answers."""

    async def away() -> None:
        raise StorageDown("nobody at home")

    looked = await dependencies.looked_at({"postgres": well, "redis": away})
    assert [(one.name, one.status, one.detail) for one in looked] == [
        ("postgres", Standing.UP, "answers"),
        ("redis", Standing.DOWN, "nobody at home"),
    ]


def test_each_queue_needs_a_worker_and_the_plan_needs_one_that_acts() -> None:
    beats = [
        beat("worker", queues=("search", "refresh")),
        beat("worker", queues=("catalogue",)),
        beat("scheduler", acting=False),
    ]
    down = {one.name for one in dependencies.by_heartbeat(beats) if one.status is Standing.DOWN}
    assert down == {"worker:housekeeping", "worker:bookings", "worker:notices", "scheduler"}
    every = [beat("worker", queues=tuple(Queue)), beat("scheduler", acting=True), beat("scheduler", acting=False)]
    assert {one.status for one in dependencies.by_heartbeat(every)} == {Standing.UP}


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1/0", "amqp://127.0.0.1:1/", "amqp://guest:guest@127.0.0.1:1/%2F"])
async def test_a_broker_that_is_away_is_away(url: str) -> None:
    with pytest.raises(StorageDown):
        await dependencies.broker_answers(url)


async def test_a_broker_that_answers_is_there(redis_url: str) -> None:
    await dependencies.broker_answers(redis_url)


async def test_work_goes_on_after_a_break_and_after_a_mistake_of_ours() -> None:
    attempts: list[int] = []

    async def work(line: Line) -> None:
        attempts.append(len(attempts))
        if len(attempts) == 1:
            raise StorageDown("away")
        if len(attempts) == 2:
            raise KeyError("a mistake")
        line.well()
        await asyncio.Event().wait()

    with capture_logs() as logs:
        task = asyncio.create_task(kept_up("limits", work, Line("redis"), pause_seconds=0.01))
        await until(lambda: len(attempts) == 3)
        task.cancel()
    assert [line["event"] for line in logs] == ["redis.away", "limits.crashed", "redis.back"]
