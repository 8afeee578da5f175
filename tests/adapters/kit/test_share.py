"""What one process spends while it can't ask the others: an eighth, and the eight of them no more than the whole."""

from hypothesis import given
from hypothesis import strategies as st

from adapters.kit.budget import Budget, Claim, Priority, Window
from adapters.kit.share import LocalShare


def share(
    calls: int, seconds: float = 10, *, concurrency: int = 800, costs: dict[str, int] | None = None
) -> LocalShare:
    return LocalShare(
        Budget(windows=(Window(calls=calls, seconds=seconds),), concurrency=concurrency, costs=costs or {})
    )


def claim(calls: int, cost: int = 1, *, seconds: float = 10, priority: Priority = Priority.INTERACTIVE) -> Claim:
    """One of a window of so many calls."""
    window = Window(calls=calls, seconds=seconds)
    return Claim(cost=cost, priority=priority, windows=(window,), scopes=("*",))


def flown(alone: LocalShare, wanted: Claim, now: float, *, known: bool = False) -> None:
    """There and back in no time."""
    alone.took_off(wanted)
    alone.landed(wanted, now, alone=not known)


def test_an_eighth_fits_into_a_window_and_the_next_call_waits_for_its_end() -> None:
    alone, one = share(16), claim(16)
    for now in (0.0, 4.0):
        assert alone.wait(one, now) == 0
        flown(alone, one, now)
    assert alone.wait(one, 5.0) == 5
    assert alone.wait(one, 10.0) == 0


def test_what_was_spent_together_counts_for_the_share_too() -> None:
    alone, one = share(16), claim(16)
    for _ in range(12):
        flown(alone, one, 0.0, known=True)
    assert alone.wait(one, 1.0) == 9


def test_a_call_under_way_counts_and_its_window_starts_with_the_reply() -> None:
    alone, one = share(8), claim(8)
    alone.took_off(one)
    assert 0 < alone.wait(one, 100.0) < 1
    alone.landed(one, 100.0, alone=True)
    assert alone.wait(one, 101.0) == 9


def test_a_call_that_was_never_made_costs_nothing() -> None:
    alone, one = share(8), claim(8)
    alone.took_off(one)
    alone.landed(one, 0.0, alone=True, spent=False)
    assert alone.wait(one, 0.0) == 0
    assert alone.untold(0.0) == {}


def test_a_budget_too_small_for_eight_is_stretched_over_several_windows() -> None:
    alone, one = share(2), claim(2)
    assert alone.wait(one, 0.0) == 0
    flown(alone, one, 0.0)
    assert alone.wait(one, 1.0) == 39


def test_a_dear_call_waits_for_as_many_windows_as_its_weight_needs() -> None:
    alone, dear = share(16, costs={"price_all": 5}), claim(16, 5)
    assert alone.wait(dear, 0.0) == 0
    flown(alone, dear, 0.0)
    assert alone.wait(dear, 0.0) == 30


def test_an_eighth_of_the_places_in_the_air_is_ours() -> None:
    alone, one = share(8000, concurrency=16), claim(8000)
    for _ in range(2):
        assert alone.wait(one, 0.0) == 0
        alone.took_off(one)
    assert alone.wait(one, 0.0) > 0
    alone.landed(one, 0.0, alone=True)
    assert alone.wait(one, 0.0) == 0


def test_what_the_others_were_told_is_not_told_again() -> None:
    alone, window = share(80), Window(calls=80, seconds=10).id
    flown(alone, claim(80), 0.0)
    flown(alone, claim(80, 2), 1.0)
    flown(alone, claim(80, 4), 1.5, known=True)
    assert alone.untold(2.0) == {window: 3}
    alone.told(0.5)
    assert alone.untold(2.0) == {window: 2}
    assert alone.untold(11.0) == {}


