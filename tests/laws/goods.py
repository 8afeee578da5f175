"""Stays and rentals of several suppliers, few enough of each that many offers are of the same, for hypothesis to choose from."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from hypothesis import strategies as st

from domain.cars import RentalPlace
from domain.hotels import Address, Property
from domain.money import Money
from domain.offers import RentalOffer, StayOffer
from domain.places import Point
from domain.queries import Query
from domain.searches import Merge, Outcome, Search, arrived, begun
from tests.builders import NOW, PARIS, car_query, flight_query, hotel_query, rental_offer, report, stay_offer
from tests.laws.strategies import SUPPLIERS, offers

_NAMES = ("Hotel Bellevue", "Hôtel Bellevue", "Bellevue Paris", "Grand Central")
_CORNERS = (PARIS, Point(latitude=PARIS.latitude + 0.0005, longitude=PARIS.longitude), None)
_PRICES = st.integers(1, 30).map(lambda amount: amount * 10)

HOTEL_KEYS = st.tuples(st.sampled_from(SUPPLIERS), st.sampled_from(["1", "2", "3"]))


@st.composite
def stays(draw: st.DrawFn, *, supplier: str) -> StayOffer:
    """A rate in one of three hotels of the supplier, which look alike or do not. A hotel looks the same in every offer."""
    number = draw(st.sampled_from(["1", "2", "3"]))
    looks = st.shared(
        st.tuples(st.sampled_from(_NAMES), st.sampled_from(_CORNERS)), key=f"looks of {supplier} {number}"
    )
    name, location = draw(looks)
    return stay_offer(
        supplier=supplier,
        reference=f"{number} {draw(st.sampled_from('ab'))}",
        at=Property(supplier=supplier, id=number, name=name, location=location),
        price=Money.of(draw(_PRICES), "EUR"),
    )


@st.composite
def rentals(draw: st.DrawFn, *, supplier: str) -> RentalOffer:
    """A car of one of two classes at one of three counters of the supplier, some of which are told with an address."""
    code = draw(st.sampled_from(["LHR", "LHRT5", "LONC1"]))
    counters = st.builds(
        RentalPlace,
        airport=st.just("LHR"),
        code=st.just(code),
        at_airport=st.sampled_from([True, False, None]),
        address=st.builds(Address, lines=st.sampled_from([(), ("Arrivals Hall",)]), city=st.just("London")),
    )
    acriss = draw(st.sampled_from(["ECMR", "CDMR"]))
    offer = rental_offer(
        supplier=supplier,
        reference=f"{code} {acriss} {draw(st.sampled_from('ab'))}",
        vendor=draw(st.sampled_from(["Heron Drive", "HERON DRIVE"])),
        acriss=acriss,
        counter=draw(st.shared(counters, key=f"counter {supplier} {code}")),
        price=Money.of(draw(_PRICES), "GBP"),
    )
    car = msgspec.structs.replace(offer.product.car, seats=draw(st.sampled_from([None, 4])))
    return msgspec.structs.replace(offer, product=msgspec.structs.replace(offer.product, car=car))


# What is asked for, and what a supplier may have, by vertical.
GOODS: Mapping[str, tuple[Query, Callable[[str], st.SearchStrategy[Any]]]] = {
    "flights": (flight_query(), lambda supplier: offers(suppliers=st.just(supplier))),
    "hotels": (hotel_query(), lambda supplier: stays(supplier=supplier)),
    "cars": (car_query(), lambda supplier: rentals(supplier=supplier)),
}

# A supplier and what it has; it may answer more than once, and then what it said last counts.
Answer = tuple[str, tuple[Any, ...]]


@st.composite
def first_answers(draw: st.DrawFn, vertical: str) -> tuple[Answer, ...]:
    """One of each supplier, in any order."""
    _, goods = GOODS[vertical]
    order = draw(st.permutations(SUPPLIERS))
    return tuple((supplier, tuple(draw(st.lists(goods(supplier), max_size=4)))) for supplier in order)


def states(vertical: str, told: tuple[Answer, ...], merges: Callable[[int], Merge]) -> list[Search]:
    """The search after each answer; `merges` gives the rule by which the answer of that number is joined."""
    query, _ = GOODS[vertical]
    found = [begun(query, SUPPLIERS, NOW)]
    for number, (supplier, brought) in enumerate(told):
        part = report(supplier=supplier, status=Outcome.OK, offers=len(brought))
        found.append(arrived(found[-1], part, brought, merge=merges(number), now=NOW))
    return found
