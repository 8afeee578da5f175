"""The processes of the Procfile under one roof: when one ends, or somebody says farewell, all end."""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType
from typing import Any, Final

from honcho.manager import KILL_WAIT, Manager
from honcho.process import Process

from cli.farewell import Farewell
from cli.scribe import Scribe

_GLANCE: Final = 0.25  # seconds between two looks of a minder at its charge and at us


class Charge(Process):  # type: ignore[misc]  # honcho ships no types
    """One line of the Procfile with its minder: a fork of us that reads the output and waits for the end.

    Honcho's minder hears neither of a killed parent nor of a leader that died in front of its children; either would
    leave processes behind.
    """

    def run(self, events: Any = None, ignore_signals: Any = False) -> None:  # noqa: FBT002 -- honcho's signature
        signal.signal(signal.SIGHUP, _stay)
        threading.Thread(target=self._mind, args=(os.getppid(),), daemon=True).start()
        super().run(events, ignore_signals)

    def _mind(self, parent: int) -> None:
        while os.getppid() == parent:
            if self._child is not None and _ended(self._child.pid):
                _signal_group(self._child.pid, signal.SIGKILL)
                return
            time.sleep(_GLANCE)
        if self._child is not None:
            _end(self._child.pid)
        os._exit(1)  # in a thread: sys.exit would end only it, and nobody reads our queue any more


class Household(Manager):  # type: ignore[misc]  # honcho ships no types
    """Honcho's loop, ended by a farewell. `settled` is called once, when all are started.

    `fallen` is the process that ended by itself, and with it everything.
    """

    def __init__(self, *, scribe: Scribe, farewell: Farewell, settled: Callable[[], None]) -> None:
        multiprocessing.set_start_method("fork", force=True)  # a minder is our child on every Python and system
        super().__init__(scribe)
        self.fallen: str | None = None
        self._process_ctor = Charge
        self._procmgr = _Leaders()
        self._scribe: Final = scribe
        self._farewell: Final = farewell
        self._settled: Final = settled

    def run(self, commands: Mapping[str, str], *, environment: Mapping[str, str], folder: Path) -> None:
        """Returns when all have ended, whatever happens."""
        for name, command in commands.items():
            self.add_process(name, command, env=dict(environment), cwd=folder)
        try:
            self.loop()
        finally:
            for process in self._processes.values():
                if "pid" in process and "returncode" not in process:
                    _signal_group(process["pid"], signal.SIGKILL)

    def terminate(self) -> None:
        self._scribe.say("Ending …")
        super().terminate()

    def _start(self) -> None:
        # Honcho's own handlers stumble over a process that has not told its id yet.
        self._farewell.heed_signals()
        super()._start()
        self._settled()

    def _any_stopped(self) -> bool:
        """Honcho's loop ends all in order as soon as this is true, and by force a few seconds later."""
        for name, process in self._processes.items():
            if (code := process.get("returncode")) is not None and not self._farewell.said:
                self.fallen = name
                self._farewell.say(f"{name} {_ending(code)}, so everything has ended.", code=1)
        return self._farewell.said


class _Leaders:
    """Asks the leader of each group to end, which knows its workers: Dramatiq's drop their jobs when asked twice."""

    def terminate(self, pid: int) -> None:
        try:
            os.kill(pid, signal.SIGTERM)
        except ProcessLookupError:
            return

    def kill(self, pid: int) -> None:
        _signal_group(pid, signal.SIGKILL)


def _ending(code: int) -> str:
    return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"


def _end(leader: int) -> None:
    _Leaders().terminate(leader)
    deadline = time.monotonic() + KILL_WAIT
    while not _ended(leader) and time.monotonic() < deadline:
        time.sleep(_GLANCE)
    _signal_group(leader, signal.SIGKILL)


def _ended(pid: int) -> bool:
    """Without reaping it, so that its number, and so its group's, stays ours."""
    try:
        return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    except ChildProcessError:
        return True


def _signal_group(leader: int, number: signal.Signals) -> None:
    try:
        os.killpg(leader, number)
    except (ProcessLookupError, PermissionError):  # macOS says the latter of a group of zombies
        return


def _stay(_number: int, _frame: FrameType | None) -> None:
    """A closed terminal is the household's affair. (A handler, unlike "ignore", is not handed on to the program.)"""
