"""What an offer costs and on what terms, as money and conditions of ours."""

from collections import Counter
from datetime import datetime
from typing import Final

import msgspec

from adapters.kit.decode import each
from adapters.suppliers.duffel import wire
from domain.cancellation import CancellationStep, Ladder
from domain.money import Money
from domain.offers import ComponentKind, FlightConditions, PriceComponent, adding_up
from domain.searches import SkippedRecord

BAGS: Final = frozenset({"carry_on", "checked"})
_YOUNGEST_WITH_A_SEAT: Final = 2
_LAP_INFANT: Final = "infant_without_seat"

_SERVICE: Final = msgspec.json.Decoder(wire.Service)


def price(told: wire.Offer) -> Money:
    """In the currency of the account: Duffel takes no wish for one. Raises ValueError for what is no price."""
    amount = Money.of(told.total_amount, told.total_currency)
    if amount.amount <= 0:
        raise ValueError(f"costs {amount}")
    return amount


def components(told: wire.Offer, price: Money) -> tuple[PriceComponent, ...]:
    """Fare and taxes, where they are told in the price's own currency; nothing where the fare is not."""
    if told.base_amount is None or told.base_currency != price.currency:
        return ()
    parts = (PriceComponent(kind=ComponentKind.BASE_FARE, amount=Money.of(told.base_amount, price.currency)),)
    if told.tax_amount and told.tax_currency == price.currency:
        tax = PriceComponent(kind=ComponentKind.TAX, amount=Money.of(told.tax_amount, price.currency))
        return adding_up(price, (*parts, tax))
    return adding_up(price, parts)


def conditions(told: wire.Offer, price: Money, departs_at: datetime) -> FlightConditions:
    """`departs_at` is when the journey begins: what is refunded before departure is not refunded after it."""
    terms = told.conditions or wire.Conditions()
    refund, change = terms.refund_before_departure, terms.change_before_departure
    brands = dict.fromkeys([part.fare_brand_name for part in told.slices if part.fare_brand_name])
    bags = _bags(told)
    return FlightConditions(
        refundable=refund.allowed if refund else None,
        changeable=change.allowed if change else None,
        cabin_bags=bags["carry_on"] if bags else None,
        checked_bags=bags["checked"] if bags else None,
        fare_family=" + ".join(brands) or None,
        cancellation=ladder(refund, price, departs_at),
        change_fee=_penalty(change, price.currency) if change and change.allowed else None,
        separate_tickets=1,  # an order has one booking reference
    )


def ladder(refund: wire.Condition | None, price: Money, departs_at: datetime | None) -> Ladder | None:
    """None where nobody knows, or where the fee is not told in money of the price."""
    if refund is None:
        return None
    if not refund.allowed:
        return Ladder(steps=(CancellationStep(fee=price),))
    fee = _penalty(refund, price.currency)
    if fee is None:
        return None
    steps = (CancellationStep(fee=min(fee, price)),)
    return Ladder(steps=steps if departs_at is None else (*steps, CancellationStep(fee=price, since=departs_at)))


def _penalty(condition: wire.Condition, currency: str) -> Money | None:
    """None for one that is not told, or told in another currency: the remarks name that."""
    if condition.penalty_amount is None or condition.penalty_currency != currency:
        return None
    return Money.of(condition.penalty_amount, currency)


def _bags(told: wire.Offer) -> Counter[str] | None:
    """Pieces that everybody with a seat has on every flight; None where it is not told for one of them."""
    seated = {one.id for one in told.passengers if not _on_a_lap(one)}
    allowances = [
        one.baggages
        for part in told.slices
        for segment in part.segments
        for one in segment.passengers
        if one.passenger_id is None or one.passenger_id in seated
    ]
    if not allowances or None in allowances:
        return None
    pieces = [_pieces(allowance or []) for allowance in allowances]
    return Counter({kind: min(counted[kind] for counted in pieces) for kind in BAGS})


def _on_a_lap(passenger: wire.Passenger) -> bool:
    return passenger.type == _LAP_INFANT or (passenger.age is not None and passenger.age < _YOUNGEST_WITH_A_SEAT)


def _pieces(allowance: list[wire.Baggage]) -> Counter[str]:
    pieces: Counter[str] = Counter()
    for bag in allowance:
        pieces[bag.type] += bag.quantity
    return pieces


# ---- what can be bought besides ----


def services(told: wire.Offer) -> tuple[tuple[wire.Service, ...], tuple[SkippedRecord, ...]]:
    """Those that can be read, and the others by name: nobody is sold these."""
    return each(told.available_services or [], _SERVICE, lambda service: service, "available_services")


def spoken(service: wire.Service) -> str:
    """For people: baggage, 23 kg, at most 1, 20.00 GBP."""
    bag = service.metadata
    weight = f", {bag.maximum_weight_kg} kg" if bag and bag.maximum_weight_kg else ""
    many = f", at most {service.maximum_quantity}" if service.maximum_quantity else ""
    return f"{service.type}{weight}{many}, {service.total_amount} {service.total_currency}"
