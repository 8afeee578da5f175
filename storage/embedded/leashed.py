"""A server program that lives in one folder and ends with the process that started it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import msgspec
import psutil

_LEASH: Final = Path(__file__).with_name("leash.py")
_READY_WITHIN: Final = 60.0  # seconds; after a crash the logs are replayed first
_GONE_WITHIN: Final = 25.0  # seconds, a little more than the leash's own patience
_LAST_LINES: Final = 3
_NEEDED_TO_RUN: Final = ("PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")


class CannotStart(RuntimeError):
    """An embedded server can't run here; the message is one sentence for the person at the terminal."""


class Owner(msgspec.Struct, frozen=True, kw_only=True):
    """The system user that a server runs as."""

    uid: int
    gid: int


class Program(msgspec.Struct, frozen=True, kw_only=True):
    """What is run: `executable` names the process, `folder` is its working directory and belongs to it alone.

    `owner` None means the user that we are. `stop_with` asks it to end soon and in order.
    """

    title: str
    executable: Path
    arguments: tuple[str, ...]
    folder: Path
    log: Path
    stop_with: signal.Signals
    owner: Owner | None = None


def executable(package: str, pattern: str) -> Path:
    """A program inside an installed package, found without importing it. Raises CannotStart where it is missing."""
    spec = find_spec(package)
    places = (spec.submodule_search_locations if spec else None) or ()
    found = next((path for place in places for path in Path(place).glob(pattern)), None)
    if found is None:
        raise CannotStart(f"The package {package} has no program {pattern} for this machine: install it again.")
    return found


def bare_environment() -> dict[str, str]:
    """What a program needs to run and no more: none of our secrets, and no PGPORT or PGDATA that would move it."""
    return {name: os.environ[name] for name in _NEEDED_TO_RUN if name in os.environ}


class Leashed:
    """Starts, stops and kills one program, as often as wanted. `answers` tells whether it serves already."""

    def __init__(self, program: Program, answers: Callable[[], bool]) -> None:
        self.program: Final = program
        self._answers: Final = answers
        self._leash: subprocess.Popen[bytes] | None = None

    @property
    def running(self) -> bool:
        return self._leash is not None and self._leash.poll() is None

    def start(self) -> None:
        """Returns when the server answers. Raises CannotStart with the last words of its log."""
        if self.running:
            return
        self.stop()  # lets go of the leash of a server that ended by itself
        self.clear()
        begun_at = self.program.log.stat().st_size if self.program.log.exists() else 0
        self._leash = subprocess.Popen(  # noqa: S603 -- our own interpreter and our own script
            [sys.executable, "-IS", str(_LEASH), self._order()],
            stdin=subprocess.PIPE,
            env=bare_environment(),
            start_new_session=True,
        )
        deadline = time.monotonic() + _READY_WITHIN
        while not self._answers():
            if self._leash.poll() is not None:
                raise CannotStart(f"{self.program.title} ended at once: {self._last_words(begun_at)}")
            if time.monotonic() > deadline:
                self.stop()
                raise CannotStart(f"{self.program.title} did not answer within {_READY_WITHIN:.0f} seconds.")
            time.sleep(0.02)

    def stop(self) -> None:
        """In order: what was accepted is on disk afterwards."""
        if self._leash is None or self._leash.stdin is None:
            return
        self._leash.stdin.close()
        try:
            self._leash.wait(_GONE_WITHIN)
        except subprocess.TimeoutExpired:
            self.kill()
        self._leash = None

    def kill(self) -> None:
        """At once, as a power cut would."""
        _ended(self._inhabitants(), signal.SIGKILL)
        if self._leash is not None and self._leash.stdin is not None:
            self._leash.stdin.close()
            self._leash.wait(_GONE_WITHIN)
        self._leash = None

    def clear(self) -> None:
        """End what an earlier start left in the folder when its leash was killed too."""
        _ended(self._inhabitants(), self.program.stop_with)

    def _inhabitants(self) -> list[psutil.Process]:
        """Processes of this program at work in this folder; the name spares a shell that happens to stand there."""
        home, name = self.program.folder.resolve(), self.program.executable.name
        seen = psutil.process_iter(["name", "cwd"], ad_value=None)
        return [one for one in seen if one.info["name"] == name and one.info["cwd"] and Path(one.info["cwd"]) == home]

    def _order(self) -> str:
        order = {
            "holder": os.getpid(),
            "command": [str(self.program.executable), *self.program.arguments],
            "folder": str(self.program.folder),
            "log": str(self.program.log),
            "uid": self.program.owner.uid if self.program.owner else None,
            "gid": self.program.owner.gid if self.program.owner else None,
            "stop_with": self.program.stop_with,
        }
        return msgspec.json.encode(order).decode()

    def _last_words(self, begun_at: int) -> str:
        if not self.program.log.exists():
            return "it left no log."
        written = self.program.log.read_bytes()[begun_at:].decode(errors="replace").splitlines()
        return " / ".join(line.strip() for line in written[-_LAST_LINES:]) or "it said nothing."


def _ended(processes: Sequence[psutil.Process], by: signal.Signals) -> None:
    for signum in (by, signal.SIGKILL):
        for process in processes:
            try:
                process.send_signal(signum)
            except psutil.NoSuchProcess:
                continue
        _, processes = psutil.wait_procs(processes, timeout=_GONE_WITHIN)
        if not processes:
            return
    raise CannotStart(f"Process {processes[0].pid} of an earlier start does not end.")
