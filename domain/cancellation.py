"""What it costs to change one's mind: a ladder of fees that grows towards the day of travel."""

from datetime import datetime
from itertools import pairwise

import msgspec

from domain.money import Money
from domain.times import elapsed


class CancellationStep(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Whoever cancels at or after `since` (aware; None: from the moment of booking) owes `fee`."""

    fee: Money
    since: datetime | None = None


class Ladder(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The steps in the order of time, and so of fees. Before the first step nothing is owed.

    Raises ValueError for steps out of order: a supplier that tells them so is misread.
    """

    steps: tuple[CancellationStep, ...]

    def __post_init__(self) -> None:
        for earlier, later in pairwise(self.steps):
            if later.since is None or (earlier.since is not None and earlier.since >= later.since):
                raise ValueError("the steps of a cancellation ladder follow each other in time")

    def fee_at(self, moment: datetime) -> Money | None:
        """What is owed by whoever cancels at that moment; None where nothing is."""
        due = [
            step.fee for step in self.steps if step.since is None or elapsed(step.since, moment).total_seconds() >= 0
        ]
        return due[-1] if due and due[-1].amount else None

    @property
    def free_until(self) -> datetime | None:
        """The last moment that costs nothing, None where there is none, or where it is always free."""
        charged = next((step for step in self.steps if step.fee.amount), None)
        return None if charged is None else charged.since
