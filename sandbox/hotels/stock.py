"""How many rooms are left: they go by themselves as the night comes near, and by sales."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from sandbox.hotels.facts import Hotel, RoomType


def nights(check_in: date, check_out: date) -> tuple[date, ...]:
    return tuple(check_in + timedelta(days=later) for later in range((check_out - check_in).days))


class Stock:
    """The rooms of every hotel of a seed, one stock for all sellers."""

    def __init__(self, seed: int) -> None:
        self._seed: Final = seed
        self._sold: Final[Counter[tuple[str, str, date]]] = Counter()

    def left(self, hotel: Hotel, room: RoomType, days: Iterable[date], today: date) -> int:
        """In the fullest of these nights."""
        return max(0, min(room.count - self._sold[hotel.id, room.code, day] for day in days))

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
