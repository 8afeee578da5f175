"""Notices of payment gateways: each is kept once, heeded once, and looked at again while its payment is not known."""

from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from sqlalchemy import delete, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.payments import GatewayNotice
from storage.booking_tables import GATEWAY_NOTICES

KEPT_FOR: Final = timedelta(days=90)
_AT_ONCE: Final = 5000

_OF: Final = GATEWAY_NOTICES.c


class KeptNotice(msgspec.Struct, frozen=True, kw_only=True):
    notice: GatewayNotice
    received_at: datetime


async def keep(connection: AsyncConnection, notice: GatewayNotice, *, now: datetime) -> bool:
    """False for one that came before."""
    row = {"gateway": notice.gateway, "id": notice.id, "document": notice, "received_at": now, "due_at": now}
    kept = await connection.execute(
        insert(GATEWAY_NOTICES).values(row).on_conflict_do_nothing(index_elements=["gateway", "id"]).returning(_OF.id)
    )
    return kept.first() is not None


async def due(connection: AsyncConnection, *, now: datetime, at_most: int) -> tuple[KeptNotice, ...]:
    """What nobody has heeded and is to be looked at by now, what has waited longest first."""
    found = await connection.execute(
        select(_OF.document, _OF.received_at).where(_OF.due_at <= now).order_by(_OF.due_at).limit(at_most)
    )
    return tuple(
        KeptNotice(notice=msgspec.convert(row.document, GatewayNotice), received_at=row.received_at) for row in found
    )


async def take(connection: AsyncConnection, notice: GatewayNotice) -> bool:
    """Until the end of the transaction it is nobody else's. False where it is, or was heeded by now."""
    mine = select(_OF.id).where(*_is(notice), _OF.heeded_at.is_(None)).with_for_update(skip_locked=True)
    return (await connection.execute(mine)).first() is not None


async def heeded(connection: AsyncConnection, notice: GatewayNotice, *, now: datetime) -> None:
    """There is nothing more to do about it."""
    await connection.execute(update(GATEWAY_NOTICES).where(*_is(notice)).values(heeded_at=now, due_at=None))


async def again(connection: AsyncConnection, notice: GatewayNotice, *, at: datetime) -> None:
    """Somebody looks at it then, unless it is heeded before."""
    await connection.execute(update(GATEWAY_NOTICES).where(*_is(notice), _OF.heeded_at.is_(None)).values(due_at=at))


async def drop_old(connection: AsyncConnection, *, before: datetime) -> int:
    """Forgets what was heeded and came before then, some thousands at a time; how many."""
    old = select(_OF.gateway, _OF.id).where(_OF.received_at < before, _OF.due_at.is_(None)).limit(_AT_ONCE)
    pair: Any = delete(GATEWAY_NOTICES).where(_pair().in_(old))
    return int((await connection.execute(pair)).rowcount)


def _pair() -> Any:
    return tuple_(_OF.gateway, _OF.id)


def _is(notice: GatewayNotice) -> tuple[Any, ...]:
    return _OF.gateway == notice.gateway, _OF.id == notice.id
