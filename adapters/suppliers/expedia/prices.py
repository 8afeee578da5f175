"""What a stay costs: Rapid's totals of each room, its lines and the fees at the desk, as one price that adds up."""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from itertools import chain
from types import MappingProxyType
from typing import Final

import msgspec

from adapters.suppliers.expedia import wire
from domain.money import Money, smallest_unit, total
from domain.offers import ComponentKind, PriceComponent, adding_up

# Their word for a line -> ours. A line below zero is a discount, whatever it is called.
_KINDS: Final = MappingProxyType(
    {
        "base_rate": ComponentKind.ROOM,
        "extra_person_fee": ComponentKind.EXTRA,
        "sales_tax": ComponentKind.TAX,
        "tax_and_service_fee": ComponentKind.TAX,
        "property_fee": ComponentKind.FEE,
        "recovery_charges_and_fees": ComponentKind.FEE,
        "traveler_service_fee": ComponentKind.FEE,
        "adjustment": ComponentKind.FEE,
    }
)

_AT_THE_DESK: Final[tuple[tuple[str, ComponentKind, Callable[[wire.PropertyFees], wire.Charge | None]], ...]] = (
    ("mandatory_fee", ComponentKind.FEE, lambda fees: fees.mandatory_fee),
    ("resort_fee", ComponentKind.FEE, lambda fees: fees.resort_fee),
    ("mandatory_tax", ComponentKind.TAX, lambda fees: fees.mandatory_tax),
)

_NOTHING: Final = Decimal(0)

# Each of so many amounts may have been rounded, or exchanged and rounded, on its own.
_ROUNDED_AMOUNTS: Final = 6


class StayPrice(msgspec.Struct, frozen=True, kw_only=True):
    """`charged` is the price without what the property collects; `extra` names what is told in no currency that adds up."""

    price: Money
    charged: Money
    components: tuple[PriceComponent, ...]
    rooms: tuple[wire.Pricing, ...]
    extra: dict[str, str]

    @property
    def nights(self) -> tuple[Money, ...]:
        """What each night costs in all rooms, in the billable currency; nothing where a room does not tell as many."""
        by_room = [_by_night(room) for room in self.rooms]
        if not all(by_room) or len({len(nights) for nights in by_room}) > 1:
            return ()
        currency = billed_in(self.rooms[0])
        return tuple(_night(list(chain.from_iterable(night)), currency) for night in zip(*by_room, strict=True))


def priced(rooms: Sequence[wire.Pricing], currency: str) -> StayPrice:
    """All rooms together. Raises ValueError for a price in another currency, or with fees that contradict each other."""
    charged = total([_charged(room, currency) for room in rooms], currency)
    desk = tuple(chain.from_iterable(_at_the_desk(room, currency) for room in rooms))
    on_site = _gathered(desk)
    price = total([charged, *(part.amount for part in on_site)], currency)
    if price.amount <= 0:
        raise ValueError(f"costs {price}")
    return StayPrice(
        price=price,
        charged=charged,
        components=(*adding_up(charged, _lines(rooms, currency, charged)), *on_site),
        rooms=tuple(rooms),
        extra=_told_elsewhere(rooms, currency),
    )


def billed_in(pricing: wire.Pricing) -> str:
    """The currency in which the card, or our account, is charged."""
    return pricing.totals.inclusive.billable_currency.currency


def money(amount: wire.Amount) -> Money:
    return Money.of(amount.value, amount.currency)


def told_in(charge: wire.Charge | None, currency: str) -> Money | None:
    """What is charged where that is the currency, else the amount to look at; None where neither is in it."""
    for amount in () if charge is None else (charge.billable_currency, charge.request_currency):
        if amount is not None and amount.currency == currency:
            return money(amount)
    return None


def _charged(room: wire.Pricing, currency: str) -> Money:
    told = told_in(room.totals.inclusive, currency)
    if told is None:
        raise ValueError(f"priced in {billed_in(room)}, asked for {currency}")
    return told


def _lines(rooms: Sequence[wire.Pricing], currency: str, charged: Money) -> tuple[PriceComponent, ...]:
    """By kind over all nights and rooms; lines in another currency than the price are none of its parts."""
    sums = _sums(rooms, currency)
    if sums:
        return tuple(
            PriceComponent(
                kind=ComponentKind.DISCOUNT if value < 0 else _KINDS.get(label, ComponentKind.FEE),
                amount=Money.of(value, currency),
                label=label,
            )
            for label, value in sums.items()
            if value
        )
    bare = [told_in(room.totals.exclusive, currency) for room in rooms]
    without_taxes = [amount for amount in bare if amount is not None]
    if len(without_taxes) < len(rooms):
        return (PriceComponent(kind=ComponentKind.ROOM, amount=charged),)
    room = total(without_taxes, currency)
    taxes = PriceComponent(kind=ComponentKind.TAX, amount=charged - room, label="taxes and fees")
    return (PriceComponent(kind=ComponentKind.ROOM, amount=room), *((taxes,) if taxes.amount.amount else ()))