def test_who_waits_for_nobody_goes_after_whoever_waits_for_somebody() -> None:
    alone = share(8)
    sync, search = claim(8, priority=Priority.SYNC), claim(8)
    flown(alone, sync, 0.0)
    assert alone.wait(search, 9.0, lease="search") == 1
    assert alone.wait(sync, 10.0, lease="sync") > 0
    assert alone.wait(search, 10.0, lease="search") == 0
    assert alone.wait(sync, 10.0, lease="sync") == 0


def test_whoever_stopped_waiting_stands_in_nobodys_way() -> None:
    alone = share(8)
    flown(alone, claim(8), 0.0)
    alone.wait(claim(8), 9.0, lease="search")
    alone.gone("search")
    assert alone.wait(claim(8, priority=Priority.SYNC), 10.0) == 0


def test_a_traveller_who_was_there_lately_has_a_part_kept_from_the_sync() -> None:
    alone, sync, search = share(800), claim(800, priority=Priority.SYNC), claim(800)
    for _ in range(98):
        assert alone.wait(sync, 0.0) == 0
        flown(alone, sync, 0.0)
    assert alone.wait(search, 0.0) == 0
    assert alone.wait(sync, 0.0) > 0, "a hundred are ours, two of them are kept"
    assert alone.wait(search, 0.0) == 0


def test_bookings_have_a_part_kept_where_a_supplier_sells() -> None:
    plenty = Budget(windows=(Window(calls=80, seconds=10),), concurrency=800)
    alone = LocalShare(plenty, sells=True)
    for _ in range(9):
        flown(alone, claim(80), 0.0)
    assert alone.wait(claim(80), 0.0) > 0
    assert alone.wait(claim(80, priority=Priority.BOOKING), 0.0) == 0


def test_an_eighth_of_what_the_supplier_says_is_left_is_ours() -> None:
    alone, one = share(800), claim(800)
    (window,) = one.windows
    alone.lower(window, 17, 0.0, 6.0)
    alone.lower(window, 400, 0.0, 6.0)  # an older reply, overtaken
    for _ in range(2):
        assert alone.wait(one, 1.0) == 0
        flown(alone, one, 1.0)
    assert alone.wait(one, 2.0) == 4
    assert alone.wait(one, 6.0) == 0


def test_a_window_of_some_operations_leaves_the_others_alone() -> None:
    tracks = Window(calls=8, seconds=10, operations=frozenset({"track"}))
    alone = LocalShare(Budget(windows=(tracks, Window(calls=800, seconds=10)), concurrency=800))
    of_tracks = Claim(cost=1, priority=Priority.INTERACTIVE, windows=(tracks,), scopes=(tracks.id,))
    flown(alone, of_tracks, 0.0)
    assert alone.wait(of_tracks, 0.0) == 10
    assert alone.wait(claim(800), 0.0) == 0


def test_a_day_of_calls_takes_no_more_memory_than_a_second() -> None:
    day = Window(calls=1_000_000, seconds=86_400.0)
    alone = LocalShare(Budget(windows=(day,), concurrency=8))
    one = Claim(cost=1, priority=Priority.SYNC, windows=(day,), scopes=("*",))
    for second in range(20_000):
        flown(alone, one, float(second))
    assert len(alone._spent[day.id]._entries) <= 120
    assert alone.untold(20_000.0) == {day.id: 20_000}


@given(st.integers(1, 200), st.lists(st.integers(0, 5), max_size=60))
def test_eight_lonely_processes_stay_within_the_budget(calls: int, pauses: list[int]) -> None:
    """All eight behave alike here, so what one of them spends is an eighth of the sum. Whole seconds add up exactly."""
    windows = max(1, -(-8 // calls))  # as many as an eighth of a small budget needs to hold one call
    alone, one, now, flights = share(calls, 10), claim(calls), 0.0, []
    for pause in pauses:
        now += pause
        while wait := alone.wait(one, now):
            now += wait
        flown(alone, one, now)
        flights.append(now)
    assert all(8 * sum(end - 10 * windows < at <= end for at in flights) <= calls * windows for end in flights)
