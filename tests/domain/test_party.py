"""Who may travel on what was searched for: how many, how old, with which passport."""

from datetime import date
from typing import Any

import pytest

from domain.cars import RentalConditions
from domain.party import age_on, counted_as, document_faults, faults, last_day
from domain.travellers import Age, Document, Traveller
from tests.builders import DEPARTURE, car_query, flight_query, hotel_query, offer, rental_offer, stay_offer, traveller


def born(*days: date) -> tuple[Traveller, ...]:
    return tuple(traveller(born_on=day) for day in days)


GROWN = date(1987, 7, 24)
TEENAGER = date(2011, 7, 24)  # 15 on the first of March 2027
CHILD = date(2018, 7, 24)
BABY = date(2026, 7, 24)


@pytest.mark.parametrize(
    ("born_on", "day", "age"),
    [
        (date(2000, 3, 1), date(2027, 3, 1), 27),
        (date(2000, 3, 2), date(2027, 3, 1), 26),
        (date(2000, 2, 29), date(2027, 2, 28), 26),
        (date(2000, 2, 29), date(2027, 3, 1), 27),
        (date(2027, 3, 2), date(2027, 3, 1), -1),
    ],
)
def test_a_year_is_over_on_the_birthday(born_on: date, day: date, age: int) -> None:
    assert age_on(born_on, day) == age


def test_airlines_count_infants_children_and_adults() -> None:
    assert [counted_as(day, DEPARTURE) for day in (BABY, CHILD, TEENAGER, GROWN)] == [
        Age.INFANT, Age.CHILD, Age.ADULT, Age.ADULT,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("wishes", "days", "fits"),
    [
        ({}, (GROWN,), True),
        ({}, (CHILD,), False),
        ({"adults": 2}, (GROWN,), False),
        ({"adults": 1, "children": 1}, (GROWN, CHILD), True),
        ({"adults": 1, "children": 1}, (CHILD, GROWN), True),
        ({"adults": 1, "children": 1}, (GROWN, GROWN), False),
        ({"adults": 2}, (GROWN, TEENAGER), True),  # carriers draw the line somewhere from twelve to eighteen
        ({"adults": 1, "children": 1}, (GROWN, TEENAGER), True),
        ({"adults": 1, "infants": 1}, (GROWN, BABY), True),
        ({"adults": 1, "infants": 1}, (GROWN, CHILD), False),
        ({"adults": 1, "children": 1}, (GROWN, BABY), False),
    ],
)
def test_those_who_fly_are_of_the_ages_that_were_asked_for(
    wishes: dict[str, Any], days: tuple[date, ...], *, fits: bool
) -> None:
    told = list(faults(offer(), flight_query(**wishes), born(*days)))
    assert [fault.field for fault in told] == ([] if fits else ["travellers"])


def test_ages_in_the_air_count_on_the_way_back() -> None:
    turns_two = date(2025, 3, 5)
    one_way = flight_query(infants=1)
    there_and_back = flight_query(infants=1, return_date=date(2027, 3, 10))
    assert not list(faults(offer(), one_way, born(GROWN, turns_two)))
    assert list(faults(offer(), there_and_back, born(GROWN, turns_two)))


@pytest.mark.parametrize(
    ("children", "days", "fields"),
    [
        ((), (GROWN,), []),
        ((), (GROWN, GROWN), []),
        ((), (GROWN, GROWN, GROWN), ["travellers"]),
        ((8,), (GROWN, CHILD), []),
        ((8,), (GROWN,), []),
        ((7,), (GROWN, CHILD), ["travellers"]),
        ((8,), (GROWN, CHILD, CHILD), ["travellers"]),
        ((8,), (CHILD, GROWN), ["travellers/0/born_on"]),
    ],
)
def test_guests_who_are_named_were_asked_for(
    children: tuple[int, ...], days: tuple[date, ...], fields: list[str]
) -> None:
    told = faults(stay_offer(), hotel_query(children_ages=children), born(*days))
    assert [fault.field for fault in told] == fields


@pytest.mark.parametrize(
    ("age", "searched", "least", "fits"),
    [
        (40, 30, None, True),
        (22, 30, None, False),
        (22, 22, None, True),
        (70, 30, None, False),
        (70, 70, None, True),
        (40, 30, 45, False),
        (45, 30, 45, True),
    ],
)
def test_a_driver_is_of_an_age_for_which_the_price_is(
    age: int, searched: int, least: int | None, *, fits: bool
) -> None:
    car = rental_offer(conditions=RentalConditions(minimum_age=least))
    told = faults(car, car_query(driver_age=searched), born(date(2027 - age, 1, 1)))
    assert [fault.field for fault in told] == ([] if fits else ["travellers/0/born_on"])


def test_only_the_first_of_the_travellers_drives() -> None:
    assert not list(faults(rental_offer(), car_query(), born(GROWN, CHILD)))


def test_a_passport_outlasts_the_last_day_of_the_journey() -> None:
    expires = Document(number="X1", issued_by="US", expires_on=date(2027, 3, 3))
    whole = (traveller(document=expires), traveller())
    assert last_day(hotel_query()) == date(2027, 3, 4)
    assert [fault.field for fault in document_faults(whole, last_day(hotel_query()))] == [
        "travellers/0/document/expires_on"
    ]
    assert not list(document_faults(whole, last_day(flight_query())))
    assert last_day(car_query()) == date(2027, 3, 6)
