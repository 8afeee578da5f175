"""A declaration that could never work is refused when it is made."""

import pytest

from adapters.kit.budget import EVERYTHING, Budget, Priority, Window, reserve
from adapters.kit.calls import Call

MINUTE = Window(calls=60, seconds=60)


@pytest.mark.parametrize(("calls", "seconds"), [(0, 1), (-1, 1), (1, 0), (1, -1), (1, float("inf")), (1, float("nan"))])
def test_a_window_lets_something_through(calls: int, seconds: float) -> None:
    with pytest.raises(ValueError, match="is not a window"):
        Window(calls=calls, seconds=seconds)


def test_a_budget_without_a_window_would_be_unlimited() -> None:
    with pytest.raises(ValueError, match="at least one window"):
        Budget(windows=(), concurrency=1)


def test_a_budget_lets_somebody_into_the_air() -> None:
    with pytest.raises(ValueError, match="into the air"):
        Budget(windows=(MINUTE,), concurrency=0)


@pytest.mark.parametrize("cost", [-1, 11])
def test_no_operation_costs_more_than_the_tightest_window_holds(cost: int) -> None:
    with pytest.raises(ValueError, match="price_all costs"):
        Budget(windows=(MINUTE, Window(calls=10, seconds=1)), concurrency=1, costs={"price_all": cost})


def test_an_operation_without_a_weight_counts_once() -> None:
    budget = Budget(windows=(MINUTE,), concurrency=1, costs={"price_all": 10, "ping": 0})
    assert [budget.cost(Call(operation=operation, path="/")) for operation in ("search", "price_all", "ping")] == [
        1,
        10,
        0,
    ]


def test_a_weight_may_depend_on_the_call_and_is_never_more_than_a_window_holds() -> None:
    budget = Budget(
        windows=(MINUTE, Window(calls=8, seconds=60, operations=frozenset({"track"}))),
        concurrency=1,
        costs={"box": lambda call: len(call.params), "track": lambda _: 960},
    )
    assert budget.cost(Call(operation="box", path="/", params=(("a", "1"), ("b", "2")))) == 2
    assert budget.cost(Call(operation="track", path="/")) == 8


def test_a_call_claims_the_windows_that_hold_its_operation() -> None:
    tracks = Window(calls=8, seconds=60, operations=frozenset({"track"}))
    budget = Budget(windows=(MINUTE, tracks), concurrency=1, costs={"ping": 0})
    track, search, ping = (
        budget.claim(Call(operation=operation, path="/"), Priority.SYNC) for operation in ("track", "search", "ping")
    )
    assert (track.windows, search.windows, ping.windows) == ((MINUTE, tracks), (MINUTE,), ())
    assert (track.scopes, search.scopes) == ((tracks.id,), (EVERYTHING,))


def test_a_window_has_one_name_in_all_processes_and_no_two_share_it() -> None:
    one, two = (frozenset({"a", "b"}), frozenset({"b", "a"}))
    ids = [
        Window(calls=1, seconds=60, operations=operations).id
        for operations in (one, two, frozenset[str](), frozenset({"a"}))
    ]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 3
    assert ids[2] == "60000"


def test_only_a_roomy_window_keeps_a_part_of_itself_free() -> None:
    assert [reserve(calls) for calls in (1, 9, 10, 99, 100, 4000)] == [0, 0, 1, 1, 2, 80]
