"""What a rental costs: in the counter's own currency, or in the one that was asked for, where they converted it."""

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
    """`charged` is the same in the currency of the counter, None where they don't tell; `extra` what has no place."""

    total: Money
    components: tuple[PriceComponent, ...]
    charged: Money | None
    extra: dict[str, str]


def priced(
    primary: wire.RateTotals, secondary: wire.RateTotals | None, currency: str, *, which: str, on_site: bool
) -> Price:
    """`which` of the totals. Raises ValueError for a price that is not told in the currency, or not above zero."""
    rates = _in(currency, primary, secondary)
    told: wire.Totals | None = getattr(rates, which)
    if told is None:
        raise ValueError(f"has no {which} in {currency}")
    whole = Money.of(told.reservation_total, currency)
    if whole.amount <= 0:
        raise ValueError(f"costs {whole}")
    charged = _charge(primary, which)
    return Price(
        total=whole,
        components=adding_up(whole, tuple(_components(told, rates.rate.taxes_fees, currency, on_site=on_site))),
        charged=charged,
        extra=dict(_extra(told, rates.rate, whole, charged)),
    )


def _charge(primary: wire.RateTotals, which: str) -> Money | None:
    """What will be paid, in the currency of the counter."""
    told: wire.Totals | None = getattr(primary, which)
    if told is None or primary.rate.currency is None:
        return None
    return Money.of(told.reservation_total, primary.rate.currency)


def _in(currency: str, primary: wire.RateTotals, secondary: wire.RateTotals | None) -> wire.RateTotals:
    for rates in (primary, secondary):
        if rates is not None and rates.rate.currency == currency:
            return rates
    raise ValueError(f"priced in {primary.rate.currency}, asked for {currency}")


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


def _extra(told: wire.Totals, rate: wire.Rate, whole: Money, charged: Money | None) -> Iterator[tuple[str, str]]:
    if charged is not None and charged.currency != whole.currency:
        yield "charged_in_local_currency", str(charged)
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
