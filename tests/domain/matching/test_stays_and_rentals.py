"""Offers of one hotel, or of one class of cars at one counter, stand side by side."""

import msgspec
import pytest

from domain.cars import Rental, RentalPlace
from domain.hotels import Address, Stay
from domain.matching.cars import merged as merged_cars
from domain.matching.hotel_ids import own_id
from domain.matching.hotels import merged as merged_hotels
from domain.matching.hotels import properties
from domain.places import Point
from tests.builders import ALBATROSS, BLUEBIRD, PARIS, hotel, money, rental_offer, stay_offer

SELLERS = (ALBATROSS, BLUEBIRD)
NEXT_STREET = Point(latitude=PARIS.latitude + 0.002, longitude=PARIS.longitude)


def test_all_rates_of_a_property_are_one_result_the_cheapest_first() -> None:
    dear, cheap = stay_offer(reference="flexible", price=money("420.00")), stay_offer(reference="saver")
    (result,) = merged_hotels([dear, cheap])
    assert result.offers == (cheap, dear)


def test_a_hotel_that_two_suppliers_sell_is_one_result_with_the_offers_of_both() -> None:
    here = stay_offer(supplier=ALBATROSS, price=money("420.00"))
    there = stay_offer(supplier=BLUEBIRD, at=hotel(supplier=BLUEBIRD, number="B7", name="Hôtel Bellevue"))
    (result,) = merged_hotels([here, there])
    assert result.offers == (there, here)


def test_another_hotel_in_the_next_street_is_another_result() -> None:
    other = hotel(supplier=BLUEBIRD, name="Grand Central", location=NEXT_STREET)
    assert len(merged_hotels([stay_offer(), stay_offer(supplier=BLUEBIRD, at=other)])) == 2


def test_two_hotels_of_one_supplier_are_two_however_alike_they_look() -> None:
    offers = [stay_offer(reference=number, at=hotel(number=number)) for number in ("1", "2")]
    assert len(merged_hotels(offers)) == 2


def test_what_was_decided_earlier_counts_for_more_than_how_hotels_look() -> None:
    here, there = (stay_offer(supplier=name, at=hotel(supplier=name, number="1")) for name in SELLERS)
    kept = {(ALBATROSS, "1"): "the-old-house", (BLUEBIRD, "1"): "its-annexe"}
    assert {result.id for result in merged_hotels([here, there], kept)} == {"the-old-house", "its-annexe"}
    alike = stay_offer(supplier=BLUEBIRD, at=hotel(supplier=BLUEBIRD, name="Grand Central", location=NEXT_STREET))
    (result,) = merged_hotels([here, alike], dict.fromkeys(kept, "the-old-house"))
    assert result.id == "the-old-house"


def test_a_record_that_is_new_joins_the_hotel_that_is_known() -> None:
    known, new = stay_offer(), stay_offer(supplier=BLUEBIRD, at=hotel(supplier=BLUEBIRD))
    (result,) = merged_hotels([known, new], {(ALBATROSS, "1"): "bellevue"})
    assert result.id == "bellevue"


def test_a_record_that_is_new_joins_no_hotel_that_its_supplier_sells_under_another_number() -> None:
    known = [stay_offer(), stay_offer(supplier=BLUEBIRD, at=hotel(supplier=BLUEBIRD))]
    new = stay_offer(reference="new", at=hotel(number="2"))
    kept = {(ALBATROSS, "1"): "bellevue", (BLUEBIRD, "1"): "bellevue"}
    assert {result.id for result in merged_hotels([*known, new], kept)} == {"bellevue", own_id((ALBATROSS, "2"))}


def test_the_fullest_description_of_a_hotel_is_the_one_shown() -> None:
    full = msgspec.structs.replace(hotel(supplier=BLUEBIRD), phone="+33 1 23 45 67 89", description="By the river.")
    (result,) = merged_hotels([stay_offer(price=money("1.00")), stay_offer(supplier=BLUEBIRD, at=full)])
    assert isinstance(result.product, Stay)
    assert result.product.property == full


def test_of_two_descriptions_of_one_record_the_same_is_believed_in_any_order() -> None:
    here, moved = hotel(), hotel(location=NEXT_STREET, name="Grand Central")
    offers = [stay_offer(reference="1", at=here), stay_offer(reference="2", at=moved)]
    assert properties(offers) == properties(offers[::-1])


