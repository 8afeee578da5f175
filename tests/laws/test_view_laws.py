"""Filters and orders of every vertical, against a plain recomputation over the same offers."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any, Final

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api import paging, views
from api.cars.views import CarView
from api.flights.views import FlightView
from api.hotels.views import HotelView
from api.vertical import Vertical
from api.verticals import VERTICALS
from api.views import View
from domain.acriss import CATEGORIES, Transmission, car_class
from domain.cars import Car, Mileage, Rental, RentalConditions, RentalPlace
from domain.hotels import Amenity, Board, Property, Room, Stay, StayConditions
from domain.matching.verticals import MERGED
from domain.money import Money
from domain.offers import Offer, offer_id
from domain.places import Point, great_circle_km
from domain.queries import HotelQuery, Query
from domain.searches import Search, arrived, begun
from tests.builders import ALBATROSS, DEPARTURE, NOW, PARIS, car_query, flight_query, hotel_query, report, wall_clock
from tests.laws import strategies

CODES: Final = ("ECMR", "FDAN", "CDMD", "QQZZ", "E")
references = st.sampled_from([f"rate-{number}" for number in range(12)])
euros = st.integers(1, 12).map(lambda tens: Money.of(tens * 10, "EUR"))
maybe = strategies.yes_no_or_silence


@st.composite
def sold(draw: st.DrawFn, product: Any, conditions: Any) -> Offer:
    reference = draw(references)
    return Offer(
        id=offer_id(ALBATROSS, reference),
        supplier=ALBATROSS,
        reference=reference,
        product=draw(product),
        price=draw(euros),
        price_components=(),
        conditions=draw(conditions),
        fetched_at=NOW,
        expires_at=NOW.replace(year=2028),
    )


places = st.none() | st.builds(
    lambda north, east: Point(latitude=PARIS.latitude + north / 100, longitude=PARIS.longitude + east / 100),
    st.integers(-9, 9),
    st.integers(-9, 9),
)
properties = st.builds(
    Property,
    supplier=st.just(ALBATROSS),
    id=st.sampled_from("abcdef"),
    location=places,
    stars=st.none() | st.integers(0, 10).map(lambda halves: Decimal(halves) / 2),
    rating=st.none() | st.integers(0, 100).map(lambda tenths: Decimal(tenths) / 10),
    amenities=st.sets(st.sampled_from(list(Amenity)[:3])).map(lambda some: tuple(sorted(some))),
)
stays = st.builds(Stay, property=properties, check_in=st.just(DEPARTURE), check_out=st.just(hotel_query().check_out))
stay_terms = st.builds(
    StayConditions,
    rooms=st.just((Room(name="Double room"),)),
    board=st.none() | st.sampled_from(Board),
    refundable=maybe,
)
COUNTER: Final = RentalPlace(airport="LHR", code="LHRT1")
rentals = st.builds(
    Rental,
    vendor=st.sampled_from(["Heron Cars", "Albatross Cars"]),
    car=st.sampled_from(CODES).map(lambda code: Car(acriss=code)),
    pick_up=st.just(COUNTER),
    drop_off=st.just(COUNTER),
    pick_up_at=st.just(wall_clock("LHR", "2027-03-01T10:00")),
    drop_off_at=st.just(wall_clock("LHR", "2027-03-06T10:00")),
)
rental_terms = st.builds(RentalConditions, mileage=st.none() | st.builds(Mileage, unlimited=st.booleans()))

OFFERS: Final[Mapping[str, st.SearchStrategy[list[Offer]]]] = {
    "flights": st.lists(strategies.offers(suppliers=st.just(ALBATROSS)), max_size=8),
    "hotels": st.lists(sold(stays, stay_terms), max_size=8),
    "cars": st.lists(sold(rentals, rental_terms), max_size=8),
}
QUERIES: Final[Mapping[str, Query]] = {"flights": flight_query(), "hotels": hotel_query(), "cars": car_query()}

# What a field of a view may be, by the vertical's own view; the rest of the fields is not about which offers pass.
prices = st.none() | st.integers(1, 13).map(lambda tens: Decimal(tens * 10))
WISHES: Final[Mapping[type[View], Mapping[str, st.SearchStrategy[Any]]]] = {
    FlightView: {
        "max_price": prices,
        "max_stops": st.none() | st.integers(0, 2),
        "airlines": st.sets(st.sampled_from(["BA", "QF", "9W"])).map(lambda some: tuple(sorted(some))),
        "depart_after": st.none() | st.times().map(lambda clock: clock.replace(second=0, microsecond=0)),
        "depart_before": st.none() | st.times().map(lambda clock: clock.replace(second=0, microsecond=0)),
        "refundable": maybe,
        "bags": st.none() | st.integers(0, 3),
    },
    HotelView: {
        "max_price": prices,
        "stars": st.sets(st.integers(0, 5)).map(lambda some: tuple(sorted(some))),
        "amenities": st.sets(st.sampled_from(list(Amenity)[:3])).map(lambda some: tuple(sorted(some))),
        "board": st.sets(st.sampled_from(Board)).map(lambda some: tuple(sorted(some))),
        "refundable": maybe,
        "max_distance_km": st.none() | st.floats(0, 12),
    },
    CarView: {
        "max_price": prices,
        "categories": st.sets(st.sampled_from(sorted(CATEGORIES.values())[:8])).map(lambda some: tuple(sorted(some))),
        "transmission": st.none() | st.sampled_from(Transmission),
        "unlimited_mileage": maybe,
        "air_conditioning": maybe,
    },
}
PAGES: Final = frozenset({"limit", "after", "sort"})

# The same in plain words: whether an offer of a result passes, given a wish that was made. Nothing is known of a
# silent supplier, so what it sells passes no filter that asks.
Rule = Callable[[Any, Any, Any, Any], bool]


def costs(offer: Offer) -> Decimal:
    """In the currency of the search."""
    return (offer.price if offer.converted is None else offer.converted.amount).amount


def decoded(rental: Rental, part: str) -> Any:
    try:
        return getattr(car_class(rental.car.acriss), part)
    except ValueError:
        return None


def clock(offer_or_product: Any) -> time:
    leaves: datetime = offer_or_product.slices[0].segments[0].departs_at
    return leaves.timetz().replace(tzinfo=None)


def away(stay: Stay, query: HotelQuery) -> float | None:
    there = stay.property.location
    return None if there is None else great_circle_km(query.location, there)


def within(distance: float | None, most: float) -> bool:
    return distance is not None and distance <= most


RULES: Final[Mapping[type[View], Mapping[str, Rule]]] = {
    FlightView: {
        "max_price": lambda most, _, offer, __: costs(offer) <= most,
        "max_stops": lambda most, product, _, __: all(len(part.segments) <= most + 1 for part in product.slices),
        "airlines": lambda some, _, offer, __: {part.carrier for part in offer.product.segments} <= set(some),
        "depart_after": lambda since, product, _, __: clock(product) >= since,
        "depart_before": lambda until, product, _, __: clock(product) <= until,
        "refundable": lambda wanted, _, offer, __: offer.conditions.refundable == wanted,
        "bags": lambda least, _, offer, __: (offer.conditions.checked_bags or 0) >= least,
    },
    HotelView: {
        "max_price": lambda most, _, offer, __: costs(offer) <= most,
        "stars": lambda some, product, _, __: any(
            product.property.stars in {Decimal(one), Decimal(one) + Decimal("0.5")} for one in some
        ),
        "amenities": lambda every, product, _, __: all(one in product.property.amenities for one in every),
        "board": lambda some, _, offer, __: offer.conditions.board in some,
        "refundable": lambda wanted, _, offer, __: offer.conditions.refundable == wanted,
        "max_distance_km": lambda most, product, _, query: within(away(product, query), most),
    },
    CarView: {
        "max_price": lambda most, _, offer, __: costs(offer) <= most,
        "categories": lambda some, product, _, __: decoded(product, "category") in some,
        "transmission": lambda wanted, product, _, __: decoded(product, "transmission") == wanted,
        "unlimited_mileage": lambda wanted, _, offer, __: (
            offer.conditions.mileage is not None and offer.conditions.mileage.unlimited == wanted
        ),
        "air_conditioning": lambda wanted, product, _, __: decoded(product, "air_conditioning") == wanted,
    },
}

# What a result is sorted by, after which comes its id; what is not known comes last. By the vertical's own words.
Key = Callable[[Any, tuple[Any, ...], Any], Any]
UNKNOWN: Final = 10**12
ORDERS: Final[Mapping[str, Mapping[str, Key]]] = {
    "flights": {
        "price": lambda _, offers, __: costs(offers[0]),
        "duration": lambda result, _, __: (
            sum(
                int((part.arrives_at.astimezone(UTC) - part.departs_at.astimezone(UTC)).total_seconds())
                for part in result.product.slices
            )
            // 60
        ),
        "departure": lambda result, _, __: result.product.slices[0].departs_at.astimezone(UTC),
    },
    "hotels": {
        "price": lambda _, offers, __: costs(offers[0]),
        "rating": lambda result, _, __: (
            UNKNOWN if result.product.property.rating is None else -result.product.property.rating
        ),
        "distance": lambda result, _, query: (
            UNKNOWN if (km := away(result.product, query)) is None else round(km * 1000)
        ),
    },
    "cars": {"price": lambda _, offers, __: costs(offers[0])},
}


def view_of(vertical: Vertical) -> Any:
    return type(vertical.view(vertical.wishes()))


def searched(name: str, offers: list[Offer]) -> Search:
    return arrived(begun(QUERIES[name], (ALBATROSS,), NOW), report(), offers, merge=MERGED[name], now=NOW)


def plainly(name: str, search: Search, view: Any) -> list[tuple[str, tuple[str, ...]]]:
    """The ids of results and of their offers that are to be seen, in order."""
    rules = RULES[type(view)]
    wished = {field: getattr(view, field) for field in rules if getattr(view, field) not in (None, ())}
    rows = []
    for result in search.results:
        offers = tuple(
            offer
            for offer in result.offers
            if all(rules[field](wish, result.product, offer, search.query) for field, wish in wished.items())
        )
        if offers:
            rows.append((ORDERS[name][view.sort](result, offers, search.query), result.id, offers))
    rows.sort(key=lambda row: row[:2])
    return [(result_id, tuple(offer.id for offer in offers)) for _, result_id, offers in rows]


@pytest.mark.parametrize("name", VERTICALS)
def test_every_filter_and_every_order_has_a_rule_here(name: str) -> None:
    vertical = VERTICALS[name]
    fields = {field.name for field in msgspec.structs.fields(view_of(vertical))}
    assert set(RULES[view_of(vertical)]) == set(WISHES[view_of(vertical)]) == fields - PAGES
    assert set(ORDERS[name]) == set(vertical.lens.orders)


@pytest.mark.parametrize("name", VERTICALS)
def test_whatever_is_wished_for_is_asked_of_the_view_under_the_same_name(name: str) -> None:
    """A wish that no view has would be taken and come to nothing."""
    vertical = VERTICALS[name]
    wishes = {field.name for field in msgspec.structs.fields(vertical.wishes)} - {"wait", "cursor"}
    assert wishes == {field.name for field in msgspec.structs.fields(view_of(vertical))} - {"after"}


@pytest.mark.parametrize("name", VERTICALS)
@settings(max_examples=25)
@given(data=st.data())
def test_one_filter_alone_lets_through_what_plain_words_say(name: str, data: st.DataObject) -> None:
    vertical = VERTICALS[name]
    search = searched(name, data.draw(OFFERS[name]))
    for field, wishes in WISHES[view_of(vertical)].items():
        view = view_of(vertical)(**{field: data.draw(wishes), "limit": 200})
        assert shown(search, view, vertical) == plainly(name, search, view), field


@pytest.mark.parametrize("name", VERTICALS)
@settings(max_examples=25)
@given(data=st.data())
def test_all_filters_and_any_order_together_show_what_plain_words_say(name: str, data: st.DataObject) -> None:
    vertical = VERTICALS[name]
    search = searched(name, data.draw(OFFERS[name]))
    wished = {field: data.draw(st.just(None) | wishes) for field, wishes in WISHES[view_of(vertical)].items()}
    told = {field: wish for field, wish in wished.items() if wish is not None}
    view = view_of(vertical)(**told, sort=data.draw(st.sampled_from(sorted(vertical.lens.orders))), limit=200)
    assert shown(search, view, vertical) == plainly(name, search, view)


@pytest.mark.parametrize("name", VERTICALS)
@settings(max_examples=25)
@given(data=st.data())
def test_pages_of_any_size_put_together_are_the_whole(name: str, data: st.DataObject) -> None:
    vertical = VERTICALS[name]
    search = searched(name, data.draw(OFFERS[name]))
    view = view_of(vertical)(
        sort=data.draw(st.sampled_from(sorted(vertical.lens.orders))), limit=data.draw(st.integers(1, 4))
    )
    together: list[tuple[str, tuple[str, ...]]] = []
    while True:
        page = views.seen(search, view, vertical.lens)
        together += [(seen.result.id, tuple(offer.id for offer in seen.offers)) for seen in page.items]
        if page.next is None:
            break
        view = msgspec.structs.replace(view, after=paging.place_of(page.next, sort=view.sort))
    assert together == plainly(name, search, msgspec.structs.replace(view, after=None))


def shown(search: Search, view: Any, vertical: Vertical) -> list[tuple[str, tuple[str, ...]]]:
    page = views.seen(search, view, vertical.lens)
    assert page.total == len(page.items)
    return [(seen.result.id, tuple(offer.id for offer in seen.offers)) for seen in page.items]
