"""Forgetting what callers searched for long ago, and what is too much of it."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.jobs import DropOldHistory
from storage import asked
from storage.engine import transaction
from workers.tools import Tools

_log: Final = structlog.get_logger(__name__)
KEPT_FOR: Final = timedelta(days=90)


async def drop_old_history(_: DropOldHistory, tools: Tools) -> None:
    """In batches, each its own transaction, until none is left: what is too old, then what is too much for one caller."""
    old = await _all(partial(asked.drop_old, before=tools.now() - KEPT_FOR), tools)
    beyond = await _all(asked.drop_beyond, tools)
    _log.info("history.dropped", old=old, beyond=beyond)


async def _all(drop: Callable[[AsyncConnection], Awaitable[int]], tools: Tools) -> int:
    dropped = 0
    while True:
        async with transaction(tools.engine) as connection:
            batch = await drop(connection)
        dropped += batch
        if not batch:
            return dropped
