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
    """`charged` is the price without what the property collects; `extra` is what has no place in an offer.

    `left_out` is what the property collects and no total can hold, by name: it is told in other money alone.
    """

    price: Money
    charged: Money
    components: tuple[PriceComponent, ...]
    rooms: tuple[wire.Pricing, ...]
    left_out: dict[str, str]
    extra: dict[str, str]

    @property
    def nights(self) -> tuple[Money, ...]:
        """What each night costs in all rooms, in the billable currency; nothing where a room does not tell as many."""
        by_room = [_by_night(room) for room in self.rooms]
        if not all(by_room) or len({len(nights) for nights in by_room}) > 1:
            return ()
        currency = billed_in(self.rooms[0])
        return tuple(_night(list(chain.from_iterable(night)), currency) for night in zip(*by_room, strict=True))


def priced(rooms: Sequence[wire.Pricing]) -> StayPrice:
    """All rooms together, in the currency that is billed. Raises ValueError for fees that contradict each other."""
    currency = billed_in(rooms[0])
    charged = total([money(room.totals.inclusive.billable_currency) for room in rooms], currency)
    on_site = _gathered(chain.from_iterable(_at_the_desk(room) for room in rooms))
    price = total([charged, *(part.amount for part in on_site)], currency)
    if price.amount <= 0:
        raise ValueError(f"costs {price}")
    left_out = _left_out(rooms)
    return StayPrice(
        price=price,
        charged=charged,
        components=(*adding_up(charged, _lines(rooms, currency, charged)), *on_site),
        rooms=tuple(rooms),
        left_out=left_out,
        extra={**left_out, **_told_besides(rooms, currency)},
    )


def complete(stay: StayPrice) -> StayPrice:
    """The same. Raises ValueError where it lacks a fee that has to be paid."""
    if stay.left_out:
        due = "; ".join(f"{name.replace('_', ' ')}: {told}" for name, told in stay.left_out.items())
        raise ValueError(f"{due}, and nobody tells what that is in {stay.price.currency}")
    return stay


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
        sums[part.label, part.kind] = part if met is None else _both(met, part)
    return tuple(part for part in sums.values() if part.amount.amount)


def _both(one: PriceComponent, other: PriceComponent) -> PriceComponent:
    due = None if one.due is None or other.due is None else one.due + other.due
    return msgspec.structs.replace(one, amount=one.amount + other.amount, due=due)


def _at_the_desk(room: wire.Pricing) -> tuple[PriceComponent, ...]:
    """What the property collects of one room, and the rest of a total of it that is not itemised. Raises ValueError."""
    fees = room.fees or wire.PropertyFees()
    told = [(label, kind, charge) for label, kind, of in _AT_THE_DESK if (charge := of(fees)) is not None]
    parts = tuple(
        PriceComponent(kind=kind, amount=worth, label=label, on_site=True, due=_due(charge, room))
        for label, kind, charge in told
        if (worth := _worth(charge, room)) is not None
    )
    rest = _not_itemised(room, [charge for _, _, charge in told]) if len(parts) == len(told) else None
    if rest is None:
        return parts
    open_part = PriceComponent(kind=ComponentKind.FEE, amount=_billed(rest, room), label="property_fees", on_site=True)
    return (*parts, open_part)


def _worth(charge: wire.Charge, room: wire.Pricing) -> Money | None:
    """In the currency that is billed for the room; None where it is told neither in that nor in the one asked for."""
    if (amount := told_in(charge, billed_in(room))) is not None:
        return amount
    shown = told_in(charge, _shown_in(room))
    return None if shown is None else _billed(shown, room)


def _due(charge: wire.Charge, room: wire.Pricing) -> Money | None:
    """What the desk asks for, where that is not the currency that is billed."""
    asked = money(charge.billable_currency)
    return None if asked.currency == billed_in(room) else asked


def _billed(shown: Money, room: wire.Pricing) -> Money:
    """An amount in the currency that was asked for, at the rate of the total that Rapid tells in both."""
    billed, asked = money(room.totals.inclusive.billable_currency), told_in(room.totals.inclusive, shown.currency)
    if billed.currency == shown.currency:
        return shown
    if asked is None or asked.amount <= 0:
        raise ValueError(f"{shown} at the property, and nobody tells what that is in {billed.currency}")
    return Money.of(shown.amount * billed.amount / asked.amount, billed.currency)


def _shown_in(room: wire.Pricing) -> str:
    """The currency that was asked for."""
    shown = room.totals.inclusive.request_currency
    return billed_in(room) if shown is None else shown.currency


def _not_itemised(room: wire.Pricing, charges: Sequence[wire.Charge]) -> Money | None:
    """What the total of the fees holds beyond them, in the currency that was asked for, where all is told in that.

    Raises ValueError where they contradict that total, or the one with everything.
    """
    currency, rest = _shown_in(room), None
    amounts = [amount for charge in charges if (amount := told_in(charge, currency)) is not None]
    charged = told_in(room.totals.inclusive, currency)
    if len(amounts) < len(charges) or charged is None:
        return None
    itemised = total(amounts, currency)
    lasting = told_in(room.totals.property_fees, currency)
    if lasting is not None and not _same(lasting, itemised):
        if lasting < itemised:
            raise ValueError(f"fees of {itemised} at the property, {lasting} in total")
        itemised, rest = lasting, lasting - itemised
    everything = told_in(room.totals.property_inclusive, currency)
    if everything is not None and not _same(everything, charged + itemised):
        raise ValueError(f"{everything} with the fees at the property, {charged} without {itemised}")
    return rest


def _same(one: Money, other: Money) -> bool:
    return abs((one - other).amount) <= _ROUNDED_AMOUNTS * smallest_unit(one.currency)


def _night(lines: Sequence[wire.Priced], currency: str) -> Money:
    """Raises ValueError for a line in another currency than the night's."""
    if any(line.currency != currency for line in lines):
        raise ValueError(f"a night is priced in {currency} and in another currency")
    return Money.of(sum([line.value for line in lines], _NOTHING), currency)


def _left_out(rooms: Sequence[wire.Pricing]) -> dict[str, str]:
    """Fees in money of which nobody tells the worth."""
    left_out: dict[str, str] = {}
    for label, _, of in _AT_THE_DESK:
        charges = [(room, charge) for room in rooms if room.fees and (charge := of(room.fees)) is not None]
        strange = [charge for room, charge in charges if _worth(charge, room) is None]
        if strange:
            left_out[f"{label}_at_the_property"] = " + ".join(
                str(money(charge.billable_currency)) for charge in strange
            )
    return left_out


def _told_besides(rooms: Sequence[wire.Pricing], currency: str) -> dict[str, str]:
    """Texts: what is charged as they convert it, and the totals that are no part of the price."""
    extra: dict[str, str] = {}
    if (shown := _shown_in(rooms[0])) != currency:
        converted = [told_in(room.totals.inclusive, shown) for room in rooms]
        extra[f"about_{shown}"] = " + ".join(str(amount.amount) for amount in converted if amount is not None)
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
