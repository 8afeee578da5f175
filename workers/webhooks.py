"""Telling clients: whatever is due is claimed, sent and written down, many at once and each host only so often."""

import asyncio
import random
import uuid
from datetime import datetime
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.webhooks import Message
from domain.jobs import DeliverWebhooks, DropOldWebhooks
from domain.webhooks import (
    AT_ONCE_FOR_A_HOST,
    CLAIMED_FOR,
    DISABLED_AFTER,
    KEPT_FOR,
    DeliveryState,
    Outcome,
    Secrets,
    message_id,
    next_try,
)
from storage import awaited_searches, webhook_deliveries, webhooks
from storage.engine import transaction
from storage.failures import StorageDown
from storage.vault import Unreadable, Vault
from storage.webhook_deliveries import Due
from workers.tools import Tools

_log: Final = structlog.get_logger(__name__)
_SHIFT_SECONDS: Final = 4.0  # for which one job goes on claiming; the next one is near, and nobody waits long to end
_AT_ONCE: Final = 32  # attempts of one job
_WORTH_A_LOOK: Final = 8  # places: a look among many thousands that are due takes longer than an attempt
_GONE: Final = "the receiver answered 410: it wants no more of this"
_HOPELESS: Final = f"nothing but failures for {DISABLED_AFTER.days} days"


async def deliver_webhooks(_: DeliverWebhooks, tools: Tools) -> None:
    """Each delivery is claimed by one job, whoever else runs. Where storage is away, the next job is near.

    A worker that dies in the middle of an attempt has perhaps told it: it is told again when the claim is over. Without
    a key for the secrets nothing is tried, and nothing is lost by that.
    """
    if tools.vault is None:
        _log.warning("webhooks.no_key")
        return
    by, ends = uuid.uuid4().hex, asyncio.get_running_loop().time() + _SHIFT_SECONDS
    under_way: set[asyncio.Task[None]] = set()
    try:
        while asyncio.get_running_loop().time() < ends:
            claimed = await _claimed(by, _AT_ONCE - len(under_way), tools)
            under_way |= {asyncio.create_task(_attempt(due, tools.vault, tools)) for due in claimed}
            if not under_way:
                return
            done, under_way = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.gather(*done)
        await asyncio.gather(*under_way)
    except StorageDown as error:
        _log.warning("webhooks.not_delivered", error=str(error))
    finally:
        for attempt in under_way:
            attempt.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)


async def drop_old_webhooks(_: DropOldWebhooks, tools: Tools) -> None:
    """What was told long ago, in batches, each its own transaction, until none is left."""
    now, dropped = tools.now(), 0
    while True:
        async with transaction(tools.engine) as connection:
            batch = await webhook_deliveries.drop_old(connection, before=now - KEPT_FOR)
        dropped += batch
        if not batch:
            break
    async with transaction(tools.engine) as connection:
        await awaited_searches.drop_old(connection, before=now - awaited_searches.AWAITED_FOR)
    _log.info("webhooks.dropped", events=dropped)


async def _claimed(by: str, at_most: int, tools: Tools) -> tuple[Due, ...]:
    if at_most < _WORTH_A_LOOK:
        return ()
    now = tools.now()
    async with transaction(tools.engine) as connection:
        return await webhook_deliveries.claim(
            connection, by=by, now=now, until=now + CLAIMED_FOR, at_most=at_most, of_a_host=AT_ONCE_FOR_A_HOST
        )


async def _attempt(due: Due, vault: Vault, tools: Tools) -> None:
    outcome = await _outcome(due, vault, tools)
    async with transaction(tools.engine) as connection:
        await _noted(connection, due, outcome, tools.now())


async def _outcome(due: Due, vault: Vault, tools: Tools) -> Outcome:
    now = tools.now()
    try:
        secrets = vault.opened(due.secrets, Secrets).signing(now)
    except Unreadable as error:
        _log.error("webhook.secret_unreadable", subscription=due.subscription_id)
        return Outcome(at=now, took_ms=0, error=f"we can't sign it: {error}")
    message = Message(id=message_id(due.event_id), url=due.url, body=due.body.encode(), secrets=secrets)
    try:
        return await tools.courier.deliver(message, now=now)
    except Exception:  # noqa: BLE001 -- a mistake over one message must not silence all others
        _log.exception("webhook.crashed", delivery=due.id)
        return Outcome(at=now, took_ms=0, error="we failed to send it")


async def _noted(connection: AsyncConnection, due: Due, outcome: Outcome, now: datetime) -> None:
    """How it went, when to try again, and whether there is anybody left to tell."""
    facts = {"delivery": due.id, "subscription": due.subscription_id, "type": due.type, "status": outcome.status}
    if outcome.delivered:
        if await webhook_deliveries.tried(connection, due, outcome, state=DeliveryState.DELIVERED, next_at=None):
            await webhooks.went_well(connection, due.subscription_id)
        _log.info("webhook.delivered", **facts)
        return
    pause = None if outcome.gone else next_try(due.tries + 1, jitter=random.random())  # noqa: S311  # no secret
    state = DeliveryState.GIVEN_UP if pause is None else DeliveryState.WAITING
    next_at = None if pause is None else now + pause
    if not await webhook_deliveries.tried(connection, due, outcome, state=state, next_at=next_at):
        return
    _log.info("webhook.failed", **facts, error=outcome.error, next_at=None if next_at is None else next_at.isoformat())
    since = await webhooks.went_wrong(connection, due.subscription_id, now=now)
    if outcome.gone:
        await webhooks.disable(connection, due.subscription_id, _GONE, now=now)
    elif pause is None and since is not None and now - since >= DISABLED_AFTER:
        await webhooks.disable(connection, due.subscription_id, _HOPELESS, now=now)
