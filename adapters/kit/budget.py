"""What a supplier lets us spend: windows of calls, calls under way at once, and who goes first."""

from collections.abc import Callable, Mapping
from enum import IntEnum

import msgspec

from adapters.kit.calls import Call


class Priority(IntEnum):
    """Who shares a budget, the most urgent first: somebody pays, somebody waits, somebody will ask again, nobody waits."""

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

    def holds(self, operation: str) -> bool:
        """Whether a call of this operation counts in the window."""
        return not self.operations or operation in self.operations


Cost = int | Callable[[Call], int]


class Budget(msgspec.Struct, frozen=True, kw_only=True):
    """What all processes together may spend. `costs` weighs operations that count for more, or less, than one call.

    Raises ValueError for a budget that could never let one of its operations through.
    """

    windows: tuple[Window, ...]
    concurrency: int
    costs: Mapping[str, Cost] = {}

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

    def tightest(self, operation: str) -> int:
        """The most that one call of the operation may ever cost. Raises ValueError where no window holds it."""
        return min(window.calls for window in self.windows if window.holds(operation))

    def cost(self, call: Call) -> int:
        told = self.costs.get(call.operation, 1)
        return told if isinstance(told, int) else max(0, min(told(call), self.tightest(call.operation)))
