"""Offers of one property, or of one class of cars at one counter, stand side by side."""

from domain.matching.cars import merged as merged_cars
from domain.matching.hotels import merged as merged_hotels
from tests.builders import ALBATROSS, BLUEBIRD, hotel, money, rental_offer, stay_offer


def test_all_rates_of_a_property_are_one_result_the_cheapest_first() -> None:
    dear, cheap = stay_offer(reference="flexible", price=money("420.00")), stay_offer(reference="saver")
    (result,) = merged_hotels([dear, cheap])
    assert result.offers == (cheap, dear)


def test_two_suppliers_hotels_are_not_taken_for_one_on_a_guess() -> None:
    here, there = stay_offer(supplier=ALBATROSS), stay_offer(supplier=BLUEBIRD, at=hotel(supplier=BLUEBIRD))
    assert len(merged_hotels([here, there])) == 2


def test_the_same_class_of_the_same_brand_is_one_result_whoever_sells_it() -> None:
    own, resold = rental_offer(supplier=ALBATROSS), rental_offer(supplier=BLUEBIRD, price=money("190.00", "GBP"))
    (result,) = merged_cars([own, resold])
    assert result.offers == (resold, own)


def test_another_brand_or_class_is_another_result() -> None:
    cars = [
        rental_offer(),
        rental_offer(reference="2", vendor="Bluebird Cars"),
        rental_offer(reference="3", acriss="CDMR"),
    ]
    assert len(merged_cars(cars)) == 3


def test_the_order_of_arrival_changes_nothing() -> None:
    cars = [rental_offer(), rental_offer(supplier=BLUEBIRD), rental_offer(reference="2", acriss="CDMR")]
    assert merged_cars(cars) == merged_cars(cars[::-1])
