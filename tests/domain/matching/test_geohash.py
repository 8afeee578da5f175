"""Cells of the globe: whoever is within 300 m is in the cell or next to it, at every latitude."""

import pytest

from domain.matching.geohash import around, cell
from domain.places import Point

_METRE = 1 / 111_195  # degrees of latitude


def point(latitude: float, longitude: float) -> Point:
    return Point(latitude=latitude, longitude=longitude)


@pytest.mark.parametrize("latitude", [0.0, 1.3, 48.85, 65.0, -77.9, 89.0])
def test_three_hundred_metres_north_is_never_beyond_the_neighbours(latitude: float) -> None:
    for step in range(40):
        start = point(latitude + 20 * step * _METRE, 2.35)
        assert cell(point(start.latitude + 300 * _METRE, 2.35)) in set(around(cell(start)))


def test_cells_go_round_at_the_date_line() -> None:
    assert cell(point(-16.8, -179.9999)) in set(around(cell(point(-16.8, 179.9999))))
    assert cell(point(-16.8, -180)) == cell(point(-16.8, 180))


def test_at_a_pole_everybody_is_near() -> None:
    assert cell(point(89.999, -120)) in set(around(cell(point(89.999, 60))))
    assert cell(point(90, 0)) in set(around(cell(point(89.9999, 170))))


def test_a_cell_is_its_own_neighbour_once() -> None:
    here = cell(point(48.85, 2.35))
    assert list(around(here)).count(here) == 1
    assert len(list(around(here))) == len(set(around(here))) == 9


def test_the_next_town_is_not_near() -> None:
    assert cell(point(48.90, 2.35)) not in set(around(cell(point(48.85, 2.35))))
