"""Start: from `make run` on a machine with the packages installed to the first cached search answered."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import httpx

from bench.cached import departure_day
from bench.figures import Better, Figure
from bench.stack import free_port, until

_ROOT: Final = Path(__file__).resolve().parent.parent
_AIM_SECONDS: Final = 15.0
_STOP_SECONDS: Final = 30.0


def measured() -> Figure:
    """An empty data folder each time; the clock runs until the same search is answered for the second time."""
    with tempfile.TemporaryDirectory(prefix="travelhub-start-") as folder:
        port = free_port()
        environment = {
            **{name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}},
            "PORT": str(port), "SANDBOX_PORT": str(free_port()), "TRAVELHUB_DATA": folder,
            "MAILBOX_PORT": str(free_port()), "MAILBOX_SMTP_PORT": str(free_port()),
        }  # fmt: skip
        url = f"http://127.0.0.1:{port}/v1/flights/search?origin=LHR&destination=JFK&departure_date={departure_day()}"
        with (Path(folder) / "up.log").open("wb") as log:
            started = time.perf_counter()
            running = subprocess.Popen(
                (Path(sys.executable).with_name("travelhub"), "up"), cwd=_ROOT, env=environment, stdin=subprocess.DEVNULL,
                stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        try:
            until(lambda: _found(url), "the first search is answered")
            until(lambda: _found(url), "the same search is answered from the cache")
            took = time.perf_counter() - started
        finally:
            os.killpg(running.pid, signal.SIGINT)
            running.wait(timeout=_STOP_SECONDS)
    return Figure(
        name="start",
        measure="seconds from nothing to the first cached search",
        ours=took,
        theirs=_AIM_SECONDS,
        unit="s",
        value=took,
        aim=_AIM_SECONDS,
        better=Better.LOWER,
        note="database made, migrated, airports and airlines loaded",
    )


def _found(url: str) -> bool:
    try:
        answer = httpx.get(url, timeout=10.0)
    except httpx.TransportError:
        return False
    return answer.status_code == 200 and bool(answer.json()["results"])
