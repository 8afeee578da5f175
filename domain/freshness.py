"""How long an answer stays true: one table, by vertical and time to departure, and what shortens it."""

import math
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final

import msgspec

from domain.queries import Query


class AgeLimit(msgspec.Struct, frozen=True, kw_only=True):
    """Up to `fresh` an answer is served as it is; up to `usable` it is served marked stale, while one refresh runs."""

    fresh: timedelta
    usable: timedelta


class Lifetime(msgspec.Struct, frozen=True, kw_only=True):
    """Until when an answer is fresh, and until when it may be served at all."""

    fresh_until: datetime
    expires_at: datetime


class Ruling(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that limits the life of an answer; the strictest of them counts."""

    why: str
    life: Lifetime


# vertical -> rows of (at most this many days before departure, limit); the last row has no bound.
# Fares move fastest in the last days, so an hour is long this week and a day is short next spring.
_FOREVER: Final = date.max.toordinal()  # more days than lie between any two dates
AGE_LIMITS: Final[dict[str, tuple[tuple[int, AgeLimit], ...]]] = {
    "flights": (
        (2, AgeLimit(fresh=timedelta(minutes=5), usable=timedelta(minutes=20))),
        (7, AgeLimit(fresh=timedelta(minutes=15), usable=timedelta(hours=2))),
        (30, AgeLimit(fresh=timedelta(hours=1), usable=timedelta(hours=12))),
        (_FOREVER, AgeLimit(fresh=timedelta(hours=2), usable=timedelta(hours=24))),
    ),
    # Rooms and cars change hands more slowly than seats, until the last evening.
    "hotels": (
        (1, AgeLimit(fresh=timedelta(minutes=5), usable=timedelta(minutes=30))),
        (7, AgeLimit(fresh=timedelta(minutes=30), usable=timedelta(hours=4))),
        (30, AgeLimit(fresh=timedelta(hours=2), usable=timedelta(hours=24))),
        (_FOREVER, AgeLimit(fresh=timedelta(hours=6), usable=timedelta(hours=48))),
    ),
    "cars": (
        (1, AgeLimit(fresh=timedelta(minutes=5), usable=timedelta(minutes=30))),
        (7, AgeLimit(fresh=timedelta(minutes=30), usable=timedelta(hours=4))),
        (_FOREVER, AgeLimit(fresh=timedelta(hours=3), usable=timedelta(hours=24))),
    ),
}

# "Nothing found" may be an empty route or a supplier's bad minute: cached, but not for long.
NOTHING_FOUND: Final = AgeLimit(fresh=timedelta(minutes=5), usable=timedelta(minutes=15))

# A supplier was missing: the answer is served, and the next question so long after the last try tries again.
SUPPLIER_MISSING: Final = AgeLimit(fresh=timedelta(seconds=20), usable=timedelta(minutes=15))

# Suppliers take their offers back sooner than our table says: the answer goes with the first of them, and what is
# left then is asked for anew in the last part of that life, while the answer is still there to be served.
_FRESH_SHARE: Final = 0.9

# What ends sooner than this is not shown at all: nobody could choose it in time, and it would take the answer along.
LEAST_LIFE: Final = timedelta(minutes=1)

# A part that has used up more of its freshness than this is asked for with the missing ones.
_YOUNG_SHARE: Final = 0.5

# How many times the time that a fetch takes an answer is refreshed ahead, times a draw that is 1 on average.
_EAGERNESS: Final = 2.0
_FURTHEST_DRAW: Final = 10.0  # one of 22,000 draws goes further
_SHORTEST_FETCH: Final = timedelta(milliseconds=100)


def age_limit(query: Query, today: date) -> AgeLimit:
    return _row(query, today)[1]


def rulings(
    query: Query,
    fetched_at: datetime,
    *,
    missing_since: datetime | None = None,
    nothing_found: bool = False,
    offers_expire_at: datetime | None = None,
) -> tuple[Ruling, ...]:
    """Everything that limits an answer whose oldest part was fetched at that time.

    `missing_since` is when a supplier that is missing was last waited for, `offers_expire_at` the soonest instant at
    which a supplier takes an offer of the answer back.
    """
    bound, limit = _row(query, fetched_at.date())
    ahead = "any time ahead" if bound == _FOREVER else f"up to {bound} days ahead"
    found = [_ruling(f"{query.vertical}, {ahead}", limit, fetched_at)]
    if missing_since is not None:
        found.append(_ruling("a supplier is missing", SUPPLIER_MISSING, missing_since))
    if nothing_found:
        found.append(_ruling("nothing was found", NOTHING_FOUND, fetched_at))
    if offers_expire_at is not None:
        fresh = max(timedelta(), offers_expire_at - fetched_at) * _FRESH_SHARE
        life = Lifetime(fresh_until=min(fetched_at + fresh, offers_expire_at), expires_at=offers_expire_at)
        found.append(Ruling(why="a supplier takes an offer back", life=life))
    return tuple(found)


def strictest(found: Iterable[Ruling]) -> Lifetime:
    lives = [ruling.life for ruling in found]
    return Lifetime(
        fresh_until=min(life.fresh_until for life in lives), expires_at=min(life.expires_at for life in lives)
    )


def young(fetched_at: datetime, life: Lifetime, now: datetime) -> bool:
    """Whether a part with this life need not be asked for again when others are."""
    return now < fetched_at + (life.fresh_until - fetched_at) * _YOUNG_SHARE


def last_stretch(took: timedelta) -> timedelta:
    """How long before it grows stale an answer that takes so long to fetch is refreshed at the earliest."""
    return max(took, _SHORTEST_FETCH) * _EAGERNESS * _FURTHEST_DRAW


def due_early(fresh_until: datetime, now: datetime, *, took: timedelta, draw: float) -> bool:
    """Whether the one who asks now has the answer refreshed ahead of its time; `draw` is from 0 up to 1.

    The more often it is asked for, and the longer it takes to fetch, the earlier somebody does (XFetch: Vattani,
    Chierichetti, Lowenstein, Optimal Probabilistic Cache Stampede Prevention, 2015).
    """
    ahead = min(_FURTHEST_DRAW, -math.log(1.0 - draw))
    return now >= fresh_until - max(took, _SHORTEST_FETCH) * _EAGERNESS * ahead


def _row(query: Query, today: date) -> tuple[int, AgeLimit]:
    days = (query.begins_on - today).days
    return next((bound, limit) for bound, limit in AGE_LIMITS[query.vertical] if days <= bound)


def _ruling(why: str, limit: AgeLimit, since: datetime) -> Ruling:
    return Ruling(why=why, life=Lifetime(fresh_until=since + limit.fresh, expires_at=since + limit.usable))
