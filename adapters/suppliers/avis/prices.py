"""What a rental costs, in the currency of the counter: that is the one that is charged, whatever was asked for."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Final

import msgspec

from adapters.suppliers.avis import wire
from domain.money import Money, total
from domain.offers import ComponentKind, PriceComponent, adding_up

PAY_LATER: Final = "pay_later"
PAY_NOW: Final = "pay_now"
TOTALS: Final = "totals"  # where a quote and a reservation have theirs


class Price(msgspec.Struct, frozen=True, kw_only=True):
    """`extra` is what has no place in an offer, such as their own conversion of the total."""

    total: Money
    components: tuple[PriceComponent, ...]
    extra: dict[str, str]


def priced(primary: wire.RateTotals, secondary: wire.RateTotals | None, *, which: str, on_site: bool) -> Price:
    """`which` of the totals. Raises ValueError for a price that is told in no currency, or not above zero."""
    currency, told = primary.rate.currency, _totals(primary, which)
    if told is None or currency is None:
        raise ValueError(f"has no {which} in a currency")
    whole = Money.of(told.reservation_total, currency)
    if whole.amount <= 0:
        raise ValueError(f"costs {whole}")
    return Price(
        total=whole,
        components=adding_up(whole, tuple(_components(told, primary.rate.taxes_fees, currency, on_site=on_site))),
        extra={**dict(_extra(told, primary.rate, whole)), **dict(_worth(secondary, which))},
    )


def _totals(rates: wire.RateTotals, which: str) -> wire.Totals | None:
    told: wire.Totals | None = getattr(rates, which)
    return told


def _worth(secondary: wire.RateTotals | None, which: str) -> Iterator[tuple[str, str]]:
    """What they make of the total in the currency that was asked for: to look at, and nobody's price."""
    told = None if secondary is None else _totals(secondary, which)
    if secondary is not None and secondary.rate.currency is not None and told is not None:
        yield f"about_{secondary.rate.currency}", str(told.reservation_total)


def _components(
    told: wire.Totals, itemised: wire.TaxesFees | None, currency: str, *, on_site: bool
) -> Iterator[PriceComponent]:
    """What is nothing is left out."""
    for kind, amount, label in (
        (ComponentKind.RENTAL, told.vehicle_total, None),
        *_taxes_and_fees(told.taxes_fees_total, itemised or wire.TaxesFees(), currency),
        (ComponentKind.INSURANCE, told.insurance_total, None),
        (ComponentKind.EXTRA, told.extras_total, None),
    ):
        if amount:
            yield PriceComponent(kind=kind, amount=Money.of(amount, currency), label=label, on_site=on_site)


def _taxes_and_fees(
    whole: Decimal | None, itemised: wire.TaxesFees, currency: str
) -> Iterable[tuple[ComponentKind, Decimal | None, str | None]]:
    """Line by line where the lines come to their total; what only may apply is none of it."""
    lines = [
        *((ComponentKind.TAX, tax.amount, tax.type) for tax in itemised.taxes if tax.included_in_total is not False),
        *((ComponentKind.FEE, fee.amount, fee.name) for fee in itemised.fees if fee.included_in_total is not False),
    ]
    amounts = [Money.of(amount, currency) for _, amount, _ in lines if amount is not None]
    if whole is not None and lines and total(amounts, currency) == Money.of(whole, currency):
        return lines
    return ((ComponentKind.TAX, whole, "Taxes and fees"),)


def _extra(told: wire.Totals, rate: wire.Rate, whole: Money) -> Iterator[tuple[str, str]]:
    for name, amount in (
        ("price_before_discount", told.original_reservation_total),
        ("discount", told.discount_total),
        ("coupon_discount", rate.coupon_discount_amount),
    ):
        if amount:
            yield name, str(Money.of(amount, whole.currency))
    if rate.under_age_fee_applied:
        yield "young_driver_fee", "included"
    if rate.discount is not None and rate.discount.code:
        yield "discount_code", rate.discount.code
    if rate.taxes_fees is not None and (may := "; ".join(_only_told(rate.taxes_fees, whole.currency))):
        yield "may_apply", may


def _only_told(itemised: wire.TaxesFees, currency: str) -> Iterator[str]:
    """Taxes and fees that are in no total."""
    lines = [(tax.type, tax.amount, tax.included_in_total) for tax in itemised.taxes]
    lines += [(fee.name, fee.amount, fee.included_in_total) for fee in itemised.fees]
    for name, amount, included in lines:
        if included is False and amount:
            yield f"{name or 'a charge'} {Money.of(amount, currency)}"
