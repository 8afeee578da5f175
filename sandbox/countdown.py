"""What was ordered from outside and waits for the calls that it is meant for, each order for a count."""

from collections.abc import Callable, Iterator
from typing import Final, Generic, TypeVar

import msgspec


class Ordered(msgspec.Struct, frozen=True, kw_only=True):
    """`operation` None means any. `left` calls will still meet it, None: every one until it is taken back."""

    id: int
    supplier: str
    operation: str | None
    left: int | None

    def meets(self, supplier: str, operation: str) -> bool:
        return self.supplier == supplier and self.operation in (None, operation)


Order = TypeVar("Order", bound=Ordered)


class Countdown(Generic[Order]):
    """The oldest order that meets a call comes first. Nothing awaits in here, so no two calls claim the same one."""

    def __init__(self) -> None:
        self._waiting: Final[dict[int, Order]] = {}
        self._next = 1

    def put(self, ordered: Callable[[int], Order]) -> Order:
        """Makes the order with a number that no other has had, and lets it wait."""
        order = ordered(self._next)
        self._next += 1
        self._waiting[order.id] = order
        return order

    def claim(self, supplier: str, operation: str) -> Order | None:
        """What this call meets, counted down."""
        order = next((order for order in self._waiting.values() if order.meets(supplier, operation)), None)
        if order is None or order.left is None:
            return order
        if order.left == 1:
            del self._waiting[order.id]
        else:
            self._waiting[order.id] = msgspec.structs.replace(order, left=order.left - 1)
        return order

    def clear(self, number: int | None = None) -> int:
        """Takes back one order, or all of them, and says how many."""
        gone = list(self._waiting) if number is None else [key for key in self._waiting if key == number]
        for key in gone:
            del self._waiting[key]
        return len(gone)

    def __iter__(self) -> Iterator[Order]:
        return iter(tuple(self._waiting.values()))
