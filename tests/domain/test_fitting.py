"""Whether an offer answers what was asked; whatever a supplier does not honour is caught here."""

from datetime import date

import pytest

from domain.fitting import misfit
from domain.flights import Itinerary
from domain.queries import Cabin
from tests.builders import direction, flight_query, itinerary, money, offer, segment

OUT = direction(segment())
BACK = direction(
    segment(origin="JFK", destination="LHR", departs="2027-03-08T20:00", arrives="2027-03-09T08:00", number="112")
)


def via_paris(first: Cabin | None, second: Cabin | None) -> Itinerary:
    hop = segment(destination="CDG", departs="2027-03-01T07:00", arrives="2027-03-01T09:15", cabin=first)
    long_haul = segment(origin="CDG", departs="2027-03-01T11:00", arrives="2027-03-01T13:30", number="2", cabin=second)
    return itinerary(direction(hop, long_haul))


def test_what_was_asked_for_fits() -> None:
    assert misfit(flight_query(), offer()) is None


def test_there_and_back_fits_a_return() -> None:
    assert misfit(flight_query(return_date=date(2027, 3, 8)), offer(product=itinerary(OUT, BACK))) is None


def test_a_price_in_another_currency_is_an_answer() -> None:
    assert misfit(flight_query(currency="USD"), offer(price=money(currency="EUR"))) is None


def test_a_one_way_is_no_answer_to_a_return_nor_the_other_way_round() -> None:
    assert misfit(flight_query(return_date=date(2027, 3, 8)), offer()) == "1 slices, 2 asked for"
    assert misfit(flight_query(), offer(product=itinerary(OUT, BACK))) == "2 slices, 1 asked for"


@pytest.mark.parametrize(("origin", "destination"), [("LGW", "JFK"), ("LHR", "LAX"), ("JFK", "LHR")])
def test_a_flight_between_other_airports_is_no_answer(origin: str, destination: str) -> None:
    asked = flight_query(origin=origin, destination=destination)
    assert misfit(asked, offer()) == f"goes LHR-JFK, asked for {origin}-{destination}"


def test_a_flight_on_another_day_is_no_answer() -> None:
    asked = flight_query(departure_date=date(2027, 3, 2))
    assert misfit(asked, offer()) == "leaves LHR on 2027-03-01, asked for 2027-03-02"


def test_a_return_on_another_day_is_no_answer() -> None:
    asked = flight_query(return_date=date(2027, 3, 9))
    assert misfit(asked, offer(product=itinerary(OUT, BACK))) == "leaves JFK on 2027-03-08, asked for 2027-03-09"


def test_the_day_of_departure_is_the_day_at_the_airport_not_in_greenwich() -> None:
    evening = segment(origin="LAX", departs="2027-03-01T22:30", destination="SYD", arrives="2027-03-03T08:30")
    asked = flight_query(origin="LAX", destination="SYD", departure_date=date(2027, 3, 1))
    assert misfit(asked, offer(product=itinerary(direction(evening)))) is None


def test_an_early_departure_in_auckland_is_today_there_and_yesterday_in_greenwich() -> None:
    early = segment(origin="AKL", departs="2027-03-02T00:30", destination="HNL", arrives="2027-03-01T10:15")
    asked = flight_query(origin="AKL", destination="HNL", departure_date=date(2027, 3, 2))
    assert misfit(asked, offer(product=itinerary(direction(early)))) is None


@pytest.mark.parametrize(
    ("first", "second", "fits"),
    [
        (Cabin.BUSINESS, Cabin.BUSINESS, True),
        (Cabin.ECONOMY, Cabin.BUSINESS, True),  # a short hop in economy is part of many business fares
        (None, Cabin.ECONOMY, True),  # who does not tell is believed
        (None, None, True),
        (Cabin.ECONOMY, Cabin.ECONOMY, False),
        (Cabin.FIRST, Cabin.PREMIUM_ECONOMY, False),
    ],
)
def test_a_journey_without_a_seat_in_the_cabin_asked_for_is_no_answer(
    first: Cabin | None, second: Cabin | None, *, fits: bool
) -> None:
    why = misfit(flight_query(cabin=Cabin.BUSINESS), offer(product=via_paris(first, second)))
    assert why == (None if fits else "LHR-JFK has no segment in business")
