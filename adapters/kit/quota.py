"""What a reply says is left of the supplier's own quota."""

from datetime import datetime
from typing import Final

import msgspec

from adapters.kit.budget import Window

# Believed for so long at most: a header may be wrong, and a call after an hour finds out.
LONGEST_SECONDS: Final = 3600.0


class Remaining(msgspec.Struct, frozen=True, kw_only=True):
    """What is left of the window of this length: `calls` (by weight), or a `share` of the whole from 0 to 1.

    `resets_at` is aware, `resets_in` are seconds from the reply on; with neither it is the window's whole length. It is
    told of each declared window of that length that holds the operation which was called, or, with `operations`, of
    the one that is declared for exactly these. Raises ValueError for both or neither of `calls` and `share`.
    """

    seconds: float
    calls: int | None = None
    share: float | None = None
    resets_at: datetime | None = None
    resets_in: float | None = None
    operations: frozenset[str] | None = None

    def __post_init__(self) -> None:
        if (self.calls is None) == (self.share is None):
            raise ValueError("what is left is told in calls or as a share")

    def of(self, window: Window, operation: str) -> bool:
        """Whether a reply to this operation tells it of the window."""
        if window.seconds != self.seconds:
            return False
        return window.holds(operation) if self.operations is None else window.operations == self.operations

    @property
    def nothing(self) -> bool:
        return (self.calls or 0) <= 0 and (self.share or 0.0) <= 0

    def left(self, window: Window) -> int:
        """In calls of the window, and never more than it has."""
        told = self.calls if self.calls is not None else int((self.share or 0.0) * window.calls)
        return max(0, min(told, window.calls))

    def lasts(self, received_at: datetime) -> float:
        """Seconds for which it is true, counted from `received_at`; 0 when the quota has been reset by then."""
        seconds = self.seconds if self.resets_in is None else self.resets_in
        if self.resets_at is not None:
            seconds = (self.resets_at - received_at).total_seconds()
        return max(0.0, min(seconds, self.seconds, LONGEST_SECONDS))
