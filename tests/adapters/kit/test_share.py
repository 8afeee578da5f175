"""What one process spends while it can't ask the others: an eighth, and the eight of them no more than the whole."""

from hypothesis import given
from hypothesis import strategies as st

from adapters.kit.budget import Budget, Window
from adapters.kit.share import LocalShare


def share(
    calls: int, seconds: float = 10, *, concurrency: int = 800, costs: dict[str, int] | None = None
) -> LocalShare:
    return LocalShare(
        Budget(windows=(Window(calls=calls, seconds=seconds),), concurrency=concurrency, costs=costs or {})
    )


def flown(alone: LocalShare, cost: int, now: float, *, known: bool = False) -> None:
    """There and back in no time."""
    alone.took_off(cost)
    alone.landed(cost, now, alone=not known)


def test_an_eighth_fits_into_a_window_and_the_next_call_waits_for_its_end() -> None:
    alone = share(16)
    for now in (0.0, 4.0):
        assert alone.wait(1, now) == 0
        flown(alone, 1, now)
    assert alone.wait(1, 5.0) == 5
    assert alone.wait(1, 10.0) == 0


def test_what_was_spent_together_counts_for_the_share_too() -> None:
    alone = share(16)
    for _ in range(12):
        flown(alone, 1, 0.0, known=True)
    assert alone.wait(1, 1.0) == 9


def test_a_call_under_way_counts_and_its_window_starts_with_the_reply() -> None:
    alone = share(8)
    alone.took_off(1)
    assert 0 < alone.wait(1, 100.0) < 1
    alone.landed(1, 100.0, alone=True)
    assert alone.wait(1, 101.0) == 9


def test_a_budget_too_small_for_eight_is_stretched_over_several_windows() -> None:
    alone = share(2)
    assert alone.wait(1, 0.0) == 0
    flown(alone, 1, 0.0)
    assert alone.wait(1, 1.0) == 39


def test_a_dear_call_waits_for_as_many_windows_as_its_weight_needs() -> None:
    alone = share(16, costs={"price_all": 5})
    assert alone.wait(5, 0.0) == 0
    flown(alone, 5, 0.0)
    assert alone.wait(5, 0.0) == 30


def test_an_eighth_of_the_places_in_the_air_is_ours() -> None:
    alone = share(8000, concurrency=16)
    for _ in range(2):
        assert alone.wait(1, 0.0) == 0
        alone.took_off(1)
    assert alone.wait(1, 0.0) > 0
    alone.landed(1, 0.0, alone=True)
    assert alone.wait(1, 0.0) == 0


def test_what_the_others_were_told_is_not_told_again() -> None:
    alone = share(80)
    flown(alone, 1, 0.0)
    flown(alone, 2, 1.0)
    flown(alone, 4, 1.5, known=True)
    assert alone.untold(2.0) == (3,)
    alone.told(0.5)
    assert alone.untold(2.0) == (2,)
    assert alone.untold(11.0) == (0,)


@given(st.integers(1, 200), st.lists(st.integers(0, 5), max_size=60))
def test_eight_lonely_processes_stay_within_the_budget(calls: int, pauses: list[int]) -> None:
    """All eight behave alike here, so what one of them spends is an eighth of the sum. Whole seconds add up exactly."""
    windows = max(1, -(-8 // calls))  # as many as an eighth of a small budget needs to hold one call
    alone, now, flights = share(calls, 10), 0.0, []
    for pause in pauses:
        now += pause
        while wait := alone.wait(1, now):
            now += wait
        flown(alone, 1, now)
        flights.append(now)
    assert all(8 * sum(end - 10 * windows < at <= end for at in flights) <= calls * windows for end in flights)
