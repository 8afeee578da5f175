"""Cancellation ladders: the fees of each room's steps, added up moment by moment."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from adapters.suppliers.booking_com.wire_orders import Amounts, FeeStep
from domain.cancellation import CancellationStep, Ladder
from domain.money import Money, total

# A room's steps in the order of time; None: from the moment of booking.
Schedule = list[tuple[datetime | None, Money]]


def ladder(rooms: Iterable[list[FeeStep] | None], money: Callable[[Amounts], Money], currency: str) -> Ladder | None:
    """What cancelling everything costs; None where one room's steps are not told. Raises ValueError for what is no time or no fee."""
    schedules = [_schedule(steps or (), money) for steps in rooms]
    if not schedules or not all(schedules):
        return None
    moments = sorted({moment for schedule in schedules for moment, _ in schedule}, key=_order)
    return Ladder(
        steps=tuple(
            CancellationStep(
                since=moment, fee=total((_owed(schedule, moment, currency) for schedule in schedules), currency)
            )
            for moment in moments
        )
    )


def _schedule(steps: Iterable[FeeStep], money: Callable[[Amounts], Money]) -> Schedule:
    schedule = sorted(((_moment(step.from_), money(step.price)) for step in steps), key=lambda step: _order(step[0]))
    if any(fee.amount < 0 for _, fee in schedule):
        raise ValueError("a fee is below zero")
    return schedule


def _moment(told: str | None) -> datetime | None:
    """`now` and null both mean from booking on."""
    if told is None or told == "now":
        return None
    moment = datetime.fromisoformat(told)
    if moment.tzinfo is None:
        raise ValueError(f"{told} has no offset")
    return moment.astimezone(UTC)


def _order(moment: datetime | None) -> datetime:
    return moment or datetime.min.replace(tzinfo=UTC)


def _owed(schedule: Schedule, moment: datetime | None, currency: str) -> Money:
    begun = [fee for since, fee in schedule if _order(since) <= _order(moment)]
    return begun[-1] if begun else Money.zero(currency)