def test_the_same_class_of_the_same_brand_is_one_result_whoever_sells_it() -> None:
    own, resold = rental_offer(supplier=ALBATROSS), rental_offer(supplier=BLUEBIRD, price=money("190.00", "GBP"))
    (result,) = merged_cars([own, resold])
    assert result.offers == (resold, own)


def test_other_terms_of_one_car_stay_apart_as_offers() -> None:
    (result,) = merged_cars([rental_offer(reference="at the desk"), rental_offer(reference="at once")])
    assert {offer.reference for offer in result.offers} == {"at the desk", "at once"}


def test_another_brand_or_class_is_another_result() -> None:
    cars = [
        rental_offer(),
        rental_offer(reference="2", vendor="Bluebird Cars"),
        rental_offer(reference="3", acriss="CDMR"),
    ]
    assert len(merged_cars(cars)) == 3


def counter(code: str, *lines: str, at_airport: bool | None = None) -> RentalPlace:
    return RentalPlace(
        airport="LHR", code=code, at_airport=at_airport, address=Address(lines=lines, postal_code="TW6 2GA")
    )


def rented_at(here: RentalPlace, there: RentalPlace) -> int:
    """How many results a car of one brand at these counters makes, each counter told by another supplier."""
    return len(
        merged_cars([rental_offer(supplier=ALBATROSS, counter=here), rental_offer(supplier=BLUEBIRD, counter=there)])
    )


def test_a_counter_is_known_by_its_address_however_it_is_spelled_and_whatever_its_code() -> None:
    assert rented_at(counter("LHRT01", "12 Northern Perimeter Rd."), counter("LHR", "12 NORTHERN PERIMETER RD")) == 1


@pytest.mark.parametrize(
    ("here", "there"),
    [
        (counter("LHR", at_airport=True), counter("LONC1", "1 Baker Street", at_airport=False)),
        (counter("LHRT2", "Terminal 2", at_airport=True), counter("LHRT5", "Terminal 5", at_airport=True)),
        (counter("1001"), counter("1001")),
        (counter("LHR", at_airport=True), counter("LHRO1", at_airport=False)),
    ],
)
def test_counters_that_may_be_two_are_two(here: RentalPlace, there: RentalPlace) -> None:
    assert rented_at(here, there) == 2


def test_a_brand_is_the_same_in_capitals() -> None:
    assert (
        len(merged_cars([rental_offer(vendor="Heron Drive"), rental_offer(reference="2", vendor="HERON DRIVE")])) == 1
    )


def test_a_counter_that_is_told_twice_is_one_however_little_the_second_telling_says() -> None:
    told = counter("LHRT5", "Arrivals Hall", at_airport=True)
    offers = [rental_offer(reference=str(n), counter=each) for n, each in enumerate((told, counter("LHRT5"), told))]
    resold = rental_offer(supplier=BLUEBIRD, counter=counter("LHR", "Arrivals Hall"))
    for order in ([*offers, resold], [resold, *offers[::-1]], [offers[0], offers[1], resold]):
        assert len(merged_cars(order)) == 1


def test_two_counters_of_one_supplier_are_two_whatever_their_addresses() -> None:
    desks = [rental_offer(reference=code, counter=counter(code, "Arrivals Hall")) for code in ("LHRT2", "LHRT5")]
    assert len(merged_cars(desks)) == 2


def test_a_car_that_is_given_back_elsewhere_is_another_result() -> None:
    round_trip = rental_offer()
    elsewhere = msgspec.structs.replace(round_trip.product, drop_off=counter("LGW", "Gatwick"))
    one_way = msgspec.structs.replace(round_trip, id="one-way", product=elsewhere)
    assert len(merged_cars([round_trip, one_way])) == 2


@pytest.mark.parametrize("told", ["seats", "doors", "example"])
def test_the_fullest_description_of_a_car_is_the_one_shown(told: str) -> None:
    plain = rental_offer(price=money("1.00", "GBP"))
    car = msgspec.structs.replace(plain.product.car, **{told: "Fiat 500" if told == "example" else 4})
    full = msgspec.structs.replace(
        rental_offer(supplier=BLUEBIRD), product=msgspec.structs.replace(plain.product, car=car)
    )
    (result,) = merged_cars([plain, full])
    assert isinstance(result.product, Rental)
    assert result.product.car == car


def test_the_order_of_arrival_changes_nothing() -> None:
    cars = [rental_offer(), rental_offer(supplier=BLUEBIRD), rental_offer(reference="2", acriss="CDMR")]
    assert merged_cars(cars) == merged_cars(cars[::-1])
