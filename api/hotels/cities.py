"""Cities, found by name, and how many hotels of each are known."""

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Final

from api.names import Index, Known, Rank
from domain.places import City, Point, great_circle_km

_OF_A_CITY_KM: Final = 30.0  # a hotel farther away is of no city


class Destinations:
    """Every city once with its hotels. Immutable."""

    __slots__ = ("_index", "hotels")

    def __init__(self, cities: Collection[City], hotels: Iterable[Point]) -> None:
        self._index: Final = Index((city, Known(code=city.code, groups=(), titles=(city.name,))) for city in cities)
        self.hotels: Final = _of_cities(cities, hotels)

    def meant(self, query: str | None) -> Sequence[tuple[Rank, City]]:
        """Without a name all, equally well."""
        return [(Rank.CODE, city) for city in self._index] if query is None else self._index.found(query)


def _of_cities(cities: Iterable[City], hotels: Iterable[Point]) -> "Counter[str]":
    """Each hotel belongs to the nearest city, if one is near."""
    squares: defaultdict[tuple[int, int], list[City]] = defaultdict(list)
    for city in cities:
        squares[_square(city.location)].append(city)
    found: Counter[str] = Counter()
    for hotel in hotels:
        south, west = _square(hotel)
        near = [
            city
            for latitude in (south - 1, south, south + 1)
            for longitude in (west - 1, west, west + 1)
            for city in squares.get((latitude, longitude % 360), ())
        ]
        distances = [(great_circle_km(hotel, city.location), city.code) for city in near]
        if distances and min(distances)[0] <= _OF_A_CITY_KM:
            found[min(distances)[1]] += 1
    return found


def _square(point: Point) -> tuple[int, int]:
    """The square degree in which a point lies; longitudes go round. Near the poles cities are few and hotels fewer."""
    return math.floor(point.latitude), math.floor(point.longitude) % 360
