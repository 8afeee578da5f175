"""An order as it stands: read, looked at, found again, paid, and cancelled in two calls."""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.decode import decoded, each
from adapters.kit.failures import Answered, GiveUp
from adapters.kit.supplier import Step
from adapters.suppliers.duffel import fares, passengers, wire
from adapters.suppliers.duffel.flights import MOST_PAGES, PAGE, SLUG, next_page
from domain.money import Money
from domain.orders import Cancellation, CancellationStatus, Locator, Order, OrderRequest, OrderStatus, Reason
from domain.searches import Outcome, SkippedRecord
from domain.times import at_airport

# The key under which an order keeps our reference.
REFERENCE: Final = "reference"
JSON: Final = (("content-type", "application/json"),)

_POLLS: Final = 3
_POLL_SECONDS: Final = 2.0
_BY_NAME: Final = "by name"  # the note of a call that no longer asks by offer
_PAID: Final = "succeeded"
_REFUSED: Final = "failed"
# What comes back as credit with an airline is no money.
_MONEY: Final = frozenset({"balance", "card", "arc_bsp_cash", "awaiting_payment"})
_NOTHING_PAID: Final = "awaiting_payment"

_ORDER: Final = msgspec.json.Decoder(wire.Single[wire.Order])
_ORDERS: Final = msgspec.json.Decoder(wire.Page[msgspec.Raw])
_ORDER_ALONE: Final = msgspec.json.Decoder(wire.Order)
_CANCELLATION: Final = msgspec.json.Decoder(wire.Single[wire.OrderCancellation])
_PAYMENT: Final = msgspec.json.Decoder(wire.Single[wire.Payment])


Reader = Callable[[Reply, Call, Any], Readout[Any]]


def giving_up(read: Reader) -> Reader:
    """The same reader, which gives up by name a reply of the right words whose values make no sense."""

    def reads(reply: Reply, call: Call, about: Any) -> Readout[Any]:
        try:
            return read(reply, call, about)
        except (ValueError, ArithmeticError) as error:
            raise GiveUp(f"{call.operation}: {error}", outcome=Outcome.ERROR) from error

    return reads


def no(reason: Reason, detail: str) -> Answered:
    """A definite no that we find out ourselves, before or between the calls."""
    return Answered(detail, outcome=Outcome.REFUSED, reason=reason)


# ---- reading ----


def order(told: wire.Order) -> Order:
    """Raises ValueError for an amount that is none."""
    price = Money.of(told.total_amount, told.total_currency)
    status, refund = told.payment_status, (told.conditions or wire.Conditions()).refund_before_departure
    tickets = ", ".join(f"{ticket.type} {ticket.unique_identifier}" for ticket in told.documents)
    guaranteed = status.price_guarantee_expires_at
    extra = {
        "tickets": tickets,
        "available_actions": ", ".join(told.available_actions),
        "price_guaranteed_until": guaranteed.isoformat() if guaranteed else "",
    }
    return Order(
        supplier=SLUG,
        id=told.id,
        status=_status(told),
        price=price,
        reference=(told.metadata or {}).get(REFERENCE),
        locators=_locators(told),
        cancellation=fares.ladder(refund, price, _departure(told)),
        hold_until=status.payment_required_by if status.awaiting_payment else None,
        handle={"order": told.id, "offer": told.offer_id or ""},
        supplier_extra={name: words for name, words in extra.items() if words},
    )


def _status(told: wire.Order) -> OrderStatus:
    if told.cancelled_at is not None:
        return OrderStatus.CANCELLED
    return OrderStatus.HELD if told.payment_status.awaiting_payment else OrderStatus.CONFIRMED


def _locators(told: wire.Order) -> tuple[Locator, ...]:
    if not told.booking_reference:
        return ()
    issuer = told.owner.iata_code or told.owner.name if told.owner else ""
    return (Locator(issuer=issuer, code=told.booking_reference),)


def _departure(told: wire.Order) -> datetime | None:
    """None where the order does not tell its airport's zone: then the fee of a late cancellation is not known."""
    segments = [segment for part in told.slices for segment in part.segments]
    if not segments:
        return None
    try:
        return at_airport(segments[0].departing_at, ZoneInfo(segments[0].origin.time_zone or ""))
    except (OSError, KeyError, ValueError):  # no such zone
        return None


