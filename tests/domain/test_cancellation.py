"""What it costs to change one's mind grows towards the day of travel."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.cancellation import CancellationStep, Ladder
from tests.builders import money

CHEAP, DEAR = money("40.00"), money("120.00")
THREE_DAYS_BEFORE = datetime(2027, 2, 26, 14, tzinfo=UTC)
ARRIVAL = datetime(2027, 3, 1, 14, tzinfo=UTC)
SECOND = timedelta(seconds=1)

USUAL = Ladder(steps=(CancellationStep(since=THREE_DAYS_BEFORE, fee=CHEAP), CancellationStep(since=ARRIVAL, fee=DEAR)))


def test_before_the_first_step_nothing_is_owed() -> None:
    assert USUAL.fee_at(THREE_DAYS_BEFORE - SECOND) is None


def test_from_the_very_moment_of_a_step_its_fee_is_owed() -> None:
    assert USUAL.fee_at(THREE_DAYS_BEFORE) == CHEAP
    assert USUAL.fee_at(ARRIVAL - SECOND) == CHEAP
    assert USUAL.fee_at(ARRIVAL) == DEAR


def test_a_step_without_a_time_holds_from_the_moment_of_booking() -> None:
    never_refunded = Ladder(steps=(CancellationStep(fee=DEAR),))
    assert never_refunded.fee_at(datetime(2026, 1, 1, tzinfo=UTC)) == DEAR
    assert never_refunded.free_until is None


def test_free_until_is_the_first_step_that_costs_something() -> None:
    told_from_the_start = Ladder(
        steps=(CancellationStep(fee=money("0.00")), CancellationStep(since=THREE_DAYS_BEFORE, fee=CHEAP))
    )
    assert told_from_the_start.free_until == THREE_DAYS_BEFORE
    assert told_from_the_start.fee_at(THREE_DAYS_BEFORE - SECOND) is None


@pytest.mark.parametrize(
    "steps",
    [
        (CancellationStep(since=ARRIVAL, fee=DEAR), CancellationStep(since=THREE_DAYS_BEFORE, fee=CHEAP)),
        (CancellationStep(since=ARRIVAL, fee=CHEAP), CancellationStep(since=ARRIVAL, fee=DEAR)),
        (CancellationStep(since=ARRIVAL, fee=CHEAP), CancellationStep(fee=DEAR)),
    ],
    ids=["backwards", "twice at once", "from booking on, after another"],
)
def test_steps_out_of_order_are_refused(steps: tuple[CancellationStep, ...]) -> None:
    with pytest.raises(ValueError, match="follow each other"):
        Ladder(steps=steps)
