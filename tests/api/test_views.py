"""Filters, order and facets of a search for flights that is held."""

from datetime import time
from decimal import Decimal

from api import paging, views
from api.flights.answers import FlightFacets
from api.flights.present import facets
from api.flights.views import LENS
from api.flights.views import FlightSort as Sort
from api.flights.views import FlightView as View
from api.present import priced
from api.views import Seen
from domain.flights import Itinerary
from domain.matching.flights import merged
from domain.offers import FlightConditions, FlightOffer
from domain.searches import Search, arrived
from tests.builders import (
    BLUEBIRD,
    NOW,
    direction,
    flight_query,
    itinerary,
    money,
    offer,
    report,
    search_begun,
    segment,
)

EARLY = itinerary(direction(segment(number="1", departs="2027-03-01T06:30", arrives="2027-03-01T09:30")))
LATE = itinerary(direction(segment(number="2", departs="2027-03-01T21:00", arrives="2027-03-01T23:30")))
OVER_PARIS = itinerary(
    direction(
        segment(destination="CDG", carrier="AF", number="1681", departs="2027-03-01T08:00", arrives="2027-03-01T10:20"),
        segment(origin="CDG", carrier="AF", number="6", departs="2027-03-01T12:00", arrives="2027-03-01T14:30"),
    )
)
FLEXIBLE = FlightConditions(refundable=True, checked_bags=2)
STRICT = FlightConditions(refundable=False, checked_bags=0)

OFFERS = (
    offer(reference="early", product=EARLY, price=money("500.00"), conditions=STRICT),
    offer(reference="early-flexible", product=EARLY, price=money("700.00"), conditions=FLEXIBLE),
    offer(reference="late", product=LATE, price=money("300.00")),
    offer(supplier=BLUEBIRD, reference="paris", product=OVER_PARIS, price=money("400.00"), conditions=STRICT),
)


def search(*offers: FlightOffer) -> Search:
    return arrived(search_begun(), report(), offers or OFFERS, merge=merged, now=NOW)


def seen(found: Search, view: View) -> paging.Page[Seen]:
    return views.seen(found, view, LENS)


def shown(view: View) -> tuple[Seen, ...]:
    return seen(search(), view).items


def first_flights(page: paging.Page[Seen]) -> list[str]:
    products = [item.result.product for item in page.items]
    return [product.segments[0].flight for product in products if isinstance(product, Itinerary)]


def flights(view: View) -> list[str]:
    return first_flights(seen(search(), view))


def found_facets(*offers: FlightOffer) -> FlightFacets:
    return facets(merged(offers), flight_query())


def test_without_wishes_everything_is_shown_cheapest_first() -> None:
    assert flights(View()) == ["BA2", "AF1681", "BA1"]


def test_the_shortest_and_the_earliest_can_come_first() -> None:
    assert flights(View(sort=Sort.DURATION)) == ["BA2", "BA1", "AF1681"]
    assert flights(View(sort=Sort.DEPARTURE)) == ["BA1", "AF1681", "BA2"]


def test_a_price_limit_leaves_out_offers_and_then_whole_journeys() -> None:
    kept = shown(View(max_price=Decimal("500.00")))
    assert [len(item.offers) for item in kept] == [1, 1, 1]
    assert flights(View(max_price=Decimal(350))) == ["BA2"]


def test_the_order_by_price_goes_by_the_offers_that_pass() -> None:
    assert flights(View(refundable=True)) == ["BA1"]
    assert shown(View(refundable=True))[0].offers[0].price == money("700.00")


def test_stops_airlines_and_bags_filter() -> None:
    assert flights(View(max_stops=0)) == ["BA2", "BA1"]
    assert flights(View(airlines=("AF",))) == ["AF1681"]
    assert flights(View(airlines=("AF", "BA"))) == ["BA2", "AF1681", "BA1"]
    assert flights(View(bags=1)) == ["BA1"]
    assert flights(View(bags=0)) == ["BA2", "AF1681", "BA1"]


def test_what_a_supplier_does_not_say_is_neither_refundable_nor_not() -> None:
    assert "BA2" not in flights(View(refundable=True)) + flights(View(refundable=False))


def test_departure_times_are_those_of_the_clock_at_the_airport() -> None:
    assert flights(View(depart_after=time(8))) == ["BA2", "AF1681"]
    assert flights(View(depart_before=time(8))) == ["AF1681", "BA1"]
    assert flights(View(depart_after=time(6, 31), depart_before=time(20, 59))) == ["AF1681"]


def test_a_shared_flight_is_found_under_the_airline_that_sells_it() -> None:
    sold_by_iberia = itinerary(
        direction(segment(carrier="IB", number="4001", operating_carrier="BA", operating_number="117"))
    )
    both = search(offer(), offer(reference="iberia", product=sold_by_iberia))
    (only,) = seen(both, View(airlines=("IB",))).items
    assert [one.reference for one in only.offers] == ["iberia"]


def test_pages_go_on_where_they_ended_while_the_search_grows() -> None:
    first = seen(search(), View(limit=1))
    assert (flights(View(limit=1)), first.total) == (["BA2"], 3)
    assert first.next is not None
    cheaper = offer(reference="cheap", product=itinerary(direction(segment(number="9"))), price=money("100.00"))
    rest = seen(search(*OFFERS, cheaper), View(after=paging.place_of(first.next, sort="price")))
    assert first_flights(rest) == ["AF1681", "BA1"]


def test_facets_count_everything_that_was_found() -> None:
    found = found_facets(*OFFERS)
    assert [(row.airline, row.results, row.cheapest) for row in found.airlines] == [
        ("AF", 1, priced(money("400.00"))),
        ("BA", 2, priced(money("300.00"))),
    ]
    assert [(row.stops, row.results, row.cheapest) for row in found.stops] == [
        (0, 2, priced(money("300.00"))),
        (1, 1, priced(money("400.00"))),
    ]
    assert found.price is not None
    assert (found.price.min, found.price.max) == (priced(money("300.00")), priced(money("700.00")))
    assert (found.refundable.results, found.checked_bags.results) == (1, 1)


def test_a_search_that_found_nothing_has_empty_facets() -> None:
    nothing = found_facets()
    assert (nothing.airlines, nothing.stops, nothing.price, nothing.duration_minutes) == ((), (), None, None)
    assert (nothing.refundable.results, nothing.checked_bags.results) == (0, 0)
