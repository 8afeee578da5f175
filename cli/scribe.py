"""Writes what the processes say to a log file each, and shows people only what they should look at."""

import logging
import re
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, Final

import msgspec
from rich.console import Console
from rich.text import Text

_LARGEST_LOG: Final = 20_000_000  # bytes; one older file is kept beside it
_COLOURS: Final = {"warning": "yellow", "error": "red", "critical": "bold red"}
_PLAIN_TROUBLE: Final = re.compile(r"\b(warning|error|critical|traceback)\b", re.IGNORECASE)
_SAID_ALREADY: Final = frozenset({"event", "level", "timestamp", "process", "exception"})
_LONGEST: Final = 300  # characters of one line at the terminal; the log has all of it
_LAST_WORDS: Final = 12


class Scribe:
    """A printer for honcho: `write` takes its messages, `width` is the room that it wants for names.

    Once `hushed`, trouble is only logged: what ends is full of it.
    """

    def __init__(self, folder: Path, console: Console, *, hushed: Callable[[], bool]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.width = 0
        self._folder: Final = folder
        self._console: Final = console
        self._hushed: Final = hushed
        self._logs: Final[dict[str, RotatingFileHandler]] = {}
        self._last: Final[dict[str, list[str]]] = {}
        self._watched = True

    def write(self, message: Any) -> None:
        """Honcho's own words are left out: what matters of them is said in our own."""
        if message.name not in self._logs and message.name == "system":
            return
        text = message.data.decode(errors="replace") if isinstance(message.data, bytes) else str(message.data)
        for line in text.splitlines():
            self._log(message.name).emit(logging.makeLogRecord({"msg": line}))
            self._last[message.name] = [*self._last.get(message.name, []), line][-_LAST_WORDS:]
            if not self._hushed() and (shown := for_people(line)):
                self.say(Text.assemble((f"{message.name:<{self.width}} ", "dim"), shown))

    def say(self, text: Text | str) -> None:
        """At the terminal, until there is none any more."""
        try:
            if self._watched:
                self._console.print(text)
        except OSError:
            self._watched = False

    def last_words(self, name: str) -> list[str]:
        return [line for line in self._last.get(name, []) if line.strip()]

    def close(self) -> None:
        for log in self._logs.values():
            log.close()

    def _log(self, name: str) -> RotatingFileHandler:
        if name not in self._logs:
            self._logs[name] = RotatingFileHandler(
                self._folder / f"{name}.log", maxBytes=_LARGEST_LOG, backupCount=1, encoding="utf-8"
            )
        return self._logs[name]


def for_people(line: str) -> Text | None:
    """A line of a log as people like to read it, None when it is nothing that they have to know."""
    try:
        event: Any = msgspec.json.decode(line)
    except msgspec.DecodeError:
        return Text(line[:_LONGEST], "yellow") if _PLAIN_TROUBLE.search(line) else None
    if not isinstance(event, dict) or (colour := _COLOURS.get(str(event.get("level")))) is None:
        return None
    fields = " ".join(f"{name}={value}" for name, value in event.items() if name not in _SAID_ALREADY)
    crash = str(event.get("exception") or "").strip().splitlines()
    words = " ".join(filter(None, (str(event.get("event")), fields, crash[-1] if crash else "")))
    return Text(words[:_LONGEST], colour)
