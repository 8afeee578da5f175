"""Trips of several parts: which flight, stay and car go together, and what they cost together and apart."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final

import msgspec

from domain.flights import Itinerary
from domain.ids import short_id
from domain.money import Money, total
from domain.offers import Offer

# Counters open all over the world, and few times of day, so that many travellers ask the same of the suppliers.
_COUNTER_HOURS: Final = (7, 10, 13, 16, 19, 22)
_TO_THE_COUNTER: Final = timedelta(minutes=45)  # from the aircraft
_TO_THE_AIRCRAFT: Final = timedelta(hours=2)  # from the counter
_MORNING: Final = time(10)  # when people set out who do not fly, and when they come back


class Trip(msgspec.Struct, frozen=True, kw_only=True):
    """What a traveller has told; times are local at the destination.

    `check_in` None: the stay begins on the day on which the flight lands. The times of the car are None where they
    follow from the flight, or from the stay.
    """

    check_in: date | None
    check_out: date
    pick_up_at: datetime | None = None
    drop_off_at: datetime | None = None


class Ground(msgspec.Struct, frozen=True, kw_only=True):
    """When a traveller is at the destination: from which day on a bed is needed, and when a car is."""

    check_in: date
    check_out: date
    pick_up_at: datetime
    drop_off_at: datetime


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """An offer in a bundle: its price there, and `alone`, what the same costs whoever buys nothing else with it.

    Both in the currency of the bundle.
    """

    offer: Offer
    price: Money
    alone: Money


class Bundle(msgspec.Struct, frozen=True, kw_only=True):
    """One part of each kind that belongs to the trip, flights first."""

    parts: tuple[Part, ...]

    @property
    def id(self) -> str:
        return short_id(" ".join(part.offer.id for part in self.parts))

    @property
    def price(self) -> Money:
        return total((part.price for part in self.parts), self.parts[0].price.currency)

    @property
    def alone(self) -> Money:
        """The sum of what the parts cost by themselves."""
        return total((part.alone for part in self.parts), self.parts[0].alone.currency)

    @property
    def saving(self) -> Money:
        """Nothing, unless a supplier really asks less for a part because of another one."""
        return self.alone - self.price


def ground(trip: Trip, flight: Itinerary | None, *, now: datetime) -> Ground | None:
    """When somebody needs a bed and a car who comes by this flight, or by other means; `now` on the clocks there.

    The clock at the destination decides: who leaves on Monday may land on Tuesday, or on Sunday across the date line.
    None where the flight and what the traveller has told do not go together.
    """
    landed = None if flight is None else flight.slices[0].arrives_at.replace(tzinfo=None)
    leaves = None if flight is None or len(flight.slices) == 1 else flight.slices[-1].departs_at.replace(tzinfo=None)
    check_in = max(filter(None, (trip.check_in, landed and landed.date())))
    if check_in >= trip.check_out:
        return None
    if landed is not None and trip.pick_up_at is not None and trip.pick_up_at < landed:
        return None
    ready = datetime.combine(check_in, _MORNING) if landed is None else landed + _TO_THE_COUNTER
    pick_up_at = trip.pick_up_at or _opens(max(ready, now))
    drop_off_at = trip.drop_off_at or _back(trip, leaves)
    if drop_off_at <= pick_up_at or (leaves is not None and drop_off_at > leaves):
        return None
    return Ground(check_in=check_in, check_out=trip.check_out, pick_up_at=pick_up_at, drop_off_at=drop_off_at)


def combined(
    flights: Sequence[Part] | None,
    stays: Callable[[Itinerary | None], Sequence[Part]],
    cars: Callable[[Itinerary | None], Sequence[Part]],
) -> tuple[Bundle, ...]:
    """Each flight with the stays and cars that fit it, the cheapest bundle first; stays with cars where `flights` is None."""
    found = [
        Bundle(parts=(*flight, stay, car))
        for flight, journey in _ways(flights)
        for stay in stays(journey)
        for car in cars(journey)
    ]
    return tuple(sorted(found, key=lambda bundle: (bundle.price.amount, bundle.id)))


def varied(parts: Iterable[Part], trait: Callable[[Part], Hashable], *, most: int, of_each: int) -> tuple[Part, ...]:
    """The cheapest, but no more than `of_each` of one kind as long as there are others; the cheapest first."""
    counts: dict[Hashable, int] = {}
    chosen: list[Part] = []
    passed_over: list[Part] = []
    for part in sorted(parts, key=_cheapest):
        kind = trait(part)
        counts[kind] = counts.get(kind, 0) + 1
        (chosen if counts[kind] <= of_each else passed_over).append(part)
    return tuple(sorted((*chosen, *passed_over)[:most], key=_cheapest))


def _cheapest(part: Part) -> tuple[object, str]:
    return part.price.amount, part.offer.id


def _ways(flights: Sequence[Part] | None) -> Iterator[tuple[tuple[Part, ...], Itinerary | None]]:
    if flights is None:
        yield (), None
        return
    for flight in flights:
        assert isinstance(flight.offer.product, Itinerary)
        yield (flight,), flight.offer.product


def _back(trip: Trip, leaves: datetime | None) -> datetime:
    """The last hour at which a car can be given back."""
    if leaves is None:
        return datetime.combine(trip.check_out, _MORNING)
    return max(hour for hour in _hours(leaves.date()) if hour <= leaves - _TO_THE_AIRCRAFT)


def _opens(ready: datetime) -> datetime:
    return min(hour for hour in _hours(ready.date()) if hour >= ready)


def _hours(day: date) -> Iterator[datetime]:
    """Of that day and its neighbours."""
    for days in (-1, 0, 1):
        for hour in _COUNTER_HOURS:
            yield datetime.combine(day + timedelta(days=days), time(hour))
