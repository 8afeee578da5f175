"""Search: every class of car at a counter, to be paid there or at once, which is two offers."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import msgspec

from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.decode import decoded, each
from adapters.kit.failures import GiveUp
from adapters.suppliers.avis import wire
from adapters.suppliers.avis.asking import BRAND, SLUG, getting, local
from adapters.suppliers.avis.places import rental_place
from adapters.suppliers.avis.prices import PAY_LATER, priced
from adapters.suppliers.avis.terms import PAYMENT, mileage, small_print
from domain.acriss import car_class
from domain.cars import Car, Rental, RentalConditions, RentalPlace
from domain.offers import Offer, RentalOffer, offer_id
from domain.places import Atlas
from domain.queries import CarQuery
from domain.searches import Outcome
from domain.times import at_airport

OPERATION: Final = "availability"
# How long a quote_id keeps its price is not told; a search is not believed for longer than this.
LIVE_FOR: Final = timedelta(minutes=20)

ON_REQUEST: Final = "OnRequest"
_RENTABLE: Final = frozenset({None, "Available", ON_REQUEST})

_AVAILABILITY: Final = msgspec.json.Decoder(wire.Availability)
_VEHICLE: Final = msgspec.json.Decoder(wire.Vehicle)


class Key(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """What names a car at a price: `timing` is pay_later or pay_now, each with a rate code of its own."""

    brand: str
    timing: str
    sipp: str
    vehicle_class: str | None
    rate_code: str
    quote_id: str | None

    @property
    def written(self) -> str:
        return msgspec.json.encode(self).decode()


def ask(query: CarQuery) -> Call:
    return getting(
        OPERATION,
        "/cars/catalog/v2/vehicles",
        {
            "brand": BRAND,
            "pickup_date": local(query.pick_up_at),
            "pickup_location": query.pick_up,
            "dropoff_date": local(query.drop_off_at),
            "dropoff_location": query.drop_off,
            "country_code": query.market,
            "age": str(query.driver_age),
            "requested_rate_currency": query.currency,
        },
    )


def read(reply: Reply, call: Call, _: CarQuery, atlas: Atlas) -> Readout[RentalOffer]:
    """Offers for what the call asked for: an answer repeats its counters, and not its times.

    Raises GiveUp for an answer about other counters.
    """
    told = decoded(reply, _AVAILABILITY)
    clerk = _Clerk(told, dict(call.params), atlas, reply.received_at)
    vehicles, skipped = each(told.vehicles, _VEHICLE, _with_a_price, "vehicles")
    offers: list[RentalOffer] = []
    for timing in PAYMENT:
        made, bad = each(vehicles, _VEHICLE, partial(clerk.offer, timing=timing), f"{timing} of vehicles")
        offers.extend(offer for offer in made if offer is not None)
        skipped = (*skipped, *bad)
    return Readout(records=tuple(offers), skipped=skipped)


def _with_a_price(told: wire.Vehicle) -> wire.Vehicle:
    if told.rate_totals.pay_later is None and told.rate_totals.pay_now is None:
        raise ValueError("has no price, neither to be paid later nor now")
    return told


class _Clerk:
    """Writes the offers of one answer."""

    def __init__(
        self,
        told: wire.Availability,
        asked: Mapping[str, str],
        atlas: Atlas,
        received_at: datetime,
    ) -> None:
        self._brand: Final = (told.product and told.product.brand) or BRAND
        self._received_at: Final = received_at
        self._pick_up: Final = _at(told.reservation.pickup_location, asked["pickup_location"])
        self._drop_off: Final = _at(told.reservation.dropoff_location, asked["dropoff_location"])
        self._pick_up_at: Final = _aware(asked["pickup_date"], self._pick_up.airport, atlas)
        self._drop_off_at: Final = _aware(asked["dropoff_date"], self._drop_off.airport, atlas)
        self._extra: Final = dict(_told_once(told.reservation))

    def offer(self, told: wire.Vehicle, *, timing: str) -> RentalOffer | None:
        """None for a car that is not rented out that way. Raises ValueError, with the reason, for one that can't be read."""
        totals: wire.Totals | None = getattr(told.rate_totals, timing)
        if totals is None:
            return None
        category, rate = told.category, told.rate_totals.rate
        if category.vehicle_status not in _RENTABLE:
            raise ValueError(f"is {category.vehicle_status}")
        price = priced(
            told.rate_totals,
            told.secondary_rate_totals,
            which=timing,
            on_site=timing == PAY_LATER,
        )
        code = totals.rate_code or (rate.rate_code if timing == PAY_LATER else None)
        if not code:
            raise ValueError("has no rate code to book it by")
        car = _car(category, told.capacity)
        key = Key(
            brand=self._brand,
            timing=timing,
            sipp=car.acriss,
            vehicle_class=category.vehicle_class_code,
            rate_code=code,
            quote_id=rate.quote_id,
        )
        return Offer(
            id=offer_id(SLUG, key.written),
            supplier=SLUG,
            reference=key.written,
            product=Rental(
                vendor=self._brand,
                car=car,
                pick_up=self._pick_up,
                drop_off=self._drop_off,
                pick_up_at=self._pick_up_at,
                drop_off_at=self._drop_off_at,
            ),
            price=price.total,
            price_components=price.components,
            conditions=RentalConditions(
                payment=PAYMENT[timing],
                mileage=mileage(told.distance, rate.currency),
                on_request=category.vehicle_status == ON_REQUEST,
            ),
            fetched_at=self._received_at,
            expires_at=self._received_at + LIVE_FOR,
            supplier_extra={**self._extra, **price.extra, **dict(_of_the_car(told)), "rate_code": code},
        )


