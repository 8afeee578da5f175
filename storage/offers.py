"""The offers that suppliers have made, until nobody can book them any more."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.offers import Offer
from domain.queries import Query
from storage import copy
from storage.tables import OFFERS

_COLUMNS: Final = (
    "id",
    "supplier",
    "search_id",
    "reference",
    "document",
    "query",
    "price_amount",
    "currency",
    "fetched_at",
    "expires_at",
)


class KeptOffer(msgspec.Struct, frozen=True, kw_only=True):
    """An offer, and the question that it answered: its supplier wants both when it is asked about the offer."""

    offer: Offer
    query: Query


async def keep(connection: AsyncConnection, offers: Iterable[Offer], *, query: Query) -> int:
    """Hold the offers as they are now; one that is held from a later fetch stays. How many were written."""
    rows = (_row(offer, query) for offer in offers)
    return await copy.upsert(connection, OFFERS, _COLUMNS, rows, unless_older_by="fetched_at")


async def get(connection: AsyncConnection, offer_id: str) -> Offer | None:
    """Expired ones too, while they are held. Local times keep their offset, not their zone's name."""
    found = await connection.execute(select(OFFERS.c.document).where(OFFERS.c.id == offer_id))
    document = found.scalar_one_or_none()
    return None if document is None else msgspec.convert(document, Offer)


async def kept(connection: AsyncConnection, offer_id: str) -> KeptOffer | None:
    """As `get`; None as well for one whose question nobody wrote down."""
    found = await connection.execute(select(OFFERS.c.document, OFFERS.c.query).where(OFFERS.c.id == offer_id))
    row = found.one_or_none()
    if row is None or row.query is None:
        return None
    return KeptOffer(offer=msgspec.convert(row.document, Offer), query=msgspec.convert(row.query, Query))


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


def _row(offer: Offer, query: Query) -> tuple[object, ...]:
    return (
        offer.id,
        offer.supplier,
        query.id,
        offer.reference,
        offer,
        query,
        offer.price.amount,
        offer.price.currency,
        offer.fetched_at,
        offer.expires_at,
    )
