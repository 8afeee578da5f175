"""Prices across currencies: what a day's rates are, whether they are to be believed, what an amount is worth elsewhere."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Final

import msgspec

from domain.money import EXPONENTS, Money, smallest_unit
from domain.offers import Conversion
from domain.pegs import PEGS

BASE: Final = "EUR"

_NOT_CHANGED: Final = Decimal(1)
_MOST_CHANGE: Final = Decimal("0.25")  # of a rate from one day to the next
# Against older rates nothing is compared: they may have come to differ as much, and would stand in the way for ever.
_COMPARED_WITHIN: Final = timedelta(days=7)

# So many digits of a rate are enough for amounts of a hundred billion smallest units to come out right to the last one.
_RATES: Final = Context(prec=12, rounding=ROUND_HALF_EVEN)
_AMOUNTS: Final = Context(prec=60, rounding=ROUND_HALF_EVEN)


class NoRate(LookupError):
    """Nobody tells what this currency is worth."""


class AbsurdRates(ValueError):
    """Rates that can't be right; the sentence says why."""


class DailyRates(msgspec.Struct, frozen=True, kw_only=True):
    """What one euro bought on `day`: units of each other currency, by ISO 4217 code."""

    day: date
    per_euro: Mapping[str, Decimal]


def rate(rates: DailyRates, *, of: str, to: str) -> Decimal:
    """Units of `to` for one of `of`, by way of the euro, to twelve digits; what is not told may be pegged. Raises NoRate."""
    if of == to:
        return _NOT_CHANGED
    bought, given = _per_euro(rates, to), _per_euro(rates, of)
    return bought if given == 1 else _RATES.divide(bought, given)


def exchange(price: Money, rates: DailyRates, to: str) -> Conversion:
    """The amount is the price times the rate that is told, rounded half to even. Raises NoRate."""
    told = rate(rates, of=price.currency, to=to)
    amount = _AMOUNTS.quantize(_AMOUNTS.multiply(price.amount, told), smallest_unit(to))
    return Conversion(amount=Money(amount=amount, currency=to), rate=told, rate_on=rates.day)


def _per_euro(rates: DailyRates, currency: str) -> Decimal:
    if currency == BASE:
        return _NOT_CHANGED
    if (told := rates.per_euro.get(currency)) is not None:
        return told
    peg = PEGS.get(currency)
    if peg is None or not (peg.anchor == BASE or peg.anchor in rates.per_euro):
        raise NoRate(f"there is no rate of {currency}")
    return _per_euro(rates, peg.anchor) * peg.units


def check(told: DailyRates, *, before: DailyRates | None, today: date) -> None:
    """Raises AbsurdRates for what no day's rates can be; `before` are those that were held until now."""
    if told.day > today:
        raise AbsurdRates(f"they are of {told.day}, and today is {today}")
    if (base := told.per_euro.get(BASE, _NOT_CHANGED)) != 1:
        raise AbsurdRates(f"a euro is told as {base:f}: they are in another money than euros")
    if not told.per_euro.keys() - {BASE}:
        raise AbsurdRates("there is none")
    for currency, units in told.per_euro.items():
        if currency not in EXPONENTS:
            raise AbsurdRates(f"{currency!r} is not an ISO 4217 currency")
        if not (units.is_finite() and units > 0):
            raise AbsurdRates(f"a euro buys {units} {currency}")
    if before is not None and told.day - before.day <= _COMPARED_WITHIN:
        _compare(told, before)


def _compare(told: DailyRates, before: DailyRates) -> None:
    common = told.per_euro.keys() & before.per_euro.keys()
    if 2 * len(common) < len(before.per_euro):
        raise AbsurdRates(f"only {len(common)} of {len(before.per_euro)} currencies of {before.day} are left")
    for currency in sorted(common):
        now, then = told.per_euro[currency], before.per_euro[currency]
        if abs(now - then) > then * _MOST_CHANGE:
            raise AbsurdRates(f"a euro buys {now:f} {currency}, and on {before.day} it bought {then:f}")
