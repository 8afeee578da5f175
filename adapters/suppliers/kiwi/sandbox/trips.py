"""What one item sells: for whom, in which fares, and whether it is what was asked for."""

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final

import msgspec

from adapters.suppliers.kiwi.sandbox.numbers import rounded
from adapters.suppliers.kiwi.sandbox.params import Params
from adapters.suppliers.kiwi.sandbox.world import Fare, Journey, Leg

_CHILD, _INFANT = Decimal("0.75"), Decimal("0.10")


class Party(msgspec.Struct, frozen=True, kw_only=True):
    """Who flies, in which cabin, and in which money they pay; `rate` is units of it for one EUR."""

    adults: int
    children: int
    infants: int
    cabin: str
    currency: str
    rate: Decimal

    @property
    def seats(self) -> int:
        """Infants sit on a lap."""
        return self.adults + self.children

    @property
    def in_euros(self) -> "Party":
        """The same, as a booking charges them."""
        return msgspec.structs.replace(self, currency="EUR", rate=Decimal(1))

    def each(self, eur: Decimal) -> tuple[Decimal, ...]:
        """What one adult, one child and one infant pay for what costs an adult `eur`."""
        adult = eur * self.rate
        return tuple(rounded(adult * share, self.currency) for share in (Decimal(1), _CHILD, _INFANT))

    def together(self, eur: Decimal) -> Decimal:
        adult, child, infant = self.each(eur)
        return adult * self.adults + child * self.children + infant * self.infants


class Ticket(msgspec.Struct, frozen=True, kw_only=True):
    """One direction in one fare."""

    journey: Journey
    fare: Fare

    @property
    def eur(self) -> Decimal:
        return self.fare.base_eur + self.fare.taxes_eur


class Trip(msgspec.Struct, frozen=True, kw_only=True):
    """A way out and, on a return, a way back; or one for each part. `price` is for the whole party."""

    tickets: tuple[Ticket, ...]
    price: Decimal

    @property
    def ways(self) -> tuple[tuple[Leg, ...], ...]:
        return tuple(ticket.journey.legs for ticket in self.tickets)

    @property
    def eur(self) -> Decimal:
        """What it costs one adult."""
        return sum((ticket.eur for ticket in self.tickets), Decimal(0))

    @property
    def quality(self) -> float:
        """Lower is better: time is money, and so is patience."""
        return round(float(self.eur) + 9 * (under_way(self) / timedelta(hours=1)) + 25 * stops(self), 4)

    @property
    def legs(self) -> tuple[Leg, ...]:
        return tuple(leg for ticket in self.tickets for leg in ticket.journey.legs)


def under_way(trip: Trip) -> timedelta:
    return sum(map(travelling, trip.ways), timedelta())


def travelling(legs: tuple[Leg, ...]) -> timedelta:
    return elapsed(legs[0].departs, legs[-1].arrives)


def elapsed(start: datetime, end: datetime) -> timedelta:
    """Counted in UTC: within one zone Python subtracts wall clocks, which is an hour off where they change between."""
    return end.astimezone(UTC) - start.astimezone(UTC)


def stops(trip: Trip) -> int:
    return sum(len(legs) - 1 for legs in trip.ways)


def _wall_clock(moment: datetime) -> timedelta:
    return timedelta(hours=moment.hour, minutes=moment.minute)


def _stopovers(legs: tuple[Leg, ...]) -> list[timedelta]:
    return [elapsed(before.arrives, after.departs) for before, after in pairwise(legs)]


def nights(trip: Trip) -> int | None:
    if len(trip.ways) == 1:
        return None
    return (trip.ways[1][0].departs.date() - trip.ways[0][-1].arrives.date()).days


# parameter, how it is read, what it bounds, and how: first for one direction, then for the whole trip
Bound = tuple[str, Callable[[Params, str], Any], Callable[[Any], Any], Callable[[Any, Any], bool]]
CLOCK_BOUNDS: Final[tuple[Bound, ...]] = (
    ("dtime_from", Params.clock, lambda legs: _wall_clock(legs[0].departs), operator.ge),
    ("dtime_to", Params.clock, lambda legs: _wall_clock(legs[0].departs), operator.le),
    ("atime_from", Params.clock, lambda legs: _wall_clock(legs[-1].arrives), operator.ge),
    ("atime_to", Params.clock, lambda legs: _wall_clock(legs[-1].arrives), operator.le),
)
WAY_BOUNDS: Final[tuple[Bound, ...]] = (
    ("max_sector_stopovers", Params.count, lambda legs: len(legs) - 1, operator.le),
    ("stopover_from", Params.clock, lambda legs: min(_stopovers(legs), default=timedelta.max), operator.ge),
    ("stopover_to", Params.clock, lambda legs: max(_stopovers(legs), default=timedelta.min), operator.le),
)
TRIP_BOUNDS: Final[tuple[Bound, ...]] = (
    ("price_from", Params.number, lambda trip: trip.price, operator.ge),
    ("price_to", Params.number, lambda trip: trip.price, operator.le),
    ("max_stopovers", Params.count, stops, operator.le),
    ("max_fly_duration", Params.hours, lambda trip: max(map(travelling, trip.ways)), operator.le),
    ("nights_in_dst_from", Params.count, lambda trip: nights(trip) or 0, operator.ge),
    ("nights_in_dst_to", Params.count, lambda trip: nights(trip) or 0, operator.le),
)
# parameter, and which of a direction's codes must all be among its values, or with `<parameter>_exclude` none
_CHOICES: Final[tuple[tuple[str, Callable[[tuple[Leg, ...]], set[str]]], ...]] = (
    ("select_airlines", lambda legs: {leg.carrier for leg in legs}),
    ("select_stop_airport", lambda legs: {leg.origin for leg in legs[1:]}),
)
SORTED_BY: Final[Mapping[str, Callable[[Trip], Any]]] = {
    "price": lambda trip: trip.price,
    "duration": under_way,
    "quality": lambda trip: trip.quality,
    "date": lambda trip: trip.ways[0][0].departs,
}


def bounded(bounds: Iterable[Bound], params: Params, prefix: str = "") -> list[Callable[[Any], bool]]:
    """Read before anything is searched, so that a bad value is refused on an empty route too."""
    read = ((reader(params, prefix + name), measure, compare) for name, reader, measure, compare in bounds)
    return [_test(bound, measure, compare) for bound, measure, compare in read if bound is not None]


def _test(bound: Any, measure: Callable[[Any], Any], compare: Callable[[Any, Any], bool]) -> Callable[[Any], bool]:
    return lambda subject: compare(measure(subject), bound)


def choices(params: Params) -> Iterator[Callable[[Any], bool]]:
    for name, codes in _CHOICES:
        if chosen := set(params.words(name)):
            compare = set.isdisjoint if params.flag(f"{name}_exclude", default=False) else set.issubset
            yield _test(chosen, codes, compare)
