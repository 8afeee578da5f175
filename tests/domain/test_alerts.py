"""When a price has become so much lower that somebody is told."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest

from domain.alerts import LONGEST, Alert, Drop, Threshold, alert, judged, next_look
from domain.matching.verticals import MERGED
from domain.money import Money
from domain.offers import Conversion, Offer
from domain.queries import FlightQuery
from domain.searches import Outcome, Search, arrived, begun
from tests.builders import ALBATROSS, BLUEBIRD, NOW, flight_query, money, offer, report

QUERY = flight_query()


OVER = datetime(2027, 3, 2, 5, tzinfo=UTC)


def looking(
    *, below: str | None = None, percent: int | None = None, query: FlightQuery = QUERY, over_at: datetime = OVER
) -> Alert:
    wanted = Threshold(below=None if below is None else Decimal(below), percent=percent)
    return alert(query, wanted, caller="somebody", now=NOW, over_at=over_at)


def search(offers: Iterable[Offer], *, complete: bool = True) -> Search:
    first = arrived(
        begun(QUERY, [ALBATROSS, BLUEBIRD], NOW), report(), offers, merge=MERGED["flights"], now=NOW
    )  # fmt: skip
    other = report(supplier=BLUEBIRD, status=Outcome.OK if complete else Outcome.TIMEOUT)
    return arrived(first, other, (), merge=MERGED["flights"], now=NOW)


def at(price: Money, *, hour: int = 0, shown: Conversion | None = None) -> Offer:
    told = offer(price=price, fetched_at=NOW + timedelta(hours=hour))
    return msgspec.structs.replace(told, converted=shown)


def shown(amount: str, rate: str) -> Conversion:
    return Conversion(amount=money(amount), rate=Decimal(rate), rate_on=NOW.date())


def after(held: Alert, *prices: str) -> tuple[Alert, list[Drop]]:
    """An hour between two looks."""
    drops = []
    for hour, price in enumerate(prices):
        held, drop = judged(held, search([at(money(price), hour=hour)]))
        drops += [] if drop is None else [drop]
    return held, drops


def told(drops: list[Drop]) -> list[tuple[str | None, str]]:
    return [(None if drop.before is None else str(drop.before.amount), str(drop.now.amount)) for drop in drops]


def test_a_price_below_the_threshold_is_told_once_and_again_only_when_it_falls_further() -> None:
    _, drops = after(looking(below="400.00"), "420.00", "400.00", "390.00", "395.00", "450.00", "390.00", "380.00")
    assert told(drops) == [("400.00", "390.00"), ("390.00", "380.00")]


def test_a_price_that_is_low_from_the_start_is_told_without_a_price_before() -> None:
    _, drops = after(looking(below="400.00"), "390.00")
    assert told(drops) == [(None, "390.00")]


def test_a_fall_by_a_tenth_is_told_at_the_cent() -> None:
    _, drops = after(looking(percent=10), "420.00", "378.01", "378.00")
    assert told(drops) == [("420.00", "378.00")]


def test_the_next_fall_is_measured_from_what_was_told() -> None:
    _, drops = after(looking(percent=10), "400.00", "360.00", "340.00", "324.00")
    assert told(drops) == [("400.00", "360.00"), ("360.00", "324.00")]


def test_a_price_that_rises_in_between_changes_nothing() -> None:
    held, drops = after(looking(percent=10), "400.00", "500.00", "450.00")
    assert drops == []
    assert held.base is not None
    assert held.base.price == money("400.00")
    assert held.seen is not None
    assert held.seen.price == money("450.00")


def test_nothing_is_measured_from_an_answer_that_lacks_a_supplier() -> None:
    held, drop = judged(looking(percent=10), search([at(money("500.00"))], complete=False))
    assert (held.base, held.seen, drop) == (None, None, None)


def test_an_answer_that_lacks_a_supplier_may_tell_of_a_fall_all_the_same() -> None:
    held, _ = after(looking(percent=10), "400.00")
    _, drop = judged(held, search([at(money("300.00"), hour=1)], complete=False))
    assert drop is not None
    assert drop.now == money("300.00")


def test_an_answer_with_nothing_in_it_tells_nothing() -> None:
    held, _ = after(looking(percent=10), "400.00")
    assert judged(held, search([])) == (held, None)


def test_a_rate_of_exchange_that_falls_is_no_price_that_falls() -> None:
    held, _ = judged(looking(percent=10), search([at(money("400.00", "GBP"), shown=shown("480.00", "1.2"))]))
    same = [at(money("400.00", "GBP"), hour=1, shown=shown("400.00", "1.0"))]
    assert judged(held, search(same))[1] is None
    lower = [at(money("360.00", "GBP"), hour=2, shown=shown("360.00", "1.0"))]
    drop = judged(held, search(lower))[1]
    assert drop is not None
    assert (drop.before, drop.now, drop.price) == (money("400.00"), money("360.00"), money("360.00", "GBP"))


def test_what_has_no_rate_today_is_not_compared() -> None:
    held, _ = judged(looking(percent=10), search([at(money("400.00", "GBP"), shown=shown("480.00", "1.2"))]))
    assert judged(held, search([at(money("100.00"), hour=1)]))[1] is None


def test_an_offer_in_another_currency_that_was_not_converted_is_not_looked_at() -> None:
    _, drop = judged(looking(below="400.00"), search([at(money("10.00", "GBP"))]))
    assert drop is None


def test_the_cheapest_is_what_it_costs_in_the_currency_that_was_asked_for() -> None:
    offers = [at(money("380.00", "GBP"), shown=shown("456.00", "1.2")), offer(reference="b", price=money("390.00"))]
    _, drop = judged(looking(below="400.00"), search(offers))
    assert drop is not None
    assert drop.now == money("390.00")


def test_a_second_look_at_the_same_answer_tells_nothing_new() -> None:
    answer = search([at(money("390.00"))])
    held, first = judged(looking(below="400.00"), answer)
    assert first is not None
    assert judged(held, answer)[1] is None


def test_the_same_wish_of_the_same_caller_is_the_same_alert() -> None:
    assert looking(percent=10).id == looking(percent=10).id
    others = [looking(percent=11), looking(below="10.00"), looking(percent=10, query=flight_query(adults=2))]
    assert len({looking(percent=10).id, *(other.id for other in others)}) == 4


def test_an_alert_ends_when_nobody_can_set_out_any_more_and_after_ninety_days_at_most() -> None:
    assert looking(percent=10).ends_at == OVER
    assert looking(percent=10, over_at=OVER + timedelta(days=200)).ends_at == NOW + LONGEST


@pytest.mark.parametrize(("days", "hours"), [(0, 1), (7, 1), (8, 4), (30, 4), (31, 12), (300, 12)])
def test_the_nearer_the_journey_the_more_often_somebody_looks(days: int, hours: int) -> None:
    query = flight_query(departure_date=NOW.date() + timedelta(days=days))
    assert next_look(query, NOW) == NOW + timedelta(hours=hours)
