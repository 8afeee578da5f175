"""Questions for hotels and cars: what makes no sense is named, and the same question has the same key."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from domain.places import Point
from domain.queries import InvalidQuery, Party
from tests.builders import DEPARTURE, PARIS, car_query, hotel_query


def fields(error: InvalidQuery) -> set[str]:
    return {fault.field for fault in error.faults}


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"check_out": DEPARTURE}, "check_out"),
        ({"check_out": DEPARTURE + timedelta(days=29)}, "check_out"),
        ({"radius_km": 0}, "radius_km"),
        ({"radius_km": 101}, "radius_km"),
        ({"rooms": 0}, "rooms"),
        ({"rooms": 9, "adults": 9}, "rooms"),
        ({"rooms": 3, "adults": 2}, "adults"),
        ({"adults": 33, "rooms": 8}, "adults"),
        ({"children_ages": (18,)}, "children_ages"),
        ({"children_ages": (-1,)}, "children_ages"),
        ({"currency": "XXX"}, "currency"),
        ({"market": "de"}, "market"),
    ],
)
def test_a_stay_that_makes_no_sense_is_refused_by_the_field(wish: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidQuery) as error:
        hotel_query(**wish)
    assert fields(error.value) == {field}


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"pick_up": "London"}, "pick_up"),
        ({"drop_off": "lhr"}, "drop_off"),
        ({"drop_off_at": datetime(2027, 3, 1, 10)}, "drop_off_at"),  # noqa: DTZ001 -- on the counter's clock
        ({"drop_off_at": datetime(2027, 6, 1, 10)}, "drop_off_at"),  # noqa: DTZ001 -- on the counter's clock
        ({"pick_up_at": datetime(2027, 3, 1, 10, 0, 30)}, "pick_up_at"),  # noqa: DTZ001 -- on the counter's clock
        ({"pick_up_at": datetime(2027, 3, 1, 10, tzinfo=UTC)}, "pick_up_at"),
        ({"driver_age": 17}, "driver_age"),
        ({"currency": "BTC"}, "currency"),
        ({"market": "GERMANY"}, "market"),
    ],
)
def test_a_rental_that_makes_no_sense_is_refused_by_the_field(wish: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidQuery) as error:
        car_query(**wish)
    assert fields(error.value) == {field}


def test_a_car_driven_over_the_date_line_may_be_given_back_before_it_was_picked_up_by_the_clocks() -> None:
    """From Samoa east to American Samoa nobody drives; but the clocks alone can't refuse a one-way rental."""
    rented = car_query(drop_off="LGW", drop_off_at=datetime(2027, 3, 1, 10, 30))  # noqa: DTZ001 -- counter's clock
    assert rented.begins_on == date(2027, 3, 1)


def test_guests_are_spread_over_the_rooms() -> None:
    query = hotel_query(rooms=2, adults=5, children_ages=(3, 7, 12))
    assert query.parties == (Party(adults=3, children_ages=(3, 12)), Party(adults=2, children_ages=(7,)))


@pytest.mark.parametrize(
    "wish",
    [
        {"check_in": DEPARTURE + timedelta(days=1)}, {"check_out": DEPARTURE + timedelta(days=2)}, {"radius_km": 20},
        {"rooms": 2}, {"adults": 3}, {"children_ages": (5,)}, {"currency": "USD"}, {"market": "US"},
        {"location": Point(latitude=48.8534, longitude=2.3588)},
    ],
)  # fmt: skip
def test_another_stay_has_another_key(wish: dict[str, Any]) -> None:
    assert hotel_query(**wish).key != hotel_query().key
    assert hotel_query(**wish).id != hotel_query().id


def test_a_few_metres_are_the_same_place() -> None:
    nearly = Point(latitude=PARIS.latitude + 0.00001, longitude=PARIS.longitude)
    assert hotel_query(location=nearly).key == hotel_query().key


@pytest.mark.parametrize(
    "wish",
    [
        {"pick_up": "LGW"}, {"drop_off": "LGW"}, {"driver_age": 24}, {"currency": "EUR"}, {"market": "US"},
        {"pick_up_at": datetime(2027, 3, 1, 11)},  # noqa: DTZ001 -- on the counter's clock
        {"drop_off_at": datetime(2027, 3, 6, 11)},  # noqa: DTZ001 -- on the counter's clock
    ],
)  # fmt: skip
def test_another_rental_has_another_key(wish: dict[str, Any]) -> None:
    assert car_query(**wish).key != car_query().key
