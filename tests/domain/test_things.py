"""What is sold is the same thing in every cabin, room and fare, and another one on another day or at another counter."""

from datetime import timedelta

from domain.queries import Cabin
from domain.things import key_of, property_key
from tests.builders import ALBATROSS, DEPARTURE, direction, hotel, itinerary, offer, rental_offer, segment, stay_offer


def flown(number: str = "117", day: str = "2027-03-01") -> str:
    return key_of(itinerary(direction(segment(number=number, departs=f"{day}T10:30", arrives=f"{day}T13:25"))))


def test_the_same_flights_are_one_thing_in_every_cabin_and_fare() -> None:
    there = key_of(offer(product=itinerary(direction(segment(cabin=Cabin.BUSINESS, booking_class="J")))).product)
    assert there == key_of(offer(reference="another").product)


def test_another_flight_day_or_way_is_another_thing() -> None:
    keys = {
        flown(), flown(number="119"), flown(day="2027-03-02"),
        key_of(itinerary(direction(), direction(segment(origin="JFK", destination="LHR", arrives="2027-03-02T08:00")))),
    }  # fmt: skip
    assert len(keys) == 4


def test_a_property_is_one_thing_on_all_nights_and_another_under_another_number() -> None:
    here = key_of(stay_offer().product)
    assert here == key_of(stay_offer(check_out=DEPARTURE + timedelta(days=5)).product) == property_key(ALBATROSS, "1")
    assert here != key_of(stay_offer(at=hotel(number="2")).product)


def test_a_car_is_one_thing_at_any_price_and_another_of_another_class_or_counter() -> None:
    here = key_of(rental_offer().product)
    assert here == key_of(rental_offer(reference="car-2").product)
    assert len({here, key_of(rental_offer(acriss="FDAD").product), key_of(rental_offer(airport="JFK").product)}) == 3
