"""The offers that suppliers have made, until nobody can book them any more."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.offers import Offer
from storage import copy
from storage.tables import OFFERS

_COLUMNS: Final = (
    "id",
    "supplier",
    "search_id",
    "reference",
    "document",
    "price_amount",
    "currency",
    "fetched_at",
    "expires_at",
)


async def keep(connection: AsyncConnection, offers: Iterable[Offer], *, search_id: str) -> int:
    """Hold the offers as they are now; one that is held from a later fetch stays. How many were written."""
    rows = ((*_row(offer, search_id),) for offer in offers)
    return await copy.upsert(connection, OFFERS, _COLUMNS, rows, unless_older_by="fetched_at")


async def get(connection: AsyncConnection, offer_id: str) -> Offer | None:
    """Expired ones too, while they are held. Local times keep their offset, not their zone's name."""
    found = await connection.execute(select(OFFERS.c.document).where(OFFERS.c.id == offer_id))
    document = found.scalar_one_or_none()
    return None if document is None else msgspec.convert(document, Offer)


async def drop_expired(connection: AsyncConnection, *, before: datetime, at_most: int = 10_000) -> int:
    """Forget the longest expired, a bounded number at a time; as many as `at_most` means that there may be more."""
    doomed = (
        select(OFFERS.c.id)
        .where(OFFERS.c.expires_at < before)
        .order_by(OFFERS.c.expires_at)
        .limit(at_most)
        .with_for_update(skip_locked=True)
    )
    dropped = await connection.execute(delete(OFFERS).where(OFFERS.c.id.in_(doomed.scalar_subquery())))
    return dropped.rowcount


def _row(offer: Offer, search_id: str) -> tuple[object, ...]:
    return (
        offer.id,
        offer.supplier,
        search_id,
        offer.reference,
        offer,
        offer.price.amount,
        offer.price.currency,
        offer.fetched_at,
        offer.expires_at,
    )
