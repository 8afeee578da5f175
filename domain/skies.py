"""Boxes over the Earth: drawn larger to the lines of a grid, so that neighbours ask the same, and what lies within."""

import math
from typing import Final

from domain.enquiries import Box, PositionsEnquiry
from domain.places import Point

# How far apart the lines of a grid may be, in degrees. The longer side of a box has about five of them.
_GRIDS: Final = (10.0, 5.0, 2.0, 1.0, 0.5)
_LINES: Final = 5
_ROUND: Final = 360.0
_EDGE: Final = 180.0
_EVERYWHERE: Final = Box(south=-90.0, west=-180.0, north=90.0, east=180.0)


def snapped(box: Box) -> Box:
    """The smallest box on the grid that holds all of this one; the coarser the grid, the larger the box."""
    width = (box.east - box.west) % _ROUND or (0.0 if box.west == box.east else _ROUND)
    side = max(width, box.north - box.south)
    step = next((grid for grid in _GRIDS if grid * _LINES <= side), _GRIDS[-1])
    west, east = _below(box.west, step), _above(box.east, step)
    if width + 2 * step >= _ROUND:
        west, east = -180.0, 180.0
    south = min(max(-90.0, _below(box.south, step)), 90.0 - step)
    return Box(
        south=south,
        west=-180.0 if west in (180.0, -180.0 - step) else west,
        north=max(min(90.0, _above(box.north, step)), south + step),
        east=180.0 if east == -180.0 else east if east != west else east + step,
    )


def _below(side: float, step: float) -> float:
    """The last line of the grid that is not beyond; what lies a hair before a line is on it for a division."""
    line = math.floor(side / step) * step
    return line if line <= side else line - step


def _above(side: float, step: float) -> float:
    return 0.0 - _below(-side, step)  # and never -0.0, which would be another question


def positions_in(box: Box) -> PositionsEnquiry:
    """What is asked for the box; the whole Earth is asked for as such, as whoever looks for a callsign does."""
    asked = snapped(box)
    return PositionsEnquiry(box=None if asked == _EVERYWHERE else asked)


def within(box: Box, point: Point) -> bool:
    """Also where the box lies on both sides of the antimeridian, which has two names."""
    if not box.south <= point.latitude <= box.north:
        return False
    return _between(box, point.longitude) or (abs(point.longitude) == _EDGE and _between(box, -point.longitude))


def _between(box: Box, longitude: float) -> bool:
    if box.west <= box.east:
        return box.west <= longitude <= box.east
    return longitude >= box.west or longitude <= box.east


def box_of(text: str) -> Box:
    """`south,west,north,east` in degrees. Raises ValueError for what is no box on Earth, with the reason."""
    try:
        south, west, north, east = (float(side) for side in text.split(","))
    except ValueError as error:
        raise ValueError("is not south,west,north,east in degrees") from error
    if not all(math.isfinite(side) for side in (south, west, north, east)):
        raise ValueError("is not south,west,north,east in degrees")
    if not -90 <= south < north <= 90:
        raise ValueError("has its south not below its north, or beyond a pole")
    if not (-180 <= west <= 180 and -180 <= east <= 180) or west == east:
        raise ValueError("has its west or its east beyond 180 degrees, or both in one place")
    return Box(south=south, west=west, north=north, east=east)
