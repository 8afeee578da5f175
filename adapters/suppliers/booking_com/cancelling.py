"""A cancellation: how the order stands, the cancelling itself, and what it cost."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.decode import decoded
from adapters.kit.failures import Answered
from adapters.suppliers.booking_com import asking, orders, wire
from adapters.suppliers.booking_com.wire_orders import CancelStatus, OrderDetails
from domain.money import Money
from domain.orders import Cancellation, CancellationStatus, Order, OrderStatus, Reason
from domain.searches import Outcome

OPERATIONS: Final = ("order_details", "cancel")
AT_MOST: Final = 3

_AFTERWARDS: Final = "cancelled"  # the note that tells the second look from the first
_REASON: Final = "The traveller does not come."
_OVER: Final = frozenset({"stayed", "no_show"})
_DETAILS: Final = msgspec.json.Decoder(wire.Answered[list[OrderDetails]])
_STATUS: Final = msgspec.json.Decoder(wire.Answered[CancelStatus])


def ask(order: Order) -> Call:
    """First a look: the ids of the errors that a cancellation may end in are not public."""
    return orders.ask_look(order)


def read(reply: Reply, call: Call, order: Order) -> Readout[Cancellation]:
    if call.notes == (_AFTERWARDS,):
        return _what_it_cost(reply, order)
    return _READERS[call.operation](reply, order)


def _can_be_cancelled(reply: Reply, order: Order) -> Readout[Cancellation]:
    told = orders.details_of(reply, order.id)
    if orders.STATUSES.get(told.status) is OrderStatus.CANCELLED:
        raise Answered(f"{order.id} is {told.status}", outcome=Outcome.REFUSED, reason=Reason.ALREADY_CANCELLED)
    if told.status in _OVER:
        raise Answered(f"{order.id} is {told.status}", outcome=Outcome.REFUSED, reason=Reason.NOT_CANCELLABLE)
    return Readout(records=(), next=asking.call("cancel", {"order": order.id, "reason": _REASON}))


def _cancelled(reply: Reply, order: Order) -> Readout[Cancellation]:
    """The answer is a word: what was charged, the order itself says afterwards."""
    status = decoded(reply, _STATUS).data.status
    if status == "failed":
        raise Answered(f"{order.id} can't be cancelled", outcome=Outcome.REFUSED, reason=Reason.NOT_CANCELLABLE)
    if status != "successful":
        raise asking.unreadable(f"the cancellation of {order.id} is {status!r}")
    return Readout(records=(), next=orders.ask_look(order, notes=(_AFTERWARDS,)))


def _what_it_cost(reply: Reply, order: Order) -> Readout[Cancellation]:
    """It is cancelled whatever this answer says; it only tells what that cost."""
    told = next((details for details in decoded(reply, _DETAILS).data if str(details.id) == order.id), None)
    try:
        fee, refund = _fee_and_refund(told, order) if told else (None, None)
    except ValueError as error:
        raise asking.unreadable(f"the cancellation of {order.id}: {error}") from error
    return Readout(records=(Cancellation(status=CancellationStatus.CANCELLED, fee=fee, refund=refund),))


def _fee_and_refund(told: OrderDetails, order: Order) -> tuple[Money | None, Money | None]:
    """None where they don't say. Something comes back only of what was paid online."""
    details = told.cancellation_details
    if details is None or details.fee is None:
        return None, None
    fee = orders.money_of(told, orders.currency_of(order))(details.fee)
    paid = order.handle.get("paid_online")
    if paid is None or fee.currency != orders.currency_of(order):
        return fee, None
    back = Money.of(paid, fee.currency) - fee
    return fee, max(back, Money.zero(fee.currency), key=lambda money: money.amount)


_READERS: Final[Mapping[str, Callable[[Reply, Order], Readout[Cancellation]]]] = MappingProxyType(
    {"order_details": _can_be_cancelled, "cancel": _cancelled}
)
