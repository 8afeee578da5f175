"""Why everything ends: whoever knows a reason says it here, and the first one counts."""

import os
import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Final


class Farewell:
    """`code` is what the command ends with; `why` is None where a person asked for the end."""

    def __init__(self, *, started_by: int | None, terminal: int | None = None) -> None:
        """`started_by` is the process that must be our parent for as long as we run; None where nobody must.

        `terminal` is an open file of the terminal that we are shown at: closing that is a farewell too. (The signal for
        it reaches only the first process there, and where that is make, it waits for us.)
        """
        self.code = 0
        self.why: str | None = None
        self._started_by: Final = started_by
        self._said: Final = threading.Event()
        self._asked = False
        self._terminal: Final = terminal

    @property
    def said(self) -> bool:
        if self._asked or (self._terminal is not None and not os.isatty(self._terminal)):
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
        _on_signals(self._ask)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        """No more than a note: what was interrupted may be holding the very lock that saying it needs."""
        self._asked = True


def interrupt_on_signals() -> None:
    """SIGTERM and a closed terminal interrupt what is being started, as Ctrl-C does. Only the first one counts."""
    _on_signals(_interrupt)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    _on_signals(signal.SIG_IGN)  # everything ends already, and a second Ctrl-C could only break that
    raise KeyboardInterrupt


def _on_signals(handler: Callable[[int, FrameType | None], None] | signal.Handlers) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if not (number is signal.SIGHUP and signal.getsignal(number) is signal.SIG_IGN):  # that is what nohup wants
            signal.signal(number, handler)
