"""Flights: the same aircraft at the same times in the same cabin is one result, whoever sells it and under which number.

What is joined: offers whose segments have the same operating carrier and number, places, day and cabin. A flight that is
sold under a partner's number is known by its operating one where the offer tells it, or where any other offer of that
very number, place and day does. What is not: a partner's number of which nobody tells who flies it under which number,
however well the times agree, and a cabin that is told with one that is not. Fares are offers of a result, each with its
own terms, and are never joined.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from operator import attrgetter

from domain.flights import Itinerary, Segment, Slice
from domain.ids import short_id
from domain.matching.same import once_each
from domain.offers import FlightOffer
from domain.searches import Result

# Carrier, number, from, to, and the day at the airport.
Flight = tuple[str, str, str, str, int]
Operating = Mapping[Flight, Flight]


def merged(offers: Iterable[FlightOffer]) -> tuple[Result, ...]:
    """One result for each journey, its offers cheapest first, results ordered by their cheapest offer.

    Offers of one search are shown in its currency. Two offers with the same id are one: what was told last.
    """
    kept = once_each(offers)
    # A way out stands in as many journeys as there are ways back.
    parts = {part for offer in kept for part in offer.product.slices}
    operating = _operating(parts)
    slice_keys = {part: _slice_key(part, operating) for part in parts}
    journeys: dict[str, list[FlightOffer]] = {}
    for offer in kept:
        journeys.setdefault("/".join([slice_keys[part] for part in offer.product.slices]), []).append(offer)
    results = (_result(key, tuple(same)) for key, same in journeys.items())
    return tuple(sorted(results, key=lambda result: (result.offers[0].shown_price.amount, result.id)))


def journey_key(itinerary: Itinerary) -> str:
    """Operating flights, places, days and cabins in flying order, slices kept apart, as the journey itself tells them."""
    operating = _operating(itinerary.slices)
    return "/".join([_slice_key(part, operating) for part in itinerary.slices])


def _operating(parts: Iterable[Slice]) -> Operating:
    """Which flight stands behind a number, where nobody contradicts; only where somebody does not tell."""
    segments = [segment for part in parts for segment in part.segments]
    told = [segment for segment in segments if _told(segment)]
    if len(told) == len(segments):
        return {}
    flights: defaultdict[Flight, set[Flight]] = defaultdict(set)
    for segment in told:
        flights[_sold(segment)].add(_told_flown(segment))
    operators: defaultdict[Flight, set[str]] = defaultdict(set)
    for segment in segments:
        if segment.operating_carrier:
            operators[_sold(segment)].add(segment.operating_carrier)
    return {sold: min(flown) for sold, flown in flights.items() if len(flown) == len(operators[sold]) == 1}


def _slice_key(part: Slice, operating: Operating) -> str:
    return "-".join([_segment_key(segment, operating) for segment in part.segments])


def _segment_key(segment: Segment, operating: Operating) -> str:
    carrier, number, origin, destination, day = (
        _told_flown(segment) if _told(segment) else operating.get(sold := _sold(segment), sold)
    )
    return f"{carrier}{number}@{origin}{destination}{day}{segment.cabin or ''}"


def _told(segment: Segment) -> bool:
    """Who flies under the own number says it once; another operator's number is not guessed."""
    carrier = segment.operating_carrier
    return carrier is not None and (bool(segment.operating_number) or carrier == segment.carrier)


def _told_flown(segment: Segment) -> Flight:
    return _flight(segment, segment.operating_carrier or segment.carrier, segment.operating_number or segment.number)


def _sold(segment: Segment) -> Flight:
    return _flight(segment, segment.carrier, segment.number)


def _flight(segment: Segment, carrier: str, number: str) -> Flight:
    day = segment.departs_at
    return carrier, number, segment.origin, segment.destination, day.year * 10_000 + day.month * 100 + day.day


def _result(key: str, offers: tuple[FlightOffer, ...]) -> Result:
    cheapest_first = tuple(sorted(offers, key=lambda offer: (offer.shown_price.amount, offer.id)))
    told_best = min(offers, key=lambda offer: (_unsaid(offer.product), offer.id))
    return Result(id=short_id(key), product=told_best.product, offers=cheapest_first)


_FACTS = attrgetter("operating_carrier", "cabin", "aircraft", "booking_class")


def _unsaid(itinerary: Itinerary) -> int:
    """How much a supplier leaves open of a journey, so that the fullest description is the one shown."""
    return sum([_FACTS(segment).count(None) for part in itinerary.slices for segment in part.segments])
