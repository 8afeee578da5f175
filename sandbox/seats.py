"""How many seats are left: they go by themselves as departure comes near, and by sales."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from sandbox.aircraft import BY_CODE, cabin_flown
from sandbox.chance import luck
from sandbox.timetable import Leg

# (days before departure, share of what the flight will have sold in the end)
_BOOKED: Final = (
    (365, 0.00),
    (180, 0.07),
    (90, 0.20),
    (45, 0.38),
    (21, 0.60),
    (10, 0.78),
    (4, 0.90),
    (1, 0.98),
    (0, 1.00),
)
_EMPTIEST, _FULLEST = 0.55, 1.25  # above 1 a flight is sold out before it leaves


class Seats:
    """The seats of every flight of a seed. Code shares of one flight, and all journeys with it, share them."""

    def __init__(self, seed: int) -> None:
        self._seed: Final = seed
        self._sold: Final[Counter[tuple[str, str]]] = Counter()

    def left(self, leg: Leg, cabin: str, now: datetime) -> int:
        """In the cabin where a ticket for `cabin` sits on this aircraft."""
        flown = cabin_flown(leg.aircraft, cabin)
        capacity = BY_CODE[leg.aircraft].seats[flown]
        demand = _EMPTIEST + (_FULLEST - _EMPTIEST) * luck(self._seed, "demand", leg.flight, flown)
        gone = int(capacity * demand * booked_share(leg.departs - now))
        return max(0, capacity - gone - self._sold[leg.flight, flown])

    def take(self, legs: Iterable[Leg], cabin: str, seats: int) -> None:
        for leg in legs:
            self._sold[leg.flight, cabin_flown(leg.aircraft, cabin)] += seats

    def capacity(self, leg: Leg, cabin: str) -> int:
        return BY_CODE[leg.aircraft].seats[cabin_flown(leg.aircraft, cabin)]


def booked_share(before: timedelta) -> float:
    """0 a year ahead, 1 at departure, straight lines between the points of the table."""
    days = before / timedelta(days=1)
    for (earlier, less), (later, more) in pairwise(_BOOKED):
        if days >= later:
            return less + (more - less) * max(0.0, earlier - days) / (earlier - later)
    return 1.0
