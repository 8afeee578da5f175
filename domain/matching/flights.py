"""Flights: the same aircraft at the same times is one result, whoever sells it and under whichever number."""

import base64
import hashlib
from collections.abc import Iterable
from datetime import datetime
from operator import attrgetter

import msgspec

from domain.flights import Itinerary, Segment
from domain.offers import Offer
from domain.searches import Result


def merged(offers: Iterable[Offer]) -> tuple[Result, ...]:
    """One result for each journey, its offers cheapest first, results ordered by their cheapest offer.

    Offers of one search share its currency. Two offers with the same id are one: what was told last.
    """
    journeys: dict[str, list[Offer]] = {}
    for offer in _once_each(offers):
        journeys.setdefault(journey_key(offer.product), []).append(offer)
    results = (_result(key, tuple(same)) for key, same in journeys.items())
    return tuple(sorted(results, key=lambda result: (result.offers[0].price.amount, result.id)))


def journey_key(itinerary: Itinerary) -> str:
    """Operating flights, places and days in flying order, slices kept apart."""
    return "/".join("-".join(_flown(segment) for segment in part.segments) for part in itinerary.slices)


def _once_each(offers: Iterable[Offer]) -> Iterable[Offer]:
    kept: dict[str, Offer] = {}
    for offer in offers:
        other = kept.get(offer.id)
        kept[offer.id] = offer if other is None else max(other, offer, key=_told_last)
    return kept.values()


def _told_last(offer: Offer) -> tuple[datetime, bytes]:
    """Two tellings of one instant have no better or worse; their bytes choose, so that the order of arrival does not."""
    return offer.fetched_at, msgspec.json.encode(offer, order="deterministic")


def _flown(segment: Segment) -> str:
    carrier, number = segment.carrier, segment.number
    if segment.operating_carrier and (segment.operating_number or segment.operating_carrier == carrier):
        carrier, number = segment.operating_carrier, segment.operating_number or number
    return f"{carrier}{number}@{segment.origin}{segment.destination}{segment.departs_at:%Y%m%d}"


def _result(key: str, offers: tuple[Offer, ...]) -> Result:
    digest = hashlib.blake2s(key.encode(), digest_size=16).digest()
    cheapest_first = tuple(sorted(offers, key=lambda offer: (offer.price.amount, offer.id)))
    told_best = min(offers, key=lambda offer: (-_detail(offer.product), offer.id))
    return Result(
        id=base64.b32encode(digest).decode().rstrip("=").lower(), product=told_best.product, offers=cheapest_first
    )


_TOLD = attrgetter("operating_carrier", "cabin", "aircraft", "booking_class")


def _detail(itinerary: Itinerary) -> int:
    """How much a supplier tells of a journey, so that the fullest description is the one shown."""
    return sum(value is not None for segment in itinerary.segments for value in _TOLD(segment))
