"""Hotels: all offers of one property of one supplier are one result."""

from collections.abc import Iterable

from domain.matching.same import grouped
from domain.offers import StayOffer
from domain.searches import Result


def merged(offers: Iterable[StayOffer]) -> tuple[Result, ...]:
    """A property is who sells it and its number there: two suppliers' records are not taken for one hotel on a guess."""
    return grouped(offers, _key, lambda same: min(same, key=lambda offer: offer.id))


def _key(offer: StayOffer) -> str:
    stay = offer.product
    return f"{stay.property.supplier} {stay.property.id} {stay.check_in} {stay.check_out}"
