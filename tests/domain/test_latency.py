"""How long suppliers took, and how long it pays to wait for them."""

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.latency import SILENT, SLOT_SECONDS, bucket, patience, slot, spread, window
from tests.builders import NOW


def counted(*seconds: float, silent: int = 0) -> Counter[int]:
    return Counter(bucket(one) for one in seconds) + Counter({SILENT: silent})


@given(st.floats(0.001, 600), st.floats(0.001, 600))
def test_a_longer_time_never_lies_in_an_earlier_bucket(one: float, other: float) -> None:
    assert (bucket(min(one, other))) <= bucket(max(one, other)) < SILENT


@given(st.floats(0.001, 600))
def test_a_time_is_told_with_at_most_a_seventh_too_much(seconds: float) -> None:
    told = spread(counted(seconds))
    assert told is not None
    assert told.p50 is not None
    assert seconds * 0.999 <= told.p50 <= seconds * 1.16


def test_half_of_the_calls_are_quicker_than_the_median_and_one_of_a_hundred_slower_than_the_last() -> None:
    told = spread(counted(*[0.1] * 50, *[1.0] * 45, *[5.0] * 4, 30.0))
    assert told is not None
    assert told.calls == 100
    assert told.p50 == pytest.approx(0.1, rel=0.16)
    assert told.p95 == pytest.approx(1.0, rel=0.16)
    assert told.p99 == pytest.approx(5.0, rel=0.16)


def test_of_no_calls_nothing_is_told() -> None:
    assert spread({}) is None
    assert patience({}) is None


def test_who_is_silent_is_slower_than_everybody() -> None:
    told = spread(counted(*[0.1] * 90, silent=10))
    assert told is not None
    assert (told.silent, told.p95, told.p99) == (10, None, None)
    assert told.p50 == pytest.approx(0.1, rel=0.16)


def test_a_slow_supplier_is_waited_for_a_few_times_as_long_as_it_usually_takes() -> None:
    waited = patience(counted(*[3.0] * 30))
    assert waited is not None
    assert timedelta(seconds=12) <= waited <= timedelta(seconds=14)


def test_a_quick_supplier_is_given_some_seconds_all_the_same() -> None:
    assert patience(counted(*[0.02] * 30)) == timedelta(seconds=6)


def test_a_few_calls_prove_nothing() -> None:
    assert patience(counted(*[0.02] * 19)) is None


def test_a_supplier_that_is_silent_now_and_then_is_still_known() -> None:
    assert patience(counted(*[0.02] * 96, silent=4)) == timedelta(seconds=6)


def test_where_many_are_silent_we_may_be_too_impatient_and_nothing_is_concluded() -> None:
    assert patience(counted(*[0.02] * 90, silent=10)) is None


def test_an_hour_counts_and_the_five_minutes_under_way() -> None:
    slots = window(NOW)
    assert slots[-1] == slot(NOW)
    assert slot(NOW - timedelta(minutes=59)) in slots
    assert slot(NOW - timedelta(minutes=66)) not in slots
    assert len(slots) * SLOT_SECONDS == 65 * 60
