"""A stay or a rental that is not what was asked for is no answer, whatever its supplier made of the question."""

from datetime import datetime, timedelta

import pytest

from domain.cars import RentalConditions
from domain.fitting import misfit
from domain.hotels import Property, Room, StayConditions
from domain.places import Point
from tests.builders import (
    ALBATROSS,
    DEPARTURE,
    car_query,
    hotel,
    hotel_query,
    money,
    rental_offer,
    stay_offer,
)

VERSAILLES = Point(latitude=48.8049, longitude=2.1204)


def test_the_stay_that_was_asked_for_fits() -> None:
    assert misfit(hotel_query(), stay_offer()) is None


def test_a_stay_on_other_nights_is_no_answer() -> None:
    assert "asked for" in (misfit(hotel_query(), stay_offer(check_out=DEPARTURE + timedelta(days=2))) or "")


def test_a_hotel_beyond_the_radius_is_no_answer() -> None:
    far = stay_offer(at=hotel(location=VERSAILLES))
    assert misfit(hotel_query(radius_km=15), far) == "17.6 km away, 15 km asked for"
    assert misfit(hotel_query(radius_km=20), far) is None


def test_a_hotel_whose_place_nobody_has_told_yet_is_not_judged_by_it() -> None:
    assert misfit(hotel_query(), stay_offer(at=Property(supplier=ALBATROSS, id="1"))) is None


def test_one_room_is_no_answer_to_two() -> None:
    assert misfit(hotel_query(rooms=2), stay_offer()) == "1 rooms, 2 asked for"
    two = StayConditions(rooms=(Room(name="Double room", count=2),))
    assert misfit(hotel_query(rooms=2), stay_offer(conditions=two)) is None


def test_the_rental_that_was_asked_for_fits() -> None:
    assert misfit(car_query(), rental_offer()) is None


def test_a_car_in_another_currency_is_an_answer() -> None:
    assert misfit(car_query(), rental_offer(price=money("230.00", "EUR"))) is None


def test_a_car_at_another_counter_is_no_answer() -> None:
    assert misfit(car_query(pick_up="LGW", drop_off="LGW"), rental_offer()) == "picked up at LHR, asked for LGW"


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_car_at_another_hour_is_no_answer(hours: int) -> None:
    later = car_query(pick_up_at=datetime(2027, 3, 1, 10 + hours))  # noqa: DTZ001 -- on the counter's clock
    assert (misfit(later, rental_offer()) or "").startswith("picked up on 2027-03-01 10:00:00, asked for")


def test_a_car_that_this_driver_is_too_young_for_is_no_answer() -> None:
    grown_up = rental_offer(conditions=RentalConditions(minimum_age=25))
    assert misfit(car_query(driver_age=24), grown_up) == "for drivers from 25 on, asked for one of 24"
    assert misfit(car_query(driver_age=25), grown_up) is None
