"""Two jobs measured in turns, so that whatever else the machine does meets both."""

import time
from collections.abc import Callable


def in_turns(one: Callable[[], object], other: Callable[[], object], rounds: int) -> tuple[list[float], list[float]]:
    """Seconds of each round of both; the garbage collector runs as it does in a worker."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        times[0].append(_seconds(one))
        times[1].append(_seconds(other))
    return times


def _seconds(job: Callable[[], object]) -> float:
    began = time.perf_counter()
    made = job()
    taken = time.perf_counter() - began
    del made  # dropping the answer is not part of finding it
    return taken
