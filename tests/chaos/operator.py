"""The operator: clears up what no machine can, an order in doubt whose supplier can't be asked for it."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Final

import httpx
import psycopg
import structlog

from bench.stack import Stack
from domain.bookings import Booking, Item, ItemStatus
from tests.chaos import truth
from tests.chaos.ledger import Accepted, RealOrder

_log: Final = structlog.get_logger(__name__)
_LOOKS_EVERY: Final = 3.0


class Operator:
    """Calls the supplier by telephone, who looks for the traveller's name, and tells TravelHub what was said.

    No call is under way any longer than `settled`, so what a supplier has not stored by then it never will.
    """

    def __init__(self, running: Stack, accepted: list[Accepted], settled: timedelta) -> None:
        self._stack: Final = running
        self._accepted: Final = accepted
        self._settled: Final = settled
        self.cleared = 0

    async def work(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self._look()
            except (httpx.HTTPError, psycopg.OperationalError) as error:  # whoever is away comes back
                _log.info("operator.nobody_answers", error=str(error))
            await asyncio.sleep(_LOOKS_EVERY)

    async def _look(self) -> None:
        surnames = {one.id: one.surname for one in self._accepted}
        now = datetime.now(UTC)
        doubtful = [
            (booking, item)
            for booking in (await asyncio.to_thread(truth.under_way, self._stack)).values()
            for item in booking.items
            if _in_doubt(booking, item, now - self._settled) and booking.id in surnames
        ]
        if not doubtful:
            return
        real = await asyncio.to_thread(truth.orders, self._stack)
        async with httpx.AsyncClient(base_url=self._stack.api, headers=self._stack.admin(), timeout=20) as api:
            for booking, item in doubtful:
                await self._tell(api, booking, item, _named(real, item, surnames[booking.id]))

    async def _tell(self, api: httpx.AsyncClient, booking: Booking, item: Item, order: RealOrder | None) -> None:
        said = (
            {"outcome": "not_booked", "note": "nobody there knows that name"}
            if order is None
            else {"outcome": "booked", "order_id": order.number, "note": "told on the telephone"}
        )
        told = await api.post(f"/v1/admin/bookings/{booking.id}/items/{item.number}/resolve", json=said)
        if told.status_code < 300:
            self.cleared += 1
        elif told.status_code != 409:  # somebody is at it, or knows by now
            told.raise_for_status()


def _in_doubt(booking: Booking, item: Item, sent_until: datetime) -> bool:
    return (
        not booking.over
        and item.status is ItemStatus.SENT
        and not item.abilities.finds
        and item.sent_at is not None
        and item.sent_at < sent_until
    )


def _named(real: list[RealOrder], item: Item, surname: str) -> RealOrder | None:
    return next(
        (
            order
            for order in real
            if order.alive and order.supplier == item.offer.supplier and order.surname.casefold() == surname.casefold()
        ),
        None,
    )
