"""What Duffel lets us ask for, and what its headers say is left of it."""

from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Final

from adapters.kit.budget import Budget, Window
from adapters.kit.calls import Reply
from adapters.kit.quota import Remaining

_MINUTE: Final = 60.0
_CALLS_A_MINUTE: Final = 4000
_SEARCHES_A_MINUTE: Final = 30  # seen in a run, and not in the documents
_SEARCHES_AT_THE_SANDBOX: Final = 1200  # whoever tries things out, or tests them, is not made to wait for a minute
_SEARCHES: Final = frozenset({"search"})


def _budget(searches: int) -> Budget:
    return Budget(
        windows=(
            Window(calls=_CALLS_A_MINUTE, seconds=_MINUTE),
            Window(calls=searches, seconds=_MINUTE, operations=_SEARCHES),
        ),
        concurrency=20,
    )


BUDGET: Final = _budget(_SEARCHES_A_MINUTE)
SANDBOX_BUDGET: Final = _budget(_SEARCHES_AT_THE_SANDBOX)


def quota(reply: Reply) -> tuple[Remaining, ...]:
    """The headers do not say whose window they tell of; its size does. Nothing where they can't be read."""
    limit, remaining = (reply.headers.get(f"ratelimit-{name}", "").strip() for name in ("limit", "remaining"))
    if not (limit.isdecimal() and remaining.isdecimal()):
        return ()
    told_of = _SEARCHES if int(limit) < _CALLS_A_MINUTE else frozenset[str]()
    left = Remaining(seconds=_MINUTE, calls=int(remaining), resets_at=_reset(reply.headers), operations=told_of)
    return (left,)


def retry_after(reply: Reply) -> float | None:
    """A refusal for haste names the end of the minute. No more than a minute, however far their clock is from ours."""
    resets_at = _reset(reply.headers) if reply.status == 429 else None
    if resets_at is None:
        return None
    return min(max(0.0, (resets_at - reply.received_at).total_seconds()), _MINUTE)


def _reset(headers: Mapping[str, str]) -> datetime | None:
    """An HTTP date, and no number of seconds as elsewhere."""
    try:
        moment = parsedate_to_datetime(headers.get("ratelimit-reset", ""))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo else None
