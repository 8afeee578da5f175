"""What a class costs now, to be paid at the counter or at once: a rate by day and week, all charges, and the way out."""

from datetime import datetime
from decimal import Decimal
from typing import Final

from sandbox.cars.charges import always_due
from sandbox.cars.countries import price_level
from sandbox.cars.quotes import Cancellation, Price, RateLine
from sandbox.cars.rental import Rental
from sandbox.cars.vehicles import VehicleClass
from sandbox.chance import luck, pick

_DAYS_PAID_A_WEEK: Final = Decimal("5.4")  # for seven
_CHEAPER_AS_A_WEEK: Final = 6  # days
# at least so many days ahead -> factor
_AHEAD: Final = (
    (60, Decimal("0.86")),
    (21, Decimal("0.95")),
    (7, Decimal("1.06")),
    (2, Decimal("1.22")),
    (0, Decimal("1.40")),
)
_MONTH: Final = (
    *map(Decimal, ("0.82", "0.86", "0.92", "1.00", "1.02", "1.16")),
    *map(Decimal, ("1.38", "1.42", "1.06", "0.96", "0.84", "1.08")),
)
_STEP_SECONDS: Final = 600
_TIDE_STEPS: Final = 36
_TIDE_PERCENT: Final = 5
_WITH_PAY_NOW: Final = 0.85  # share of the classes that a seller lets be paid at once
_FREE_UNTIL_HOURS: Final = (0, 0, 24, 48)
_LATE_EUR: Final = Decimal(45)
_NO_SHOW_EUR: Final = Decimal(95)


def euros_a_day(rental: Rental, vehicle: VehicleClass, now: datetime) -> Decimal:
    """Without any charge, as the market is at this moment."""
    words = (rental.seller, rental.pick_up.id, vehicle.acriss)
    price = vehicle.euros * price_level(rental.pick_up.country) * _MONTH[rental.pick_up_at.month - 1]
    price *= next(factor for at_least, factor in _AHEAD if (rental.starts - now).days >= at_least)
    price *= Decimal(92 + pick(17, rental.seed, "seller", rental.seller, rental.pick_up.country)) / 100
    price *= Decimal(94 + pick(13, rental.seed, "class", *words)) / 100
    return price * _tide(rental.seed, words, now)


def _tide(seed: int, words: tuple[str, ...], now: datetime) -> Decimal:
    """A factor that wanders a few per cent up and down, in small steps every ten minutes, each class for itself."""
    step = int(now.timestamp()) // _STEP_SECONDS + pick(_TIDE_STEPS, seed, "phase", *words)
    tide, into = divmod(step, _TIDE_STEPS)
    one, other = (
        pick(2 * _TIDE_PERCENT + 1, seed, "tide", *words, number) - _TIDE_PERCENT for number in (tide, tide + 1)
    )
    return Decimal(100 + (one * (_TIDE_STEPS - into) + other * into) // _TIDE_STEPS) / 100


def pay_later(rental: Rental, euros: Decimal) -> Price:
    """At the counter. Free to cancel until some hours before, or until the car should have been fetched."""
    hours = _FREE_UNTIL_HOURS[
        pick(len(_FREE_UNTIL_HOURS), rental.seed, "free until", rental.seller, rental.pick_up.country)
    ]
    late = _LATE_EUR if hours else Decimal(0)
    return _price(rental, "pay_later", euros, free_until=hours, late=late)


def pay_now(rental: Rental, vehicle: VehicleClass, euros: Decimal) -> Price | None:
    """Cheaper, and never free to cancel."""
    words = (rental.seller, rental.pick_up.country, vehicle.acriss)
    if luck(rental.seed, "pay now", *words) >= _WITH_PAY_NOW:
        return None
    less = Decimal(84 + pick(10, rental.seed, "pay now", rental.seller, rental.pick_up.country)) / 100
    return _price(rental, "pay_now", euros * less, free_until=None, late=_LATE_EUR)


def _price(rental: Rental, timing: str, euros: Decimal, *, free_until: int | None, late: Decimal) -> Price:
    rate = _lines(rental, euros)
    base = sum((line.amount * line.quantity for line in rate), Decimal(0))
    charges = always_due(rental, base)
    total = base + sum((charge.amount for charge in charges), Decimal(0))
    return Price(
        timing=timing,
        rate_code=_rate_code(rental, timing),
        rate=rate,
        base=base,
        charges=charges,
        total=total,
        cancellation=Cancellation(
            free_until_hours_before=free_until,
            late_fee=min(total, rental.money(late)),
            no_show_fee=min(total, rental.money(_NO_SHOW_EUR)),
        ),
    )


def _lines(rental: Rental, euros: Decimal) -> tuple[RateLine, ...]:
    weeks, days = divmod(rental.days, 7)
    if days >= _CHEAPER_AS_A_WEEK:
        weeks, days = weeks + 1, 0
    lines = (
        RateLine(unit="week", amount=rental.money(euros * _DAYS_PAID_A_WEEK), quantity=weeks),
        RateLine(unit="day", amount=rental.money(euros), quantity=days),
    )
    return tuple(line for line in lines if line.quantity)


def _rate_code(rental: Rental, timing: str) -> str:
    """A digit and a letter, one code for short rentals and another from a week up."""
    words = (rental.seller, timing, rental.pick_up.country, rental.days >= _CHEAPER_AS_A_WEEK)
    digit = 2 * pick(5, rental.seed, "rate digit", *words) + (timing == "pay_now")
    return f"{digit}{'ABCDEFGHKLMNPQRSTUVWXY'[pick(22, rental.seed, 'rate letter', *words)]}"
