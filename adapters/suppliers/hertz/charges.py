"""What a rental costs: the estimated total, itemised as far as Hertz does, and what is told in another currency."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Final

import msgspec

from adapters.suppliers.hertz import wire
from adapters.suppliers.hertz.words import BEYOND, KINDS, NO_PART, PURPOSES
from domain.money import Money, total
from domain.offers import ComponentKind, PriceComponent, adding_up

_TAX: Final = "Tax"


class Price(msgspec.Struct, frozen=True, kw_only=True):
    """`components` are empty where what is itemised is more than the total."""

    total: Money
    components: tuple[PriceComponent, ...]
    extra: dict[str, str]


def estimated(totals: Iterable[wire.TotalCharge]) -> Money:
    """In the currency of the counter, in which it will be charged: a total that was converted is only a guess.

    Raises ValueError where there is none, or none above zero.
    """
    told = next((total for total in totals if not total.rate_convert_ind), None)
    if told is None or told.estimated_total_amount is None or told.currency_code is None:
        raise ValueError("has no EstimatedTotalAmount with a currency")
    price = Money.of(told.estimated_total_amount, told.currency_code)
    if price.amount <= 0:
        raise ValueError(f"costs {price}")
    return price


def price(
    estimate: Money,
    rentals: Iterable[wire.Charge],
    fees: Iterable[wire.Charge],
    required: Iterable[wire.Charge],
    *,
    on_site: bool,
) -> Price:
    """`rentals` and `fees` are in the estimate, unless they say otherwise: then they are due on top of it, at the counter.

    `required` are coverages and equipment that nobody can do without. `on_site`: all is paid at the counter.
    """
    bill = _Bill(estimate.currency, on_site=on_site)
    for charge in rentals:
        bill.add_for_purpose(charge, ComponentKind.RENTAL)
    for charge in fees:
        bill.add_for_purpose(charge, ComponentKind.FEE)
    for charge in required:
        bill.add(charge, ComponentKind.INSURANCE)
    whole = estimate + bill.beyond
    return Price(total=whole, components=_itemised(whole, tuple(bill.parts)), extra=bill.extra)


def _itemised(whole: Money, parts: tuple[PriceComponent, ...]) -> tuple[PriceComponent, ...]:
    """What Hertz leaves open is named. Parts that come to more than the whole are parts of something else."""
    if not parts:
        return ()
    completed = adding_up(whole, parts)
    last = completed[-1]
    if len(completed) == len(parts):
        return parts
    if last.kind is ComponentKind.DISCOUNT:
        return ()
    return (*parts, msgspec.structs.replace(last, on_site=parts[0].on_site))


class _Bill:
    """Takes down one charge after the other. `beyond` is what comes on top of the estimated total."""

    def __init__(self, currency: str, *, on_site: bool) -> None:
        self._currency: Final = currency
        self._on_site: Final = on_site
        self.parts: Final[list[PriceComponent]] = []
        self.beyond = Money.zero(currency)
        self.extra: Final[dict[str, str]] = {}

    def add_for_purpose(self, charge: wire.Charge, usually: ComponentKind) -> None:
        """Raises ValueError for one that might be due on top of the estimate, and does not say what for."""
        if charge.purpose not in PURPOSES and charge.included_in_est_total_ind is False:
            raise ValueError(f"a charge outside of the estimate for an unknown purpose ({charge.purpose})")
        self.add(charge, usually)

    def add(self, charge: wire.Charge, usually: ComponentKind) -> None:
        """Raises ValueError for one that has to be paid besides, in other money: no total can hold it."""
        purpose = charge.purpose or ""
        if charge.included_in_rate or charge.rate_convert_ind or not charge.amount or purpose == BEYOND:
            return
        if purpose in NO_PART:
            self._keep(NO_PART[purpose], charge)
        elif charge.currency_code not in (None, self._currency):
            if charge.included_in_est_total_ind is False:
                raise ValueError(
                    f"{charge.amount} {charge.currency_code} are due on top of a total in {self._currency}"
                )
            self._keep("charge", charge)
        else:
            self._take(charge, KINDS.get(purpose, usually))

    def _take(self, charge: wire.Charge, kind: ComponentKind) -> None:
        outside = charge.included_in_est_total_ind is False
        amount = charge.amount or Decimal()
        if kind is ComponentKind.DISCOUNT:
            amount = -abs(amount)  # whichever sign it is told with
        told = [(kind, amount, charge.description), *_taxes(charge, self._currency)]
        parts = [
            PriceComponent(
                kind=part, amount=Money.of(due, self._currency), label=label, on_site=outside or self._on_site
            )
            for part, due, label in told
            if due
        ]
        self.parts.extend(parts)
        if outside:
            self.beyond += total([part.amount for part in parts], self._currency)

    def _keep(self, name: str, charge: wire.Charge) -> None:
        words = (charge.description, str(charge.amount), charge.currency_code or self._currency)
        told = " ".join(filter(None, words))
        self.extra[name] = f"{self.extra[name]}; {told}" if name in self.extra else told


def _taxes(charge: wire.Charge, currency: str) -> Iterator[tuple[ComponentKind, Decimal, str | None]]:
    """Those that the amount of the charge does not hold yet."""
    if charge.tax_inclusive or charge.tax_amounts is None:
        return
    for tax in charge.tax_amounts.tax_amount:
        if tax.currency_code in (None, currency):
            label = tax.description or _TAX
            yield ComponentKind.TAX, tax.total, f"{label} {tax.percentage}%" if tax.percentage else label
