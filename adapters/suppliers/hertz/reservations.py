"""Reservations as Hertz keeps them: looked at and cancelled by confirmation number and surname."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.failures import Answered, GiveUp
from adapters.kit.xml import Tag, tag
from adapters.suppliers.hertz import wire, wire_reservations
from adapters.suppliers.hertz.cars import CLOCK
from adapters.suppliers.hertz.charges import estimated, price
from adapters.suppliers.hertz.messages import BRAND, RESERVATION, SLUG, answer, message
from adapters.suppliers.hertz.rates import brand_name, messages, warned
from adapters.suppliers.hertz.terms import Told, ladder
from domain.cancellation import Ladder
from domain.money import Money, total
from domain.orders import Cancellation, CancellationStatus, Locator, Order, OrderStatus, Quote, Reason
from domain.searches import Outcome

KEY: Final = "key"

# Also the IATA codes of two letters that may stand there. A status that nobody knows is not yet a confirmation.
_STATUS: Final[Mapping[str | None, OrderStatus]] = MappingProxyType(
    {
        **dict.fromkeys((None, "Committed", "Modified", "HK", "KK", "OK"), OrderStatus.CONFIRMED),
        **dict.fromkeys(("Cancelled", "HX", "XX"), OrderStatus.CANCELLED),
        **dict.fromkeys(("Ignored", "Unsuccessful", "NO", "UC", "UN"), OrderStatus.FAILED),
    }
)

_CANCELLATION: Final[Mapping[str, CancellationStatus]] = MappingProxyType(
    {
        "Cancelled": CancellationStatus.CANCELLED,
        "Pending": CancellationStatus.PENDING,
        "On Hold": CancellationStatus.PENDING,
    }
)
_CANCELLED_BEFORE: Final = "95"
_NOT_CANCELLED: Final = frozenset({"Unsuccessful", "Ignored"})
_REFUND: Final = "Refund"


def order(
    told: wire_reservations.ReservationCore,
    warnings: wire.Warnings | None,
    handle: Mapping[str, str],
    *,
    quoted: Quote | None = None,
    before: Order | None = None,
) -> Order:
    """The reservation at the price that it tells; what it leaves out stays as it was quoted, or known before.

    Raises GiveUp for one without a confirmation number.
    """
    segment = told.veh_reservation.veh_segment_core
    number = _number(segment.conf_id)
    brand = (segment.vendor.code if segment.vendor else None) or BRAND
    expected = quoted.price if quoted else before.price if before else None
    known = quoted.conditions.cancellation if quoted else before.cancellation if before else None
    extra = _extra(told, warnings)
    try:
        now = _price(told.veh_reservation) or expected
        steps = _ladder(told.veh_reservation, now, handle) or known
    except (ValueError, ArithmeticError) as error:
        now, steps = None, known
        extra["unreadable"] = str(error)
    if now is not None and expected is not None and now != expected:
        extra["price_expected"] = str(expected)
    return Order(
        supplier=SLUG,
        id=number,
        status=_status(told, warnings, before),
        price=now,
        locators=(Locator(issuer=brand_name(brand), code=number),),
        cancellation=steps,
        handle=handle,
        supplier_extra=extra,
    )


def _status(
    told: wire_reservations.ReservationCore, warnings: wire.Warnings | None, before: Order | None
) -> OrderStatus:
    """A reservation that is retrieved has no field for it: a warning tells that it was cancelled, or we know it."""
    if any(warning.code == _CANCELLED_BEFORE for warning in (warnings.warning if warnings else ())):
        return OrderStatus.CANCELLED
    if told.reservation_status is None and before is not None and before.status is OrderStatus.CANCELLED:
        return OrderStatus.CANCELLED
    return _STATUS.get(told.reservation_status, OrderStatus.PENDING)


def bare_order(numbers: list[wire.UniqueId], handle: Mapping[str, str], why: str) -> Order:
    """A reservation of which no more than the number can be read: neither status nor price is known."""
    number = _number(numbers)
    return Order(
        supplier=SLUG,
        id=number,
        status=OrderStatus.PENDING,
        locators=(Locator(issuer=brand_name(BRAND), code=number),),
        handle=handle,
        supplier_extra={"unreadable": why},
    )


def _number(numbers: list[wire.UniqueId]) -> str:
    """Of up to two numbers the one of type 14. Raises GiveUp where there is none."""
    number = next((unique.id for unique in numbers if unique.type == RESERVATION and unique.id), None)
    if number is None:
        raise GiveUp("a reservation without a confirmation number", outcome=Outcome.ERROR)
    return number


def _price(told: wire_reservations.Reservation) -> Money | None:
    """None where it is not told, which is not the same as free. Raises ValueError for one that can't be trusted."""
    segment = told.veh_segment_core
    if segment.total_charge is None or segment.total_charge.estimated_total_amount is None:
        return None
    terms = _terms(told)
    return price(
        estimated((segment.total_charge,)),
        terms.rate.vehicle_charges.vehicle_charge if terms.rate.vehicle_charges else (),
        segment.fees.fee if segment.fees else (),
        terms.required,
        on_site=not terms.prepaid,
    ).total


