"""Prices that were seen: what they are of, and when two of them are of the same rate."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

import msgspec
import pytest

from domain.cars import RentalConditions
from domain.hotels import Board, Room, StayConditions
from domain.matching.verticals import MERGED
from domain.offers import Conversion, FlightConditions, Offer
from domain.prices import Observation, observations, subject
from domain.queries import Cabin, Query
from domain.searches import Search, arrived, begun
from tests import builders
from tests.builders import ALBATROSS, DEPARTURE, NOW, PARIS, car_query, flight_query, hotel_query, money, offer

LATER = NOW + timedelta(hours=3)


def search(query: Query, offers: Iterable[Offer]) -> Search:
    return arrived(
        begun(query, [ALBATROSS], NOW), builders.report(), offers, merge=MERGED[query.vertical], now=NOW
    )  # fmt: skip


def seen(query: Query, *offers: Offer) -> list[Observation]:
    return list(observations(search(query, offers)))


def rate(query: Query, told: Offer) -> bytes:
    (one,) = seen(query, told)
    return one.rate


def test_a_price_is_kept_as_the_supplier_told_it_with_the_days_that_are_left() -> None:
    shown = Conversion(amount=money("360.00"), rate=Decimal("1.2"), rate_on=NOW.date())
    told = msgspec.structs.replace(offer(price=money("300.00", "GBP")), converted=shown)
    (one,) = seen(flight_query(), told)
    assert (one.amount, one.currency, one.supplier) == (Decimal("300.00"), "GBP", ALBATROSS)
    assert (one.seen_at, one.days_ahead) == (NOW, (DEPARTURE - NOW.date()).days)
    assert (one.vertical, one.search_id, one.acriss) == ("flights", flight_query().id, None)


def test_a_rate_stays_the_same_when_its_price_reference_and_booking_class_change() -> None:
    before = offer(reference="today", conditions=FlightConditions(fare_family="LIGHT"))
    dearer = builders.itinerary(builders.direction(builders.segment(booking_class="Y")))
    after = offer(
        reference="tomorrow",
        price=money("440.00"),
        product=dearer,
        conditions=FlightConditions(fare_family="LIGHT"),
        fetched_at=LATER,
    )
    assert rate(flight_query(), before) == rate(flight_query(), after)


@pytest.mark.parametrize(
    "other",
    [
        offer(supplier="bluebird"),
        offer(conditions=FlightConditions(checked_bags=1)),
        offer(conditions=FlightConditions(fare_family="FLEX")),
        offer(conditions=FlightConditions(refundable=True)),
        offer(product=builders.itinerary(builders.direction(builders.segment(number="115")))),
        offer(product=builders.itinerary(builders.direction(builders.segment(cabin=Cabin.BUSINESS)))),
    ],
)
def test_other_terms_or_another_flight_are_another_rate(other: Offer) -> None:
    assert rate(flight_query(), offer()) != rate(flight_query(), other)


def test_the_same_fare_for_two_is_another_rate_than_for_one() -> None:
    assert rate(flight_query(), offer()) != rate(flight_query(adults=2), offer())


def test_what_is_asked_in_another_currency_is_the_same_subject() -> None:
    assert subject(flight_query(currency="EUR"), hotel_id="") == subject(flight_query(currency="USD"), hotel_id="")
    assert subject(flight_query(), hotel_id="") != subject(flight_query(cabin=Cabin.FIRST), hotel_id="")


def test_a_property_is_the_same_subject_wherever_one_looked_for_it() -> None:
    nearby = msgspec.structs.replace(PARIS, latitude=48.9)
    here, there = hotel_query(), hotel_query(location=nearby, radius_km=3)
    assert subject(here, hotel_id="a") == subject(there, hotel_id="a") != subject(here, hotel_id="b")
    assert subject(here, hotel_id="a") != subject(hotel_query(market="US"), hotel_id="a")


def test_children_are_not_taken_for_rooms_or_adults() -> None:
    four = hotel_query(rooms=1, adults=2, children_ages=(2, 2))
    assert subject(four, hotel_id="a") != subject(hotel_query(rooms=1, adults=2, children_ages=(2,)), hotel_id="a")
    assert subject(four, hotel_id="a") != subject(hotel_query(rooms=2, adults=2, children_ages=(2,)), hotel_id="a")


def test_offers_that_only_their_prices_tell_apart_are_each_kept() -> None:
    cheap, dear = offer(reference="a", price=money("400.00")), offer(reference="b", price=money("500.00"))
    kept = seen(flight_query(), dear, cheap)
    assert {one.amount for one in kept} == {Decimal("400.00"), Decimal("500.00")}
    assert len({one.rate for one in kept}) == 2
    assert (
        rate(flight_query(), cheap)
        == rate(flight_query(), dear)
        == next(one.rate for one in kept if one.amount == Decimal("400.00"))
    )


def test_rooms_boards_and_rate_plans_are_rates_of_their_own() -> None:
    terms = [
        StayConditions(rooms=(Room(name="Double room"),), board=Board.BREAKFAST),
        StayConditions(rooms=(Room(name="Double room"),), board=Board.ROOM_ONLY),
        StayConditions(rooms=(Room(name="Suite"),), board=Board.BREAKFAST),
        StayConditions(rooms=(Room(name="Double room", count=2),), board=Board.BREAKFAST),
        StayConditions(rooms=(Room(name="Double room"),), board=Board.BREAKFAST, rate_plan="FLEX"),
    ]
    rates = {rate(hotel_query(), builders.stay_offer(conditions=one)) for one in terms}
    assert len(rates) == len(terms)


def test_a_property_keeps_its_rates_when_it_becomes_part_of_another_hotel() -> None:
    alone = search(hotel_query(), [builders.stay_offer()])
    (result,) = alone.results
    joined = msgspec.structs.replace(alone, results=(msgspec.structs.replace(result, id="another"),))
    (before,), (after,) = observations(alone), observations(joined)
    assert before.rate == after.rate
    assert before.subject != after.subject


def test_a_car_is_kept_with_its_class() -> None:
    (one,) = seen(car_query(), builders.rental_offer(acriss="CDAR"))
    assert one.acriss == "CDAR"
    full = builders.rental_offer(acriss="CDAR", conditions=RentalConditions(fuel_policy="full to full"))
    assert rate(car_query(), full) != one.rate
