"""Our books of what was sent, in memory: for tests that no process is killed in."""

from datetime import datetime
from typing import Final

import msgspec

from domain.orders import Attempt, Order, Reason
from tests.builders import NOW


class MemoryAttempts:
    """`held` is all that was written, by supplier and reference."""

    def __init__(self, *, now: datetime = NOW) -> None:
        self.held: Final[dict[tuple[str, str], Attempt]] = {}
        self._now: Final = now

    async def begin(self, supplier: str, reference: str) -> Attempt | None:
        earlier = self.held.get((supplier, reference))
        if earlier is None:
            self.held[supplier, reference] = Attempt(begun_at=self._now)
        return earlier

    async def booked(self, supplier: str, reference: str, order: Order) -> None:
        self._end(supplier, reference, order=order)

    async def refused(self, supplier: str, reference: str, why: str, reason: Reason | None) -> None:
        self._end(supplier, reference, refused=why, reason=reason)

    async def withdraw(self, supplier: str, reference: str) -> None:
        if (held := self.held.get((supplier, reference))) is not None and held.order is None and held.refused is None:
            del self.held[supplier, reference]

    def _end(self, supplier: str, reference: str, **told: object) -> None:
        self.held[supplier, reference] = msgspec.structs.replace(self.held[supplier, reference], **told)
