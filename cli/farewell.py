"""Why everything ends: whoever knows a reason says it here, and the first one counts."""

import os
import signal
import threading
from types import FrameType
from typing import Final


class Farewell:
    """`code` is what the command ends with; `why` is None where a person asked for the end."""

    def __init__(self, *, started_by: int | None) -> None:
        """`started_by` is the process that must be our parent for as long as we run; None where nobody must."""
        self.code = 0
        self.why: str | None = None
        self._started_by: Final = started_by
        self._said: Final = threading.Event()
        self._asked = False

    @property
    def said(self) -> bool:
        if self._asked:
            self.say(None, code=0)
        if not self._said.is_set() and self._started_by not in {None, os.getppid()}:
            self.say("What started TravelHub is gone, so it ends too.", code=1)
        return self._said.is_set()

    def say(self, why: str | None, *, code: int) -> None:
        if not self._said.is_set():
            self.why, self.code = why, code
            self._said.set()

    def within(self, seconds: float) -> bool:
        """Wait that long at most; True when the end has come."""
        return self.said or self._said.wait(seconds) or self.said

    def heed_signals(self) -> None:
        """From now on Ctrl-C, SIGTERM and a closed terminal are words, not exceptions."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        """No more than a note: what was interrupted may be holding the very lock that saying it needs."""
        self._asked = True


def interrupt_on_signals() -> None:
    """SIGTERM and a closed terminal interrupt what is being started, as Ctrl-C does. Only the first one counts."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)


def ignore_signals() -> None:
    """For the last seconds, in which everything ends already and a second Ctrl-C could only break that."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    ignore_signals()
    raise KeyboardInterrupt
