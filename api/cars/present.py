"""Rental cars, from domain values to the shapes of answers. Pure."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec

from api import views
from api.answers import ResultCount
from api.cars import answers
from api.cars.views import decoded, unlimited
from api.present import (
    address,
    cancellation,
    offer_facts,
    perhaps_located,
    perhaps_priced,
    price_range,
    priced,
)
from api.views import Seen
from domain.acriss import Transmission
from domain.cars import Car, Coverage, Extra, Mileage, Rental, RentalConditions, RentalPlace
from domain.money import Money
from domain.offers import RentalOffer
from domain.searches import Result

_DECODED: Final = ("category", "type", "transmission", "drive", "fuel", "air_conditioning")


def result(seen: Seen, _: Any) -> answers.RentalResult:
    return answers.RentalResult(
        id=seen.result.id,
        product=_rental(_rental_of(seen.result)),
        offers=tuple(_offer(offer) for offer in seen.offers),
    )


def details(offer: RentalOffer) -> answers.RentalOfferDetails:
    return answers.RentalOfferDetails(**msgspec.structs.asdict(_offer(offer)), product=_rental(offer.product))


def facets(results: Sequence[Result], _: Any) -> answers.RentalFacets:
    return answers.RentalFacets(
        categories=tuple(
            answers.CategoryFacet(category=category, results=count, cheapest=priced(cheapest))
            for category, count, cheapest in views.counted(results, _categories)
        ),
        transmission=tuple(
            answers.TransmissionFacet(transmission=transmission, results=count, cheapest=priced(cheapest))
            for transmission, count, cheapest in views.counted(results, _transmissions)
        ),
        vendors=tuple(
            answers.VendorFacet(vendor=vendor, results=count, cheapest=priced(cheapest))
            for vendor, count, cheapest in views.counted(results, _vendors)
        ),
        price=price_range(views.prices(results)),
        unlimited_mileage=ResultCount(results=views.having(results, unlimited)),
        air_conditioning=ResultCount(results=sum(_cooled(result) for result in results)),
    )


def _categories(result: Result) -> Iterator[tuple[str, Money]]:
    if (told := decoded(_rental_of(result).car.acriss)) is not None:
        yield told.category, result.offers[0].shown_price


def _transmissions(result: Result) -> Iterator[tuple[Transmission, Money]]:
    if (told := decoded(_rental_of(result).car.acriss)) is not None:
        yield told.transmission, result.offers[0].shown_price


def _vendors(result: Result) -> Iterator[tuple[str, Money]]:
    yield _rental_of(result).vendor, result.offers[0].shown_price


def _cooled(result: Result) -> bool:
    told = decoded(_rental_of(result).car.acriss)
    return told is not None and told.air_conditioning


def _rental_of(result: Result) -> Rental:
    assert isinstance(result.product, Rental)
    return result.product


def _offer(offer: RentalOffer) -> answers.RentalOffer:
    rental = offer.product
    return answers.RentalOffer(
        **offer_facts(offer),
        conditions=_conditions(offer.conditions),
        sold_as=answers.SoldRental(
            example=rental.car.example, pick_up=counter(rental.pick_up), drop_off=counter(rental.drop_off)
        ),
    )


def _conditions(terms: RentalConditions) -> answers.RentalConditions:
    return answers.RentalConditions(
        payment=terms.payment,
        mileage=None if terms.mileage is None else _mileage(terms.mileage),
        coverages=tuple(_coverage(coverage) for coverage in terms.coverages),
        extras=tuple(_extra(extra) for extra in terms.extras),
        refundable=terms.refundable,
        cancellation=cancellation(terms.cancellation),
        fuel_policy=terms.fuel_policy,
        deposit=perhaps_priced(terms.deposit),
        minimum_age=terms.minimum_age,
        on_request=terms.on_request,
    )


def _mileage(mileage: Mileage) -> answers.Mileage:
    return answers.Mileage(
        unlimited=mileage.unlimited,
        included=mileage.included,
        unit=mileage.unit,
        per=mileage.per,
        beyond=perhaps_priced(mileage.beyond),
    )


def _coverage(coverage: Coverage) -> answers.Coverage:
    return answers.Coverage(
        code=coverage.code,
        name=coverage.name,
        included=coverage.included,
        price=perhaps_priced(coverage.price),
        per=coverage.per,
        excess=perhaps_priced(coverage.excess),
    )


def _extra(extra: Extra) -> answers.Extra:
    return answers.Extra(
        code=extra.code, name=extra.name, price=perhaps_priced(extra.price), per=extra.per, at_most=extra.at_most
    )


def _rental(rental: Rental) -> answers.Rental:
    return answers.Rental(
        vendor=rental.vendor,
        car=_car(rental.car),
        pick_up=counter(rental.pick_up),
        drop_off=counter(rental.drop_off),
        pick_up_at=rental.pick_up_at,
        drop_off_at=rental.drop_off_at,
    )


def _car(car: Car) -> answers.Car:
    told = decoded(car.acriss)
    return answers.Car(
        acriss=car.acriss,
        **{name: getattr(told, name, None) for name in _DECODED},
        example=car.example,
        seats=car.seats,
        doors=car.doors,
        large_bags=car.large_bags,
        small_bags=car.small_bags,
        picture=car.picture,
    )


def counter(place: RentalPlace) -> answers.Counter:
    return answers.Counter(
        airport=place.airport,
        code=place.code,
        name=place.name,
        at_airport=place.at_airport,
        address=address(place.address),
        location=perhaps_located(place.location),
        phone=place.phone,
    )