def read_order(reply: Reply) -> Order:
    return order(decoded(reply, _ORDER).data)


def order_handle(request: OrderRequest, number: str) -> dict[str, str]:
    return {"order": number, "offer": request.quote.handle["offer"]}


# ---- looking and finding ----


def ask_for_order(order: Order) -> Call:
    """An order that was accepted but not made yet has no number of its own: it is looked for by its offer."""
    if (number := order.handle.get("order")) is None:
        return ask_by_offer(order.handle["offer"])
    return Call(operation="order", path=f"/air/orders/{number}")


def ask_by_offer(offer: str) -> Call:
    return Call(operation="orders", path="/air/orders", params=(("offer_id", offer), ("limit", PAGE)))


class Ours(msgspec.Struct, frozen=True, kw_only=True):
    """The orders of a page that keep our reference. One that can't be read may be ours, so it has to be told."""

    orders: tuple[Order, ...]
    unread: tuple[SkippedRecord, ...]
    cursor: wire.Cursor | None


def read_ours(reply: Reply, reference: str | None) -> Ours:
    page = decoded(reply, _ORDERS)
    orders, unread = each(page.data, _ORDER_ALONE, order, "data")
    ours = tuple(one for one in orders if one.reference == reference)
    return Ours(orders=ours, unread=() if ours else unread, cursor=page.meta)


def _look(reply: Reply, call: Call, about: Order) -> Readout[Order]:
    if call.operation == "order":
        return Readout(records=(read_order(reply),))
    ours = read_ours(reply, about.reference)
    return Readout(records=ours.orders or (about,), skipped=ours.unread)


LOOK: Final = Step(operations=("order", "orders"), ask=ask_for_order, read=giving_up(_look))


def _ask_to_find(request: OrderRequest) -> Call:
    return ask_by_offer(request.quote.handle["offer"])


def _find(reply: Reply, call: Call, request: OrderRequest) -> Readout[Order]:
    """By the offer that was booked. One that was searched for anew is not known: then by name, and our reference."""
    ours = read_ours(reply, request.reference)
    if ours.orders:
        return Readout(records=ours.orders)
    following = next_page(call, ours.cursor)
    if following is None and _BY_NAME not in call.notes and searched_anew(request):
        following = _by_name(request)
    return Readout(records=(), skipped=ours.unread, next=following)


def searched_anew(request: OrderRequest) -> bool:
    """Whether the ages of those who travel are others than those that the offer was searched for."""
    day = passengers.last_day(request.query)
    return passengers.seated(request.quote.handle["passengers"], request.travellers, day) is None


def _by_name(request: OrderRequest) -> Call:
    """Arrays stand in brackets, once for each value."""
    names = tuple(("passenger_name[]", one.surname) for one in request.travellers[:1])
    return Call(operation="orders", path="/air/orders", params=(*names, ("limit", PAGE)), notes=(_BY_NAME,))


FIND: Final = Step(operations=("orders",), ask=_ask_to_find, read=giving_up(_find), at_most=2 * MOST_PAGES)


def poll(offer: str, polls: int, pending: Order) -> Readout[Order]:
    """What is known of an order that Duffel still works on, and another look for it unless there were enough."""
    if polls >= _POLLS:
        return Readout(records=(pending,))
    call = msgspec.structs.replace(ask_by_offer(offer), notes=(offer, str(polls + 1)))
    return Readout(records=(pending,), next=call, wait=_POLL_SECONDS)


# ---- paying for what was held ----


def _ask_to_pay(order: Order) -> Call:
    return ask_for_order(order)


