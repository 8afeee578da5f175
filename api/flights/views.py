"""How flights are filtered and sorted."""

from datetime import UTC, time
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from api import views
from api.views import Lens, Seen, by_price
from domain.flights import Itinerary
from domain.offers import FlightOffer


class FlightSort(StrEnum):
    PRICE = "price"
    DURATION = "duration"
    DEPARTURE = "departure"


class FlightView(views.View, frozen=True, kw_only=True):
    """`airlines` sell every segment of an offer that passes; times are of the first slice, on the clock of its airport."""

    max_stops: int | None = None
    airlines: tuple[str, ...] = ()
    depart_after: time | None = None
    depart_before: time | None = None
    refundable: bool | None = None
    bags: int | None = None
    sort: FlightSort = FlightSort.PRICE


def minutes(journey: Itinerary) -> int:
    return int(journey.duration.total_seconds() // 60)


def _fits(journey: Itinerary, view: FlightView, _: Any) -> bool:
    if view.max_stops is not None and journey.stops > view.max_stops:
        return False
    leaves = journey.slices[0].departs_at.time()
    if view.depart_after is not None and leaves < view.depart_after:
        return False
    return view.depart_before is None or leaves <= view.depart_before


def _passes(offer: FlightOffer, view: FlightView) -> bool:
    conditions = offer.conditions
    if view.airlines and not all(part.carrier in view.airlines for part in offer.product.segments):
        return False
    if view.refundable is not None and conditions.refundable is not view.refundable:
        return False
    return not view.bags or (conditions.checked_bags or 0) >= view.bags


def _by_duration(passed: Seen, _: Any) -> int:
    return minutes(_journey(passed))


def _by_departure(passed: Seen, _: Any) -> int:
    return int(_journey(passed).slices[0].departs_at.astimezone(UTC).timestamp())


def _journey(passed: Seen) -> Itinerary:
    product = passed.result.product
    assert isinstance(product, Itinerary)
    return product


LENS: Final = Lens(
    fits=_fits,
    passes=_passes,
    orders=MappingProxyType(
        {FlightSort.PRICE: by_price, FlightSort.DURATION: _by_duration, FlightSort.DEPARTURE: _by_departure}
    ),
)
