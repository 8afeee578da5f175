"""The world outside a booking, with books of its own: what suppliers sold, what a gateway holds, and what goes wrong."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

import msgspec

from domain.bookings import Abilities, Booking, Charge, Item, ItemStatus
from domain.cancellation import CancellationStep, Ladder
from domain.money import Money
from domain.offers import Conditions
from domain.orders import (
    Attempt,
    Cancellation,
    CancellationStatus,
    Order,
    OrderStatus,
    Quote,
    QuotedOffer,
    Reason,
)
from domain.payments import GatewayRefund, Method, Payment, PaymentStatus, RefundStatus
from domain.saga import actions
from domain.saga.actions import Asking, Fault, Quoted, Result, Trouble
from domain.saga.parts import charge_of, item_of

VISIBLE_WITHIN: Final = timedelta(seconds=20)
_LIVES: Final = frozenset({OrderStatus.HELD, OrderStatus.PENDING, OrderStatus.CONFIRMED})
_HOLDS: Final = frozenset({PaymentStatus.WAITING, PaymentStatus.AUTHORISED})

LATER: Final = Trouble(fault=Fault.LATER, detail="busy")
NEVER: Final = Trouble(fault=Fault.NEVER, detail="unreadable")
SILENCE: Final = Trouble(fault=Fault.UNKNOWN, detail="silence")


def no(reason: Reason) -> Trouble:
    return Trouble(fault=Fault.REFUSED, detail=reason.value, reason=reason)


class Sold(msgspec.Struct, kw_only=True):
    """An order in a supplier's books."""

    order: Order
    item: int
    made_at: datetime
    keeps: bool = False  # won't be taken back


