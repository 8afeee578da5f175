"""How long an answer is served: shorter as the departure comes near."""

import math
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.freshness import (
    AGE_LIMITS,
    NOTHING_FOUND,
    SUPPLIER_MISSING,
    Lifetime,
    age_limit,
    due_early,
    last_stretch,
    rulings,
    strictest,
    young,
)
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


LIMIT = age_limit(flight_query(), TODAY)
FETCHED_IN = timedelta(milliseconds=500)
draws = st.floats(0, 1, exclude_max=True)


def test_an_answer_lives_from_the_moment_it_was_fetched() -> None:
    life = strictest(rulings(flight_query(), NOW))
    assert (life.fresh_until, life.expires_at) == (NOW + LIMIT.fresh, NOW + LIMIT.usable)


def test_an_answer_ends_with_the_first_offer_that_its_supplier_takes_back() -> None:
    soon, later = NOW + timedelta(minutes=10), NOW + timedelta(hours=3)
    assert strictest(rulings(flight_query(), NOW, offers_expire_at=soon)).expires_at == soon
    assert strictest(rulings(flight_query(), NOW, offers_expire_at=later)).fresh_until == NOW + LIMIT.fresh
    assert strictest(rulings(flight_query(), NOW, offers_expire_at=later)).expires_at == later


def test_an_answer_that_suppliers_take_back_is_stale_a_while_before_so_that_the_next_one_can_come() -> None:
    life = strictest(rulings(flight_query(), NOW, offers_expire_at=NOW + timedelta(minutes=10)))
    assert life.fresh_until == NOW + timedelta(minutes=9)


def test_offers_that_were_taken_back_before_they_came_are_good_for_nothing() -> None:
    before = NOW - timedelta(minutes=1)
    assert strictest(rulings(flight_query(), NOW, offers_expire_at=before)) == Lifetime(
        fresh_until=before, expires_at=before
    )


def test_a_missing_supplier_is_tried_again_so_long_after_the_last_try_however_old_the_other_parts_are() -> None:
    tried = NOW + timedelta(minutes=3)
    life = strictest(rulings(flight_query(), NOW, missing_since=tried))
    assert (life.fresh_until, life.expires_at) == (tried + SUPPLIER_MISSING.fresh, tried + SUPPLIER_MISSING.usable)


def test_every_ruling_says_why() -> None:
    found = rulings(flight_query(), NOW, missing_since=NOW, nothing_found=True, offers_expire_at=NOW)
    assert [ruling.why for ruling in found] == [
        "flights, any time ahead",
        "a supplier is missing",
        "nothing was found",
        "a supplier takes an offer back",
    ]


def test_a_part_is_young_for_the_first_half_of_its_freshness() -> None:
    life = strictest(rulings(flight_query(), NOW))
    assert young(NOW, life, NOW + LIMIT.fresh / 2 - timedelta(seconds=1))
    assert not young(NOW, life, NOW + LIMIT.fresh / 2)


@given(draws)
def test_nothing_is_refreshed_before_the_last_stretch_and_everything_after_it(draw: float) -> None:
    early = NOW - last_stretch(FETCHED_IN) - timedelta(milliseconds=1)
    assert not due_early(NOW, early, took=FETCHED_IN, draw=draw)
    assert due_early(NOW, NOW, took=FETCHED_IN, draw=draw)


@given(draws, st.floats(0, 10), st.floats(0, 10))
def test_the_nearer_the_end_the_sooner_a_draw_is_enough(draw: float, one: float, other: float) -> None:
    nearer, further = (NOW - timedelta(seconds=seconds) for seconds in sorted((one, other)))
    if due_early(NOW, further, took=FETCHED_IN, draw=draw):
        assert due_early(NOW, nearer, took=FETCHED_IN, draw=draw)


@given(draws, st.floats(0, 60))
def test_what_takes_longer_to_fetch_is_refreshed_earlier(draw: float, seconds: float) -> None:
    at = NOW - timedelta(seconds=seconds)
    if due_early(NOW, at, took=FETCHED_IN, draw=draw):
        assert due_early(NOW, at, took=2 * FETCHED_IN, draw=draw)


def test_of_many_who_ask_at_one_moment_the_share_that_is_told_to_refresh_is_as_it_should_be() -> None:
    at = NOW - timedelta(seconds=2)
    told = sum(due_early(NOW, at, took=FETCHED_IN, draw=number / 10_000) for number in range(10_000))
    assert told / 10_000 == pytest.approx(math.exp(-2), abs=0.001)
