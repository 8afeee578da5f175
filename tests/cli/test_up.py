"""Everything under one roof, for real: from an empty folder to a search, to nobody left, to the same data again."""

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from adapters.kit.registry import suppliers

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 180.0  # seconds for what takes ten on a free machine

pytestmark = pytest.mark.slow


def test_from_an_empty_folder_to_a_search_and_back_to_nobody_and_the_data_stays(roof: "Roof") -> None:
    roof.start()
    roof.until_said("TravelHub is running")
    found = _ended(roof.line_to_paste())
    assert bool(found["results"]) == any("flights" in supplier.searches for supplier in suppliers().values())
    assert found["search"]["status"] == "complete"
    again = _answer(roof.line_to_paste())
    assert again["search"]["age_seconds"] is not None
    assert again["results"] == found["results"]
    (zurich,) = (one for one in _answer(f"{roof.url}/v1/airports?query=zurich")["data"] if one["iata"] == "ZRH")
    assert zurich["timezone"] == "Europe/Zurich"
    airports = _answer(f"{roof.url}/v1/airports?limit=1")["page"]["total"]
    assert airports > 7000

    second = roof.another_start()
    assert (second.returncode, second.stdout) == (1, "")
    assert (
        second.stderr == f"TravelHub is already running with its data in {roof.data}: end it, or set TRAVELHUB_DATA.\n"
    )
    elsewhere = roof.another_start(TRAVELHUB_DATA=str(roof.data / "elsewhere"))
    assert (elsewhere.returncode, elsewhere.stderr) == (
        1,
        f"Port {roof.port} is in use: stop what listens there or set PORT.\n",
    )

    os.killpg(roof.process.pid, signal.SIGINT)  # what a terminal does for Ctrl-C
    assert roof.ended() == 0
    roof.nothing_is_left()
    token = (roof.data / "admin-token").read_text()

    roof.start()
    roof.until_said("TravelHub is running")
    assert "Loading the world's" not in roof.said
    assert token.strip() in roof.said
    assert _answer(f"{roof.url}/v1/airports?limit=1")["page"]["total"] == airports
    (scheduler,) = (one for one in roof.everybody() if "schedules.main" in one.cmdline())
    scheduler.kill()
    assert roof.ended() == 1
    assert "scheduler was ended by SIGKILL, so everything has ended." in roof.said
    roof.nothing_is_left()


def test_ctrl_c_while_it_starts_leaves_nobody_behind_either(roof: "Roof") -> None:
    roof.start()
    roof.until_said("Starting PostgreSQL and Valkey")
    os.killpg(roof.process.pid, signal.SIGINT)
    assert roof.ended() == 0
    roof.nothing_is_left()


class Roof:
    """`travelhub up` with a data folder and ports of its own, in a session of its own as in a terminal."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self.port, self.sandbox_port, self.mailbox_port, self.slot_port = _free_ports(4)
        self.url = f"http://127.0.0.1:{self.port}"
        self._words = folder / "words"
        self.process: subprocess.Popen[bytes]

    @property
    def said(self) -> str:
        return self._words.read_text(errors="replace")

    def start(self) -> None:
        with self._words.open("wb") as words:
            self.process = subprocess.Popen(
                _COMMAND, cwd=ROOT, env=self._environment({}), stdout=words, stderr=words, start_new_session=True
            )

    def another_start(self, **settings: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            _COMMAND, cwd=ROOT, env=self._environment(settings), capture_output=True, text=True, timeout=60, check=False
        )

    def until_said(self, words: str) -> None:
        self._until(lambda: words in self.said or self.process.poll() is not None)
        assert words in self.said, self.said

    def line_to_paste(self) -> str:
        (line,) = re.findall(r"^ *(curl .*)$", self.said, re.MULTILINE)
        command, url = shlex.split(line)
        assert command == "curl"
        return url

    def ended(self) -> int:
        return self.process.wait(PATIENCE)

    def nothing_is_left(self) -> None:
        self._until(lambda: not self._names())
        assert [path for path in self.data.rglob("*") if path.is_socket()] == []
        for port in (self.port, self.sandbox_port, self.mailbox_port, self.slot_port):
            socket.create_server(("127.0.0.1", port)).close()

    def everybody(self) -> Iterator[psutil.Process]:
        for process in psutil.process_iter(["environ", "status", "cmdline"], ad_value=None):
            ours = (process.info["environ"] or {}).get("TRAVELHUB_DATA", "").startswith(str(self.data))
            if ours and process.info["status"] != psutil.STATUS_ZOMBIE:
                yield process

    def end(self) -> None:
        for process in self.everybody():
            process.kill()
        self.process.wait(PATIENCE)

    def _names(self) -> list[str]:
        return [" ".join(process.info["cmdline"] or ()) for process in self.everybody()]

    def _until(self, seen: Callable[[], object]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not seen():
            assert time.monotonic() < deadline, f"waited in vain; said was {self.said}, left are {self._names()}"
            time.sleep(0.1)

    def _environment(self, settings: Mapping[str, str]) -> dict[str, str]:
        """Ours without what a developer has set for a TravelHub of theirs."""
        theirs = {"DATABASE_URL", "REDIS_URL", "BROKER_URL", "ADMIN_TOKEN", "SANDBOX_URL", "TRAVELHUB_STARTED_BY"}
        kept = {name: value for name, value in os.environ.items() if name not in theirs}
        own = {
            "TRAVELHUB_DATA": str(self.data),
            "PORT": str(self.port),
            "SANDBOX_PORT": str(self.sandbox_port),
            "MAILBOX_PORT": str(self.mailbox_port),
            "MAILBOX_SMTP_PORT": str(self.slot_port),
            "WORKER_THREADS": "8",  # each idle one looks for jobs a hundred times a second
        }
        return {**kept, **own, **settings}


_COMMAND = [sys.executable, "-c", "from cli.main import main; main()", "up"]


@pytest.fixture
def roof() -> Iterator[Roof]:
    with tempfile.TemporaryDirectory(prefix="travelhub-up-") as folder:
        roof = Roof(Path(folder))
        yield roof
        roof.end()


def _ended(url: str) -> Any:
    """The answer as somebody sees it who pastes the line again until everybody has answered."""
    ends = time.monotonic() + PATIENCE
    while (answer := _answer(url))["search"]["status"] != "complete":
        assert time.monotonic() < ends, answer["search"]
        time.sleep(1)
    return answer


def _answer(url: str) -> Any:
    return httpx.get(url, timeout=30, trust_env=False).raise_for_status().json()


def _free_ports(count: int) -> list[int]:
    """Held all at once, so that they differ."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports
