"""Cars: the same class of the same brand between the same counters is one result, whoever sells it."""

from collections.abc import Iterable
from operator import attrgetter

from domain.cars import Rental
from domain.matching.same import grouped
from domain.offers import RentalOffer
from domain.searches import Result


def merged(offers: Iterable[RentalOffer]) -> tuple[Result, ...]:
    return grouped(offers, _key, lambda same: min(same, key=lambda offer: (_unsaid(offer.product), offer.id)))


def _key(offer: RentalOffer) -> str:
    rental = offer.product
    counters = (rental.pick_up.airport, rental.drop_off.airport)
    times = (rental.pick_up_at.isoformat(), rental.drop_off_at.isoformat())
    return "|".join(("rental", rental.vendor.casefold(), rental.car.acriss, *counters, *times))


_TOLD = attrgetter("example", "seats", "doors", "large_bags", "picture")


def _unsaid(rental: Rental) -> int:
    """How much a supplier leaves open of a car, so that the fullest description is the one shown."""
    return sum(told is None for told in _TOLD(rental.car))