def _read_before_paying(reply: Reply, _: Call, about: Order) -> Readout[Order]:
    """After the guarantee the price may have changed: what is paid is what the order costs now, if that is agreed."""
    now = read_order(reply)
    if now.status is not OrderStatus.HELD:
        return Readout(records=(now,))
    if now.price is None or now.price != about.price:
        raise no(Reason.PRICE_CHANGED, f"costs {now.price}, agreed were {about.price}")
    payment = {"type": "balance", "amount": str(now.price.amount), "currency": now.price.currency}
    paying = Call(
        operation="pay",
        method="POST",
        path="/air/payments",
        headers=JSON,
        body=msgspec.json.encode({"data": {"order_id": now.id, "payment": payment}}),
        reads_only=False,
    )
    return Readout(records=(now,), next=paying)


def _read_payment(reply: Reply, _: Call, about: Order) -> Readout[Order]:
    """Raises Answered where it failed; one that is neither paid nor failed shows in the order later."""
    if (status := decoded(reply, _PAYMENT).data.status) == _REFUSED:
        raise no(Reason.DECLINED, f"the payment is {status}")
    paid = Call(operation="order", path=f"/air/orders/{about.handle['order']}", notes=(_PAID,))
    return Readout(records=(), next=paid, wait=0.0 if status == _PAID else _POLL_SECONDS)


def _pay(reply: Reply, call: Call, about: Order) -> Readout[Order]:
    if call.operation == "pay":
        return _read_payment(reply, call, about)
    return Readout(records=(read_order(reply),)) if call.notes else _read_before_paying(reply, call, about)


PAY: Final = Step(operations=("order", "pay"), ask=_ask_to_pay, read=giving_up(_pay), at_most=3)


# ---- cancelling: a quote, and its confirmation ----


def _ask_to_cancel(order: Order) -> Call:
    return _quote(number) if (number := order.handle.get("order")) else ask_for_order(order)


def _quote(number: str) -> Call:
    """Cancels nothing yet. Nobody knows what becomes of a second quote beside one that waits, so it is sent once."""
    return Call(
        operation="cancel",
        method="POST",
        path="/air/order_cancellations",
        headers=JSON,
        body=msgspec.json.encode({"data": {"order_id": number}}),
        reads_only=False,
    )


def _read_first(reply: Reply, _call: Call, about: Order) -> Readout[Cancellation]:
    ours = read_ours(reply, about.reference)
    if not ours.orders:
        raise no(Reason.NO_SUCH_ORDER, "the airline has not made the order yet")
    return Readout(records=(), next=_quote(ours.orders[0].id))


def _read_quote(reply: Reply, _: Call, __: Order) -> Readout[Cancellation]:
    told = decoded(reply, _CANCELLATION).data
    path = f"/air/order_cancellations/{told.id}/actions/confirm"
    confirming = Call(operation="confirm", method="POST", path=path, headers=JSON, reads_only=False)
    return Readout(records=(), next=confirming)


def _read_confirmed(reply: Reply, _: Call, about: Order) -> Readout[Cancellation]:
    told = decoded(reply, _CANCELLATION).data
    status = CancellationStatus.PENDING if told.confirmed_at is None else CancellationStatus.CANCELLED
    refund = _refund(told)
    return Readout(records=(Cancellation(status=status, refund=refund, fee=_fee(told, refund, about), number=told.id),))


def _refund(told: wire.OrderCancellation) -> Money | None:
    if told.refund_amount is None or told.refund_currency is None or told.refund_to not in _MONEY:
        return None
    return Money.of(told.refund_amount, told.refund_currency)


def _fee(told: wire.OrderCancellation, refund: Money | None, about: Order) -> Money | None:
    """What the refund leaves of the price, where both are money of one currency."""
    if refund is None or about.price is None or refund.currency != about.price.currency:
        return None
    return Money.zero(refund.currency) if told.refund_to == _NOTHING_PAID else about.price - refund


_CANCELLING: Final[Mapping[str, Callable[[Reply, Call, Any], Readout[Cancellation]]]] = MappingProxyType(
    {"orders": _read_first, "cancel": _read_quote, "confirm": _read_confirmed}
)


def _cancel(reply: Reply, call: Call, about: Order) -> Readout[Cancellation]:
    return _CANCELLING[call.operation](reply, call, about)


CANCEL: Final = Step(operations=("cancel", "confirm", "orders"), ask=_ask_to_cancel, read=giving_up(_cancel), at_most=3)
