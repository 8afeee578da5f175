"""Bringing tasks to their end."""

import asyncio
from collections.abc import Iterable
from typing import Any, Final

_ONCE_MORE_SECONDS: Final = 0.1
_TIMES: Final = 50


async def ended(tasks: "Iterable[asyncio.Task[Any]]") -> None:
    """Cancel all of them and wait until they are gone, five seconds at most.

    Cancelled once is not enough: redis-py swallows a cancellation that meets it while it connects or sends (in Python 3.11
    `asyncio.wait_for` does).
    """
    left = set(tasks)
    for _ in range(_TIMES):
        if not left:
            return
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=_ONCE_MORE_SECONDS)
