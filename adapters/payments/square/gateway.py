"""Payments by Square: approved first, completed when the trip is booked.

https://developer.squareup.com/docs/payments-api/take-payments/card-payments/delayed-capture
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

import httpx
import msgspec

from adapters.kit.calls import Call
from adapters.kit.failures import Answered, GiveUp, TryLater, Unknown
from adapters.payments.gateway import Wanted
from adapters.payments.line import Line
from adapters.payments.reading import in_time, made
from adapters.payments.square import wire
from adapters.payments.square.refusals import meant
from domain.money import Money
from domain.orders import Reason
from domain.payments import GatewayRefund, Payment, PaymentStatus, RefundStatus
from domain.searches import Outcome

NAME: Final = "square"
VERSION: Final = "2025-01-23"  # of the API: what wire.py reads

_LONGEST_KEY: Final = 45  # characters
_HELD_FOR: Final = "P7D"  # as long as Square holds a card that nobody swiped
_FOUND_WITHIN: Final = timedelta(days=8)
_MOST_PAGES: Final = 500
_P = PaymentStatus
_STATUSES: Final[Mapping[str, PaymentStatus]] = MappingProxyType(
    {
        "PENDING": _P.WAITING,
        "APPROVED": _P.AUTHORISED,
        "COMPLETED": _P.CAPTURED,
        "CANCELED": _P.VOIDED,
        "FAILED": _P.DECLINED,
    }
)
_REFUNDS: Final[Mapping[str, RefundStatus]] = MappingProxyType(
    {
        "PENDING": RefundStatus.PENDING,
        "COMPLETED": RefundStatus.DONE,
        "REJECTED": RefundStatus.REFUSED,
        "FAILED": RefundStatus.REFUSED,
    }
)


class SquareGateway:
    """One location, which has one currency. `now` tells an aware UTC time."""

    def __init__(
        self,
        *,
        token: str,
        location: str,
        base_url: str,
        now: Callable[[], datetime],
        over: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._line: Final = Line(base_url, over=over)
        self._headers: Final = (
            ("authorization", f"Bearer {token}"),
            ("square-version", VERSION),
            ("content-type", "application/json"),
        )
        self._location: Final = location
        self._now: Final = now
        self._currency: str | None = None

    @property
    def name(self) -> str:
        return NAME

    async def authorise(self, wanted: Wanted, *, deadline: float) -> Payment:
        in_time(deadline)
        if wanted.token is None:
            raise GiveUp(
                "Square's payment links take the money at once, and we hold it until the trip is booked: pay by card",
                outcome=Outcome.REFUSED,
            )
        if wanted.token.replace(" ", "").isdigit():
            raise GiveUp("a card number never comes this way", outcome=Outcome.REFUSED)
        await self._check_currency(wanted.amount, deadline)
        body = {
            "idempotency_key": _key(wanted.reference),
            "source_id": wanted.token,
            "amount_money": wire.amount(wanted.amount),
            "autocomplete": False,
            "delay_duration": _HELD_FOR,
            "delay_action": "CANCEL",
            "location_id": self._location,
            "reference_id": wanted.reference,
            "buyer_email_address": wanted.payer,
            "note": wanted.description,
        }
        try:
            answer = await self._change("/v2/payments", body, deadline)
        except GiveUp as refusal:
            # The key is spent on the same payment in other words, such as an address that its payer has changed since.
            spent = refusal.code == "IDEMPOTENCY_KEY_REUSED"
            found = await self.find(wanted.reference, deadline=deadline) if spent else None
            if found is None or found.amount != wanted.amount:
                raise
            return found
        except Answered as refusal:
            if refusal.reason is not Reason.DECLINED:
                raise
            return _declined(refusal, wanted)
        return made(_payment, answer.payment)

    async def look(self, payment_id: str, *, deadline: float) -> Payment:
        in_time(deadline)
        return made(_payment, (await self._read(f"/v2/payments/{payment_id}", deadline)).payment)

    async def capture(self, payment: Payment, amount: Money, *, key: str, deadline: float) -> Payment:
        """Square completes the whole of it: what is not wanted is let go first."""
        in_time(deadline)
        try:
            if amount != payment.amount:
                less = {"idempotency_key": _key(f"{key}-less"), "payment": {"amount_money": wire.amount(amount)}}
                await self._change(f"/v2/payments/{payment.id}", less, deadline, method="PUT")
            answer = await self._change(f"/v2/payments/{payment.id}/complete", {}, deadline)
        except Answered as refusal:
            now = await self.look(payment.id, deadline=deadline)
            if now.status is _P.CAPTURED and now.captured == amount:
                return now
            held = now.status in (_P.AUTHORISED, _P.CAPTURED)
            reason = Reason.NOT_POSSIBLE if held else Reason.EXPIRED
            raise Answered(refusal.detail, outcome=refusal.outcome, code=refusal.code, reason=reason) from refusal
        return made(_payment, answer.payment)

    async def void(
        self,
        payment: Payment,
        *,
        key: str,  # noqa: ARG002 -- part of the seam: a payment is cancelled once, and Square wants no key for it
        deadline: float,
    ) -> Payment:
        in_time(deadline)
        try:
            answer = await self._change(f"/v2/payments/{payment.id}/cancel", {}, deadline)
        except Answered:
            now = await self.look(payment.id, deadline=deadline)
            if now.status in (_P.VOIDED, _P.EXPIRED):
                return now
            raise
        return made(_payment, answer.payment)

    async def refund(self, payment: Payment, amount: Money, *, key: str, deadline: float) -> GatewayRefund:
        in_time(deadline)
        body = {
            "idempotency_key": _key(key),
            "payment_id": payment.id,
            "amount_money": wire.amount(amount),
            "reason": "Cancelled",
        }
        return made(_refund, (await self._change("/v2/refunds", body, deadline)).refund)

    async def look_refund(self, refund_id: str, *, deadline: float) -> GatewayRefund:
        in_time(deadline)
        return made(_refund, (await self._read(f"/v2/refunds/{refund_id}", deadline)).refund)

    async def find(self, reference: str, *, deadline: float) -> Payment | None:
        """Among the payments of the last days: Square has no other way to ask."""
        async for payment in self.payments(self._now() - _FOUND_WITHIN, deadline=deadline):
            if payment.reference == reference:
                return payment
        return None

    async def payments(self, since: datetime, *, deadline: float) -> AsyncIterator[Payment]:
        in_time(deadline)
        asked = {"begin_time": since.isoformat(), "location_id": self._location, "limit": "100", "sort_order": "DESC"}
        for _ in range(_MOST_PAGES):
            page = await self._read("/v2/payments", deadline, **asked)
            for payment in page.payments:
                yield made(_payment, payment)
            if not page.cursor:
                return
            asked = {**asked, "cursor": page.cursor}
        raise GiveUp(f"more than {_MOST_PAGES} pages at Square", outcome=Outcome.ERROR)

    async def aclose(self) -> None:
        await self._line.aclose()

    async def _check_currency(self, wanted: Money, deadline: float) -> None:
        """Raises GiveUp for another currency than the location's, which is asked for once."""
        if self._currency is None:
            answer = await self._read(f"/v2/locations/{self._location}", deadline)
            if answer.location is None:
                raise TryLater("Square does not tell its location's currency", outcome=Outcome.ERROR)
            self._currency = answer.location.currency
        if wanted.currency != self._currency:
            raise GiveUp(
                f"our place at Square takes {self._currency} and no {wanted.currency}", outcome=Outcome.REFUSED
            )

    async def _read(self, path: str, deadline: float, **params: str) -> wire.Answer:
        call = Call(operation="square get", path=path, params=tuple(params.items()), headers=self._headers)
        return await self._answered(call, deadline)

    async def _change(
        self, path: str, body: Mapping[str, Any], deadline: float, *, method: str = "POST"
    ) -> wire.Answer:
        call = Call(
            operation=f"square {method.lower()}",
            path=path,
            method=method,
            headers=self._headers,
            body=msgspec.json.encode(body),
            reads_only=False,
        )
        return await self._answered(call, deadline)

    async def _answered(self, call: Call, deadline: float) -> wire.Answer:
        """Raises Failure: Unknown where a change may have happened."""
        unsure: type[Unknown | TryLater] = TryLater if call.reads_only else Unknown
        try:
            async with asyncio.timeout_at(deadline):
                reply = await self._line.sent(call)
        except TimeoutError as error:
            raise unsure("Square gave no answer in time", outcome=Outcome.TIMEOUT) from error
        good = 200 <= reply.status < 300
        try:
            answer = _ANSWER.decode(reply.body)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            if not good:
                raise meant(reply, (), changes=not call.reads_only) from error
            raise unsure(f"Square's answer can't be read: {error}", outcome=Outcome.ERROR) from error
        if not good:
            failure = meant(reply, answer.errors, changes=not call.reads_only)
            raise failure from (_Refused(answer) if answer.payment is not None else None)
        return answer


