"""How rental cars are filtered and sorted."""

from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

from api import views
from api.views import Lens, by_price
from domain.acriss import CarClass, Transmission, car_class
from domain.cars import Rental
from domain.offers import RentalOffer


class CarSort(StrEnum):
    PRICE = "price"


class CarView(views.View, frozen=True, kw_only=True):
    """Of `categories` one has to meet. A class whose code is in no matrix meets none."""

    categories: tuple[str, ...] = ()
    transmission: Transmission | None = None
    unlimited_mileage: bool | None = None
    air_conditioning: bool | None = None
    sort: CarSort = CarSort.PRICE


@lru_cache(maxsize=4096)
def decoded(acriss: str) -> CarClass | None:
    """None for a code that is in no matrix: some suppliers have classes of their own."""
    try:
        return car_class(acriss)
    except ValueError:
        return None


def unlimited(offer: RentalOffer) -> bool | None:
    """None where the supplier does not say."""
    mileage = offer.conditions.mileage
    return None if mileage is None else mileage.unlimited


def _fits(rental: Rental, view: CarView, _: Any) -> bool:
    told = decoded(rental.car.acriss)
    if view.categories and (told is None or told.category not in view.categories):
        return False
    if view.transmission is not None and (told is None or told.transmission is not view.transmission):
        return False
    return view.air_conditioning is None or (told is not None and told.air_conditioning is view.air_conditioning)


def _passes(offer: RentalOffer, view: CarView) -> bool:
    return view.unlimited_mileage is None or unlimited(offer) is view.unlimited_mileage


LENS: Final = Lens(fits=_fits, passes=_passes, orders=MappingProxyType({CarSort.PRICE: by_price}))
