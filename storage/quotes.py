"""Quotes: what an offer was found to cost when its supplier was asked again, for as long as anybody may ask what it was."""

from datetime import datetime

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.orders import QuotedOffer
from storage.tables import QUOTES


async def keep(connection: AsyncConnection, quoted: QuotedOffer) -> None:
    """A quote never changes: one that is held already stays as it is."""
    offered, price = quoted.offer.price, quoted.quote.price
    row = insert(QUOTES).values(
        id=quoted.id,
        offer_id=quoted.offer.id,
        search_id=quoted.query.id,
        supplier=quoted.offer.supplier,
        status=quoted.status,
        offered_amount=offered.amount,
        offered_currency=offered.currency,
        price_amount=price.amount,
        price_currency=price.currency,
        document=quoted,
        quoted_at=quoted.quote.quoted_at,
        expires_at=quoted.expires_at,
    )
    await connection.execute(row.on_conflict_do_nothing())


async def get(connection: AsyncConnection, quote_id: str) -> QuotedOffer | None:
    """Expired ones too, while they are held."""
    found = await connection.execute(select(QUOTES.c.document).where(QUOTES.c.id == quote_id))
    return _quoted(found.scalar_one_or_none())


async def latest(connection: AsyncConnection, offer_id: str, *, now: datetime) -> QuotedOffer | None:
    """The newest of an offer that has not expired."""
    newest = (
        select(QUOTES.c.document)
        .where(QUOTES.c.offer_id == offer_id, QUOTES.c.expires_at > now)
        .order_by(QUOTES.c.quoted_at.desc())
        .limit(1)
    )
    return _quoted((await connection.execute(newest)).scalar_one_or_none())


async def drop_expired(connection: AsyncConnection, *, before: datetime, at_most: int = 10_000) -> int:
    """Forget those that expired before then, a bounded number at a time; how many."""
    doomed = select(QUOTES.c.id).where(QUOTES.c.expires_at < before).limit(at_most).with_for_update(skip_locked=True)
    dropped = await connection.execute(delete(QUOTES).where(QUOTES.c.id.in_(doomed.scalar_subquery())))
    return dropped.rowcount


def _quoted(document: object) -> QuotedOffer | None:
    return None if document is None else msgspec.convert(document, QuotedOffer)
