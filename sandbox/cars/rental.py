"""One rental that somebody asks a seller for, and why the seller may not rent out at all."""

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from sandbox.cars.borders import may_end_at
from sandbox.cars.counters import Station, StationListing, is_open
from sandbox.cars.countries import smallest
from sandbox.cars.vehicles import VEHICLES
from sandbox.currencies import RATES

_LONGEST: Final = timedelta(days=330)
_SHORTEST: Final = timedelta(hours=1)
_GRACE: Final = timedelta(hours=1)  # who is late by less pays no further day, and no change of the clocks makes one
_YOUNGEST: Final = min(vehicle.minimum_age for vehicle in VEHICLES.values())


class Rental(msgspec.Struct, frozen=True, kw_only=True):
    """`counter` and `return_counter` are the seller's own, None where it has none. Times are naive, local to each."""

    seed: int
    seller: str
    pick_up: Station
    drop_off: Station
    counter: StationListing | None
    return_counter: StationListing | None
    pick_up_at: datetime
    drop_off_at: datetime
    driver_age: int

    @property
    def starts(self) -> datetime:
        return self.pick_up_at.replace(tzinfo=ZoneInfo(self.pick_up.timezone)).astimezone(UTC)

    @property
    def ends(self) -> datetime:
        return self.drop_off_at.replace(tzinfo=ZoneInfo(self.drop_off.timezone)).astimezone(UTC)

    @property
    def days(self) -> int:
        """As they are paid."""
        return max(1, math.ceil((self.ends - self.starts - _GRACE) / timedelta(days=1)))

    def money(self, euros: Decimal) -> Decimal:
        """In the currency of the place of pick-up, rounded to its digits."""
        return self.rounded(euros * RATES[self.pick_up.currency])

    def rounded(self, amount: Decimal) -> Decimal:
        return amount.quantize(smallest(self.pick_up.currency), ROUND_HALF_UP)


def _is_closed(rental: Rental) -> bool:
    return rental.counter is None or not is_open(rental.counter.hours, rental.pick_up_at)


def _takes_nothing_back(rental: Rental) -> bool:
    there = rental.return_counter
    return there is None or not (there.after_hours_return or is_open(there.hours, rental.drop_off_at))


_REASONS: Final[dict[str, Callable[[Rental, datetime], bool]]] = {
    "no_counter": lambda rental, _: rental.counter is None,
    "no_return_counter": lambda rental, _: rental.return_counter is None,
    "in_the_past": lambda rental, now: rental.starts < now,
    "too_short": lambda rental, _: rental.ends - rental.starts < _SHORTEST,
    "too_long": lambda rental, _: rental.ends - rental.starts > _LONGEST,
    "too_young": lambda rental, _: rental.driver_age < _YOUNGEST,
    "one_way": lambda rental, _: not may_end_at(rental.seller, rental.pick_up, rental.drop_off, rental.seed),
    "closed": lambda rental, _: _is_closed(rental),
    "closed_at_return": lambda rental, _: _takes_nothing_back(rental),
}
REFUSALS: Final = frozenset(_REASONS)


def refusal(rental: Rental, now: datetime) -> str | None:
    """The first reason that holds, one of `REFUSALS`. A rental of negative length is too short."""
    return next((reason for reason, holds in _REASONS.items() if holds(rental, now)), None)
