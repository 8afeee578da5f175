"""What a supplier lets us spend: windows of calls, calls under way at once, and who goes first."""

import hashlib
from collections.abc import Callable, Mapping
from enum import IntEnum
from typing import Any, Final

import msgspec

from adapters.kit.calls import Call

# A window of so many calls has room to keep a part of it, one of fifty and at least one, free for whoever goes first.
_ROOMY: Final = 10
_PARTS: Final = 50


class Priority(IntEnum):
    """Who shares a budget, the most urgent first: somebody pays, somebody waits, somebody will ask again, nobody waits.

    Whoever comes first in this list gets the next free place; those below wait as long as somebody above waits. Of
    each window that has ten calls or more a small part is kept free for every class above that was there lately, and
    for bookings wherever a supplier sells. Nobody waits for ever: after twenty seconds a call moves up one class, and
    goes on so until it waits with those for whom somebody waits. None overtakes a booking.
    """

    BOOKING = 0
    INTERACTIVE = 1
    REFRESH = 2
    SYNC = 3


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """At most `calls` (by weight) in any `seconds` on end, of all operations or of those that are named.

    Raises ValueError for a window that lets nothing through.
    """

    calls: int
    seconds: float
    operations: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if self.calls < 1 or not 0 < self.seconds < float("inf"):
            raise ValueError(f"{self.calls} calls in {self.seconds} seconds is not a window of a budget")

    @property
    def id(self) -> str:
        """The same in every process: its length in milliseconds, and a digest of its operations where it names some."""
        length = str(max(1, round(self.seconds * 1000)))
        if not self.operations:
            return length
        return f"{length}.{hashlib.blake2s(' '.join(sorted(self.operations)).encode(), digest_size=4).hexdigest()}"

    def holds(self, operation: str) -> bool:
        """Whether a call of this operation counts in the window."""
        return not self.operations or operation in self.operations


def reserve(calls: int) -> int:
    """How many of a window's calls are kept free for one class from all classes below it."""
    return max(1, calls // _PARTS) if calls >= _ROOMY else 0


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """What one call wants of a budget: so much of each of these windows, and a place in the air.

    `scopes` is what a pause that the supplier asks for in its reply is about.
    """

    cost: int
    priority: Priority
    windows: tuple[Window, ...]
    scopes: tuple[str, ...]


# The scope of a pause for all operations; windows of some operations are scopes of their own.
EVERYTHING: Final = "*"

Cost = int | Callable[[Call], int]


class Budget(msgspec.Struct, frozen=True, kw_only=True):
    """What all processes together may spend. `costs` weighs operations that count for more, or less, than one call.

    Raises ValueError for a budget that could never let one of its operations through.
    """

    windows: tuple[Window, ...]
    concurrency: int
    costs: Mapping[
        str, Any
    ] = {}  # Cost; a budget travels between processes, and msgspec reads no union with a function

    def __post_init__(self) -> None:
        lengths = {(window.seconds, window.operations) for window in self.windows}
        if not self.windows or len(lengths) < len(self.windows):
            raise ValueError("a budget has at least one window, and one for each length and set of operations")
        if self.concurrency < 1:
            raise ValueError("a budget lets at least one call into the air")
        for operation, cost in self.costs.items():
            if isinstance(cost, int) and not 0 <= cost <= self.tightest(operation):
                raise ValueError(
                    f"{operation} costs {cost}, and a window of {self.tightest(operation)} never holds that"
                )

    def claim(self, call: Call, priority: Priority) -> Claim:
        holding = tuple(window for window in self.windows if window.holds(call.operation))
        cost = self.cost(call)
        return Claim(
            cost=cost,
            priority=priority,
            windows=holding if cost else (),
            scopes=tuple(window.id for window in holding if window.operations) or (EVERYTHING,),
        )

    def dearest(self, window: Window) -> int:
        """The most that one call which the window holds may cost."""
        held = {operation: cost for operation, cost in self.costs.items() if window.holds(operation)}
        return max((1, *(cost if isinstance(cost, int) else self.tightest(name) for name, cost in held.items())))

    def tightest(self, operation: str) -> int:
        """The most that one call of the operation may ever cost. Raises ValueError where no window holds it."""
        return min(window.calls for window in self.windows if window.holds(operation))

    def cost(self, call: Call) -> int:
        told = self.costs.get(call.operation, 1)
        return told if isinstance(told, int) else max(0, min(told(call), self.tightest(call.operation)))
