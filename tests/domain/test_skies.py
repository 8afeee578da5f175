"""Boxes in the sky: neighbours ask the same, and nobody gets less than he asked for."""

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from domain.enquiries import Box, PositionsEnquiry
from domain.places import Point
from domain.skies import box_of, positions_in, snapped, within

_LATITUDES = st.floats(-90, 90, allow_nan=False)
_LONGITUDES = st.floats(-180, 180, allow_nan=False)


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    south, north = sorted((draw(_LATITUDES), draw(_LATITUDES)))
    west, east = draw(_LONGITUDES), draw(_LONGITUDES)
    assume(south < north and west != east)
    return Box(south=south, west=west, north=north, east=east)


@given(boxes(), _LATITUDES, _LONGITUDES)
@example(Box(south=0.0, west=0.0, north=5e-324, east=10.0), 0.0, 0.0)
@example(Box(south=0.0, west=0.0, north=1.0, east=5e-324), 0.0, 0.0)
@example(Box(south=89.99999999999999, west=179.99999999999997, north=90.0, east=180.0), 90.0, 180.0)
@example(Box(south=-90.0, west=-180.0, north=-89.99999999999999, east=-179.99999999999997), -90.0, -180.0)
def test_whatever_lies_in_a_box_lies_in_the_one_on_the_grid(box: Box, latitude: float, longitude: float) -> None:
    point = Point(latitude=latitude, longitude=longitude)
    if within(box, point):
        assert within(snapped(box), point)


@given(boxes())
def test_a_box_on_the_grid_is_asked_for_as_it_is_or_a_little_larger(box: Box) -> None:
    larger = snapped(box)
    assert larger.south <= box.south < box.north <= larger.north
    assert larger.west != larger.east


def test_neighbours_share_an_answer() -> None:
    one = Box(south=46.1, west=7.2, north=47.3, east=9.3)
    other = Box(south=46.2, west=7.3, north=47.4, east=9.4)
    assert snapped(one) == snapped(other) == Box(south=46.0, west=7.0, north=47.5, east=9.5)


def test_a_large_box_lies_on_a_coarse_grid() -> None:
    europe = Box(south=36.3, west=-10.2, north=60.4, east=29.9)
    assert snapped(europe) == Box(south=35.0, west=-15.0, north=65.0, east=30.0)


def test_the_whole_earth_is_asked_for_as_such() -> None:
    assert positions_in(box_of("-90,-180,90,180")) == PositionsEnquiry()
    assert positions_in(box_of("-89,-179,89,179")) == PositionsEnquiry()
    assert positions_in(box_of("46,7,47,8")).box is not None


def test_a_box_across_the_antimeridian_stays_one() -> None:
    fiji = snapped(Box(south=-18.2, west=177.3, north=-16.1, east=-179.2))
    assert fiji.west > fiji.east
    assert within(fiji, Point(latitude=-17.0, longitude=179.9))
    assert within(fiji, Point(latitude=-17.0, longitude=-179.9))
    assert not within(fiji, Point(latitude=-17.0, longitude=0.0))


@pytest.mark.parametrize(
    "text", ["", "1,2,3", "a,b,c,d", "10,0,5,1", "0,0,91,1", "0,-181,1,1", "0,5,1,5", "nan,0,1,1", "0,0,inf,1"]
)
def test_what_is_no_box_is_refused_with_a_reason(text: str) -> None:
    with pytest.raises(ValueError, match=r"^(is not|has its)"):
        box_of(text)


def test_the_sides_of_a_box_are_read_in_their_order() -> None:
    assert box_of("45.8,5.9,47.8,10.5") == Box(south=45.8, west=5.9, north=47.8, east=10.5)
