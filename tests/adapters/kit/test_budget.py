"""A declaration that could never work is refused when it is made."""

import pytest

from adapters.kit.budget import Budget, Window
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
