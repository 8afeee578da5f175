"""The shapes of what is answered about rental cars."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from api.answers import (
    Address,
    Cancellation,
    Iata,
    LocalTime,
    Location,
    Money,
    Offer,
    PriceRange,
    ResultCount,
    SearchAnswer,
)
from domain.acriss import Transmission
from domain.cars import Distance, Per
from domain.payment import PaymentTime


class Counter(msgspec.Struct, frozen=True, kw_only=True):
    """Where a car is handed out or given back. `code` is the supplier's own, `airport` the one that was asked for."""

    airport: Iata
    code: str
    name: str | None
    at_airport: bool | None
    address: Address
    location: Location | None
    phone: str | None


class Car(msgspec.Struct, frozen=True, kw_only=True):
    """A class of cars: what its ACRISS code says, null for a code that is in no matrix, and what the supplier says.

    `example` is that one "or similar". `drive` and `fuel` are null where the code leaves them open.
    """

    acriss: Annotated[str, Meta(examples=["ECMR"])]
    category: str | None
    type: str | None
    transmission: Transmission | None
    drive: str | None
    fuel: str | None
    air_conditioning: bool | None
    example: str | None
    seats: int | None
    doors: int | None
    large_bags: int | None
    small_bags: int | None
    picture: str | None


class Rental(msgspec.Struct, frozen=True, kw_only=True):
    """One car from counter to counter. `vendor` is the brand at the counter, which is not always who sells it."""

    vendor: str
    car: Car
    pick_up: Counter
    drop_off: Counter
    pick_up_at: LocalTime
    drop_off_at: LocalTime


class Mileage(msgspec.Struct, frozen=True, kw_only=True):
    """Unlimited, or so much `included` per day or rental, each unit beyond at `beyond`."""

    unlimited: bool
    included: int | None
    unit: Distance | None
    per: Per | None
    beyond: Money | None


class Coverage(msgspec.Struct, frozen=True, kw_only=True):
    """One insurance: in the price already, or to be had for `price`. `excess` is what the renter bears."""

    code: str
    name: str
    included: bool
    price: Money | None
    per: Per | None
    excess: Money | None


class Extra(msgspec.Struct, frozen=True, kw_only=True):
    """Something to add: a child seat, a navigation system, another driver; `at_most` so many of it."""

    code: str
    name: str
    price: Money | None
    per: Per | None
    at_most: int | None


class RentalConditions(msgspec.Struct, frozen=True, kw_only=True):
    """Null means that the supplier does not say. No coverages and no extras: only a quote tells of them.

    `payment` is when one may pay: `now` or `later` to whoever sells it, or `on_site`. What is `on_request` is confirmed
    later, or not.
    """

    payment: tuple[PaymentTime, ...]
    mileage: Mileage | None
    coverages: tuple[Coverage, ...]
    extras: tuple[Extra, ...]
    refundable: bool | None
    cancellation: Cancellation | None
    fuel_policy: str | None
    deposit: Money | None
    minimum_age: int | None
    on_request: bool


class SoldRental(msgspec.Struct, frozen=True, kw_only=True):
    """The rental as this supplier knows it: its example of the class, and its counters."""

    example: str | None
    pick_up: Counter
    drop_off: Counter


class RentalOffer(Offer[RentalConditions], frozen=True, kw_only=True):
    """What one supplier would sell. `price` is that of the whole rental, mandatory fees included."""

    sold_as: SoldRental


class RentalOfferDetails(RentalOffer, frozen=True, kw_only=True):
    """An offer with the rental that it is for."""

    vertical: Literal["cars"] = "cars"
    product: Rental


class RentalResult(msgspec.Struct, frozen=True, kw_only=True):
    """One class of car of one brand, once, with everybody's offers for it, cheapest first."""

    id: str
    product: Rental
    offers: tuple[RentalOffer, ...]


class CategoryFacet(msgspec.Struct, frozen=True, kw_only=True):
    category: str
    results: int
    cheapest: Money


class TransmissionFacet(msgspec.Struct, frozen=True, kw_only=True):
    transmission: Transmission
    results: int
    cheapest: Money


class VendorFacet(msgspec.Struct, frozen=True, kw_only=True):
    vendor: str
    results: int
    cheapest: Money


class RentalFacets(msgspec.Struct, frozen=True, kw_only=True):
    """What the filters could be set to, counted over everything that was found, whatever is filtered now."""

    categories: tuple[CategoryFacet, ...]
    transmission: tuple[TransmissionFacet, ...]
    vendors: tuple[VendorFacet, ...]
    price: PriceRange | None
    unlimited_mileage: ResultCount
    air_conditioning: ResultCount


class CarSearchAnswer(SearchAnswer[RentalResult, RentalFacets], frozen=True, kw_only=True):
    """A search for cars: how it stands, what was found, what could be filtered, and where the next page is."""
