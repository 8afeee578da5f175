"""The one booking that is made of a quote: saved, which freezes funds, then paid from the agency's deposit.

Neither call can be repeated: Kiwi keeps no reference of ours and would book again. Nor can a booking be looked at,
found or cancelled by any documented call: that is done by people, at Kiwi's own site.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final, NoReturn

import msgspec

from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.decode import decoded
from adapters.kit.supplier import Step
from adapters.suppliers.kiwi import bags, travellers
from adapters.suppliers.kiwi import wire_booking as wire
from adapters.suppliers.kiwi.checking import costs, giving_up, no, refuse_what_is_gone
from adapters.suppliers.kiwi.flights import SLUG
from domain.orders import Order, OrderRequest, OrderStatus, Reason

_JSON: Final = (("content-type", "application/json"),)
_PAID_WITHIN: Final = timedelta(minutes=30)
_SUCCESS: Final = "success"
_SAVED: Final = msgspec.json.Decoder(wire.Saved)
_CONFIRMED: Final = msgspec.json.Decoder(wire.Confirmed)


def _ask(request: OrderRequest) -> Call:
    """Raises Answered for what Kiwi does not sell, before anything is sent."""
    if request.hold:
        raise no(Reason.NOT_POSSIBLE, "what is not paid within half an hour is gone: nothing can be held")
    if request.extras:
        raise no(Reason.NOT_POSSIBLE, "bags and insurances are not sold with it here")
    handle, categories = request.quote.handle, travellers.categories(request)
    return _sent_once(
        "save",
        {
            "booking_token": handle["booking_token"],
            "session_id": handle["session_id"],
            "lang": "en",
            "locale": "en-US",
            "passengers": list(travellers.written(request, categories)),
            "baggage": bags.written(handle, categories),
        },
    )


_PATHS: Final = MappingProxyType({"save": "/v2/booking/save_booking", "confirm": "/v2/booking/confirm_payment"})


def _sent_once(operation: str, body: Mapping[str, object], notes: tuple[str, ...] = ()) -> Call:
    return Call(
        operation=operation,
        method="POST",
        path=_PATHS[operation],
        headers=_JSON,
        body=msgspec.json.encode(body),
        reads_only=False,
        notes=notes,
    )


def _read_saved(reply: Reply, _: Call, request: OrderRequest) -> Readout[Order]:
    """Nothing is paid but what was agreed. What was saved and is not paid books nothing, and Kiwi lets it go.

    Raises Answered for flights that are gone or cost something else by now.
    """
    told = decoded(reply, _SAVED)
    refuse_what_is_gone(told)
    if told.status != _SUCCESS or told.booking_id is None or not told.transaction_id:
        raise ValueError(f"saved with status {told.status!r} as {told.booking_id}")
    agreed, price = request.quote.price, costs(told)
    if price != agreed:
        raise no(Reason.PRICE_CHANGED, f"costs {price}, agreed were {agreed}")
    held = _order(told.booking_id, told.transaction_id, request, held_until=reply.received_at + _PAID_WITHIN)
    paying = {"booking_id": told.booking_id, "transaction_id": told.transaction_id}
    notes = (str(told.booking_id), told.transaction_id)
    return Readout(records=(held,), next=_sent_once("confirm", paying, notes))


def _order(
    booking_id: int | str, transaction_id: str, request: OrderRequest, *, held_until: datetime | None = None
) -> Order:
    """`held_until` None: it is paid, and tickets are written some time later."""
    return Order(
        supplier=SLUG,
        id=str(booking_id),
        status=OrderStatus.PENDING if held_until is None else OrderStatus.HELD,
        price=request.quote.price,
        hold_until=held_until,
        handle={"booking_id": str(booking_id), "transaction_id": transaction_id},
    )


# How a payment may end that did not succeed.
_UNPAID: Final = MappingProxyType(
    {
        1: (Reason.DECLINED, "the payment failed"),
        -1: (Reason.EXPIRED, "the booking was not paid in time"),
    }
)
_PAID: Final = 0


def _read_confirmed(reply: Reply, call: Call, request: OrderRequest) -> Readout[Order]:
    """Raises Answered where nothing was paid."""
    told = decoded(reply, _CONFIRMED)
    if told.status in _UNPAID:
        reason, detail = _UNPAID[told.status]
        raise no(reason, told.msg or detail)
    if told.status != _PAID:
        raise ValueError(f"answered with status {told.status}")
    booking_id, transaction_id = call.notes
    return Readout(records=(_order(booking_id, transaction_id, request),))


_BOOKING: Final[Mapping[str, Callable[[Reply, Call, OrderRequest], Readout[Order]]]] = MappingProxyType(
    {"save": _read_saved, "confirm": _read_confirmed}
)


def _read(reply: Reply, call: Call, request: OrderRequest) -> Readout[Order]:
    return _BOOKING[call.operation](reply, call, request)


BOOK: Final = Step(operations=("save", "confirm"), ask=_ask, read=giving_up(_read), at_most=2)


def _ask_to_cancel(order: Order) -> NoReturn:
    raise no(Reason.NOT_CANCELLABLE, f"booking {order.id} is cancelled at Kiwi.com's own site, by people")


def _read_nothing(_: Reply, call: Call, order: Order) -> NoReturn:
    """No call was made, so nobody comes here."""
    raise no(Reason.NOT_CANCELLABLE, f"{call.operation} does not cancel booking {order.id}")


CANCEL: Final = Step(operations=(), ask=_ask_to_cancel, read=_read_nothing)
