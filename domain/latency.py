"""How long suppliers take to answer, as counts over buckets that widen with the time, and how long it pays to wait."""

import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

import msgspec

SLOT_SECONDS: Final = 300
SLOTS: Final = 12  # an hour: a supplier that is asked rarely is still known, one that has changed soon is
SILENT: Final = 999  # the bucket of those who had not answered when they were given up: slower than all others

_GROWTH: Final = 1.15  # each bucket ends 15 % later than the one before, the first one after a millisecond
_ENOUGH: Final = 20  # answers, before anything is concluded from them
_HIGH: Final = 0.95
_GENEROUS: Final = 4.0
_LEAST_SECONDS: Final = 6.0  # a quick supplier may have a slow minute, and nobody waits for a late answer anyway

Buckets = Mapping[int, int]  # bucket -> how many calls


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """Half, 95 and 99 of a hundred calls took at most so many seconds; None where those include silent ones.

    The seconds are the ends of buckets: up to 15 % more than it was.
    """

    calls: int
    silent: int
    p50: float | None
    p95: float | None
    p99: float | None


def bucket(seconds: float) -> int:
    return min(SILENT - 1, max(0, math.ceil(math.log(max(seconds, 0.001) * 1000, _GROWTH))))


def slot(at: datetime) -> int:
    return int(at.timestamp()) // SLOT_SECONDS


def window(at: datetime) -> range:
    """The slots that count at that time, the one under way among them."""
    return range(slot(at) - SLOTS, slot(at) + 1)


def spread(counts: Buckets) -> Spread | None:
    """None for no calls at all."""
    calls = sum(counts.values())
    if not calls:
        return None
    return Spread(
        calls=calls,
        silent=counts.get(SILENT, 0),
        p50=_share(counts, 0.5),
        p95=_share(counts, 0.95),
        p99=_share(counts, 0.99),
    )


def patience(counts: Buckets) -> timedelta | None:
    """How long one call is waited for, from what the calls before it took. None: too little is known to say.

    Silent calls count as slower than every other. Where they are more than a few, it may be that answers have become
    slower than we wait, so that nothing is concluded until answers tell.
    """
    usual = _share(counts, _HIGH) if sum(counts.values()) >= _ENOUGH else None
    return None if usual is None else timedelta(seconds=max(_LEAST_SECONDS, _GENEROUS * usual))


def _share(counts: Buckets, share: float) -> float | None:
    """The seconds within which so many of all calls were answered."""
    wanted = math.ceil(share * sum(counts.values()))
    seen = 0
    for number in sorted(counts):
        seen += counts[number]
        if seen >= wanted:
            return None if number == SILENT else _GROWTH**number / 1000
    return None
