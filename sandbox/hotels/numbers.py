"""The numbers under which each seller keeps hotels and cities: its own space for each, and a way back."""

from typing import Final

from sandbox.chance import pick
from sandbox.hotels.cities import City, city_numbered

MOST_HOTELS: Final = 512  # in one city
_LISTINGS: Final = 1 << 22  # more than all cities have hotels
_CITIES: Final = 10_007  # a prime beyond the number of cities, so that every multiplier shuffles them


class Numbers:
    """A shuffle for each seller: one factor and one shift, undone by the inverse of the factor."""

    def __init__(self, seed: int, seller: str) -> None:
        self._seed: Final = seed
        self._seller: Final = seller
        self._first: Final = 100_000 + pick(9_000_000, seed, "first listing", seller)
        self._stride: Final = 2 * pick(_LISTINGS // 2, seed, "stride of listings", seller) + 1
        self._city_stride: Final = 1 + pick(_CITIES - 1, seed, "stride of cities", seller)
        self._city_shift: Final = pick(_CITIES, seed, "shift of cities", seller)

    def listing(self, city: City, number: int) -> int:
        """`number` is that of the hotel within its city."""
        return self._first + (city.number * MOST_HOTELS + number) * self._stride % _LISTINGS

    def hotel(self, listing: int) -> tuple[City, int] | None:
        """The city and the number within it; whether there is such a hotel, and on sale here, is for others to say."""
        place = listing - self._first
        if not 0 <= place < _LISTINGS:
            return None
        city_number, number = divmod(place * pow(self._stride, -1, _LISTINGS) % _LISTINGS, MOST_HOTELS)
        city = city_numbered(city_number)
        return None if city is None else (city, number)

    def city(self, city: City) -> int:
        """Never 0; about every third is negative, as some sellers' are."""
        shuffled = 1 + (city.number * self._city_stride + self._city_shift) % _CITIES
        return -shuffled if self._below_zero(shuffled) else shuffled

    def city_of(self, city_id: int) -> City | None:
        shuffled = abs(city_id)
        if not 1 <= shuffled <= _CITIES or (city_id < 0) is not self._below_zero(shuffled):
            return None
        number = (shuffled - 1 - self._city_shift) * pow(self._city_stride, -1, _CITIES) % _CITIES
        return city_numbered(number)

    def _below_zero(self, shuffled: int) -> bool:
        return pick(3, self._seed, "below zero", self._seller, shuffled) == 0
