"""`make bench`: every figure of docs/performance.md, as a table for people and as JSON for whoever compares runs."""

import argparse
import os
import platform
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec
from rich.console import Console

from bench import (
    bookings,
    budget,
    cached,
    cold,
    hanging,
    many,
    matching,
    normalise,
    readers,
    start,
    streams,
    suggestions,
    sync,
)
from bench.figures import Figure, table
from bench.stack import stack

_RESULTS: Final = Path(__file__).resolve().parent / "results"


class Run(msgspec.Struct, frozen=True, kw_only=True):
    taken_at: datetime
    python: str
    cores: int
    figures: tuple[Figure, ...]


def _served() -> tuple[Figure, ...]:
    with stack("sandbox", "worker", "worker_catalogue", "web") as running:
        return (*cached.measured(running), cold.cold(running), cold.stampede(running), sync.measured(running))


def _hanging() -> tuple[Figure, ...]:
    with stack("sandbox", "worker", "worker_catalogue", "web") as running:
        return hanging.measured(running)


def _many() -> tuple[Figure, ...]:
    with stack("sandbox", "worker", "worker_catalogue", "web") as running:
        return many.measured(running)


def _bookings() -> tuple[Figure, ...]:
    with stack("sandbox", "worker", "worker_catalogue", "web") as running:
        return bookings.measured(running)


def _budget() -> tuple[Figure, ...]:
    with stack("sandbox") as running:
        return (budget.measured(running, seconds=60),)


BENCHES: Final[Mapping[str, Callable[[], tuple[Figure, ...]]]] = {
    "served": _served,
    "hanging": _hanging,
    "many": _many,
    "bookings": _bookings,
    "normalise": normalise.measured,
    "readers": readers.measured,
    "matching": matching.measured,
    "budget": _budget,
    "streams": streams.measured,
    "suggestions": suggestions.measured,
    "start": lambda: (start.measured(),),
}


def main() -> None:
    words = argparse.ArgumentParser(description="Measure TravelHub; with names, only these")
    words.add_argument("names", nargs="*", choices=[[], *BENCHES], help=", ".join(BENCHES))
    asked = words.parse_args().names or list(BENCHES)
    console = Console(width=None if sys.stdout.isatty() else 160)
    figures: list[Figure] = []
    for name in asked:
        console.print(f"measuring {name} …")
        figures.extend(BENCHES[name]())
    console.print(table(figures))
    run = Run(
        taken_at=datetime.now(UTC), python=platform.python_version(), cores=os.cpu_count() or 1, figures=tuple(figures)
    )
    _RESULTS.mkdir(exist_ok=True)
    written = _RESULTS / f"{run.taken_at:%Y%m%dT%H%M%S}.json"
    written.write_bytes(msgspec.json.format(msgspec.json.encode(run), indent=2))
    console.print(f"written to {written.relative_to(Path.cwd()) if written.is_relative_to(Path.cwd()) else written}")


if __name__ == "__main__":
    main()
