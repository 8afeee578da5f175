"""Subscriptions to webhooks: who wants to hear of what, where, and what their messages are signed with."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Row, any_, delete, func, insert, select, text, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.webhooks import DeliveryState, Subscription
from storage.webhook_tables import WEBHOOK_DELIVERIES, WEBHOOK_SUBSCRIPTIONS

_OF: Final = WEBHOOK_SUBSCRIPTIONS.c


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where a page ended, the newest first."""

    created_at: datetime
    id: str


async def subscribe(connection: AsyncConnection, subscription: Subscription, *, host: str, secrets: bytes) -> None:
    """`secrets` are sealed. Only after `count`, which keeps others of the owner waiting until the transaction ends."""
    row = msgspec.structs.asdict(subscription) | {"host": host, "secrets": secrets, "types": list(subscription.types)}
    await connection.execute(insert(WEBHOOK_SUBSCRIPTIONS).values(row))


async def count(connection: AsyncConnection, owner: str) -> int:
    """Of several transactions that ask for one owner, each waits for the one before it."""
    await connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:owner, 7))"), {"owner": owner})
    found = await connection.execute(select(func.count()).where(_OF.owner == owner))
    return found.scalar_one()


async def get(connection: AsyncConnection, subscription_id: str, *, owner: str | None) -> Subscription | None:
    """None for what is not there, and for what is another owner's; `owner` None sees everything."""
    wanted = select(WEBHOOK_SUBSCRIPTIONS).where(_OF.id == subscription_id, *_owned(owner))
    row = (await connection.execute(wanted)).one_or_none()
    return None if row is None else _subscription(row)


async def secrets_of(connection: AsyncConnection, subscription_id: str) -> bytes | None:
    """As they are sealed; nobody else changes them until the transaction ends."""
    wanted = select(_OF.secrets).where(_OF.id == subscription_id).with_for_update()
    return (await connection.execute(wanted)).scalar_one_or_none()


async def keep_secrets(connection: AsyncConnection, subscription_id: str, secrets: bytes) -> None:
    await connection.execute(update(WEBHOOK_SUBSCRIPTIONS).where(_OF.id == subscription_id).values(secrets=secrets))


async def subscriptions(
    connection: AsyncConnection, *, owner: str | None, after: Place | None, at_most: int
) -> tuple[Subscription, ...]:
    """The newest first."""
    wanted = select(WEBHOOK_SUBSCRIPTIONS).where(*_owned(owner))
    if after is not None:
        wanted = wanted.where(tuple_(_OF.created_at, _OF.id) < (after.created_at, after.id))
    found = await connection.execute(wanted.order_by(_OF.created_at.desc(), _OF.id.desc()).limit(at_most))
    return tuple(map(_subscription, found))


async def count_all(connection: AsyncConnection, *, owner: str | None) -> int:
    found = await connection.execute(select(func.count()).select_from(WEBHOOK_SUBSCRIPTIONS).where(*_owned(owner)))
    return found.scalar_one()


async def unsubscribe(connection: AsyncConnection, subscription_id: str, *, owner: str | None) -> bool:
    """With everything that was on its way there. False where there was none."""
    gone = await connection.execute(delete(WEBHOOK_SUBSCRIPTIONS).where(_OF.id == subscription_id, *_owned(owner)))
    return bool(gone.rowcount)


async def enable(connection: AsyncConnection, subscription_id: str) -> None:
    await connection.execute(
        update(WEBHOOK_SUBSCRIPTIONS)
        .where(_OF.id == subscription_id)
        .values(disabled_at=None, disabled_because=None, failing_since=None)
    )


async def listeners(connection: AsyncConnection, kind: str) -> frozenset[str]:
    """The owners who want to hear of this type of event."""
    wants = (func.cardinality(_OF.types) == 0) | (any_(_OF.types) == kind)
    found = await connection.execute(select(_OF.owner).where(_OF.disabled_at.is_(None), wants).distinct())
    return frozenset(found.scalars())


# ---- for workers ----


async def went_well(connection: AsyncConnection, subscription_id: str) -> None:
    await connection.execute(
        update(WEBHOOK_SUBSCRIPTIONS)
        .where(_OF.id == subscription_id, _OF.failing_since.is_not(None))
        .values(failing_since=None)
    )


async def went_wrong(connection: AsyncConnection, subscription_id: str, *, now: datetime) -> datetime | None:
    """Since when all has failed; None where nobody is subscribed any more."""
    known = update(WEBHOOK_SUBSCRIPTIONS).where(_OF.id == subscription_id)
    await connection.execute(known.where(_OF.failing_since.is_(None)).values(failing_since=now))
    found = await connection.execute(select(_OF.failing_since).where(_OF.id == subscription_id))
    return found.scalar_one_or_none()


async def disable(connection: AsyncConnection, subscription_id: str, because: str, *, now: datetime) -> None:
    """It hears of nothing more, and what was on its way is given up."""
    await connection.execute(
        update(WEBHOOK_SUBSCRIPTIONS)
        .where(_OF.id == subscription_id, _OF.disabled_at.is_(None))
        .values(disabled_at=now, disabled_because=because)
    )
    await connection.execute(
        update(WEBHOOK_DELIVERIES)
        .where(
            WEBHOOK_DELIVERIES.c.subscription_id == subscription_id, WEBHOOK_DELIVERIES.c.state == DeliveryState.WAITING
        )
        .values(state=DeliveryState.GIVEN_UP, next_at=None)
    )


def _owned(owner: str | None) -> Iterable[Any]:
    return () if owner is None else (_OF.owner == owner,)


def _subscription(row: "Row[Any]") -> Subscription:
    names = Subscription.__struct_fields__
    return Subscription(**{name: getattr(row, name) for name in names} | {"types": tuple(row.types)})
