"""How long an answer is served: shorter as the departure comes near."""

from datetime import date, timedelta

import pytest

from domain.freshness import AGE_LIMITS, NOTHING_FOUND, SUPPLIER_MISSING, age_limit, lifetime
from tests.builders import NOW, flight_query

TODAY = NOW.date()


@pytest.mark.parametrize(
    ("days", "fresh"),
    [
        (-1, timedelta(minutes=5)),
        (0, timedelta(minutes=5)),
        (2, timedelta(minutes=5)),
        (3, timedelta(minutes=15)),
        (7, timedelta(minutes=15)),
        (8, timedelta(hours=1)),
        (30, timedelta(hours=1)),
        (31, timedelta(hours=2)),
        (300, timedelta(hours=2)),
    ],
)
def test_a_price_is_true_for_longer_the_further_the_departure(days: int, fresh: timedelta) -> None:
    query = flight_query(departure_date=TODAY + timedelta(days=days))
    assert age_limit(query, TODAY).fresh == fresh


def test_the_last_day_of_the_calendar_has_an_age_limit_too() -> None:
    assert age_limit(flight_query(departure_date=date.max), TODAY) == AGE_LIMITS["flights"][-1][1]
    assert age_limit(flight_query(departure_date=date.max), date.min) == AGE_LIMITS["flights"][-1][1]


def test_the_age_limits_grow_with_the_days_left() -> None:
    for rows in AGE_LIMITS.values():
        bounds, limits = zip(*rows, strict=True)
        assert list(bounds) == sorted(set(bounds))
        assert [limit.fresh for limit in limits] == sorted(limit.fresh for limit in limits)
        assert [limit.usable for limit in limits] == sorted(limit.usable for limit in limits)


def test_an_answer_is_usable_for_longer_than_it_is_fresh() -> None:
    limits = [limit for rows in AGE_LIMITS.values() for _, limit in rows]
    for limit in (*limits, NOTHING_FOUND, SUPPLIER_MISSING):
        assert timedelta() < limit.fresh < limit.usable


def test_an_answer_lives_from_the_moment_it_was_fetched() -> None:
    limit = age_limit(flight_query(), TODAY)
    life = lifetime(limit, NOW)
    assert (life.fresh_until, life.expires_at) == (NOW + limit.fresh, NOW + limit.usable)


def test_an_answer_ends_with_the_first_offer_that_its_supplier_takes_back() -> None:
    limit = age_limit(flight_query(), TODAY)
    soon, later = NOW + timedelta(minutes=10), NOW + timedelta(hours=3)
    assert lifetime(limit, NOW, offers_expire_at=soon).fresh_until == soon
    assert lifetime(limit, NOW, offers_expire_at=soon).expires_at == soon
    assert lifetime(limit, NOW, offers_expire_at=later).fresh_until == NOW + limit.fresh
    assert lifetime(limit, NOW, offers_expire_at=later).expires_at == later
