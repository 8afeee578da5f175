"""Hotels: all offers of one hotel are one result, whoever sells it; the result goes by the hotel's own id."""

from collections.abc import Iterable, Mapping
from operator import attrgetter
from types import MappingProxyType
from typing import Final

from domain.hotels import Property
from domain.matching.hotel_ids import identified
from domain.matching.properties import Key
from domain.matching.same import grouped, once_each
from domain.offers import StayOffer
from domain.searches import Result

_NOTHING_KEPT: Final[Mapping[Key, str]] = MappingProxyType({})


def merged(offers: Iterable[StayOffer], kept: Mapping[Key, str] = _NOTHING_KEPT) -> tuple[Result, ...]:
    """`kept` are the hotels of records that were judged before; the others are judged by their looks."""
    once = once_each(offers)
    sold = properties(once)
    hotel_ids = identified(sold, kept)
    unsaid = {key: _unsaid(content) for key, content in sold.items()}
    return grouped(
        once,
        lambda offer: hotel_ids[_key(offer)],
        lambda same: min(same, key=lambda offer: (unsaid[_key(offer)], offer.id)),
    )


def properties(offers: Iterable[StayOffer]) -> Mapping[Key, Property]:
    """What is sold, by supplier and number. Of two descriptions of one record that with the first offer."""
    told: dict[Key, StayOffer] = {}
    for offer in offers:
        key = _key(offer)
        if key not in told or offer.id < told[key].id:
            told[key] = offer
    return {key: offer.product.property for key, offer in told.items()}


def _key(offer: StayOffer) -> Key:
    sold = offer.product.property
    return sold.supplier, sold.id


_FACTS: Final = attrgetter(*Property.__struct_fields__)


def _unsaid(told: Property) -> int:
    """How much a supplier leaves open of a property, so that the fullest description is the one shown."""
    facts = _FACTS(told)
    return sum(map(facts.count, (None, ())))
