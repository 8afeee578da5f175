"""How many rooms are left: they go by themselves as the night comes near, and by sales."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Final

from sandbox.chance import luck
from sandbox.hotels.facts import Hotel, RoomType

# (days before the night, share of what will have been booked in the end)
_BOOKED: Final = (
    (500, 0.00),
    (120, 0.12),
    (60, 0.28),
    (30, 0.46),
    (14, 0.66),
    (7, 0.80),
    (2, 0.94),
    (0, 1.00),
)
_EMPTIEST, _FULLEST = 0.40, 1.12  # above 1 the rooms are gone before the night comes
_NOON: Final = time(12, tzinfo=UTC)


def nights(check_in: date, check_out: date) -> tuple[date, ...]:
    """The days on whose evenings one goes to bed there, whatever clocks do in between."""
    return tuple(check_in + timedelta(days=later) for later in range((check_out - check_in).days))


class Stock:
    """The rooms of every hotel of a seed, one stock for all sellers."""

    def __init__(self, seed: int) -> None:
        self._seed: Final = seed
        self._sold: Final[Counter[tuple[str, str, date]]] = Counter()

    def left(self, hotel: Hotel, room: RoomType, days: Iterable[date], now: datetime) -> int:
        """In the fullest of these nights."""
        return max(0, min(self._free(hotel, room, day, now) for day in days))

    def _free(self, hotel: Hotel, room: RoomType, day: date, now: datetime) -> int:
        demand = _EMPTIEST + (_FULLEST - _EMPTIEST) * luck(self._seed, "demand", hotel.id, room.code, day)
        gone = int(room.count * demand * booked_share(datetime.combine(day, _NOON) - now))
        return room.count - gone - self._sold[hotel.id, room.code, day]

    def take(self, hotel: Hotel, room: RoomType, days: Iterable[date], rooms: int) -> None:
        for day in days:
            self._sold[hotel.id, room.code, day] += rooms

    def give_back(self, hotel: Hotel, room: RoomType, days: tuple[date, ...], rooms: int) -> bool:
        """False, and nothing given back, where fewer are sold."""
        if any(self._sold[hotel.id, room.code, day] < rooms for day in days):
            return False
        for day in days:
            self._sold[hotel.id, room.code, day] -= rooms
        return True


def booked_share(before: timedelta) -> float:
    """0 long ahead, 1 on the day, straight lines between the points of the table."""
    days = before / timedelta(days=1)
    for (earlier, less), (later, more) in pairwise(_BOOKED):
        if days >= later:
            return less + (more - less) * max(0.0, earlier - days) / (earlier - later)
    return 1.0
