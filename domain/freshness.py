"""How long an answer stays true: one table, by vertical and time to departure."""

from datetime import date, datetime, timedelta
from typing import Final

import msgspec

from domain.queries import Query


class AgeLimit(msgspec.Struct, frozen=True, kw_only=True):
    """Up to `fresh` an answer is served as it is; up to `usable` it is served marked stale, while one refresh runs."""

    fresh: timedelta
    usable: timedelta


class Lifetime(msgspec.Struct, frozen=True, kw_only=True):
    """The two instants that an age limit gives for an answer fetched at a known time."""

    fresh_until: datetime
    expires_at: datetime


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

# A supplier was missing: the answer is served, and the next question after this tries again.
SUPPLIER_MISSING: Final = AgeLimit(fresh=timedelta(seconds=20), usable=timedelta(minutes=15))


def age_limit(query: Query, today: date) -> AgeLimit:
    days = (query.begins_on - today).days
    return next(limit for bound, limit in AGE_LIMITS[query.vertical] if days <= bound)


def lifetime(limit: AgeLimit, fetched_at: datetime, *, offers_expire_at: datetime | None = None) -> Lifetime:
    """`offers_expire_at`: the soonest instant at which a supplier takes an offer of the answer back."""
    fresh_until, expires_at = fetched_at + limit.fresh, fetched_at + limit.usable
    if offers_expire_at is not None:
        fresh_until, expires_at = min(fresh_until, offers_expire_at), min(expires_at, offers_expire_at)
    return Lifetime(fresh_until=fresh_until, expires_at=expires_at)
