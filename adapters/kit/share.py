"""What one process may spend of a supplier's budget while it can't ask the others."""

import math
from collections import defaultdict, deque
from collections.abc import Mapping
from typing import Final

import msgspec

from adapters.kit.budget import Budget, Claim, Priority, Window, reserve

# Eight processes that all lost the shared budget still stay within what one may spend.
_PARTS: Final = 8
_LOOK_AGAIN_SECONDS: Final = 0.02  # when only calls that are still under way stand in the way
_LOOK_IN_SECONDS: Final = 2.0
_GRACE_SECONDS: Final = 1.0
_SLOTS: Final = 120  # as in Redis: a month takes no more memory than a second

_AIR: Final = "air"


class _Mark(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody waits, until it looks again, for these windows or for a place in the air."""

    claim: Claim
    blockers: frozenset[str]
    over: float


class _Spending:
    """What was spent when, the calls of one slot together at the instant of the last of them."""

    def __init__(self, slot_seconds: float) -> None:
        self._slot: Final = slot_seconds
        self._entries: Final[deque[tuple[float, int]]] = deque()
        self._slot_ends = -math.inf

    def add(self, now: float, cost: int) -> None:
        if self._entries and now < self._slot_ends:
            _, before = self._entries.pop()
            cost += before
        else:
            self._slot_ends = now + self._slot
        self._entries.append((now, cost))

    def since(self, instant: float) -> int:
        return sum(cost for at, cost in self._entries if at > instant)

    def forget(self, until: float) -> None:
        while self._entries and self._entries[0][0] <= until:
            self._entries.popleft()

    def seal(self) -> None:
        """What comes now is an entry of its own."""
        self._slot_ends = -math.inf

    def leaves(self, amount: int, since: float) -> float | None:
        """The instant of the entry with which so much of what was spent since then has left."""
        for at, cost in self._entries:
            if at > since:
                amount -= cost
                if amount <= 0:
                    return at
        return None


class LocalShare:
    """An eighth of every window and of the places in the air, by the same rules as all processes have together.

    A log of this process's own spending, with or without the others' leave: whoever has just spent more than its
    share waits until that has left the window. A call counts while it is under way, and its window starts with the
    reply. All instants are of one monotonic clock. `sells`: a part of each window is kept for bookings.
    """

    def __init__(self, budget: Budget, *, sells: bool = False) -> None:
        self._windows: Final = budget.windows
        self._sells: Final = sells
        self._places: Final = max(1, budget.concurrency // _PARTS)
        self._horizons: Final = {w.id: w.seconds * _stretch(w, budget.dearest(w)) for w in budget.windows}
        self._spent: Final = {w.id: _Spending(w.seconds / _SLOTS) for w in budget.windows}
        self._untold: Final = {w.id: _Spending(w.seconds / _SLOTS) for w in budget.windows}
        self._under_way: Final[defaultdict[str, int]] = defaultdict(int)
        self._seen: Final[dict[tuple[Priority, str], float]] = {}
        self._marks: Final[dict[str, _Mark]] = {}
        self._left: Final[dict[str, tuple[int, float]]] = {}
        self._flying = 0

    def wait(self, claim: Claim, now: float, *, lease: str = "", order: Priority | None = None) -> float:
        """Seconds until such a call fits, 0 for at once; `order` is the class in which it has come to wait."""
        order = claim.priority if order is None else order
        self._marks.pop(lease, None)
        ahead = self._ahead(order, now)
        waits = {window.id: self._wait_for(window, claim, order, ahead[window.id], now) for window in claim.windows}
        if self._flying + ahead[_AIR] >= self._places:
            waits[_AIR] = _LOOK_AGAIN_SECONDS
        for window in claim.windows:
            self._seen[claim.priority, window.id] = now
        wait = max(waits.values(), default=0.0)
        if wait and lease:
            blockers = frozenset(blocker for blocker, seconds in waits.items() if seconds)
            over = now + min(wait, _LOOK_IN_SECONDS) + _GRACE_SECONDS
            self._marks[lease] = _Mark(
                claim=msgspec.structs.replace(claim, priority=order), blockers=blockers, over=over
            )
        return wait

    def gone(self, lease: str) -> None:
        """It waits no longer."""
        self._marks.pop(lease, None)

    def took_off(self, claim: Claim) -> None:
        self._flying += 1
        for window in claim.windows:
            self._under_way[window.id] += claim.cost

    def landed(self, claim: Claim, now: float, *, alone: bool, spent: bool = True) -> None:
        """`alone`: nobody else knows of this call yet. Not `spent`: it was never made."""
        self._flying -= 1
        for window in claim.windows:
            self._under_way[window.id] -= claim.cost
            if not spent:
                continue
            self._spent[window.id].add(now, claim.cost)
            self._spent[window.id].forget(now - self._horizons[window.id])
            if window.id in self._left:
                left, over = self._left[window.id]
                self._left[window.id] = left - claim.cost, over
            if alone:
                self._untold[window.id].add(now, claim.cost)

    def untold(self, now: float) -> Mapping[str, int]:
        """For each window in which something was spent without the others' knowledge, how much."""
        told = {window.id: self._untold[window.id].since(now - window.seconds) for window in self._windows}
        for spending in self._untold.values():
            spending.seal()
        return {window: cost for window, cost in told.items() if cost}

    def told(self, until: float) -> None:
        for spending in self._untold.values():
            spending.forget(until)

    def lower(self, window: Window, left: int, now: float, over: float) -> None:
        """The supplier says what all processes have left until then: an eighth of it is ours."""
        held, ends = self._left.get(window.id, (0, now))
        if ends <= now or left // _PARTS <= held:
            self._left[window.id] = left // _PARTS, over

    def _ahead(self, order: Priority, now: float) -> defaultdict[str, int]:
        """How much of each window, and of the air, those of a higher class wait for."""
        ahead: defaultdict[str, int] = defaultdict(int)
        for lease, mark in tuple(self._marks.items()):
            if mark.over <= now:
                del self._marks[lease]
            elif mark.claim.priority < order:
                for blocker in mark.blockers:
                    ahead[blocker] += 1 if blocker == _AIR else mark.claim.cost
        return ahead

    def _kept(self, window: Window, order: Priority, bound: int, now: float) -> int:
        lately = now - 2 * window.seconds
        classes = [
            priority
            for priority in Priority
            if priority < order
            and (self._seen.get((priority, window.id), -math.inf) > lately or (self._sells and priority == 0))
        ]
        return len(classes) * reserve(bound)

    def _wait_for(self, window: Window, claim: Claim, order: Priority, ahead: int, now: float) -> float:
        stretch = _stretch(window, claim.cost)
        seconds, bound = window.seconds * stretch, window.calls * stretch // _PARTS
        bound = max(claim.cost, bound - self._kept(window, order, bound, now)) - ahead
        left, over = self._left.get(window.id, (claim.cost, 0.0))
        if over > now and self._under_way[window.id] + claim.cost > left - ahead:
            return over - now
        excess = self._spent[window.id].since(now - seconds) + self._under_way[window.id] + claim.cost - bound
        if excess <= 0:
            return 0.0
        leaves = self._spent[window.id].leaves(excess, now - seconds)
        return _LOOK_AGAIN_SECONDS if leaves is None else leaves + seconds - now


def _stretch(window: Window, cost: int) -> int:
    """How many windows together leave an eighth that is large enough for one call of this cost."""
    return max(1, math.ceil(_PARTS * cost / window.calls))
