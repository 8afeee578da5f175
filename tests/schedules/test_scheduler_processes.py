"""Real scheduler processes against real servers: killed, cut off, told to go."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec
import psycopg
import pytest
import redis
from redis.exceptions import RedisError
from sqlalchemy.engine import make_url

from domain.jobs import DropExpiredOffers, SyncAirports, name, queue_for
from storage.embedded import Servers
from storage.heartbeats import Heartbeat

ROOT: Final = Path(__file__).parents[2]
TAKE_OVER_SECONDS: Final = 15
PATIENCE: Final = 60  # seconds for everything else, which takes a moment on a free machine
JOBS: Final = {
    name(type(job)): f"travelhub:jobs:{queue_for(job)}.msgs" for job in (DropExpiredOffers(), SyncAirports(job_id=""))
}

pytestmark = pytest.mark.slow


def until(condition: Callable[[], bool], *, seconds: float = PATIENCE) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.05)


class Station:
    """The servers that the schedulers of one test share, and the processes themselves."""

    def __init__(self, *, database_url: str, redis_url: str, folder: Path) -> None:
        self.running: list[subprocess.Popen[bytes]] = []
        self._folder = folder
        self._environment = {
            "PATH": os.environ["PATH"],
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "TRAVELHUB_DATA": str(folder),
        }
        url = make_url(database_url)
        self._database = f"host={url.query['host']} port={url.query['port']} user={url.username} dbname={url.database}"
        self._redis_url = redis_url

    def start(self, plan: str, **environment: str) -> subprocess.Popen[bytes]:
        with (self._folder / f"{len(self.running)}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.schedules.a_scheduler", plan],
                cwd=ROOT,
                env=self._environment | environment,
                stderr=log,
            )
        self.running.append(process)
        return process

    def end(self) -> None:
        for process in self.running:
            with suppress(ProcessLookupError):
                process.kill()
            process.wait(10)

    def wrote(self, process: subprocess.Popen[bytes]) -> str:
        return (self._folder / f"{self.running.index(process)}.log").read_text()

    def said(self, process: subprocess.Popen[bytes]) -> list[str]:
        """The events of a process's log, runs left out."""
        lines = self.wrote(process).splitlines()
        events = [str(msgspec.json.decode(line)["event"]) for line in lines if line.startswith("{")]
        return [event for event in events if event != "schedule.fired"]

    def acting(self) -> list[int]:
        """The processes that say of themselves that they act."""
        with redis.Redis.from_url(self._redis_url) as client, suppress(RedisError):
            bodies = [client.get(key) for key in client.scan_iter("travelhub:alive:scheduler:*")]
            beats = [msgspec.json.decode(body, type=Heartbeat) for body in bodies if isinstance(body, bytes)]
            return [beat.pid for beat in beats if beat.acting]
        return []

    def runs(self, entry: str) -> int:
        with psycopg.connect(self._database, connect_timeout=5) as connection:
            row = connection.execute("SELECT count(*) FROM schedule_runs WHERE entry = %s", (entry,)).fetchone()
            assert row is not None
            return int(row[0])

    def fired_before(self, entry: str, due_at: datetime) -> None:
        with psycopg.connect(self._database, connect_timeout=5) as connection:
            connection.execute("INSERT INTO schedule_runs VALUES (%s, %s, %s)", (entry, due_at, due_at))

    def jobs(self, kind: str) -> int:
        """How many wait on the queue."""
        with redis.Redis.from_url(self._redis_url) as client:
            return sum(kind.encode() in body for body in client.hvals(JOBS[kind]))


@pytest.fixture
def station(database_url: str, redis_url: str, tmp_path: Path) -> Iterator[Station]:
    station = Station(database_url=database_url, redis_url=redis_url, folder=tmp_path)
    yield station
    station.end()


