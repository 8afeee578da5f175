"""Flights: the same aircraft at the same times is one result, whoever sells it and under whichever number."""

from collections.abc import Iterable
from operator import attrgetter

from domain.flights import Itinerary, Segment, Slice
from domain.ids import short_id
from domain.matching.same import once_each
from domain.offers import FlightOffer
from domain.searches import Result


def merged(offers: Iterable[FlightOffer]) -> tuple[Result, ...]:
    """One result for each journey, its offers cheapest first, results ordered by their cheapest offer.

    Offers of one search are shown in its currency. Two offers with the same id are one: what was told last.
    """
    kept = once_each(offers)
    # A way out stands in as many journeys as there are ways back.
    slice_keys = {part: _slice_key(part) for part in {part for offer in kept for part in offer.product.slices}}
    journeys: dict[str, list[FlightOffer]] = {}
    for offer in kept:
        journeys.setdefault("/".join([slice_keys[part] for part in offer.product.slices]), []).append(offer)
    results = (_result(key, tuple(same)) for key, same in journeys.items())
    return tuple(sorted(results, key=lambda result: (result.offers[0].shown_price.amount, result.id)))


def journey_key(itinerary: Itinerary) -> str:
    """Operating flights, places and days in flying order, slices kept apart."""
    return "/".join([_slice_key(part) for part in itinerary.slices])


def _slice_key(part: Slice) -> str:
    return "-".join([_flown(segment) for segment in part.segments])


def _flown(segment: Segment) -> str:
    carrier, number = segment.carrier, segment.number
    if segment.operating_carrier and (segment.operating_number or segment.operating_carrier == carrier):
        carrier, number = segment.operating_carrier, segment.operating_number or number
    day = segment.departs_at
    return f"{carrier}{number}@{segment.origin}{segment.destination}{day.year * 10_000 + day.month * 100 + day.day}"


def _result(key: str, offers: tuple[FlightOffer, ...]) -> Result:
    cheapest_first = tuple(sorted(offers, key=lambda offer: (offer.shown_price.amount, offer.id)))
    told_best = min(offers, key=lambda offer: (_unsaid(offer.product), offer.id))
    return Result(id=short_id(key), product=told_best.product, offers=cheapest_first)


_TOLD = attrgetter("operating_carrier", "cabin", "aircraft", "booking_class")


def _unsaid(itinerary: Itinerary) -> int:
    """How much a supplier leaves open of a journey, so that the fullest description is the one shown."""
    return sum([_TOLD(segment).count(None) for part in itinerary.slices for segment in part.segments])