class World:
    """`trouble` is how many things may still go wrong: when none is left all is well, so that everything ends."""

    def __init__(self, chance: Random, now: datetime) -> None:
        self.now = now
        self.trouble = chance.randint(0, 8)
        self.sold: Final[dict[str, Sold]] = {}  # by number
        self.attempts: Final[dict[str, Attempt]] = {}  # ours, by reference
        self.payments: Final[dict[str, Payment]] = {}
        self.refunds: Final[dict[str, GatewayRefund]] = {}
        self.answers: Final[dict[str, Result]] = {}  # the gateway's, by key
        self.heard: Final[dict[str, Any]] = {}  # what a payment was wished in, by the key
        self.abilities: Final[dict[int, Abilities]] = {}
        self._chance: Final = chance

    # ---- what it holds ----

    def living(self, item: int) -> list[Sold]:
        return [sold for sold in self.sold.values() if sold.item == item and sold.order.status in _LIVES]

    def holds(self) -> list[Payment]:
        return [payment for payment in self.payments.values() if payment.status in _HOLDS]

    def taken(self, currency: str) -> Money:
        """Captured and not given back."""
        kept = Money.zero(currency)
        for payment in self.payments.values():
            if payment.amount.currency == currency:
                kept = kept + payment.captured - payment.refunded
        return kept

    def time_passes(self, until: datetime) -> None:
        """Payers pay or don't, suppliers come to an end with what they worked on."""
        self.now = max(self.now, until)
        for number, payment in self.payments.items():
            if payment.status is PaymentStatus.WAITING and self._perhaps(3):
                self._pay(number, PaymentStatus.AUTHORISED)
        for sold in self.sold.values():
            if sold.order.status is OrderStatus.PENDING and self._perhaps(2):
                ends = OrderStatus.FAILED if self._goes_wrong() else OrderStatus.CONFIRMED
                sold.order = msgspec.structs.replace(sold.order, status=ends)

    def truth(self, item: Item) -> Order | None:
        """What a person hears who calls the supplier, and writes down."""
        order = next((sold.order for sold in self.sold.values() if sold.order.reference == item.reference), None)
        if item.status is ItemStatus.SENT:
            held = self.attempts.get(item.reference) or Attempt(begun_at=self.now)
            self.attempts[item.reference] = msgspec.structs.replace(
                held, order=order, refused=None if order else "no such order", reason=Reason.NO_SUCH_ORDER
            )
        return order

    # ---- what it answers ----

    def answers_to(self, action: Asking, booking: Booking) -> Result:
        return _ANSWERS[type(action)](self, action, booking)

    def quote(self, action: actions.Quote, booking: Booking) -> Result:
        item = item_of(booking, action.item)
        if self._goes_wrong():
            mishap = self._one_of("gone", "busy", "deaf", "never", "up", "up", "little", "worse", "brief", "no_quote")
            if mishap in _QUOTE_TROUBLES:
                return _QUOTE_TROUBLES[mishap]
        else:
            mishap = self._one_of("same", "same", "same", "down")
        factor = {"up": 150, "little": 103, "down": 80}.get(mishap, 100)
        base = item.quote.quote.price if item.quote is not None else item.price
        quote = Quote(
            supplier=item.offer.supplier,
            price=Money.of(base.amount * factor / 100, base.currency),
            price_components=(),
            conditions=_worse(item.offer.conditions) if mishap == "worse" else item.agreed or item.offer.conditions,
            quoted_at=self.now,
            expires_at=self.now + timedelta(seconds=3 if mishap == "brief" else 3600),
        )
        offer = QuotedOffer(id="quoted", offer=item.offer, query=item.query, quote=quote)
        return Quoted(offer=offer, abilities=self.abilities[item.number])

    def book(self, action: actions.Book, booking: Booking) -> Result:
        return self._ordered(item_of(booking, action.item), hold=action.hold)

    def settle(self, action: actions.Settle, booking: Booking) -> Result:
        item = item_of(booking, action.item)
        if item.reference not in self.attempts:
            never = Attempt(begun_at=self.now, refused="never sent", reason=Reason.NO_SUCH_ORDER)
            self.attempts[item.reference] = never
            return no(Reason.NO_SUCH_ORDER)
        return self._ordered(item, hold=False)

    def _ordered(self, item: Item, *, hold: bool) -> Result:
        """As our own ordering does it: a reference that was sent is asked for, and never sent again."""
        earlier = self.attempts.get(item.reference)
        if earlier is None:
            return self._sent(item, hold=hold)
        if earlier.order is not None:
            return earlier.order
        if earlier.refused is not None:
            return Trouble(fault=Fault.REFUSED, detail=earlier.refused, reason=earlier.reason)
        if not self.abilities[item.number].finds or self._goes_wrong():
            return SILENCE
        found = [sold.order for sold in self.sold.values() if sold.order.reference == item.reference]
        if not found and self.now - earlier.begun_at <= VISIBLE_WITHIN:
            return SILENCE
        ended: dict[str, Any] = (
            {"order": found[0]} if found else {"refused": "never became an order", "reason": Reason.NO_SUCH_ORDER}
        )
        self.attempts[item.reference] = msgspec.structs.replace(earlier, **ended)
        return found[0] if found else no(Reason.NO_SUCH_ORDER)

    def _sent(self, item: Item, *, hold: bool) -> Result:
        begun = Attempt(begun_at=self.now)
        mishap = (
            self._one_of("refused", "busy", "never", "lost", "lost", "deaf", "pending", "failed", "half")
            if self._goes_wrong()
            else "fine"
        )
        if mishap in ("busy", "never"):
            return LATER if mishap == "busy" else NEVER  # nothing was sent: the reference is as good as new
        self.attempts[item.reference] = begun
        if mishap == "refused":
            reason = Reason.NOT_POSSIBLE if hold and self._perhaps(2) else Reason.SOLD_OUT
            self.attempts[item.reference] = msgspec.structs.replace(begun, refused=reason.value, reason=reason)
            return no(reason)
        if mishap == "deaf":
            return SILENCE
        status = {"pending": OrderStatus.PENDING, "failed": OrderStatus.FAILED}.get(mishap, OrderStatus.CONFIRMED)
        order = self._made(item, OrderStatus.HELD if hold else status)
        if mishap == "lost":
            return SILENCE
        if mishap == "half":
            return msgspec.structs.replace(SILENCE, order=order)
        self.attempts[item.reference] = msgspec.structs.replace(begun, order=order)
        return order

    def _made(self, item: Item, status: OrderStatus) -> Order:
        number = f"order {len(self.sold) + 1}"
        order = Order(
            supplier=item.offer.supplier,
            id=number,
            status=status,
            reference=item.reference,
            price=item.costs,
            cancellation=self._ladder(item),
            hold_until=self.now + timedelta(minutes=20) if status is OrderStatus.HELD else None,
        )
        self.sold[number] = Sold(order=order, item=item.number, made_at=self.now, keeps=self._goes_wrong())
        return order

    def _ladder(self, item: Item) -> Ladder | None:
        fee = Money.of(self._one_of("0", "10", "5000"), item.costs.currency)
        steps = (CancellationStep(fee=fee, since=self.now + timedelta(minutes=self._one_of(-10, 30))),)
        return Ladder(steps=steps) if self._perhaps(2) else None

    def pay_order(self, action: actions.PayOrder, booking: Booking) -> Result:
        sold = self._sold(booking, action.item)
        mishap = self._one_of("busy", "deaf", "lost", "refused") if self._goes_wrong() else "fine"
        if mishap in _PLAIN:
            return _PLAIN[mishap]
        if mishap == "refused" or sold.order.status is not OrderStatus.HELD:
            return no(Reason.EXPIRED)
        sold.order = msgspec.structs.replace(sold.order, status=OrderStatus.CONFIRMED)
        return SILENCE if mishap == "lost" else sold.order

    def look_at_order(self, action: actions.LookAtOrder, booking: Booking) -> Result:
        assert self.abilities[action.item].looks, "a supplier without a look was looked at"
        return LATER if self._goes_wrong() else self._sold(booking, action.item).order

    def cancel_order(self, action: actions.CancelOrder, booking: Booking) -> Result:
        sold = self._sold(booking, action.item)
        mishap = self._one_of("busy", "deaf", "lost", "never", "hidden") if self._goes_wrong() else "fine"
        if mishap in _PLAIN:
            return _PLAIN[mishap]
        if mishap == "hidden":
            return no(Reason.NO_SUCH_ORDER)
        if sold.order.status not in _LIVES:
            return no(Reason.ALREADY_CANCELLED)
        if sold.keeps:
            return no(Reason.NOT_CANCELLABLE)
        sold.order = msgspec.structs.replace(sold.order, status=OrderStatus.CANCELLED)
        return SILENCE if mishap == "lost" else self._taken_back(item_of(booking, action.item))

    def _taken_back(self, item: Item) -> Cancellation:
        fee = self._one_of(None, None, "0", "15", "9999")
        told = None if fee is None else Money.of(fee, item.costs.currency)
        looks = self.abilities[item.number].looks
        status = CancellationStatus.PENDING if looks and self._perhaps(4) else CancellationStatus.CANCELLED
        return Cancellation(status=status, fee=told)

    # ---- the gateway ----

    def authorise(self, action: actions.Authorise, booking: Booking) -> Result:
        charge = charge_of(booking, action.charge)
        token = booking.token if charge.method is Method.CARD else None
        told = charge.amount, charge.method, charge.waits_until, token
        assert self.heard.setdefault(charge.reference, told) == told, "one key was used for two different wishes"
        return self._once(charge.reference, lambda: self._authorised(charge), silent=("busy", "deaf", "lost", "never"))

    def _authorised(self, charge: Charge) -> Result:
        status = PaymentStatus.WAITING if charge.method is Method.LINK else PaymentStatus.AUTHORISED
        if charge.method is Method.CARD and self._goes_wrong():
            status = self._one_of(PaymentStatus.DECLINED, PaymentStatus.WAITING)
        nothing = Money.zero(charge.amount.currency)
        payment = Payment(
            gateway=charge.gateway, id=f"payment {len(self.payments) + 1}", reference=charge.reference, status=status,
            amount=charge.amount, captured=nothing, refunded=nothing,
        )  # fmt: skip
        self.payments[payment.id] = payment
        return payment

    def look_at_payment(self, action: actions.LookAtPayment, booking: Booking) -> Result:
        return LATER if self._goes_wrong() else self.payments[self._number(booking, action.charge)]

    def capture(self, action: actions.Capture, booking: Booking) -> Result:
        number = self._number(booking, action.charge)
        key = f"{charge_of(booking, action.charge).reference}-capture"
        return self._once(key, lambda: self._captured(booking, number, action.amount))

    def _captured(self, booking: Booking, number: str, amount: Money) -> Result:
        for item in booking.items:
            (sold,) = self.living(item.number)
            assert sold.order.status is OrderStatus.CONFIRMED, "money was taken for what is not booked"
        if self.payments[number].status is PaymentStatus.AUTHORISED and self._goes_wrong():
            self._pay(number, PaymentStatus.EXPIRED)
        if self.payments[number].status is not PaymentStatus.AUTHORISED:
            return no(Reason.EXPIRED)
        assert amount <= self.payments[number].amount, "more was taken than was authorised"
        return self._pay(number, PaymentStatus.CAPTURED, captured=amount)

    def void(self, action: actions.Void, booking: Booking) -> Result:
        number = self._number(booking, action.charge)
        return self._once(f"{number}-void", lambda: self._voided(number))

    def _voided(self, number: str) -> Result:
        payment = self.payments[number]
        return self._pay(number, PaymentStatus.VOIDED) if payment.status in _HOLDS else payment

    def give_back(self, action: actions.GiveBack, booking: Booking) -> Result:
        charge = charge_of(booking, action.charge)
        refund = next(one for one in charge.refunds if one.id == action.refund)
        number = self._number(booking, action.charge)
        return self._once(refund.key, lambda: self._given_back(number, refund.amount))

    def _given_back(self, number: str, amount: Money) -> Result:
        payment = self.payments[number]
        assert amount <= payment.captured - payment.refunded, "more was given back than was taken"
        if self._perhaps(12) and self._goes_wrong():
            return no(Reason.NOT_POSSIBLE)
        self.payments[number] = msgspec.structs.replace(payment, refunded=payment.refunded + amount)
        status = RefundStatus.PENDING if self._perhaps(3) else RefundStatus.DONE
        refund = GatewayRefund(
            gateway=payment.gateway, id=f"refund {len(self.refunds) + 1}", payment_id=number, amount=amount,
            status=status,
        )  # fmt: skip
        self.refunds[refund.id] = refund
        return refund

    def look_at_refund(self, action: actions.LookAtRefund, booking: Booking) -> Result:
        refund = next(one for one in charge_of(booking, action.charge).refunds if one.id == action.refund)
        assert refund.gateway_id is not None
        return msgspec.structs.replace(self.refunds[refund.gateway_id], status=RefundStatus.DONE)

    # ---- chance ----

    def _once(
        self, key: str, do: Callable[[], Result], *, silent: tuple[str, ...] = ("busy", "deaf", "lost")
    ) -> Result:
        mishap = self._one_of(*silent) if self._goes_wrong() else "fine"
        if mishap in _PLAIN:
            return _PLAIN[mishap]
        if key not in self.answers:
            self.answers[key] = do()
        return SILENCE if mishap == "lost" else self.answers[key]

    def _pay(self, number: str, status: PaymentStatus, **changes: Any) -> Payment:
        self.payments[number] = msgspec.structs.replace(self.payments[number], status=status, **changes)
        return self.payments[number]

    def _sold(self, booking: Booking, number: int) -> Sold:
        order = item_of(booking, number).order
        assert order is not None
        return self.sold[order.id]

    def _number(self, booking: Booking, charge_id: str) -> str:
        number = charge_of(booking, charge_id).gateway_id
        assert number is not None, "the gateway was asked for a payment that it never told the number of"
        return number

    def _goes_wrong(self) -> bool:
        if self.trouble and self._perhaps(4):
            self.trouble -= 1
            return True
        return False

    def _perhaps(self, one_in: int) -> bool:
        return self._chance.randrange(one_in) == 0

    def _one_of(self, *choices: Any) -> Any:
        return choices[self._chance.randrange(len(choices))]


_PLAIN: Final[Mapping[str, Trouble]] = {"busy": LATER, "deaf": SILENCE, "never": NEVER}
_QUOTE_TROUBLES: Final[Mapping[str, Trouble]] = {
    "gone": no(Reason.SOLD_OUT),
    "no_quote": no(Reason.EXPIRED),
    **_PLAIN,
}
_ANSWERS: Final[Mapping[type[Any], Callable[[World, Any, Booking], Result]]] = {
    actions.Quote: World.quote,
    actions.Book: World.book,
    actions.Settle: World.settle,
    actions.PayOrder: World.pay_order,
    actions.LookAtOrder: World.look_at_order,
    actions.CancelOrder: World.cancel_order,
    actions.Authorise: World.authorise,
    actions.LookAtPayment: World.look_at_payment,
    actions.Capture: World.capture,
    actions.Void: World.void,
    actions.GiveBack: World.give_back,
    actions.LookAtRefund: World.look_at_refund,
}


def _worse(conditions: Conditions) -> Conditions:
    return msgspec.structs.replace(conditions, refundable=False)
