"""The table of steps: how each is written in the books, and who carries it out."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

import msgspec

from domain.bookings import Booking, Charge
from domain.saga.actions import (
    Asking,
    Authorise,
    Book,
    CancelOrder,
    Capture,
    GiveBack,
    LookAtOrder,
    LookAtPayment,
    LookAtRefund,
    PayOrder,
    Quote,
    Result,
    Settle,
    Trouble,
    Void,
)
from domain.saga.parts import charge_of, item_of
from storage.bookings import Step
from workers.bookings import orders, payments
from workers.bookings.desk import Desk

Carry = Callable[[Any, Booking, Desk], Awaitable[Result]]


class Carried(msgspec.Struct, frozen=True, kw_only=True):
    """`carry` asks the outside. `key` makes what the outside hears of a charge's reference; None: the reference itself."""

    carry: Carry
    key: Callable[[Charge], str] | None = None


STEPS: Final[Mapping[type[Any], Carried]] = MappingProxyType(
    {
        Quote: Carried(carry=orders.quote),
        Book: Carried(carry=orders.book),
        Settle: Carried(carry=orders.settle),
        PayOrder: Carried(carry=orders.pay),
        LookAtOrder: Carried(carry=orders.look),
        CancelOrder: Carried(carry=orders.cancel),
        Authorise: Carried(carry=payments.authorise),
        LookAtPayment: Carried(carry=payments.look),
        Capture: Carried(carry=payments.capture, key=payments.capture_key),
        Void: Carried(carry=payments.void, key=payments.void_key),
        GiveBack: Carried(carry=payments.give_back),
        LookAtRefund: Carried(carry=payments.look_at_refund),
    }
)


def written(action: Asking, booking: Booking) -> Step:
    """As the books have it: the same words whenever the same is done again."""
    kind = str(type(action).__struct_config__.tag)
    if isinstance(action, GiveBack | LookAtRefund):
        charge = charge_of(booking, action.charge)
        refund = next(one for one in charge.refunds if one.id == action.refund)
        return Step(kind=kind, about=f"refund:{refund.id}", key=refund.key)
    if isinstance(action, Authorise | LookAtPayment | Capture | Void):
        charge, key = charge_of(booking, action.charge), STEPS[type(action)].key
        return Step(kind=kind, about=f"charge:{charge.id}", key=key(charge) if key else charge.reference)
    item = item_of(booking, action.item)
    return Step(kind=kind, about=f"item:{item.number}", key=item.reference)


def outcome(result: Result) -> tuple[str, str | None]:
    """What the books say of it: a word, and a sentence where something went wrong."""
    if isinstance(result, Trouble):
        return result.fault, result.detail
    status = getattr(result, "status", None)
    return (str(status) if status is not None else "done"), None