def test_of_two_schedulers_one_acts_and_each_second_is_fired_once(station: Station) -> None:
    one, other = station.start("ticking"), station.start("ticking")
    until(lambda: station.runs("tick") >= 3)
    until(lambda: len(station.acting()) == 1)
    assert station.acting()[0] in (one.pid, other.pid)
    for process in (one, other):
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == 0
    cut_off = station.jobs("drop_expired_offers") - station.runs("tick")
    assert cut_off in (0, 1)  # one job may stand on the queue whose claim was under way when its scheduler left
    assert sorted(event for each in (one, other) for event in station.said(each)) == [
        "schedule.leading",
        "schedule.started",
        "schedule.started",
        "schedule.stepped_down",
        "schedule.stopped",
        "schedule.stopped",
    ]


def test_when_the_acting_scheduler_is_killed_the_other_one_acts(station: Station) -> None:
    one, other = station.start("ticking"), station.start("ticking")
    until(lambda: len(station.acting()) == 1 and station.runs("tick") >= 1)
    acting, standby = (one, other) if station.acting() == [one.pid] else (other, one)
    acting.kill()
    acting.wait(5)
    fired = station.runs("tick")
    until(lambda: station.runs("tick") > fired, seconds=TAKE_OVER_SECONDS)
    until(lambda: standby.pid in station.acting())


def test_a_missed_night_is_made_up_for_once_whoever_leads(station: Station) -> None:
    station.fired_before("airports", datetime.now(UTC) - timedelta(days=5))
    first = station.start("nightly")
    until(lambda: station.runs("airports") == 2)
    first.kill()
    first.wait(5)
    fired = station.runs("tick")
    station.start("nightly")
    until(lambda: station.runs("tick") > fired)  # missed nights ring first: the new leader has looked at them
    assert (station.runs("airports"), station.jobs("sync_airports")) == (2, 1)


def test_a_night_with_the_queue_down_is_fired_when_it_is_back(station: Station, servers: Servers) -> None:
    station.fired_before("airports", datetime.now(UTC) - timedelta(days=5))
    servers.valkey.stop()
    try:
        process = station.start("nightly")
        until(lambda: "schedule.queue_lost" in station.said(process))
        assert station.runs("airports") == 1
    finally:
        servers.valkey.start()
    until(lambda: station.runs("airports") == 2)
    assert station.jobs("sync_airports") == 1
    until(lambda: process.pid in station.acting())
    process.send_signal(signal.SIGTERM)
    assert process.wait(5) == 0
    assert sorted(station.said(process)) == [
        "schedule.leading",
        "schedule.queue_back",
        "schedule.queue_lost",
        "schedule.redis_back",
        "schedule.redis_lost",
        "schedule.started",
        "schedule.stepped_down",
        "schedule.stopped",
    ]


def test_a_scheduler_survives_a_restart_of_postgresql(station: Station, servers: Servers) -> None:
    process = station.start("ticking")
    until(lambda: station.runs("tick") >= 1)
    servers.postgres.stop()
    try:
        until(lambda: "schedule.postgresql_lost" in station.said(process))
    finally:
        servers.postgres.start()
    until(lambda: "schedule.postgresql_back" in station.said(process))
    before = station.runs("tick")
    until(lambda: station.runs("tick") > before)
    said = station.said(process)
    assert (said.count("schedule.postgresql_lost"), said.count("schedule.postgresql_back")) == (1, 1)
    assert process.poll() is None


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_scheduler_leaves_when_told_to_even_while_the_broker_says_nothing(
    station: Station, number: signal.Signals
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        process = station.start("ticking", BROKER_URL=f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        until(lambda: "schedule.queue_lost" in station.said(process))
        process.send_signal(number)
        assert process.wait(4) == 0
    assert station.runs("tick") == 0


def test_a_scheduler_without_a_database_says_so_in_one_sentence(station: Station) -> None:
    process = station.start("ticking", DATABASE_URL="")
    assert process.wait(30) == 1
    assert "DATABASE_URL is not set" in station.wrote(process)
