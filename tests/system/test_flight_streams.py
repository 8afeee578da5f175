"""Streams of flights through everything that dies around them: no event is missed, and none is told twice."""

import asyncio

import pytest

from bench.stack import stack
from bench.streams import endured
from tests.system.hub import LEISURELY

pytestmark = pytest.mark.slow


def test_streams_survive_workers_redis_and_the_web_process() -> None:
    with stack("sandbox", "worker", "worker_catalogue", "scheduler", "web", environment=LEISURELY) as running:
        seen = asyncio.run(endured(running, streams=200, flights=10, seconds=1.0))
    report = seen.report
    assert (report.missed, report.repeated, report.begun_again, seen.unfinished) == (0, 0, 0, 0)
    assert report.events >= 200 * 2
    assert report.reconnected >= 200 + 20
    assert report.farewells == 200
    assert seen.calls == seen.flights
