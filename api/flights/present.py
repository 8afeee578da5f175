"""Flights, from domain values to the shapes of answers. Pure."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from api import views
from api.answers import MinutesRange, ResultCount
from api.flights import answers
from api.flights.views import minutes
from api.present import cancellation, offer_facts, perhaps_priced, price_range, priced, whole_minutes
from api.views import Seen
from domain.flights import Itinerary, Segment, Slice
from domain.money import Money
from domain.offers import FlightConditions, FlightOffer
from domain.searches import Result


def result(seen: Seen, _: Any) -> answers.FlightResult:
    return answers.FlightResult(
        id=seen.result.id,
        product=_itinerary(_journey(seen.result)),
        offers=tuple(_offer(offer) for offer in seen.offers),
    )


def details(offer: FlightOffer) -> answers.FlightOfferDetails:
    return answers.FlightOfferDetails(**msgspec.structs.asdict(_offer(offer)), product=_itinerary(offer.product))


def facets(results: Sequence[Result], _: Any) -> answers.FlightFacets:
    durations = [minutes(_journey(result)) for result in results]
    return answers.FlightFacets(
        airlines=tuple(
            answers.AirlineFacet(airline=airline, results=count, cheapest=priced(cheapest))
            for airline, count, cheapest in views.counted(results, _airlines)
        ),
        stops=tuple(
            answers.StopsFacet(stops=stops, results=count, cheapest=priced(cheapest))
            for stops, count, cheapest in views.counted(results, _stops)
        ),
        price=price_range(views.prices(results)),
        duration_minutes=MinutesRange(min=min(durations), max=max(durations)) if durations else None,
        refundable=ResultCount(results=views.having(results, lambda offer: offer.conditions.refundable)),
        checked_bags=ResultCount(results=views.having(results, lambda offer: offer.conditions.checked_bags)),
    )


def _airlines(result: Result) -> Iterator[tuple[str, Money]]:
    for offer in result.offers:
        assert isinstance(offer.product, Itinerary)
        yield from ((segment.carrier, offer.shown_price) for segment in offer.product.segments)


def _stops(result: Result) -> Iterator[tuple[int, Money]]:
    yield _journey(result).stops, result.offers[0].shown_price


def _journey(result: Result) -> Itinerary:
    assert isinstance(result.product, Itinerary)
    return result.product


def _offer(offer: FlightOffer) -> answers.FlightOffer:
    return answers.FlightOffer(
        **offer_facts(offer),
        conditions=_conditions(offer.conditions),
        sold_as=tuple(segment.flight for segment in offer.product.segments),
    )


def _conditions(terms: FlightConditions) -> answers.FlightConditions:
    return answers.FlightConditions(
        refundable=terms.refundable,
        changeable=terms.changeable,
        cabin_bags=terms.cabin_bags,
        checked_bags=terms.checked_bags,
        fare_family=terms.fare_family,
        cancellation=cancellation(terms.cancellation),
        change_fee=perhaps_priced(terms.change_fee),
        separate_tickets=terms.separate_tickets,
        connection_guaranteed=terms.connection_guaranteed,
    )


def _itinerary(journey: Itinerary) -> answers.Itinerary:
    return answers.Itinerary(
        slices=tuple(_slice(part) for part in journey.slices),
        duration_minutes=whole_minutes(journey.duration),
        stops=journey.stops,
    )


def _slice(part: Slice) -> answers.Slice:
    return answers.Slice(
        origin=part.origin,
        destination=part.destination,
        departs_at=part.departs_at,
        arrives_at=part.arrives_at,
        duration_minutes=whole_minutes(part.duration),
        stops=part.stops,
        days_later=part.days_later,
        segments=tuple(_segment(segment) for segment in part.segments),
    )


def _segment(segment: Segment) -> answers.Segment:
    return answers.Segment(
        flight=segment.flight,
        carrier=segment.carrier,
        number=segment.number,
        operating_carrier=segment.operating_carrier,
        operating_number=segment.operating_number,
        origin=segment.origin,
        destination=segment.destination,
        departs_at=segment.departs_at,
        arrives_at=segment.arrives_at,
        duration_minutes=whole_minutes(segment.duration),
        cabin=segment.cabin,
        booking_class=segment.booking_class,
        fare_basis=segment.fare_basis,
        aircraft=segment.aircraft,
    )
