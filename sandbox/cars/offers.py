"""Everything that a seller has left for a rental, with its price and terms."""

from datetime import datetime
from decimal import Decimal
from typing import Final

from sandbox.cars.fleet import Fleet
from sandbox.cars.options import coverages, deposit, extras, fuel_policy, mileage
from sandbox.cars.quotes import CarQuote
from sandbox.cars.rates import euros_a_day, pay_later, pay_now
from sandbox.cars.rental import Rental, refusal
from sandbox.cars.vehicles import VEHICLES, VehicleClass
from sandbox.chance import pick

_SCARCE: Final = Decimal("1.22")  # the last fifth of a yard is dearer


def quotes(rental: Rental, *, now: datetime, fleet: Fleet) -> tuple[CarQuote, ...]:
    """Cheapest at the counter first."""
    if refusal(rental, now):
        return ()
    old_enough = (vehicle for vehicle in VEHICLES.values() if rental.driver_age >= vehicle.minimum_age)
    found = (_quote(rental, vehicle, now, fleet) for vehicle in old_enough)
    return tuple(sorted((quote for quote in found if quote), key=lambda quote: (quote.pay_later.total, quote.acriss)))


def _quote(rental: Rental, vehicle: VehicleClass, now: datetime, fleet: Fleet) -> CarQuote | None:
    left = fleet.left(
        seller=rental.seller,
        place=rental.pick_up,
        vehicle=vehicle,
        pick_up_at=rental.pick_up_at,
        drop_off_at=rental.drop_off_at,
        now=now,
    )
    if left == 0:
        return None
    scarce = left * 5 <= fleet.size(rental.seller, rental.pick_up, vehicle)
    euros = euros_a_day(rental, vehicle, now) * (_SCARCE if scarce else 1)
    return CarQuote(
        seller=rental.seller,
        pick_up=rental.pick_up.id,
        drop_off=rental.drop_off.id,
        pick_up_at=rental.pick_up_at,
        drop_off_at=rental.drop_off_at,
        days=rental.days,
        acriss=vehicle.acriss,
        model=_example(rental, vehicle),
        doors=vehicle.doors,
        seats=vehicle.seats,
        large_bags=vehicle.large_bags,
        small_bags=vehicle.small_bags,
        mpg=vehicle.mpg,
        fuel=vehicle.fuel,
        transmission=vehicle.transmission,
        air_conditioning=vehicle.air_conditioning,
        currency=rental.pick_up.currency,
        tax_percent=rental.pick_up.tax_percent,
        pay_later=pay_later(rental, euros),
        pay_now=pay_now(rental, vehicle, euros),
        mileage=mileage(rental, vehicle),
        coverages=coverages(rental, vehicle),
        extras=extras(rental),
        deposit=deposit(rental, vehicle),
        fuel_policy=fuel_policy(rental),
        minimum_age=vehicle.minimum_age,
        cars_left=left,
    )


def _example(rental: Rental, vehicle: VehicleClass) -> str:
    """Two sellers show different cars of one class."""
    which = pick(len(vehicle.models), rental.seed, "model", rental.seller, rental.pick_up.country, vehicle.acriss)
    return vehicle.models[which]
