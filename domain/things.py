"""What an offer sells, apart from cabin, room, fare and price: the flights, the property, the car."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from domain.cars import Rental
from domain.flights import Itinerary
from domain.hotels import Property, Stay
from domain.offers import Product


def key_of(product: Product) -> str:
    """The same for whatever one supplier sells of one thing, however often it is asked."""
    key: str = _KEYS[type(product)](product)
    return key


def property_key(supplier: str, number: str) -> str:
    """Of every stay there."""
    return f"{supplier} {number}"


def _journey(journey: Itinerary) -> str:
    return "-".join(
        f"{one.carrier}{one.number}@{one.origin}{one.destination}{one.departs_at:%Y%m%d}" for one in journey.segments
    )


def _property(told: Property) -> str:
    return property_key(told.supplier, told.id)


def _car(rental: Rental) -> str:
    counters = (rental.pick_up.airport, rental.pick_up.code, rental.drop_off.airport, rental.drop_off.code)
    return " ".join((rental.vendor, rental.car.acriss, *counters))


_KEYS: Final[Mapping[type[Any], Callable[[Any], str]]] = MappingProxyType(
    {Itinerary: _journey, Stay: lambda stay: _property(stay.property), Rental: _car}
)
