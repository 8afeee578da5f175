"""Which places can be near each other: the cells of a geohash of 32 bits, and those around a cell."""

import math
from collections.abc import Iterator
from typing import Final

from domain.places import Point

# Such a geohash halves the globe sixteen times each way; row and column are its bits, not yet shuffled into one number,
# because a neighbour is then one more or one less.
_ROWS: Final = 1 << 16
_COLUMNS: Final = 1 << 16
_METRES_PER_DEGREE: Final = 111_195.0
REACH_METRES: Final = 300.0  # two places this near are always in one cell or in neighbours; a cell is 305 m high

Cell = tuple[int, int]


def cell(point: Point) -> Cell:
    """Its row from the south and its column from the date line."""
    row = min(_ROWS - 1, int((point.latitude + 90) / 180 * _ROWS))
    return row, int((point.longitude + 180) / 360 * _COLUMNS) % _COLUMNS


def around(of: Cell) -> Iterator[Cell]:
    """The cell and those that reach it within 300 m, each once. Towards the poles cells grow narrow, so more of them."""
    row, column = of
    for near in range(max(0, row - 1), min(_ROWS, row + 2)):
        wide = _columns_in_reach(row)
        if 2 * wide + 1 >= _COLUMNS:
            yield from ((near, other) for other in range(_COLUMNS))
        else:
            yield from ((near, (column + step) % _COLUMNS) for step in range(-wide, wide + 1))


def _columns_in_reach(row: int) -> int:
    """By the edge of the row, or of its neighbour, that is nearer to a pole."""
    farthest = max(abs(-90 + edge * 180 / _ROWS) for edge in (row - 1, row + 2))
    if farthest >= 90:
        return _COLUMNS
    width = 360 / _COLUMNS * _METRES_PER_DEGREE * math.cos(math.radians(farthest))
    return math.ceil(REACH_METRES / width)
