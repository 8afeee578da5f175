"""What a supplier says is left of its quota, in whatever way it says it."""

from datetime import timedelta

import pytest

from adapters.kit.budget import Window
from adapters.kit.quota import Remaining
from tests.builders import NOW

MINUTE = Window(calls=300, seconds=60)
SEARCHES = Window(calls=30, seconds=60, operations=frozenset({"search"}))


def test_calls_are_taken_as_they_are_and_never_for_more_than_the_window_has() -> None:
    assert Remaining(seconds=60, calls=12).left(MINUTE) == 12
    assert Remaining(seconds=60, calls=4000).left(MINUTE) == 300
    assert Remaining(seconds=60, calls=-1).left(MINUTE) == 0


def test_a_share_is_of_the_window_rounded_down() -> None:
    assert Remaining(seconds=60, share=0.37).left(MINUTE) == 111
    assert Remaining(seconds=60, share=0.99).left(SEARCHES) == 29
    assert Remaining(seconds=60, share=1.0).left(MINUTE) == 300


@pytest.mark.parametrize("told", [{}, {"calls": 1, "share": 0.5}])
def test_what_is_left_is_told_in_one_way(told: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="in calls or as a share"):
        Remaining(seconds=60, **told)  # type: ignore[arg-type]  # the point of the test


def test_it_is_about_windows_of_its_length_that_hold_the_operation() -> None:
    told = Remaining(seconds=60, calls=5)
    assert [told.of(MINUTE, "search"), told.of(SEARCHES, "search"), told.of(SEARCHES, "book")] == [True, True, False]
    assert not told.of(Window(calls=1, seconds=1), "search")


def test_it_may_name_the_window_that_it_is_about() -> None:
    told = Remaining(seconds=60, calls=5, operations=frozenset())
    assert [told.of(MINUTE, "search"), told.of(SEARCHES, "search")] == [True, False]
    told = Remaining(seconds=60, calls=5, operations=frozenset({"search"}))
    assert [told.of(MINUTE, "search"), told.of(SEARCHES, "search")] == [False, True]


def test_it_is_true_until_the_reset_and_at_the_longest_for_its_window_or_an_hour() -> None:
    assert Remaining(seconds=60, calls=5).lasts(NOW) == 60
    assert Remaining(seconds=60, calls=5, resets_in=7.5).lasts(NOW) == 7.5
    assert Remaining(seconds=60, calls=5, resets_at=NOW + timedelta(seconds=9)).lasts(NOW) == 9
    assert Remaining(seconds=60, calls=5, resets_at=NOW - timedelta(seconds=9)).lasts(NOW) == 0
    assert Remaining(seconds=60, calls=5, resets_at=NOW + timedelta(days=400)).lasts(NOW) == 60
    assert Remaining(seconds=86_400, calls=0, resets_in=50_000).lasts(NOW) == 3600


def test_nothing_is_nothing() -> None:
    assert Remaining(seconds=60, calls=0).nothing
    assert Remaining(seconds=60, share=0.0).nothing
    assert not Remaining(seconds=60, share=0.01).nothing
