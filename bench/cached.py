"""Cached search: answers a second against a bare ASGI app and against the usual FastAPI design, on one server kind.

All three run under gunicorn with one uvicorn worker and return the same bytes; ours does so with limits, ETag, request
ids and metrics on. They take turns, so that whatever else the machine does hits all of them.
"""

import contextlib
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import httpx
import msgspec

from bench.figures import Figure, ratio
from bench.load import Load
from bench.stack import Process, Stack, answers, free_port, until

_ROOT: Final = Path(__file__).resolve().parent.parent
_ROUNDS: Final = 3
_SECONDS: Final = 4.0
_BODY_BYTES: Final = 20_000


def departure_day() -> str:
    return (datetime.now(UTC).date() + timedelta(days=60)).isoformat()


def measured(running: Stack) -> tuple[Figure, ...]:
    """Against each of the others, from the medians of the rounds."""
    path = _path_of_about(running, _BODY_BYTES)
    body = _written(running, path, "page.json")
    whole = _written(running, f"{path.partition('&limit=')[0]}&limit=200", "whole.json")
    rates: dict[str, list[Load]] = {"ours": [], "bare": [], "usual": [], "usual, cut": []}
    with (
        _rival(running, "bench.rivals.bare_asgi:app", body) as bare,
        _rival(running, "bench.rivals.fastapi_redis:app", whole) as usual,
        _rival(running, "bench.rivals.fastapi_redis:app", body) as cut,
    ):
        for _ in range(_ROUNDS):
            for name, base in (("ours", running.api), ("bare", bare), ("usual", usual), ("usual, cut", cut)):
                rates[name].append(_load(f"{base}{path}"))
    if refused := sum(load.refused for loads in rates.values() for load in loads):
        raise AssertionError(f"{refused} answers were not 200")
    ours, bare_rate, usual_rate, cut_rate = (
        statistics.median(load.answers_a_second for load in loads) for loads in rates.values()
    )
    size = f"{body.stat().st_size:,} bytes, p99 {rates['ours'][0].p99_ms:.1f} ms"
    return (
        ratio("cached search", "requests/s / bare ASGI app", ours, bare_rate, unit="1/s", aim=0.6, note=size),
        ratio("cached search, usual design", "requests/s / FastAPI + pydantic + Redis", ours, usual_rate, unit="1/s", aim=15,
              note=f"it keeps the whole search, {whole.stat().st_size:,} bytes, and cuts the page as asked"),
        ratio("cached search, usual design, page cut", "the same with the page cut beforehand", ours, cut_rate,
              unit="1/s", aim=15, note="a design that can neither sort nor filter nor turn the page"),
    )  # fmt: skip


def _written(running: Stack, path: str, name: str) -> Path:
    """The answer's plain bytes in a file."""
    file = running.folder / name
    answer = httpx.get(f"{running.api}{path}", headers={"Accept-Encoding": "identity"}, timeout=10.0)
    file.write_bytes(answer.raise_for_status().content)
    return file


def _path_of_about(running: Stack, size: int) -> str:
    """The path of a search whose answer is as near to `size` as a page limit brings it."""
    path = f"/v1/flights/search?origin=LHR&destination=JFK&departure_date={departure_day()}"
    whole = httpx.get(f"{running.api}{path}&limit=40&wait=20", timeout=30.0)
    whole.raise_for_status()
    limit = max(1, round(40 * size / len(whole.content)))
    return f"{path}&limit={limit}"


@contextlib.contextmanager
def _rival(running: Stack, app: str, body: Path) -> Iterator[str]:
    environment = {**running.environment, "BENCH_BODY": str(body), "BENCH_DAY": departure_day()}
    port = free_port()
    command = (
        *(sys.executable, "-m", "gunicorn", app, "--worker-class", "uvicorn_worker.UvicornWorker"),
        *("--workers", "1", "--bind", f"127.0.0.1:{port}", "--log-level", "warning"),
    )
    log = running.folder / f"{app.partition(':')[0]}-{port}.log"
    with log.open("wb") as lines:
        started = subprocess.Popen(
            command, cwd=_ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=lines,
            stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    process = Process(name=app, running=started, log=log)
    base = f"http://127.0.0.1:{port}"
    url = f"{base}/v1/flights/search?origin=LHR&destination=JFK&departure_date={departure_day()}"
    try:
        until(lambda: answers(url), f"{app} answers")
        yield base
    finally:
        process.stop()


def _load(url: str) -> Load:
    """From a process of its own, so that the client's work does not count against the server's loop."""
    command = (sys.executable, "-m", "bench.load", url, "--seconds", str(_SECONDS))
    done = subprocess.run(command, cwd=_ROOT, env=os.environ, capture_output=True, check=True, timeout=60)
    return msgspec.json.decode(done.stdout, type=Load)
