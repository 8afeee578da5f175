"""Taxes and fees: what each is called, and who is paid for it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Final, Protocol

from adapters.suppliers.booking_com.wire import Product
from adapters.suppliers.booking_com.wire_orders import Amounts, OrderCharge, PreviewedProduct
from domain.money import Money
from domain.offers import ComponentKind, PriceComponent

NO_NAMES: Final[Mapping[int, str]] = {}
_TAXES: Final = ("tax", "vat", "levy", "gst")
_MODES: Final = {
    "per_night": "per night",
    "per_person_per_night": "per person and night",
    "per_person_per_stay": "per person",
    "per_stay": "per stay",
    "incalculable": "amount not known beforehand",
}

# Which of the two amounts is in the currency that was asked for.
InCurrency = Callable[[Amounts], Money]
# What the property asks for at its desk, None where that is the same money.
AtTheDesk = Callable[[Amounts], Money | None]


class Described(Protocol):
    """What charges of a search and of a preview have in common."""

    @property
    def charge(self) -> int: ...
    @property
    def mode(self) -> str | None: ...
    @property
    def percentage(self) -> Decimal | None: ...
    @property
    def condition(self) -> int | None: ...


def parts(product: Product, currency: str, *, all_on_site: bool) -> Iterator[PriceComponent]:
    """Of a product in a search. What is not in its display price is paid at the property."""
    price = product.price
    if price is None:
        return
    if price.base is not None:
        yield _room(Money.of(price.base, currency), on_site=all_on_site)
    if price.extra_charges is None:
        return
    sorts = ((price.extra_charges.included, all_on_site), (price.extra_charges.excluded, True))
    for charges, on_site in sorts:
        for told in charges:
            if told.total_amount:
                yield _charge(told, Money.of(told.total_amount, currency), NO_NAMES, on_site=on_site)


def previewed_parts(
    product: PreviewedProduct, names: Mapping[int, str], money: InCurrency, desk: AtTheDesk, *, all_on_site: bool
) -> Iterator[PriceComponent]:
    """Of a product in a preview. What can't be charged online is paid at the property, in the property's own money."""
    price = product.price
    if price is None:
        return
    if price.base is not None:
        yield _room(money(price.base), on_site=all_on_site, due=desk(price.base) if all_on_site else None)
    for told in (price.extra_charges and price.extra_charges.non_conditional) or ():
        if told.total_amount is not None and (amount := money(told.total_amount)).amount:
            on_site = all_on_site or told.chargeable_online is False
            yield _charge(told, amount, names, on_site=on_site, due=desk(told.total_amount) if on_site else None)


def not_in_the_price(product: Product) -> Iterator[str]:
    """What may come on top: under a condition, or because nobody can calculate it beforehand."""
    charges = product.price.extra_charges if product.price else None
    if charges:
        yield from (_on_top(told, told.total_amount) for told in charges.conditional)
        yield from (_on_top(told, None) for told in (*charges.included, *charges.excluded) if told.total_amount is None)


def not_in_the_previewed_price(product: PreviewedProduct, names: Mapping[int, str], money: InCurrency) -> Iterator[str]:
    charges = product.price.extra_charges if product.price else None
    conditional: Iterable[OrderCharge] = (charges and charges.conditional) or ()
    for told in conditional:
        yield _on_top(told, money(told.total_amount).amount if told.total_amount else None, names)
    for told in (charges and charges.non_conditional) or ():
        if told.total_amount is None:
            yield _on_top(told, None, names)


def _room(amount: Money, *, on_site: bool, due: Money | None = None) -> PriceComponent:
    return PriceComponent(kind=ComponentKind.ROOM, amount=amount, on_site=on_site, due=due)


def _charge(
    told: Described, amount: Money, names: Mapping[int, str], *, on_site: bool, due: Money | None = None
) -> PriceComponent:
    label = _label(told, names)
    kind = ComponentKind.TAX if any(word in label.lower() for word in _TAXES) else ComponentKind.FEE
    return PriceComponent(kind=kind, amount=amount, label=label, on_site=on_site, due=due)


def _label(told: Described, names: Mapping[int, str]) -> str:
    """Such as `City tax (3 %)`; a search tells numbers alone."""
    name = names.get(told.charge) or f"Charge {told.charge}"
    how = f"{told.percentage.normalize():f} %" if told.percentage else _MODES.get(told.mode or "")
    return f"{name} ({how})" if how else name


def _on_top(told: Described, amount: Decimal | None, names: Mapping[int, str] = NO_NAMES) -> str:
    condition = f" under condition {told.condition}" if told.condition is not None else ""
    return f"{_label(told, names)}: {'?' if amount is None else amount}{condition}"
