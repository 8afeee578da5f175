"""What one process may spend of a supplier's budget while it can't ask the others."""

import math
from collections import deque
from typing import Final

from adapters.kit.budget import Budget, Window

# Eight processes that all lost the shared budget still stay within what one may spend.
_PARTS: Final = 8
_LOOK_AGAIN_SECONDS: Final = 0.02  # when only calls that are still under way stand in the way


class LocalShare:
    """An eighth of every window and of the places in the air.

    A log of this process's own spending, with or without the others' leave: whoever has just spent more than its
    share waits until that has left the window. A call counts while it is under way, and its window starts with the
    reply. All instants are of one monotonic clock.
    """

    def __init__(self, budget: Budget) -> None:
        self._windows: Final = budget.windows
        self._places: Final = max(1, budget.concurrency // _PARTS)
        dearest = max((1, *budget.costs.values()))
        self._horizon: Final = max(window.seconds * _stretch(window, dearest) for window in budget.windows)
        self._spent: Final[deque[tuple[float, int]]] = deque()
        self._untold: Final[deque[tuple[float, int]]] = deque()
        self._flying = 0
        self._under_way = 0

    def wait(self, cost: int, now: float) -> float:
        """Seconds until a call of this cost fits, 0 for at once."""
        longest = max(self._wait_for(window, cost, now) for window in self._windows)
        return max(longest, _LOOK_AGAIN_SECONDS) if self._flying >= self._places else longest

    def took_off(self, cost: int) -> None:
        self._flying += 1
        self._under_way += cost

    def landed(self, cost: int, now: float, *, alone: bool) -> None:
        """`alone`: nobody else knows of this call yet."""
        self._flying -= 1
        self._under_way -= cost
        self._spent.append((now, cost))
        if alone:
            self._untold.append((now, cost))
        while self._spent[0][0] <= now - self._horizon:
            self._spent.popleft()

    def untold(self, now: float) -> tuple[int, ...]:
        """For each window what was spent in it without the others' knowledge."""
        return tuple(_within(self._untold, now - window.seconds) for window in self._windows)

    def told(self, until: float) -> None:
        while self._untold and self._untold[0][0] <= until:
            self._untold.popleft()

    def _wait_for(self, window: Window, cost: int, now: float) -> float:
        stretch = _stretch(window, cost)
        seconds, bound = window.seconds * stretch, window.calls * stretch // _PARTS
        over = _within(self._spent, now - seconds) + self._under_way + cost - bound
        if over <= 0:
            return 0.0
        for at, other in self._spent:
            if at > now - seconds:
                over -= other
                if over <= 0:
                    return at + seconds - now
        return _LOOK_AGAIN_SECONDS


def _stretch(window: Window, cost: int) -> int:
    """How many windows together leave an eighth that is large enough for one call of this cost."""
    return max(1, math.ceil(_PARTS * cost / window.calls))


def _within(log: deque[tuple[float, int]], since: float) -> int:
    return sum(cost for at, cost in log if at > since)
