"""A payment gateway in memory that keeps its books and its keys, and can be told what goes wrong."""

# ruff: noqa: ARG002 -- in memory nobody waits, so no deadline is looked at

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

import msgspec

from adapters.kit.failures import Answered, TryLater, Unknown
from adapters.payments.gateway import Wanted
from domain.money import Money
from domain.orders import Reason
from domain.payments import GatewayRefund, Payment, PaymentStatus, RefundStatus
from domain.searches import Outcome

GOOD_CARD: Final = "tok_good"
DECLINED_CARD: Final = "tok_declined"
CARD_OF_A_CAREFUL_BANK: Final = "tok_confirm"  # its holder has to confirm

# What may go wrong with a call, by name: "busy" did nothing, "lost" did it and "deaf" did not, and nobody heard which.
BUSY: Final = "busy"
LOST: Final = "lost"
DEAF: Final = "deaf"
# The worker that asks dies, before anything is done or after it.
KILLED: Final = "killed"
KILLED_AFTER: Final = "killed_after"

Answer = TypeVar("Answer", Payment, GatewayRefund)


class Dead(BaseException):
    """Nobody catches this: the worker is gone."""


class MemoryGateway:
    """`mishaps` are taken one for each call of an operation, in their order; `heard` is every call, with its key."""

    def __init__(self, name: str = "purse", *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.name: Final = name
        self.held: Final[dict[str, Payment]] = {}
        self.refunds: Final[dict[str, GatewayRefund]] = {}
        self.mishaps: Final[dict[str, list[str]]] = {}
        self.heard: Final[list[tuple[str, str]]] = []
        self.refunds_take_time = False
        self.refuses_refunds = False
        self._made_at: Final[dict[str, datetime]] = {}
        self._answers: Final[dict[str, Any]] = {}
        self._now: Final = now

    # ---- what its own pages show, and what payers do there ----

    def total(self, *statuses: PaymentStatus) -> Money:
        """What is held in these states, of one currency."""
        amounts = [payment.amount for payment in self.held.values() if payment.status in statuses]
        return sum(amounts[1:], amounts[0]) if amounts else Money.zero("EUR")

    def pay(self, payment_id: str) -> None:
        """The payer does what the gateway waited for."""
        self._change(payment_id, status=PaymentStatus.AUTHORISED, action_url=None)

    def lapse(self, payment_id: str) -> None:
        """What was authorised, or waited for, is not any more."""
        self._change(payment_id, status=PaymentStatus.EXPIRED, action_url=None)

    # ---- as a gateway ----

    async def authorise(self, wanted: Wanted, *, deadline: float) -> Payment:
        return self._once("authorise", wanted.reference, lambda: self._authorised(wanted))

    def _authorised(self, wanted: Wanted) -> Payment:
        number = f"{self.name}_{len(self.held) + 1}"
        status = {
            None: PaymentStatus.WAITING,
            CARD_OF_A_CAREFUL_BANK: PaymentStatus.WAITING,
            DECLINED_CARD: PaymentStatus.DECLINED,
        }.get(wanted.token, PaymentStatus.AUTHORISED)
        waits = status is PaymentStatus.WAITING
        nothing = Money.zero(wanted.amount.currency)
        self.held[number] = Payment(
            gateway=self.name, id=number, reference=wanted.reference, status=status, amount=wanted.amount,
            captured=nothing, refunded=nothing, action_url=f"https://pay.example/{number}" if waits else None,
            waits_until=wanted.waits_until if waits else None,
            decline="card_declined" if status is PaymentStatus.DECLINED else None,
        )  # fmt: skip
        self._made_at[number] = self._now()
        return self.held[number]

    async def look(self, payment_id: str, *, deadline: float) -> Payment:
        if self._mishap("look", payment_id) is not None:
            raise TryLater("busy", outcome=Outcome.ERROR)
        return self.held[payment_id]

    async def capture(self, payment: Payment, amount: Money, *, key: str, deadline: float) -> Payment:
        return self._once("capture", key, lambda: self._captured(payment.id, amount))

    def _captured(self, payment_id: str, amount: Money) -> Payment:
        held = self.held[payment_id]
        if held.status is PaymentStatus.EXPIRED:
            raise Answered("the hold is gone", outcome=Outcome.REFUSED, reason=Reason.EXPIRED)
        if held.status is not PaymentStatus.AUTHORISED or amount > held.amount:
            raise Answered("there is no such hold", outcome=Outcome.REFUSED, reason=Reason.NOT_POSSIBLE)
        return self._change(payment_id, status=PaymentStatus.CAPTURED, captured=amount)

    async def void(self, payment: Payment, *, key: str, deadline: float) -> Payment:
        return self._once("void", key, lambda: self._voided(payment.id))

    def _voided(self, payment_id: str) -> Payment:
        held = self.held[payment_id]
        if held.status is PaymentStatus.CAPTURED:
            raise Answered("it was taken already", outcome=Outcome.REFUSED, reason=Reason.NOT_POSSIBLE)
        if held.status not in (PaymentStatus.AUTHORISED, PaymentStatus.WAITING):
            return held
        return self._change(payment_id, status=PaymentStatus.VOIDED, action_url=None)

    async def refund(self, payment: Payment, amount: Money, *, key: str, deadline: float) -> GatewayRefund:
        return self._once("refund", key, lambda: self._refunded(payment.id, amount))

    def _refunded(self, payment_id: str, amount: Money) -> GatewayRefund:
        held = self.held[payment_id]
        if self.refuses_refunds or amount > held.captured - held.refunded:
            raise Answered("more than was taken", outcome=Outcome.REFUSED, reason=Reason.NOT_POSSIBLE)
        self._change(payment_id, refunded=held.refunded + amount)
        status = RefundStatus.PENDING if self.refunds_take_time else RefundStatus.DONE
        number = f"refund_{len(self.refunds) + 1}"
        self.refunds[number] = GatewayRefund(
            gateway=self.name, id=number, payment_id=payment_id, amount=amount, status=status
        )
        return self.refunds[number]

    async def look_refund(self, refund_id: str, *, deadline: float) -> GatewayRefund:
        if self._mishap("look_refund", refund_id) is not None:
            raise TryLater("busy", outcome=Outcome.ERROR)
        held = self.refunds[refund_id]
        if not self.refunds_take_time and held.status is RefundStatus.PENDING:
            self.refunds[refund_id] = msgspec.structs.replace(held, status=RefundStatus.DONE)
        return self.refunds[refund_id]

    async def find(self, reference: str, *, deadline: float) -> Payment | None:
        return next((payment for payment in self.held.values() if payment.reference == reference), None)

    async def payments(self, since: datetime, *, deadline: float) -> AsyncIterator[Payment]:

        for number, payment in self.held.items():
            if self._made_at[number] >= since:
                yield payment

    async def aclose(self) -> None:
        """Nothing is open."""

    # ---- its own ----

    def _once(self, operation: str, key: str, do: Callable[[], Answer]) -> Answer:
        """The same key gives the same answer, and does nothing twice."""
        mishap = self._mishap(operation, key)
        if mishap == BUSY:
            raise TryLater("busy", outcome=Outcome.ERROR)
        if mishap == DEAF:
            raise Unknown("silence", outcome=Outcome.TIMEOUT)
        if mishap == KILLED:
            raise Dead(operation)
        if key not in self._answers:
            self._answers[key] = do()
        if mishap == KILLED_AFTER:
            raise Dead(operation)
        if mishap == LOST:
            raise Unknown("silence", outcome=Outcome.TIMEOUT)
        answer: Answer = self._answers[key]
        return answer

    def _mishap(self, operation: str, key: str) -> str | None:
        self.heard.append((operation, key))
        waiting = self.mishaps.get(operation, [])
        return waiting.pop(0) if waiting else None

    def _change(self, payment_id: str, **changes: Any) -> Payment:
        self.held[payment_id] = msgspec.structs.replace(self.held[payment_id], **changes)
        return self.held[payment_id]
