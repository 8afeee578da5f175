"""Cars: the same class of the same brand between the same counters is one result, whoever sells it.

A counter is known by its address. Where none is told, a counter at the airport is the airport's, and any other is known
only to whoever sells it, by its own number: at one airport a brand may have a desk in the terminal, a yard behind a
shuttle bus and an office downtown. What is in the price and on what terms is each offer's own.
"""

from collections import Counter as Counts
from collections.abc import Iterable, Mapping
from operator import attrgetter

from domain.cars import Rental, RentalPlace
from domain.ids import short_id
from domain.matching.same import grouped, once_each
from domain.offers import RentalOffer
from domain.searches import Result

# Who tells of a counter at which airport, under which code.
Counter = tuple[str, str, str]


def merged(offers: Iterable[RentalOffer]) -> tuple[Result, ...]:
    kept = once_each(offers)
    places = _places(kept)
    return grouped(
        kept,
        lambda offer: short_id(_key(offer, places)),
        lambda same: min(same, key=lambda offer: (_unsaid(offer.product), offer.id)),
    )


def _key(offer: RentalOffer, places: Mapping[Counter, str]) -> str:
    rental = offer.product
    counters = [places[_counter(offer, place)] for place in (rental.pick_up, rental.drop_off)]
    times = (rental.pick_up_at.isoformat(), rental.drop_off_at.isoformat())
    return "|".join(("rental", rental.vendor.casefold(), rental.car.acriss, *counters, *times))


def _places(offers: Iterable[RentalOffer]) -> Mapping[Counter, str]:
    """Where each counter is. Two counters of one supplier are never one, whatever their addresses look like."""
    told: dict[Counter, str] = {}
    for offer in offers:
        for place in (offer.product.pick_up, offer.product.drop_off):
            counter = _counter(offer, place)
            told[counter] = max(told.get(counter, ""), _where(place))  # the same of two tellings, in any order
    desks = Counts((supplier, where) for (supplier, _, _), where in told.items())
    return {
        counter: where if where and desks[counter[0], where] == 1 else " ".join(counter)
        for counter, where in told.items()
    }


def _counter(offer: RentalOffer, place: RentalPlace) -> Counter:
    return offer.supplier, place.airport, place.code


def _where(place: RentalPlace) -> str:
    """As little spelling as possible; nothing for a counter of which only its number is told."""
    street, address = "".join(place.address.lines), place.address
    if street and (address.postal_code or address.city):
        words = f"{street}{address.postal_code or address.city}".casefold()
        return f"{place.airport} {''.join(filter(str.isalnum, words))}"
    return place.airport if place.at_airport else ""


_TOLD = attrgetter("example", "seats", "doors", "large_bags", "picture")


def _unsaid(rental: Rental) -> int:
    """How much a supplier leaves open of a car, so that the fullest description is the one shown."""
    return sum(told is None for told in _TOLD(rental.car))
