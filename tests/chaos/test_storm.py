"""The storm of `make chaos` as long as a suite has time for: every kind of mischief, and a few dozen bookings."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Final

import pytest
from rich.console import Console

from tests.chaos.main import shown
from tests.chaos.mischief import Weather
from tests.chaos.run import Storm, run
from tests.scratch import room

pytestmark = pytest.mark.slow

# No call hangs, so that people need not wait for long until they know that none is under way.
SHORT: Final = Storm(
    bookings=30,
    at_once=12,
    seed=7,
    settled=timedelta(seconds=10),
    hasty=True,
    weather=Weather(
        kills=8.0, kills_in_a_step=8.0, faults=0.5, outcomes=0.7, webhooks=3.0, redis=12.0, postgres=16.0, hangs=False
    ),
)


def test_in_a_storm_each_accepted_booking_ends_in_one_paid_order_or_in_none(
    record_property: Callable[[str, object], None],
) -> None:
    outcome = run(SHORT, within=room())
    told = StringIO()
    shown(outcome, Console(file=told, width=100))
    record_property("ledger", told.getvalue())
    assert outcome.ledger.faults == ()
    assert outcome.ledger.accepted >= SHORT.bookings
    assert sum(outcome.done.values()) > 0
