"""How hotels are filtered and sorted."""

from enum import StrEnum
from types import MappingProxyType
from typing import Final

from api import views
from api.views import LAST, Lens, Seen, by_price
from domain.hotels import Amenity, Board, Property, Stay
from domain.offers import StayOffer
from domain.places import great_circle_km
from domain.queries import HotelQuery


class HotelSort(StrEnum):
    PRICE = "price"
    RATING = "rating"
    DISTANCE = "distance"


class HotelView(views.View, frozen=True, kw_only=True):
    """Of `stars` and `board` one has to meet, of `amenities` all; the distance is from the place that was asked for."""

    stars: tuple[int, ...] = ()
    amenities: tuple[Amenity, ...] = ()
    board: tuple[Board, ...] = ()
    refundable: bool | None = None
    max_distance_km: float | None = None
    sort: HotelSort = HotelSort.PRICE


def distance_km(told: Property, query: HotelQuery) -> float | None:
    """From the place that was asked for; None where the supplier does not say where the property is."""
    return None if told.location is None else great_circle_km(query.location, told.location)


def whole_stars(told: Property) -> int | None:
    """Half a star more is no class of its own for those who choose by stars."""
    return None if told.stars is None else int(told.stars)


def _fits(stay: Stay, view: HotelView, query: HotelQuery) -> bool:
    told = stay.property
    if view.stars and whole_stars(told) not in view.stars:
        return False
    if not set(view.amenities) <= set(told.amenities):
        return False
    if view.max_distance_km is None:
        return True
    away = distance_km(told, query)
    return away is not None and away <= view.max_distance_km


def _passes(offer: StayOffer, view: HotelView) -> bool:
    if view.board and offer.conditions.board not in view.board:
        return False
    return view.refundable is None or offer.conditions.refundable is view.refundable


def _by_rating(passed: Seen, _: HotelQuery) -> int:
    """The best first, in hundredths of a point."""
    rating = _property(passed).rating
    return LAST if rating is None else -round(rating * 100)


def _by_distance(passed: Seen, query: HotelQuery) -> int:
    """In metres."""
    away = distance_km(_property(passed), query)
    return LAST if away is None else round(away * 1000)


def _property(passed: Seen) -> Property:
    product = passed.result.product
    assert isinstance(product, Stay)
    return product.property


LENS: Final = Lens(
    fits=_fits,
    passes=_passes,
    orders=MappingProxyType(
        {HotelSort.PRICE: by_price, HotelSort.RATING: _by_rating, HotelSort.DISTANCE: _by_distance}
    ),
)
