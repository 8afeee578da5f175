"""Rental cars: which class of car, from which counter to which, with what in the price."""

from datetime import datetime
from enum import StrEnum

import msgspec

from domain.cancellation import Ladder
from domain.hotels import Address
from domain.money import Money
from domain.payment import PaymentTime
from domain.places import Point
from domain.times import elapsed


class RentalPlace(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A counter. `code` is the supplier's own, `airport` the IATA code that was asked for."""

    airport: str
    code: str
    name: str | None = None
    at_airport: bool | None = None
    address: Address = Address()
    location: Point | None = None
    phone: str | None = None


class Car(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A class of cars by its ACRISS code (`domain.acriss` reads it) and an example, "or similar".

    Seats, doors and bags are what the supplier says; None where it says nothing.
    """

    acriss: str
    example: str | None = None
    seats: int | None = None
    doors: int | None = None
    large_bags: int | None = None
    small_bags: int | None = None
    picture: str | None = None


class Rental(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag="rental", tag_field="kind"):
    """One car from counter to counter; both times are aware, on each counter's own clock.

    `vendor` is the brand at the counter, which is not always who sells it.
    """

    vendor: str
    car: Car
    pick_up: RentalPlace
    drop_off: RentalPlace
    pick_up_at: datetime
    drop_off_at: datetime

    def __post_init__(self) -> None:
        if self.pick_up_at.tzinfo is None or self.drop_off_at.tzinfo is None:
            raise ValueError("a rental has a time without an offset")
        if elapsed(self.pick_up_at, self.drop_off_at).total_seconds() <= 0:
            raise ValueError("a rental ends before it begins")


class Per(StrEnum):
    """What a price counts by."""

    DAY = "day"
    RENTAL = "rental"


class Distance(StrEnum):
    KM = "km"
    MILE = "mile"


class Mileage(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Unlimited, or so much `included` per day or rental, each unit beyond at `beyond`."""

    unlimited: bool
    included: int | None = None
    unit: Distance | None = None
    per: Per | None = None
    beyond: Money | None = None


class Coverage(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One insurance. `included`: in the price already; else `price` per `per`. `excess` is what the renter bears."""

    code: str
    name: str
    included: bool
    price: Money | None = None
    per: Per | None = None
    excess: Money | None = None


class Extra(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Something to add: a child seat, a navigation system, another driver."""

    code: str
    name: str
    price: Money | None = None
    per: Per | None = None
    at_most: int | None = None


class RentalConditions(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag="rental", tag_field="kind"):
    """None means that the supplier does not say. `extras` and `coverages` empty: ask for a quote."""

    payment: tuple[PaymentTime, ...] = ()
    mileage: Mileage | None = None
    coverages: tuple[Coverage, ...] = ()
    extras: tuple[Extra, ...] = ()
    refundable: bool | None = None
    cancellation: Ladder | None = None
    fuel_policy: str | None = None
    deposit: Money | None = None
    minimum_age: int | None = None
    on_request: bool = False
