"""What a call costs: three buckets of credits, filled up once a day, and headers that say what is left."""

from typing import Final

from adapters.kit.budget import Budget, Window
from adapters.kit.calls import Call, Reply
from adapters.kit.quota import Remaining
from adapters.suppliers.opensky.words import instant

STATES: Final = "states"
TRACKS: Final = "tracks"
FLIGHTS: Final = "flights"

_DAY: Final = 24 * 3600.0  # seconds
_CREDITS: Final = 4000  # of a standard user, in each bucket
_BETWEEN_STATES: Final = 5.0  # seconds, as their own client keeps them; a state vector is not renewed sooner

# Up to so many square degrees a call for states costs so many credits; more, and the whole world, cost 4.
_AREAS: Final = ((25.0, 1), (100.0, 2), (400.0, 3))
_WHOLE_WORLD: Final = 4
_SIDES: Final = ("lamin", "lamax", "lomin", "lomax")

# Up to so many days of UTC touched, each costs so many credits; one or two cost 30 together.
_FEW_DAYS: Final = (2, 30)
_DAYS: Final = ((10, 60), (15, 120), (20, 240), (25, 480))
_MANY_DAYS: Final = 960
_LIVE: Final = 4


def cost_of_states(call: Call) -> int:
    told = dict(call.params)
    if not all(side in told for side in _SIDES):
        return _WHOLE_WORLD
    south, north, west, east = (float(told[side]) for side in _SIDES)
    area = (north - south) * (east - west)
    return next((price for most, price in _AREAS if area <= most), _WHOLE_WORLD)


def cost_of_flights(call: Call) -> int:
    """By the days of UTC that the interval touches. What is less than a day old costs less, but a call has no clock."""
    told = dict(call.params)
    begin, end = (instant(float(told[name])) for name in ("begin", "end"))
    return _cost_of_days((end.date() - begin.date()).days + 1)


def cost_of_track(call: Call) -> int:
    return _LIVE if dict(call.params).get("time", "0") == "0" else _cost_of_days(1)


def _cost_of_days(days: int) -> int:
    few, together = _FEW_DAYS
    if days <= few:
        return together
    return days * next((each for most, each in _DAYS if days <= most), _MANY_DAYS)


BUDGET: Final = Budget(
    windows=(
        *(Window(calls=_CREDITS, seconds=_DAY, operations=frozenset({bucket})) for bucket in (STATES, TRACKS, FLIGHTS)),
        Window(calls=_WHOLE_WORLD, seconds=_BETWEEN_STATES, operations=frozenset({STATES})),
    ),
    concurrency=2,
    costs={STATES: cost_of_states, FLIGHTS: cost_of_flights, TRACKS: cost_of_track},
)


def quota(reply: Reply) -> tuple[Remaining, ...]:
    """Of the bucket of the call that was answered. Raises ValueError for a header that is no number."""
    told = reply.headers.get("x-rate-limit-remaining")
    return () if told is None else (Remaining(seconds=_DAY, calls=int(told)),)


def retry_after(reply: Reply) -> float | None:
    """Up to a day. Raises ValueError for a header that is no number."""
    told = reply.headers.get("x-rate-limit-retry-after-seconds")
    return None if told is None else float(told)
