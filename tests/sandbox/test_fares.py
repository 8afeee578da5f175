"""What journeys cost in the pretend world, and how many seats are left."""

from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from sandbox.aircraft import CABINS
from sandbox.carriers import CARRIERS, Kind
from sandbox.connections import Journey
from sandbox.seats import booked_share
from sandbox.world import World
from tests.sandbox.travel import DAY, Clock, a_world


def the_first(world: World, origin: str = "LHR", destination: str = "JFK") -> Journey:
    return world.journeys(origin, destination, DAY)[0]


def prices(world: World, journey: Journey, cabin: str = "economy") -> list[Decimal]:
    return [fare.base_eur + fare.taxes_eur for fare in world.fares(journey, cabin)]


def test_the_same_instant_has_the_same_price() -> None:
    one, other = a_world(), a_world()
    assert one.fares(the_first(one), "economy") == other.fares(the_first(other), "economy")


def test_prices_hold_still_within_ten_minutes_and_wander_over_a_day_in_small_steps() -> None:
    clock = Clock()
    world = a_world(clock=clock)
    journey = the_first(world)
    seen = []
    for _ in range(24 * 6):
        before = world.fares(journey, "economy")[0].base_eur
        clock.go_on(minutes=9, seconds=59)
        assert world.fares(journey, "economy")[0].base_eur == before
        clock.go_on(seconds=1)
        seen.append(before)
    assert len(set(seen)) > 4
    steps = [abs(later - earlier) / earlier for earlier, later in pairwise(seen)]
    assert max(steps) < Decimal("0.025")
    assert max(seen) / min(seen) < Decimal("1.15")


def test_light_is_cheaper_than_standard_and_standard_than_flex() -> None:
    world = a_world()
    for journey in world.journeys("LHR", "JFK", DAY):
        for cabin in CABINS:
            fares = world.fares(journey, cabin)
            assert [fare.family for fare in fares] in ([], ["LIGHT", "STANDARD", "FLEX"])
            assert prices(world, journey, cabin) == sorted(prices(world, journey, cabin))
            for fare in fares:
                assert fare.base_eur.as_tuple().exponent == fare.taxes_eur.as_tuple().exponent == -2
                assert fare.cabin == cabin
                assert fare.refundable is (fare.family == "FLEX")
                assert fare.changeable is (fare.family != "LIGHT")
                assert fare.seats >= 0


def test_the_last_days_cost_more_than_the_spring_after_next() -> None:
    clock = Clock()
    world = a_world(clock=clock)
    journey = the_first(world, "ZRH", "LHR")
    early = prices(world, journey)
    clock.now = journey.departs - timedelta(days=2)
    assert all(late > soon * Decimal("1.4") for late, soon in zip(prices(world, journey), early, strict=True))


def test_premium_economy_and_first_fly_far_only() -> None:
    world = a_world()
    short = {cabin for one in world.journeys("ZRH", "LHR", DAY) for cabin in CABINS if world.fares(one, cabin)}
    far = {cabin for one in world.journeys("LHR", "SIN", DAY) for cabin in CABINS if world.fares(one, cabin)}
    assert short == {"economy", "business"}
    assert far == set(CABINS)


def test_low_cost_airlines_have_one_cabin() -> None:
    world = a_world()
    cheap = [
        journey
        for journey in world.journeys("STN", "DUB", DAY)
        if all(CARRIERS[leg.operating_carrier].kind is Kind.LOW_COST for leg in journey.legs)
    ]
    assert cheap
    assert all(world.fares(one, "economy") and not world.fares(one, "business") for one in cheap)


def test_a_flight_that_has_left_is_not_sold() -> None:
    clock = Clock()
    world = a_world(clock=clock)
    journey = the_first(world)
    clock.now = journey.departs - timedelta(minutes=46)
    assert world.fares(journey, "economy")
    clock.go_on(minutes=2)
    assert world.fares(journey, "economy") == ()
    assert not world.sell(journey.id, "FLEX", "economy", 1)
    assert world.journey(journey.id) == journey


def test_seats_run_down_as_departure_comes_near_and_some_flights_sell_out() -> None:
    clock = Clock()
    world = a_world(clock=clock)
    journeys = [one for one in world.journeys("LHR", "JFK", DAY) if len(one.legs) == 1]

    def seats() -> list[tuple[int, ...]]:
        return [tuple(fare.seats for fare in world.fares(one, "economy")) for one in journeys]

    before = seats()
    first_departure = min(one.departs for one in journeys)
    for days in (30, 14, 7, 3, 1):
        clock.now = first_departure - timedelta(days=days)
        now = seats()
        for less, more in zip(now, before, strict=True):
            assert all(here <= there for here, there in zip(less, more, strict=True))
        before = now
    assert any(flex == 0 for _, _, flex in before)
    assert any(flex > 0 for _, _, flex in before)
    assert all(light <= standard <= flex for light, standard, flex in before)


def test_the_booking_curve_starts_at_nothing_and_ends_at_everything() -> None:
    shares = [booked_share(timedelta(days=days)) for days in (500, 365, 200, 90, 30, 7, 1, 0.5, 0, -1)]
    assert shares == sorted(shares)
    assert (shares[0], shares[1], shares[-2], shares[-1]) == (0.0, 0.0, 1.0, 1.0)


def test_a_sold_seat_is_gone_for_everybody() -> None:
    world = a_world()
    journey = the_first(world)
    had = world.fares(journey, "economy")
    assert world.sell(journey.id, "STANDARD", "economy", 3)
    now = world.fares(journey, "economy")
    assert [fare.seats for fare in now] == [fare.seats - 3 for fare in had]
    assert [fare.base_eur for fare in now] == [fare.base_eur for fare in had]
    assert world.fares(journey, "business") == a_world().fares(journey, "business")


def test_both_numbers_of_a_shared_flight_sell_the_same_seats() -> None:
    world = a_world()
    direct = {one.legs[0].flight: one for one in world.journeys("LHR", "JFK", DAY) if len(one.legs) == 1}
    shared = next(
        one
        for one in world.journeys("LHR", "JFK", DAY)
        if len(one.legs) == 1 and one.id != direct[one.legs[0].flight].id
    )
    twin = direct[shared.legs[0].flight]
    assert world.sell(shared.id, "FLEX", "economy", 2)
    assert world.fares(twin, "economy")[2].seats == a_world().fares(twin, "economy")[2].seats - 2


def test_more_seats_than_there_are_can_not_be_sold() -> None:
    world = a_world()
    journey = the_first(world)
    left = world.fares(journey, "business")[2].seats
    assert not world.sell(journey.id, "FLEX", "business", left + 1)
    assert world.sell(journey.id, "FLEX", "business", left)
    assert not world.sell(journey.id, "FLEX", "business", 1)
    assert world.fares(journey, "business")[2].seats == 0


@pytest.mark.parametrize(
    ("family", "cabin", "seats"),
    [("SUPER", "economy", 1), ("LIGHT", "cockpit", 1), ("LIGHT", "economy", 0), ("LIGHT", "economy", -5)],
)
def test_what_does_not_exist_is_not_sold(family: str, cabin: str, seats: int) -> None:
    world = a_world()
    assert not world.sell(the_first(world).id, family, cabin, seats)
    assert not world.sell("LHRJFK20270311-000000000000", "LIGHT", "economy", 1)


def test_a_euro_is_a_euro_and_nobody_changes_shells() -> None:
    world = a_world()
    assert world.rate("EUR") == 1
    assert world.rate("USD") == Decimal("1.0842")
    assert world.rate("ZZZ") is None
