"""A search as people read it."""

from datetime import date, timedelta

import pytest
from rich.console import Console

from api.flights.answers import FlightSearchAnswer
from cli import flights, found
from cli.client import read
from domain.matching.flights import merged
from domain.offers import FlightConditions, Offer
from domain.searches import Outcome, Search, SupplierReport, arrived
from tests import builders as a
from tests.api.hub import on_the_wire


def test_a_journey_is_one_row_with_its_cheapest_offer_and_everybody_who_sells_it() -> None:
    shown = _shown(
        a.offer(supplier=a.ALBATROSS, price=a.money("501.00")), a.offer(supplier=a.BLUEBIRD, price=a.money("420.50"))
    )
    assert "420.50 EUR" in shown
    assert "501.00" not in shown
    assert "bluebird, albatross" in shown
    assert "BA117" in shown
    assert "LHR 10:30" in shown
    assert "JFK 13:25" in shown
    assert "7h55" in shown


def test_a_landing_on_another_day_says_by_how_many() -> None:
    to_auckland = a.segment(origin="LAX", destination="AKL", departs="2027-03-01T22:30", arrives="2027-03-03T08:30")
    to_honolulu = a.segment(origin="AKL", destination="HNL", departs="2027-03-01T09:00", arrives="2027-02-28T18:00")
    assert "AKL 08:30 +2" in _shown(a.offer(product=a.itinerary(a.direction(to_auckland))))
    assert "HNL 18:00 -1" in _shown(a.offer(product=a.itinerary(a.direction(to_honolulu))))


def test_stops_are_named_and_a_journey_back_has_a_line_of_its_own() -> None:
    out = a.direction(
        a.segment(destination="CDG", arrives="2027-03-01T12:50", number="304"),
        a.segment(origin="CDG", departs="2027-03-01T15:00", arrives="2027-03-01T17:30", carrier="AF", number="8"),
    )
    back = a.direction(
        a.segment(origin="JFK", destination="LHR", departs="2027-03-08T19:00", arrives="2027-03-09T07:00")
    )
    shown = _shown(a.offer(product=a.itinerary(out, back)))
    assert "BA304 AF8" in shown
    assert "1 (CDG)" in shown
    assert "none" in shown


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        (FlightConditions(), ""),
        (FlightConditions(refundable=False, checked_bags=0), "not refundable, no checked bags"),
        (FlightConditions(refundable=True, changeable=True, checked_bags=1), "refundable, changeable, 1 checked bag"),
        (FlightConditions(fare_family="Light", separate_tickets=2), "Light, 2 separate tickets"),
    ],
)
def test_conditions_say_what_the_supplier_says_and_nothing_else(terms: FlightConditions, said: str) -> None:
    (result,) = _answer(a.offer(conditions=terms)).results
    assert flights.conditions(result.offers[0]) == said


def test_below_stands_how_old_it_is_and_why_a_part_is_missing() -> None:
    late = a.report(supplier=a.BLUEBIRD, status=Outcome.TIMEOUT, took_ms=None, detail="no answer in time")
    told = [line.plain for line in found.footer(_answer(a.offer(), late=late, age=timedelta(minutes=2)), flights.WORDS)]
    assert told == [
        "1 journey, 0:02:00 old, being fetched anew, not everybody has answered.",
        "  albatross ok: 1 offer in 120 ms",
        "  bluebird timeout: 0 offers, no answer in time",
    ]


def test_nothing_found_and_nothing_arrived_are_two_things() -> None:
    assert "Nobody sells this journey." in [line.plain for line in found.footer(_answer(), flights.WORDS)]
    pending = _read(a.search_begun())
    assert next(found.footer(pending, flights.WORDS)).plain.startswith("Nothing has arrived yet")


def _shown(*offers: Offer) -> str:
    console = Console(width=200, record=True, quiet=False, file=None)
    with console.capture() as captured:
        console.print(flights.table(_answer(*offers)))
    return captured.get()


def _answer(*offers: Offer, late: SupplierReport | None = None, age: timedelta = timedelta()) -> FlightSearchAnswer:
    """Albatross has told its offers and Bluebird too, or what became of it instead."""
    search = a.search_begun(query=a.flight_query(departure_date=date(2027, 3, 1)))
    for supplier in (a.ALBATROSS, a.BLUEBIRD):
        own = [offer for offer in offers if offer.supplier == supplier]
        report = late if late and supplier == a.BLUEBIRD else a.report(supplier=supplier, offers=len(own))
        search = arrived(search, report, own, merge=merged, now=a.NOW)
    return _read(search, age=age)


def _read(search: Search, *, age: timedelta = timedelta()) -> FlightSearchAnswer:
    """As it comes over the wire."""
    return read(on_the_wire(search, now=a.NOW + age), FlightSearchAnswer)
