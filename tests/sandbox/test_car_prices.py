"""What a rental costs: sums that add up, in the money of the country, and terms that fit the driver and the route."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import combinations

import pytest

from sandbox.cars.counters import Station
from sandbox.cars.countries import smallest
from sandbox.cars.quotes import CarQuote, Price
from sandbox.cars.vehicles import VEHICLES
from sandbox.world import World
from tests.sandbox.travel import Clock, a_world

MONDAY = datetime(2027, 3, 1, 10)  # noqa: DTZ001  # the counter's own time, as all here
SOMEWHERE = ("LHR", "ORD", "NRT", "ZRH", "KWI", "SYD", "GRU", "YYZ", "CPT", "BOB", "CUN")


@pytest.fixture(scope="module")
def world() -> World:
    return a_world()


def terminal(world: World, airport: str) -> Station:
    return world.cars.stations(airport)[0]


def between(
    world: World,
    pick_up: str,
    drop_off: str | None = None,
    *,
    seller: str = "heron",
    when: datetime = MONDAY,
    days: float = 7,
    age: int = 35,
) -> dict[str, CarQuote]:
    here, there = terminal(world, pick_up), terminal(world, drop_off or pick_up)
    found = world.cars.quotes(seller, here, there, when, when + timedelta(days=days), age)
    return {quote.acriss: quote for quote in found}


def everything(world: World, **more: float) -> Iterator[CarQuote]:
    for airport in SOMEWHERE:
        for seller in ("heron", "albatross"):
            for place in world.cars.stations(airport):
                yield from world.cars.quotes(
                    seller, place, place, MONDAY, MONDAY + timedelta(days=more.get("days", 7)), int(more.get("age", 35))
                )


def prices(quote: CarQuote) -> list[Price]:
    return [price for price in (quote.pay_later, quote.pay_now) if price]


def kinds(price: Price) -> set[str]:
    return {charge.kind for charge in price.charges}


def one_way_fee(quote: CarQuote) -> Decimal:
    return next((charge.amount for charge in quote.pay_later.charges if charge.kind == "one_way_fee"), Decimal(0))


def test_the_classes_are_25_to_30_and_speak_acriss() -> None:
    assert 25 <= len(VEHICLES) <= 30
    for acriss, vehicle in VEHICLES.items():
        assert re.fullmatch(r"[MEHCIFSPLX][CDWVLFSTXJBQ][MA][RNDHEC]", acriss)
        assert (vehicle.mpg is None) == (vehicle.fuel == "electric")


@pytest.mark.parametrize("days", [1, 3, 6, 9, 40])
def test_a_price_is_the_sum_of_its_parts_in_the_smallest_coin_of_the_country(world: World, days: int) -> None:
    seen = set()
    for quote in everything(world, days=days, age=22):
        coin = smallest(quote.currency)
        assert quote.days == days
        for price in prices(quote):
            assert price.base == sum(line.amount * line.quantity for line in price.rate)
            assert price.total == price.base + sum(charge.amount for charge in price.charges)
            amounts = [price.total, *(line.amount for line in price.rate), *(charge.amount for charge in price.charges)]
            assert all(amount > 0 and amount == amount.quantize(coin) for amount in amounts)
            seen |= kinds(price)
    assert seen == {"sales_tax", "airport_surcharge", "vehicle_licence_fee", "young_driver_fee"}


def test_nine_days_are_a_week_and_two_days_and_six_cost_as_much_as_a_week(world: World) -> None:
    lengths = {days: between(world, "ZRH", days=days)["EDMR"].pay_later.rate for days in (2, 5, 6, 7, 9)}
    told = {days: [(line.unit, line.quantity) for line in rate] for days, rate in lengths.items()}
    assert told == {2: [("day", 2)], 5: [("day", 5)], 6: [("week", 1)], 7: [("week", 1)], 9: [("week", 1), ("day", 2)]}


def test_an_hour_late_is_no_further_day_and_neither_is_a_change_of_the_clocks(world: World) -> None:
    assert between(world, "ZRH", days=3 + 1 / 24)["EDMR"].days == 3
    assert between(world, "ZRH", days=3 + 2 / 24)["EDMR"].days == 4
    autumn = datetime(2027, 10, 29, 10)  # noqa: DTZ001  # the night from the 30th to the 31st has 25 hours
    assert between(world, "ZRH", when=autumn, days=3)["EDMR"].days == 3


def test_the_tax_stands_last_and_covers_everything_before_it(world: World) -> None:
    for quote in everything(world):
        for price in prices(quote):
            if quote.tax_percent == 0:
                assert "sales_tax" not in kinds(price)
                continue
            *others, tax = price.charges
            assert tax.kind == "sales_tax"
            taxed = price.base + sum(charge.amount for charge in others)
            assert tax.percent == quote.tax_percent
            assert abs(tax.amount - taxed * quote.tax_percent / 100) <= smallest(quote.currency)


def test_paying_now_is_cheaper_and_never_free_to_cancel(world: World) -> None:
    found = list(everything(world))
    paid_now = [quote.pay_now for quote in found if quote.pay_now]
    assert 0.7 < len(paid_now) / len(found) < 1
    for quote in found:
        later, now = quote.pay_later, quote.pay_now
        assert later.cancellation.free_until_hours_before is not None
        assert Decimal(0) <= later.cancellation.late_fee <= later.total
        if now:
            assert now.total < later.total
            assert now.rate_code != later.rate_code
            assert now.cancellation.free_until_hours_before is None
            assert Decimal(0) < now.cancellation.late_fee <= now.total


def test_a_one_way_rental_costs_a_fee_that_grows_with_the_way(world: World) -> None:
    assert one_way_fee(between(world, "ORD")["CDAR"]) == 0
    near, far = (one_way_fee(between(world, "ORD", there)["CDAR"]) for there in ("DTW", "LAX"))
    assert 0 < near < far


def test_leaving_a_car_abroad_costs_more_than_leaving_it_as_far_at_home(world: World) -> None:
    granted = (
        seller for seller in (f"seller {number}" for number in range(30)) if between(world, "FRA", "PRG", seller=seller)
    )
    seller = next(seller for seller in granted if between(world, "FRA", "HAM", seller=seller))
    abroad, at_home = (
        {one_way_fee(quote) for quote in between(world, "FRA", there, seller=seller).values()}
        for there in ("PRG", "HAM")
    )
    assert max(at_home) < min(abroad)


def test_across_town_the_car_is_left_for_nothing(world: World) -> None:
    airport, *_, downtown = world.cars.stations("ZRH")
    sellers = [f"seller {number}" for number in range(9)]
    seller = next(name for name in sellers if world.cars.listed(name, airport) and world.cars.listed(name, downtown))
    found = world.cars.quotes(seller, airport, downtown, MONDAY, MONDAY + timedelta(days=4), 35)
    assert found
    assert {one_way_fee(quote) for quote in found} == {Decimal(0)}


def test_some_cars_may_be_left_abroad_for_a_fee_and_some_may_not(world: World) -> None:
    airports = ("ZRH", "MUC", "VIE", "MXP", "CDG", "BRU", "AMS")
    told = [between(world, one, other) for one, other in combinations(airports, 2)]
    granted = [found for found in told if found]
    assert 0 < len(granted) < len(told)
    assert all(one_way_fee(quote) > 0 for found in granted for quote in found.values())


def test_the_young_pay_a_fee_and_get_no_dear_car(world: World) -> None:
    young, grown = (between(world, "ZRH", age=age) for age in (22, 40))
    assert young.keys() < grown.keys()
    assert all("young_driver_fee" in kinds(quote.pay_later) for quote in young.values())
    assert not any("young_driver_fee" in kinds(quote.pay_later) for quote in grown.values())
    assert {quote.minimum_age for quote in grown.values()} > {quote.minimum_age for quote in young.values()}


def test_nobody_pays_for_being_young_on_more_than_ten_days(world: World) -> None:
    fees = {
        days: next(
            charge.amount
            for charge in between(world, "ZRH", days=days, age=22)["EDMR"].pay_later.charges
            if charge.kind == "young_driver_fee"
        )
        for days in (5, 10, 30)
    }
    assert fees[5] * 2 == fees[10] == fees[30]


def test_the_last_cars_of_a_yard_are_dearer() -> None:
    world = a_world()
    plenty = between(world, "ZRH")["CDMR"]
    for _ in range(plenty.cars_left - 1):
        assert world.cars.take("heron", "ZRH-T0", "CDMR", MONDAY, MONDAY + timedelta(days=7))
    last = between(world, "ZRH")["CDMR"]
    assert last.cars_left == 1
    assert last.pay_later.base > plenty.pay_later.base * Decimal("1.1")


def test_damage_and_theft_are_covered_in_europe_and_cost_extra_in_america(world: World) -> None:
    def included(airport: str) -> set[str]:
        (codes,) = {
            frozenset(cover.code for cover in quote.coverages if cover.included)
            for quote in between(world, airport).values()
        }
        return set(codes)

    assert included("ZRH") == {"CDW", "TP", "TPL"}
    assert included("ORD") == {"TPL"}


def test_what_may_be_added_is_priced_for_the_whole_rental_and_bounded(world: World) -> None:
    for quote in everything(world, days=21):
        assert len({extra.code for extra in quote.extras}) == len(quote.extras) >= 2
        for cover in quote.coverages:
            assert cover.included == (cover.a_day == 0)
            assert cover.whole_rental == cover.a_day * 21
        for extra in quote.extras:
            whole = extra.amount * (21 if extra.per == "day" else 1)
            assert extra.whole_rental == (whole if extra.most_amount is None else min(whole, extra.most_amount))
            assert extra.most_pieces >= 1


def test_ski_racks_are_for_snow(world: World) -> None:
    def offered(airport: str, when: datetime) -> set[str]:
        sellers = (f"seller {number}" for number in range(6))
        found = (between(world, airport, seller=seller, when=when).values() for seller in sellers)
        return {extra.code for quotes in found for quote in quotes for extra in quote.extras}

    august = datetime(2027, 8, 2, 10)  # noqa: DTZ001  # the counter's own time
    assert "SKI" in offered("ZRH", MONDAY)
    assert "SKI" not in offered("ZRH", august)
    assert "SKI" not in offered("SIN", MONDAY)
    assert "SKI" in offered("AKL", august)


def test_most_cars_go_any_distance_and_the_dearest_do_not(world: World) -> None:
    found = list(everything(world))
    limited = [quote for quote in found if not quote.mileage.unlimited]
    assert 0 < len(limited) < len(found) / 2
    assert all(not quote.mileage.unlimited for quote in found if quote.acriss == "LDAR")
    assert all(quote.mileage.a_day and quote.mileage.each_beyond for quote in limited)
    assert {quote.mileage.unit for quote in found if quote.currency in {"USD", "GBP"}} == {"mi"}
    assert {quote.mileage.unit for quote in found if quote.currency == "CHF"} == {"km"}


def test_prices_drift_and_rise_as_the_day_comes_near() -> None:
    clock = Clock()
    world = a_world(clock=clock)
    before = between(world, "LHR")
    clock.go_on(hours=2)
    later = between(world, "LHR")
    moved = [before[acriss].pay_later.base / quote.pay_later.base for acriss, quote in later.items()]
    assert any(ratio != 1 for ratio in moved)
    assert all(Decimal("0.75") < ratio < Decimal("1.3") for ratio in moved)
    clock.go_on(days=49)
    soon = between(world, "LHR")
    dearer = [
        quote.pay_later.total > before[acriss].pay_later.total for acriss, quote in soon.items() if acriss in before
    ]
    assert sum(dearer) / len(dearer) > 0.9