def _at(told: wire.Counter | None, asked: str) -> RentalPlace:
    place = rental_place(told, asked)
    if place.code != asked:
        raise GiveUp(f"tells of cars at {place.code}, asked for {asked}", outcome=Outcome.ERROR)
    return place


def _aware(local_time: str, airport: str, atlas: Atlas) -> datetime:
    zone = atlas.zone(airport)
    if zone is None:
        raise GiveUp(f"nobody knows what the time is at {airport}", outcome=Outcome.ERROR)
    try:
        return at_airport(datetime.fromisoformat(local_time), zone)
    except ValueError as error:
        raise GiveUp(str(error), outcome=Outcome.ERROR) from error


def _car(category: wire.Category, capacity: wire.Capacity | None) -> Car:
    """Raises ValueError for a class that is not in the ACRISS matrix."""
    told = capacity or wire.Capacity()
    bags = told.luggage_capacity or wire.Luggage()
    example = " ".join(str(word) for word in (category.make, category.model) if word is not None)
    return Car(
        acriss=car_class(category.sipp_code or "").code,
        example=example or category.name,
        seats=_count(told.seats),
        doors=_count(told.doors),
        large_bags=_count(bags.large_suitcase),
        small_bags=_count(bags.small_suitcase),
        picture=category.image_url,
    )


def _count(told: wire.Words | None) -> int | None:
    """Numbers come as text; None for text that is none, such as `4/5`."""
    text = str(told).strip()
    return int(text) if text.isascii() and text.isdecimal() else None


def _told_once(told: wire.Counters) -> Iterator[tuple[str, str]]:
    """What holds for all cars of an answer."""
    yield from small_print(told.terms, told.disclaimers)
    for name, counter in (("pick_up_hours", told.pickup_location), ("drop_off_hours", told.dropoff_location)):
        if counter is not None and counter.location is not None and counter.location.hours:
            yield name, counter.location.hours


def _of_the_car(told: wire.Vehicle) -> Iterator[tuple[str, str]]:
    category, capacity, features = told.category, told.capacity, told.features
    named = {
        "group": category.vehicle_class_code,
        "group_name": category.vehicle_class_name,
        "shown_as": category.name,
        "fuel": capacity and capacity.fuel_type,
        "miles_per_gallon": capacity and capacity.mpg,
        "rate_type": told.rate_totals.rate.rate_type,
    }
    yield from ((name, str(text)) for name, text in named.items() if text)
    if features is not None and (has := [name for name in features.__struct_fields__ if getattr(features, name)]):
        yield "features", ",".join(has)
    if (experience := told.rental_experience) is not None:
        if experience.type:
            yield "experience", experience.type
        if experience.benefits:
            yield "experience_benefits", "; ".join(experience.benefits)