def _terms(told: wire_reservations.Reservation) -> Told:
    info = told.veh_segment_info or wire_reservations.SegmentInfo()
    return Told(
        rate=told.veh_segment_core.rental_rate or wire.RentalRate(),
        coverages=tuple(info.priced_coverages.priced_coverage) if info.priced_coverages else (),
        rules=tuple(info.payment_rules.payment_rule) if info.payment_rules else (),
    )


def _ladder(told: wire_reservations.Reservation, price_now: Money | None, handle: Mapping[str, str]) -> Ladder | None:
    if price_now is None or CLOCK not in handle:
        return None
    return ladder(_terms(told).rules, price_now, ZoneInfo(handle[CLOCK]))


def _extra(told: wire_reservations.ReservationCore, warnings: wire.Warnings | None) -> dict[str, str]:
    info = told.veh_reservation.veh_segment_info
    extra = {
        "reservation_status": told.reservation_status,
        "warnings": warned(warnings),
        "messages": messages(info.vendor_messages if info else None),
    }
    return {name: text for name, text in extra.items() if text}


# ---- look ----


def ask_look(reserved: Order) -> Call:
    core = tag("VehRetResRQCore", *_identified(reserved))
    return message("retrieve", core, market=reserved.handle.get("market"))


def read_look(reply: Reply, _: Call, reserved: Order) -> Readout[Order]:
    told = answer(reply, "retrieve", wire_reservations.Retrieved)
    found = order(told.core, told.warnings, reserved.handle, before=reserved)
    if found.id != reserved.id:
        raise GiveUp(f"asked for {reserved.id}, was told of {found.id}", outcome=Outcome.ERROR)
    return Readout(records=(found,))


def _identified(reserved: Order) -> tuple[Tag, ...]:
    """The surname exactly as it was booked."""
    surname = reserved.handle.get("surname")
    if not surname:
        raise GiveUp(f"nobody noted on whose name {reserved.id} is", outcome=Outcome.ERROR)
    return (
        tag("UniqueID", Type=RESERVATION, ID=reserved.id),
        tag("PersonName", tag("Surname", surname)),
    )


# ---- cancel ----


def ask_cancel(reserved: Order) -> Call:
    """`Book` is what is cancelled: so all known clients send it."""
    core = tag("VehCancelRQCore", *_identified(reserved), CancelType="Book")
    return message("cancel", core, market=reserved.handle.get("market"), reads_only=False)


def read_cancel(reply: Reply, _: Call, reserved: Order) -> Readout[Cancellation]:
    """Raises Answered where it was not cancelled, and GiveUp where the status says nothing about it."""
    core = answer(reply, "cancel", wire_reservations.Cancelled).core
    if core.cancel_status in _NOT_CANCELLED:
        raise Answered(
            f"the cancellation was {core.cancel_status.lower()}",
            outcome=Outcome.REFUSED,
            reason=Reason.NOT_CANCELLABLE,
        )
    status = _CANCELLATION.get(core.cancel_status)
    if status is None:
        raise GiveUp(f"cancel: {core.cancel_status} is no end of a cancellation", outcome=Outcome.ERROR)
    rules = core.cancel_rules.cancel_rule if core.cancel_rules else ()
    return Readout(
        records=(
            Cancellation(
                status=status,
                refund=_sum([rule for rule in rules if rule.type == _REFUND], reserved),
                fee=_sum([rule for rule in rules if rule.type != _REFUND], reserved),
                number=core.unique_id.id if core.unique_id else None,
            ),
        )
    )


def _sum(rules: list[wire_reservations.CancelRule], reserved: Order) -> Money | None:
    """None where nothing is told, or not in money that adds up: the cancellation itself is true all the same."""
    amounts = [_amount(rule, reserved) for rule in rules]
    known = [amount for amount in amounts if amount is not None]
    if not known or len(known) < len(amounts) or len({amount.currency for amount in known}) > 1:
        return None
    return total(known, known[0].currency)


def _amount(rule: wire_reservations.CancelRule, reserved: Order) -> Money | None:
    currency = rule.currency_code or (reserved.price.currency if reserved.price else None)
    try:
        if rule.amount is not None and currency:
            return Money.of(rule.amount, currency)
        if rule.percent is not None and reserved.price:
            return Money.of(reserved.price.amount * rule.percent / 100, reserved.price.currency)
    except (ValueError, ArithmeticError):
        return None
    return None
