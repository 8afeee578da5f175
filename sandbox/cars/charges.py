"""What is due beside the rate: surcharges and fees of the place, the route and the driver, and the tax on all of it."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from sandbox.cars.borders import SAME_TOWN_KM, kilometres
from sandbox.cars.countries import price_level
from sandbox.cars.places import DOWNTOWN
from sandbox.cars.quotes import Charge
from sandbox.cars.rental import Rental
from sandbox.chance import luck, pick

_YOUNG: Final = 25
_YOUNG_DAYS: Final = 10  # paid at most
_WITH_SURCHARGE: Final = 0.85  # share of the airports that want their part
_WITH_LICENCE_FEE: Final = 0.60  # share of the countries
_ONE_WAY_EUR, _ONE_WAY_EUR_PER_KM, _ABROAD_FACTOR = Decimal(35), Decimal("0.17"), Decimal("2.4")


def always_due(rental: Rental, base: Decimal) -> tuple[Charge, ...]:
    """For a rental whose rate comes to `base`; the tax stands last and covers everything before it."""
    before_tax = (
        *_airport_surcharge(rental, base),
        *_licence_fee(rental),
        *_one_way_fee(rental),
        *_young_driver(rental),
    )
    percent = rental.pick_up.tax_percent
    if percent == 0:
        return before_tax
    taxed = base + sum((charge.amount for charge in before_tax), Decimal(0))
    tax = Charge(
        kind="sales_tax",
        description="Value added or sales tax",
        amount=rental.rounded(taxed * percent / 100),
        percent=percent,
    )
    return (*before_tax, tax)


def _airport_surcharge(rental: Rental, base: Decimal) -> Iterator[Charge]:
    place = rental.pick_up
    if place.kind != DOWNTOWN and luck(rental.seed, "surcharge", place.area) < _WITH_SURCHARGE:
        percent = Decimal(6 + pick(12, rental.seed, "surcharge", rental.seller, place.id))
        yield Charge(
            kind="airport_surcharge",
            description="Location service charge",
            amount=rental.rounded(base * percent / 100),
            percent=percent,
        )


def _licence_fee(rental: Rental) -> Iterator[Charge]:
    country = rental.pick_up.country
    if luck(rental.seed, "licence", country) < _WITH_LICENCE_FEE:
        euros = Decimal(60 + pick(240, rental.seed, "licence", country, rental.seller)) / 100
        amount = rental.money(euros) * rental.days
        yield Charge(kind="vehicle_licence_fee", description="Vehicle licence fee", amount=amount)


def _one_way_fee(rental: Rental) -> Iterator[Charge]:
    """Within a town it does not matter where the car is left."""
    far = kilometres(rental.pick_up, rental.drop_off)
    if far > SAME_TOWN_KM:
        abroad = rental.pick_up.country != rental.drop_off.country
        euros = _ONE_WAY_EUR + _ONE_WAY_EUR_PER_KM * int(far) * (_ABROAD_FACTOR if abroad else 1)
        euros *= price_level(rental.pick_up.country) * (80 + pick(40, rental.seed, "one way", rental.seller)) / 100
        yield Charge(kind="one_way_fee", description="One-way drop fee", amount=rental.money(euros))


def _young_driver(rental: Rental) -> Iterator[Charge]:
    if rental.driver_age < _YOUNG:
        euros = Decimal(12 + pick(18, rental.seed, "young", rental.seller, rental.pick_up.country))
        amount = rental.money(euros) * min(rental.days, _YOUNG_DAYS)
        yield Charge(kind="young_driver_fee", description="Young driver fee", amount=amount)
