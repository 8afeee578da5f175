"""Processes under one roof: whatever ends one of them, or the roof itself, none is left."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

HOUSE = Path(__file__).with_name("house.py")
ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0  # seconds for what takes a moment on a free machine

# A worker with a child of its own, as Dramatiq has: asked once it tells its child and waits, asked twice the child is lost.
LEADER = """
import os, signal, sys, time
child = os.fork()
if not child:
    asked = []
    def ask(*_):
        asked.append(1)
        open("child-asked", "a").write("x")
        if len(asked) > 1:
            os._exit(9)
    signal.signal(signal.SIGTERM, ask)
    open("child", "w").write(str(os.getpid()))
    while not asked:
        time.sleep(0.05)
    time.sleep(0.5)
    os._exit(0)
signal.signal(signal.SIGTERM, lambda *_: os.kill(child, signal.SIGTERM))
open("leader", "w").write(str(os.getpid()))
_, status = os.waitpid(child, 0)
sys.exit(status != 0)
"""


def test_one_process_that_ends_ends_all_with_its_exit_code_named(home: "Home") -> None:
    home.start(waits="exec sleep 600", fails="sleep 0.3; exit 7")
    assert home.ended() == 1
    assert "fails ended with exit code 7" in home.said
    assert "sleep 600" not in home.leftovers()


def test_a_process_that_is_killed_is_named_with_the_signal(home: "Home") -> None:
    home.start(waits="exec sleep 600", dies="kill -9 $$")
    assert home.ended() == 1
    assert "dies was ended by SIGKILL" in home.said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_asked_to_end_it_ends_all_and_says_that_all_is_well(home: "Home", number: signal.Signals) -> None:
    home.start(one="exec sleep 600", two="exec sleep 601").send_signal(number)
    assert home.ended() == 0
    assert home.leftovers() == []


def test_a_worker_is_asked_once_and_may_finish_what_it_does(home: "Home") -> None:
    home.start(worker=f'exec "{sys.executable}" -c "{_quoted(LEADER)}"')
    home.until(lambda: home.written("child"))
    home.process.send_signal(signal.SIGTERM)
    assert home.ended() == 0
    assert home.written("child-asked") == "x"


def test_workers_whose_leader_was_killed_do_not_outlive_it(home: "Home") -> None:
    home.start(worker=f'exec "{sys.executable}" -c "{_quoted(LEADER)}"')
    home.until(lambda: home.written("child"))
    os.kill(int(home.written("leader")), signal.SIGKILL)
    assert home.ended() == 1
    assert "worker was ended by SIGKILL" in home.said
    assert home.leftovers() == []


def test_who_does_not_end_when_asked_is_made_to(home: "Home") -> None:
    home.start(stubborn="trap '' TERM; while true; do sleep 1; done").send_signal(signal.SIGTERM)
    assert home.ended() == 0
    assert home.leftovers() == []


def test_killed_itself_it_leaves_nobody_behind(home: "Home") -> None:
    home.start(one="exec sleep 600", two="exec sleep 601").kill()
    home.process.wait(PATIENCE)
    home.until(lambda: home.leftovers() == [])


def test_when_whoever_started_it_is_gone_all_end(home: "Home") -> None:
    home.start(one="exec sleep 600", under="make").kill()
    home.until(lambda: home.leftovers() == [])


def test_a_terminal_that_closes_is_a_farewell(home: "Home") -> None:
    ours, theirs = os.openpty()
    home.start(one="exec sleep 600", shown_at=theirs)
    os.close(theirs)
    os.close(ours)
    home.process.wait(PATIENCE)
    home.until(lambda: home.leftovers() == [])


def test_under_nohup_the_terminal_may_close(home: "Home") -> None:
    home.start(one="exec sleep 600", under="nohup").send_signal(signal.SIGHUP)
    with pytest.raises(subprocess.TimeoutExpired):
        home.process.wait(0.5)
    home.process.send_signal(signal.SIGTERM)
    assert home.ended() == 0


def test_every_line_is_logged_and_only_trouble_is_shown(home: "Home") -> None:
    line = '{"event":"supplier.down","level":"%s","supplier":"albatross"}'
    home.start(talker=f"echo '{line % 'info'}'; echo '{line % 'warning'}'; echo 'listening'; sleep 0.5")
    home.ended()
    log = (home.folder / "logs" / "talker.log").read_text().splitlines()
    assert log == [line % "info", line % "warning", "listening"]
    assert home.said.count("supplier.down supplier=albatross") == 1
    assert "listening" not in home.said


_UNDER = {"": [], "nohup": ["nohup"], "make": ["/bin/sh", "-c", '"$@" "with its parent"; :', "sh"]}


@contextmanager
def _as_from_a_terminal() -> Iterator[None]:
    """Children inherit an ignored SIGHUP, and whoever runs these tests may have been started under nohup."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGHUP, before)


class Home:
    """A household in a process of its own; everything that it starts carries the folder's name in its environment."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said = ""
        self.process: subprocess.Popen[str]

    def start(self, *, under: str = "", shown_at: int = subprocess.PIPE, **commands: str) -> "subprocess.Popen[str]":
        command = [*_UNDER[under], sys.executable, str(HOUSE), str(self.folder), json.dumps(commands)]
        with _as_from_a_terminal():
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT), "HOME_OF_TEST": str(self.folder)},
                stdout=shown_at,
                text=True,
            )
        self.until((self.folder / "settled").exists)
        return self.process

    def ended(self) -> int:
        self.said, _ = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode

    def written(self, name: str) -> str:
        path = self.folder / name
        return path.read_text() if path.exists() else ""

    def leftovers(self) -> list[str]:
        return [" ".join(process.info["cmdline"] or ()) for process in self._everybody()]

    def until(self, seen: Callable[[], object]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not seen():
            assert time.monotonic() < deadline, f"waited in vain; left are {self.leftovers()}"
            time.sleep(0.05)

    def end(self) -> None:
        for process in self._everybody():
            process.kill()

    def _everybody(self) -> Iterator[psutil.Process]:
        for process in psutil.process_iter(["cmdline", "environ", "status"], ad_value=None):
            marked = (process.info["environ"] or {}).get("HOME_OF_TEST") == str(self.folder)
            if marked and process.info["status"] != psutil.STATUS_ZOMBIE:
                yield process


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    home = Home(tmp_path)
    yield home
    home.end()
    home.process.communicate(timeout=PATIENCE)


def _quoted(script: str) -> str:
    return script.replace('"', '\\"').replace("$", "\\$")
