"""What was sent to be booked: written before it is sent, so that nobody sends it again in good faith."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from domain.orders import Attempt, Order, Reason
from storage.engine import transaction
from storage.tables import ORDER_ATTEMPTS


class OrderAttempts:
    """One for each process; every method is a transaction of its own and raises StorageDown."""

    def __init__(self, engine: AsyncEngine, *, now: Callable[[], datetime]) -> None:
        self._engine: Final = engine
        self._now: Final = now

    async def begin(self, supplier: str, reference: str) -> Attempt | None:
        """None for whoever is the first: of two at once, one waits for the other's transaction and is the second."""
        first = (
            insert(ORDER_ATTEMPTS)
            .values(supplier=supplier, reference=reference, begun_at=self._now())
            .on_conflict_do_nothing()
            .returning(ORDER_ATTEMPTS.c.reference)
        )
        async with transaction(self._engine) as connection:
            if (await connection.execute(first)).first() is not None:
                return None
            earlier = (await connection.execute(select(ORDER_ATTEMPTS).where(*_key(supplier, reference)))).one_or_none()
        if earlier is None:  # withdrawn between the two statements: its reference is as good as new
            return await self.begin(supplier, reference)
        return Attempt(
            begun_at=earlier.begun_at,
            order=None if earlier.booked is None else msgspec.convert(earlier.booked, Order),
            refused=earlier.refused,
            reason=None if earlier.reason is None else Reason(earlier.reason),
        )

    async def booked(self, supplier: str, reference: str, order: Order) -> None:
        await self._end(supplier, reference, booked=order)

    async def refused(self, supplier: str, reference: str, why: str, reason: Reason | None) -> None:
        await self._end(supplier, reference, refused=why, reason=reason)

    async def withdraw(self, supplier: str, reference: str) -> None:
        """Only what has no end: an order that is in our books stays in them."""
        unsettled = ORDER_ATTEMPTS.c.ended_at.is_(None)
        async with transaction(self._engine) as connection:
            await connection.execute(delete(ORDER_ATTEMPTS).where(*_key(supplier, reference), unsettled))

    async def _end(self, supplier: str, reference: str, **told: Any) -> None:
        async with transaction(self._engine) as connection:
            await connection.execute(
                update(ORDER_ATTEMPTS).where(*_key(supplier, reference)).values(ended_at=self._now(), **told)
            )


async def withhold(connection: AsyncConnection, supplier: str, reference: str, why: str, *, now: datetime) -> bool:
    """True for what was never sent: from now on nobody sends it. What was sent stays as it is in the books."""
    never = (
        insert(ORDER_ATTEMPTS)
        .values(
            supplier=supplier, reference=reference, begun_at=now, ended_at=now, refused=why, reason=Reason.NO_SUCH_ORDER
        )
        .on_conflict_do_nothing()
        .returning(ORDER_ATTEMPTS.c.reference)
    )
    return (await connection.execute(never)).first() is not None


async def booked_since(connection: AsyncConnection, since: datetime) -> Mapping[str, int]:
    """How many orders each supplier has taken since then."""
    found = await connection.execute(
        select(ORDER_ATTEMPTS.c.supplier, func.count())
        .where(ORDER_ATTEMPTS.c.begun_at >= since, ORDER_ATTEMPTS.c.booked.is_not(None))
        .group_by(ORDER_ATTEMPTS.c.supplier)
    )
    return {row[0]: row[1] for row in found}


def _key(supplier: str, reference: str) -> tuple[Any, ...]:
    return ORDER_ATTEMPTS.c.supplier == supplier, ORDER_ATTEMPTS.c.reference == reference