class _Refused(Exception):
    """What Square made of a card nevertheless: a payment that has failed."""

    def __init__(self, answer: wire.Answer) -> None:
        super().__init__("refused")
        self.answer: Final = answer


_ANSWER: Final = msgspec.json.Decoder(wire.Answer)


def _key(key: str) -> str:
    """Our key, or where that is too long what stands for it."""
    return key if len(key) <= _LONGEST_KEY else hashlib.blake2s(key.encode(), digest_size=16).hexdigest()


def _payment(told: wire.Payment | None) -> Payment:
    """Raises ValueError for what is no payment, or has a status that we don't know."""
    if told is None or told.status not in _STATUSES:
        raise ValueError(f"Square tells of a payment that is {told.status if told is not None else 'not there'}")
    status, amount = _STATUSES[told.status], told.amount_money.money
    if status is _P.VOIDED and told.delayed_until is not None and told.delayed_until <= told.updated_at:
        status = _P.EXPIRED  # nobody completed it in time
    nothing = Money.zero(amount.currency)
    errors = told.card_details.errors
    return Payment(
        gateway=NAME,
        id=told.id,
        reference=told.reference_id,
        status=status,
        amount=amount,
        captured=amount if status is _P.CAPTURED else nothing,
        refunded=told.refunded_money.money if told.refunded_money is not None else nothing,
        decline=errors[0].code if status is _P.DECLINED and errors else None,
    )


def _declined(refusal: Answered, wanted: Wanted) -> Payment:
    """Square keeps a failed payment, and may show it with the refusal."""
    cause = refusal.__cause__
    if isinstance(cause, _Refused):
        return made(_payment, cause.answer.payment)
    nothing = Money.zero(wanted.amount.currency)
    return Payment(
        gateway=NAME,
        id=wanted.reference,
        reference=wanted.reference,
        status=_P.DECLINED,
        amount=wanted.amount,
        captured=nothing,
        refunded=nothing,
        decline=refusal.code,
    )


def _refund(told: wire.Refund | None) -> GatewayRefund:
    """Raises ValueError as `_payment`."""
    if told is None or told.status not in _REFUNDS:
        raise ValueError(f"Square tells of a refund that is {told.status if told is not None else 'not there'}")
    return GatewayRefund(
        gateway=NAME,
        id=told.id,
        payment_id=told.payment_id,
        amount=told.amount_money.money,
        status=_REFUNDS[told.status],
    )