def _sums(rooms: Sequence[wire.Pricing], currency: str) -> dict[str, Decimal]:
    """Bare amounts by the names of the lines; nothing at all where one of them is in another currency."""
    sums: dict[str, Decimal] = {}
    for room in rooms:
        for lines in (*_by_night(room), [room.stay] if isinstance(room.stay, wire.Priced) else room.stay or ()):
            for line in lines:
                if line.currency != currency:
                    return {}
                sums[line.type] = sums.get(line.type, _NOTHING) + line.value
    return sums


def _by_night(room: wire.Pricing) -> list[list[wire.Priced]]:
    return [[room.nightly]] if isinstance(room.nightly, wire.Priced) else room.nightly or []


def _gathered(parts: Iterable[PriceComponent]) -> tuple[PriceComponent, ...]:
    """One part for each label, in the order in which they were met; those that come to nothing are left out."""
    sums: dict[tuple[str | None, ComponentKind], PriceComponent] = {}
    for part in parts:
        met = sums.get((part.label, part.kind))
        amount = part.amount if met is None else met.amount + part.amount
        sums[part.label, part.kind] = msgspec.structs.replace(part, amount=amount)
    return tuple(part for part in sums.values() if part.amount.amount)


def _at_the_desk(room: wire.Pricing, currency: str) -> tuple[PriceComponent, ...]:
    """What the property collects of one room, checked against both totals that hold it. Raises ValueError."""
    fees = room.fees or wire.PropertyFees()
    told = [(label, kind, of(fees)) for label, kind, of in _AT_THE_DESK]
    parts = tuple(
        PriceComponent(kind=kind, amount=amount, label=label, on_site=True)
        for label, kind, charge in told
        if (amount := told_in(charge, currency)) is not None
    )
    if any(charge is not None and told_in(charge, currency) is None for _, _, charge in told):
        return parts  # the rest is in another currency, and no total can be checked without it
    if room.totals.property_fees is None and room.totals.property_inclusive is None:
        return parts
    itemised = total([part.amount for part in parts], currency)
    lasting = told_in(room.totals.property_fees, currency)
    if lasting is not None and not _same(lasting, itemised):
        if lasting < itemised:
            raise ValueError(f"fees of {itemised} at the property, {lasting} in total")
        parts = (
            *parts,
            PriceComponent(kind=ComponentKind.FEE, amount=lasting - itemised, label="property_fees", on_site=True),
        )
        itemised = lasting
    everything = told_in(room.totals.property_inclusive, currency)
    if everything is not None and not _same(everything, _charged(room, currency) + itemised):
        raise ValueError(f"{everything} with the fees at the property, {_charged(room, currency)} without {itemised}")
    return parts


def _same(one: Money, other: Money) -> bool:
    return abs((one - other).amount) <= _ROUNDED_AMOUNTS * smallest_unit(one.currency)


def _night(lines: Sequence[wire.Priced], currency: str) -> Money:
    """Raises ValueError for a line in another currency than the night's."""
    if any(line.currency != currency for line in lines):
        raise ValueError(f"a night is priced in {currency} and in another currency")
    return Money.of(sum([line.value for line in lines], _NOTHING), currency)


def _told_elsewhere(rooms: Sequence[wire.Pricing], currency: str) -> dict[str, str]:
    """Texts: fees in another currency, what is really charged, and the totals that are no part of the price."""
    extra: dict[str, str] = {}
    for label, _, of in _AT_THE_DESK:
        charges = [of(room.fees) for room in rooms if room.fees]
        foreign = [charge for charge in charges if charge is not None and told_in(charge, currency) is None]
        if foreign:
            extra[f"{label}_at_the_property"] = " + ".join(str(money(charge.billable_currency)) for charge in foreign)
    if (billed := billed_in(rooms[0])) != currency:
        extra["billed"] = str(total([money(room.totals.inclusive.billable_currency) for room in rooms], billed))
    for label, charges in (
        ("before_discount", [room.totals.inclusive_strikethrough for room in rooms]),
        ("minimum_selling_price", [room.totals.minimum_selling_price for room in rooms]),
    ):
        amounts = [amount for charge in charges if (amount := told_in(charge, currency)) is not None]
        if len(amounts) == len(rooms):
            extra[label] = str(total(amounts, currency))
    return extra


def percent_of(amount: Money, percent: Decimal) -> Money:
    return Money.of(amount.amount * percent / 100, amount.currency)
