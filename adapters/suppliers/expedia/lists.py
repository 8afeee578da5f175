"""Rapid's lists stand bare, without an envelope around them, so that anybody's list looks like one."""

from collections.abc import Sequence

from adapters.kit.failures import GiveUp
from domain.searches import Outcome, SkippedRecord


def something_in(records: Sequence[object], skipped: Sequence[SkippedRecord]) -> None:
    """Raises GiveUp for a list of which nothing at all can be read: it is a list of something else."""
    if skipped and not records:
        raise GiveUp(f"unreadable reply: {skipped[0].where} {skipped[0].why}", outcome=Outcome.ERROR)
