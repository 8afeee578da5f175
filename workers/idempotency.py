"""Forgetting what idempotency keys were answered with, when nobody asks again."""

from typing import Final

import structlog

from domain.jobs import DropIdempotencyKeys
from storage import idempotency
from storage.engine import transaction
from workers.tools import Tools

_log: Final = structlog.get_logger(__name__)


async def drop_idempotency_keys(_: DropIdempotencyKeys, tools: Tools) -> None:
    """In batches, each its own transaction, until none is left."""
    before, dropped = tools.now() - idempotency.KEPT_FOR, 0
    while True:
        async with transaction(tools.engine) as connection:
            batch = await idempotency.drop_old(connection, before=before)
        dropped += batch
        if not batch:
            break
    _log.info("idempotency_keys.dropped", count=dropped)
