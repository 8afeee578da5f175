"""The terms of a rate: distance, coverages, equipment, when and how one pays, and what it costs to change one's mind."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from adapters.suppliers.hertz import wire
from adapters.suppliers.hertz.places import at_counter
from adapters.suppliers.hertz.words import (
    BEYOND,
    CANCEL,
    COVERAGE,
    COVERAGES,
    DEPOSIT,
    DISTANCES,
    EQUIP,
    EQUIPMENT,
    GUARANTEE,
    PERIODS,
    PREPAY,
)
from domain.cancellation import CancellationStep, Ladder
from domain.cars import Coverage, Extra, Mileage, Per, RentalConditions
from domain.money import Money
from domain.payment import PaymentTime

_BEGINNING: Final = datetime.min.replace(tzinfo=UTC)


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """All that an answer says of one rate, wherever it stands."""

    rate: wire.RentalRate
    coverages: tuple[wire.PricedCoverage, ...] = ()
    equipment: tuple[wire.PricedEquip, ...] = ()
    rules: tuple[wire.PaymentRule, ...] = ()

    @property
    def prepaid(self) -> bool:
        return any(rule.rule_type == PREPAY for rule in self.rules)

    @property
    def required(self) -> tuple[wire.Charge, ...]:
        """What nobody rents without."""
        coverages = (priced.charge for priced in self.coverages if priced.required)
        return (*coverages, *(priced.charge for priced in self.equipment if priced.required))


def conditions(told: Told, price: Money, zone: ZoneInfo, *, on_request: bool = False) -> RentalConditions:
    """`zone` is that of the counter. Raises ValueError for terms that contradict themselves."""
    steps = ladder(told.rules, price, zone)
    return RentalConditions(
        payment=_payment(told.rules, price),
        mileage=_mileage(told.rate),
        coverages=tuple(_coverage(priced) for priced in told.coverages),
        extras=tuple(_extra(priced) for priced in told.equipment),
        refundable=_refundable(told.rate.rate_restrictions, steps, price),
        cancellation=steps,
        deposit=next((_due(rule, price) for rule in told.rules if rule.rule_type == DEPOSIT), None),
        on_request=on_request,
    )


def ladder(rules: Iterable[wire.PaymentRule], price: Money, zone: ZoneInfo) -> Ladder | None:
    """The rules about cancelling: from their time on, or from the booking where they name none, so much is owed."""
    steps = [
        CancellationStep(fee=fee, since=at_counter(rule.date_time, zone) if rule.date_time else None)
        for rule in rules
        if rule.rule_type == CANCEL and (fee := _due(rule, price)) is not None
    ]
    steps.sort(key=lambda step: step.since or _BEGINNING)
    return Ladder(steps=tuple(steps)) if steps else None


def _due(rule: wire.PaymentRule, price: Money) -> Money | None:
    """An amount, or a share of the price; None where neither is told, or only in another currency."""
    if rule.amount is not None:
        same = rule.currency_code in (None, price.currency)
        return Money.of(rule.amount, price.currency) if same else None
    return None if rule.percent is None else Money.of(price.amount * rule.percent / 100, price.currency)


def _payment(rules: Iterable[wire.PaymentRule], price: Money) -> tuple[PaymentTime, ...]:
    """At the counter, unless a rule wants it before: then all of it, or the part that is told."""
    prepaid = [_due(rule, price) for rule in rules if rule.rule_type == PREPAY]
    if not prepaid:
        return (PaymentTime.ON_SITE,)
    if any(part is not None and part < price for part in prepaid):
        return (PaymentTime.NOW, PaymentTime.ON_SITE)
    return (PaymentTime.NOW,)


def _refundable(told: wire.RateRestrictions | None, steps: Ladder | None, price: Money) -> bool | None:
    if steps is not None:
        return steps.steps[0].since is not None or any(step.fee < price for step in steps.steps)
    return True if told is not None and told.cancellation_penalty_ind is False else None


def _mileage(rate: wire.RentalRate) -> Mileage | None:
    told = rate.rate_distance[0] if rate.rate_distance else None
    if told is None or told.unlimited is None:
        return None
    if told.unlimited:
        return Mileage(unlimited=True)
    per = PERIODS.get(told.vehicle_period_unit_name or "")
    return Mileage(
        unlimited=False,
        included=told.quantity if per else None,  # so much a week has no place here: `remarks` tells it
        unit=DISTANCES.get(told.dist_unit_name or ""),
        per=per,
        beyond=_beyond(rate),
    )


def _beyond(rate: wire.RentalRate) -> Money | None:
    """What each mile or kilometre more costs."""
    for charge in rate.vehicle_charges.vehicle_charge if rate.vehicle_charges else ():
        if charge.purpose == BEYOND and charge.currency_code:
            each = next((part.unit_charge for part in charge.calculation if part.unit_charge is not None), None)
            amount = charge.amount if each is None else each
            return None if amount is None else Money.of(amount, charge.currency_code)
    return None


def _coverage(priced: wire.PricedCoverage) -> Coverage:
    kind = priced.coverage.coverage_type
    included = bool(priced.charge.included_in_rate)
    price, per = (None, None) if included else _unit_price(priced.charge)
    return Coverage(
        code=f"{COVERAGE}{kind}",
        name=COVERAGES.get(kind) or f"Coverage of type {kind}",
        included=included,
        price=price,
        per=per,
    )


def _extra(priced: wire.PricedEquip) -> Extra:
    kind = priced.equipment.equip_type
    price, per = _unit_price(priced.charge)
    return Extra(
        code=f"{EQUIP}{kind}",
        name=EQUIPMENT.get(kind) or priced.equipment.description or f"Equipment of type {kind}",
        price=price,
        per=per,
    )


def _unit_price(charge: wire.Charge) -> tuple[Money | None, Per | None]:
    """By the day where it is told so and taxes are in it already, else for the whole rental, taxes included."""
    if charge.amount is None or charge.currency_code is None:
        return None, None
    taxes = [] if charge.tax_inclusive or charge.tax_amounts is None else charge.tax_amounts.tax_amount
    unit = charge.calculation[0] if len(charge.calculation) == 1 else None
    if unit is not None and unit.unit_charge is not None and unit.unit_name == "Day" and not taxes:
        return Money.of(unit.unit_charge, charge.currency_code), Per.DAY
    whole = charge.amount + sum(tax.total for tax in taxes)
    return Money.of(whole, charge.currency_code), Per.RENTAL


def remarks(told: Told) -> dict[str, str]:
    """What the model has no place for, as text, where there is anything to tell."""
    extra = _restrictions(told.rate)
    distance = told.rate.rate_distance[0] if told.rate.rate_distance else None
    if distance is not None and distance.unlimited is False and distance.vehicle_period_unit_name not in PERIODS:
        words = (str(distance.quantity or ""), distance.dist_unit_name, "per", distance.vehicle_period_unit_name)
        extra["distance_included"] = " ".join(filter(None, words))
    for priced in told.coverages:
        if texts := " ".join(detail.text for detail in priced.coverage.details if detail.text):
            extra[f"coverage_{COVERAGE}{priced.coverage.coverage_type}"] = texts
    if any(rule.rule_type == GUARANTEE for rule in told.rules):
        extra["guarantee_required"] = "true"
    if rules := "; ".join(rule.text for rule in told.rules if rule.text):
        extra["payment_rules"] = rules
    return extra


def _restrictions(rate: wire.RentalRate) -> dict[str, str]:
    """Those that hold: our name is theirs in small letters."""
    told, qualifier = rate.rate_restrictions, rate.rate_qualifier
    names = {name: getattr(told, name) for name in told.__struct_fields__} if told is not None else {}
    extra = {name: "true" if value is True else str(value) for name, value in names.items() if value}
    if qualifier is not None:
        if qualifier.arrive_by_flight:
            extra["arrive_by_flight"] = "true"
        if qualifier.promotion_code:
            extra["promotion_code"] = qualifier.promotion_code
    return extra
