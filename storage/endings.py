"""Bringing tasks to their end."""

import asyncio
from collections.abc import Iterable
from typing import Any, Final

_ONCE_MORE_SECONDS: Final = 0.1
_TIMES: Final = 50


async def ended(tasks: "Iterable[asyncio.Task[Any]]") -> None:
    """Cancel all of them and wait until they are gone, five seconds at most.

    Cancelled once is not enough: redis-py swallows a cancellation that meets it while it connects or sends (in Python
    3.11 `asyncio.wait_for` does). Whoever is cancelled in here still waits for its own tasks before it goes.
    """
    left = set(tasks)
    broken_off: asyncio.CancelledError | None = None
    for _ in range(_TIMES):
        if not left:
            break
        for task in left:
            task.cancel()
        try:
            _, left = await asyncio.wait(left, timeout=_ONCE_MORE_SECONDS)
        except asyncio.CancelledError as error:
            broken_off = error
            left = {task for task in left if not task.done()}
    if broken_off is not None:
        raise broken_off
