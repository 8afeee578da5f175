"""On what terms a car is rented: kilometres, insurances, extras and what is told in sentences."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from adapters.suppliers.avis import wire
from adapters.suppliers.avis.prices import PAY_LATER, PAY_NOW
from domain.cars import Coverage, Distance, Extra, Mileage, Per
from domain.money import Money
from domain.payment import PaymentTime

PAYMENT: Final[Mapping[str, tuple[PaymentTime, ...]]] = MappingProxyType(
    {PAY_LATER: (PaymentTime.ON_SITE,), PAY_NOW: (PaymentTime.NOW,)}
)
_UNITS: Final = MappingProxyType(
    {
        "mile": Distance.MILE,
        "miles": Distance.MILE,
        "mi": Distance.MILE,
        "kilometer": Distance.KM,
        "kilometers": Distance.KM,
        "kilometre": Distance.KM,
        "kilometres": Distance.KM,
        "km": Distance.KM,
    }
)
_NO_SHOW: Final = "NSF"  # stands among the extras, and is what it costs not to come


def mileage(told: wire.Distance | None, currency: str | None) -> Mileage | None:
    """None where they say nothing of it. `currency` is the counter's."""
    if told is None or told.unlimited_distance is None:
        return None
    if told.unlimited_distance:
        return Mileage(unlimited=True)
    return Mileage(
        unlimited=False,
        included=None if told.distance_covered is None else int(told.distance_covered),
        unit=_UNITS.get((told.distance_unit or "").lower()),
        per=Per.RENTAL,
        beyond=_money(told.distance_overage, currency),
    )


def coverages(told: Iterable[wire.Insurance], currency: str | None) -> tuple[Coverage, ...]:
    """Names have mistakes in them, codes have none. What is selected though we chose nothing comes with the rate."""
    return tuple(_coverage(each, each.currency or currency) for each in told)


def _coverage(told: wire.Insurance, currency: str | None) -> Coverage:
    included = bool(told.included_in_rate or told.selected)
    return Coverage(
        code=told.code,
        name=told.name or told.code,
        included=included,
        price=None if included else _money(told.amount, currency),
        per=None if included else Per.DAY,
        excess=_money(told.excess_amount, currency),
    )


def extras(told: Iterable[wire.Extra], currency: str | None) -> tuple[Extra, ...]:
    """The price list. They don't say what an amount counts by."""
    return tuple(
        Extra(
            code=each.code,
            name=each.description or each.code,
            price=_money(each.amount, each.currency or currency),
            at_most=None if each.max_allowed_quantity is None else int(each.max_allowed_quantity),
        )
        for each in told
        if each.code != _NO_SHOW and not _comes_along(each)
    )


def included_extras(told: Iterable[wire.Extra]) -> str:
    """What comes with the rate though nobody chose it."""
    return "; ".join(each.description or each.code for each in told if _comes_along(each))


def _comes_along(told: wire.Extra) -> bool:
    return bool(told.included_in_rate or told.quantity)


def no_show_fee(told: Iterable[wire.Extra], currency: str | None) -> Money | None:
    fees = (_money(each.amount, each.currency or currency) for each in told if each.code == _NO_SHOW)
    return next(fees, None)


def fuel_policy(told: Iterable[wire.Disclaimer]) -> str | None:
    """The sentence about the tank, as it stands."""
    sentences = (each.description for each in told if each.description)
    return next((sentence for sentence in sentences if "FUEL" in sentence.upper()), None)


def small_print(terms: Iterable[wire.Term], disclaimers: Iterable[wire.Disclaimer]) -> Iterator[tuple[str, str]]:
    """Where the terms can be read, cancellation among them, and every disclaimer."""
    for term in terms:
        if term.endpoint:
            yield f"terms_{term.type or 'rental'}", term.endpoint
    sentences = (
        ": ".join(part for part in (each.type, each.description) if part) for each in disclaimers if each.description
    )
    if said := "; ".join(dict.fromkeys(sentences)):
        yield "disclaimers", said


def _money(amount: Decimal | None, currency: str | None) -> Money | None:
    return None if amount is None or currency is None else Money.of(amount, currency)
