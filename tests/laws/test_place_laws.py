"""Distances on the globe, and codes that are read whatever a source writes."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.places import Point, great_circle_km, is_iata_airline, is_iata_airport, is_icao_airline
from tests.builders import airport
from tests.laws.strategies import points

HALF_THE_GIRTH_KM = 20_016


@given(points, points)
def test_the_way_back_is_as_long_as_the_way_there(here: Point, there: Point) -> None:
    assert great_circle_km(here, there) == pytest.approx(great_circle_km(there, here), abs=1e-6)


@given(points, points)
def test_no_two_places_are_further_apart_than_half_the_girth(here: Point, there: Point) -> None:
    assert 0 <= great_circle_km(here, there) <= HALF_THE_GIRTH_KM
    assert great_circle_km(here, here) == 0


@given(points, points, points)
def test_a_stop_on_the_way_never_makes_it_shorter(here: Point, stop: Point, there: Point) -> None:
    assert great_circle_km(here, there) <= great_circle_km(here, stop) + great_circle_km(stop, there) + 0.001


@given(st.text(max_size=5))
def test_whatever_a_source_writes_is_a_code_of_one_kind_or_none(text: str) -> None:
    assert is_iata_airport(text) == is_icao_airline(text)  # both are three letters; the source says which it means
    assert not (is_iata_airline(text) and is_iata_airport(text))


@given(st.text(max_size=20))
def test_whatever_a_source_calls_a_time_zone_is_one_or_a_bad_value(name: str) -> None:
    try:
        known = msgspec.structs.replace(airport(), timezone=name)
    except ValueError:
        return
    assert known.timezone == name
