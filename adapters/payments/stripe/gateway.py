"""Payments by Stripe: held first, captured when the trip is booked.

A card is a PaymentIntent that is confirmed as it is made; a link is a Checkout session, behind which Stripe makes a
PaymentIntent once somebody pays. https://docs.stripe.com/payments/place-a-hold-on-a-payment-method
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import datetime
from typing import Any, Final, TypeVar

import httpx
import msgspec

from adapters.kit.failures import Answered, GiveUp
from adapters.payments.gateway import Wanted
from adapters.payments.reading import in_time, made
from adapters.payments.stripe import asking
from adapters.payments.stripe.calling import Caller, Stored
from adapters.payments.stripe.reading import KEY, LINK, NAME, REFERENCE, of_intent, of_refund, of_session
from adapters.payments.stripe.refusals import declined, is_key, is_state
from adapters.payments.stripe.wire import Customer, Intent, Page, PaymentMethod, RefundMade, Session
from domain.money import Money
from domain.orders import Reason
from domain.payments import GatewayRefund, Payment, PaymentStatus
from domain.searches import Outcome

Record = TypeVar("Record", Intent, Session)

_MOST_PAGES: Final = 500
_CHARGE: Final = ["latest_charge"]
_NEWEST: Final = 1_000
_KEYS: Final = 12  # of one call, before it stays unknown until its keys are forgotten after a day
_BEHIND: Final = ["payment_intent.latest_charge"]


def keys(first: str) -> Iterator[str]:
    """The key of a call, and those that take its place when it is burnt."""
    yield first
    for number in range(2, _KEYS + 1):
        yield f"{first}-{number}"


class StripeGateway:
    """`return_url` is where payers come back to who were sent nowhere else."""

    def __init__(
        self,
        *,
        secret: str,
        base_url: str,
        return_url: str,
        over: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._stripe: Final = Caller(secret, base_url, over=over)
        self._return_url: Final = return_url

    @property
    def name(self) -> str:
        return NAME

    async def authorise(self, wanted: Wanted, *, deadline: float) -> Payment:
        """Not more than a day after it was first asked for: Stripe forgets keys after that."""
        in_time(deadline)
        wanted = msgspec.structs.replace(wanted, return_url=wanted.return_url or self._return_url)
        try:
            return await self._authorised(wanted, deadline)
        except GiveUp as refusal:
            # The key is spent on the same payment in other words, such as an address that its payer has changed since.
            found = await self.find(wanted.reference, deadline=deadline) if is_key(refusal) else None
            if found is None or found.amount != wanted.amount:
                raise
            return found
        except Answered as refusal:
            if refusal.reason is not Reason.DECLINED:
                raise
            return declined(refusal, wanted)

    async def look(self, payment_id: str, *, deadline: float) -> Payment:
        in_time(deadline)
        if payment_id.startswith("cs_"):
            return made(of_session, await self._session(payment_id, deadline))
        asked = self._stripe.v1.payment_intents.retrieve_async(payment_id, {"expand": list(_CHARGE)})
        intent = await self._stripe.read(asked, Intent, deadline=deadline)
        return await self._known_as(intent, deadline)

    async def capture(self, payment: Payment, amount: Money, *, key: str, deadline: float) -> Payment:
        in_time(deadline)
        units = asking.units(amount)
        intent_id = await self._intent_id(payment, deadline)

        def asked(under: str) -> Awaitable[Any]:
            return self._stripe.v1.payment_intents.capture_async(
                intent_id, {"amount_to_capture": units, "expand": list(_CHARGE)}, {"idempotency_key": under}
            )

        try:
            return _under(payment, await self._once_by_state(asked, key, deadline))
        except Answered as refusal:
            if not is_state(refusal):
                raise
            now = await self.look(payment.id, deadline=deadline)
            if now.status is PaymentStatus.CAPTURED and now.captured == amount:
                return now
            taken = now.status is PaymentStatus.CAPTURED
            reason = Reason.NOT_POSSIBLE if taken else Reason.EXPIRED
            raise Answered(refusal.detail, outcome=refusal.outcome, code=refusal.code, reason=reason) from refusal

    async def void(self, payment: Payment, *, key: str, deadline: float) -> Payment:
        in_time(deadline)
        if payment.id.startswith("cs_") and (ended := await self._ended(payment, key, deadline)) is not None:
            return ended
        intent_id = await self._intent_id(payment, deadline)

        def asked(under: str) -> Awaitable[Any]:
            return self._stripe.v1.payment_intents.cancel_async(
                intent_id, {"expand": list(_CHARGE)}, {"idempotency_key": under}
            )

        try:
            return _under(payment, await self._once_by_state(asked, key, deadline))
        except Answered as refusal:
            if not is_state(refusal):
                raise
            now = await self.look(payment.id, deadline=deadline)
            if now.status in (PaymentStatus.VOIDED, PaymentStatus.EXPIRED):
                return now
            raise

    async def refund(self, payment: Payment, amount: Money, *, key: str, deadline: float) -> GatewayRefund:
        in_time(deadline)
        units = asking.units(amount)
        intent_id = await self._intent_id(payment, deadline)

        def asked(under: str) -> Awaitable[Any]:
            return self._stripe.v1.refunds.create_async(
                {"payment_intent": intent_id, "amount": units, "metadata": {KEY: key}}, {"idempotency_key": under}
            )

        refund = await self._given_back(intent_id, key, asked, deadline)
        return made(lambda told: of_refund(told, payment.id), refund)

    async def _given_back(
        self, intent_id: str, key: str, asked: Callable[[str], Awaitable[Any]], deadline: float
    ) -> RefundMade:
        """All refunds of a payment can be seen at once: what is not among them was not made."""
        for under in keys(key):
            try:
                return await self._stripe.change(asked(under), RefundMade, deadline=deadline)
            except Stored as stored:
                trouble = stored
            listed = self._stripe.v1.refunds.list_async({"payment_intent": intent_id, "limit": asking.A_PAGE})
            there = (await self._stripe.read(listed, Page[RefundMade], deadline=deadline)).data
            if found := [one for one in there if one.metadata.get(KEY) == key]:
                return found[0]
        raise trouble

    async def look_refund(self, refund_id: str, *, deadline: float) -> GatewayRefund:
        in_time(deadline)
        asked = self._stripe.v1.refunds.retrieve_async(refund_id)
        refund = await self._stripe.read(asked, RefundMade, deadline=deadline)
        payment = await self.look(refund.payment_intent, deadline=deadline)
        return made(lambda told: of_refund(told, payment.id), refund)

    async def find(self, reference: str, *, deadline: float) -> Payment | None:
        """A card, or a link that is paid, some seconds after it is made; a link that waits, at once."""
        in_time(deadline)
        searched = self._stripe.v1.payment_intents.search_async(
            {"query": f"metadata['{REFERENCE}']:'{reference}'", "expand": [f"data.{one}" for one in _CHARGE]}
        )
        found = (await self._stripe.read(searched, Page[Intent], deadline=deadline)).data
        if found:
            return await self._known_as(found[0], deadline)
        async for session in self._all(self._sessions_page, {"status": "open"}, deadline):
            if session.metadata.get(REFERENCE) == reference:
                return made(of_session, session)
        return None

    async def _newest(self, reference: str, deadline: float) -> Payment | None:
        """Among as many payments as are made within some minutes; unlike the search, the list lags behind nothing."""
        seen = 0
        async for intent in self._all(self._intents_page, {}, deadline):
            if intent.metadata.get(REFERENCE) == reference:
                return await self._known_as(intent, deadline)
            seen += 1
            if seen >= _NEWEST:
                return None
        return None

    async def payments(self, since: datetime, *, deadline: float) -> AsyncIterator[Payment]:
        created = {"created": {"gte": int(since.timestamp())}}
        async for intent in self._all(self._intents_page, created, deadline):
            if LINK not in intent.metadata:  # those behind a link come with it
                yield made(of_intent, intent)
        async for session in self._all(self._sessions_page, created, deadline):
            yield made(of_session, session)

    async def aclose(self) -> None:
        await self._stripe.aclose()

    async def _authorised(self, wanted: Wanted, deadline: float) -> Payment:
        """A key under which there was trouble says so for ever. What is not among the newest then was not made."""
        for key in keys(wanted.reference):
            try:
                return await self._asked(wanted, key, deadline)
            except Stored as stored:
                trouble = stored
            reference = wanted.reference
            found = await self._newest(reference, deadline) or await self.find(reference, deadline=deadline)
            if found is not None:
                return found
        raise trouble

    async def _asked(self, wanted: Wanted, key: str, deadline: float) -> Payment:
        if wanted.token is None:
            return made(of_session, await self._link(wanted, key, deadline))
        return made(of_intent, await self._card(wanted, wanted.token, key, deadline))

    async def _card(self, wanted: Wanted, token: str, key: str, deadline: float) -> Intent:
        if token.replace(" ", "").isdigit():
            raise GiveUp("a card number never comes this way", outcome=Outcome.REFUSED)
        payer, method = (await self._kept(wanted, token, deadline)) if wanted.shared else (None, token)
        asked = self._stripe.v1.payment_intents.create_async(
            asking.card(wanted, method, payer), {"idempotency_key": key}
        )
        return await self._stripe.change(asked, Intent, deadline=deadline)

    async def _kept(self, wanted: Wanted, token: str, deadline: float) -> tuple[str, str]:
        """The customer for whom the card is kept, and its number with them; the same for all that share the token."""
        one = asking.digest(token)
        made_up = self._stripe.v1.customers.create_async({"email": wanted.payer}, {"idempotency_key": f"payer-{one}"})
        customer = await self._stripe.change(made_up, Customer, deadline=deadline)
        attached = self._stripe.v1.payment_methods.attach_async(
            token, {"customer": customer.id}, {"idempotency_key": f"card-{one}"}
        )
        method = await self._stripe.change(attached, PaymentMethod, deadline=deadline)
        return customer.id, method.id

    async def _link(self, wanted: Wanted, key: str, deadline: float) -> Session:
        asked = self._stripe.v1.checkout.sessions.create_async(asking.link(wanted), {"idempotency_key": key})
        return await self._stripe.change(asked, Session, deadline=deadline)

    async def _session(self, session_id: str, deadline: float) -> Session:
        asked = self._stripe.v1.checkout.sessions.retrieve_async(session_id, {"expand": list(_BEHIND)})
        return await self._stripe.read(asked, Session, deadline=deadline)

    async def _known_as(self, intent: Intent, deadline: float) -> Payment:
        """What we asked for under another number keeps that one: a PaymentIntent behind a link is the link."""
        if LINK not in intent.metadata:
            return made(of_intent, intent)
        sessions = await self._sessions_page({"payment_intent": intent.id}, deadline)
        if not sessions.data:
            raise Answered(f"no link leads to {intent.id}", outcome=Outcome.REFUSED, reason=Reason.NO_SUCH_ORDER)
        return made(of_session, sessions.data[0])

    async def _intent_id(self, payment: Payment, deadline: float) -> str:
        """Raises Answered where nobody has paid by the link."""
        if not payment.id.startswith("cs_"):
            return payment.id
        behind = (await self._session(payment.id, deadline)).payment_intent
        if behind is None:
            raise Answered(f"{payment.id} is not paid", outcome=Outcome.REFUSED, reason=Reason.NOT_POSSIBLE)
        return behind if isinstance(behind, str) else behind.id

    async def _ended(self, payment: Payment, key: str, deadline: float) -> Payment | None:
        """The link, dead; None where somebody was quicker and has paid by it."""
        asked = self._stripe.v1.checkout.sessions.expire_async(
            payment.id, {"expand": list(_BEHIND)}, {"idempotency_key": f"{key}-link"}
        )
        try:
            session = await self._stripe.change(asked, Session, deadline=deadline)
        except (Answered, GiveUp):  # it is open no more
            session = await self._session(payment.id, deadline)
        if session.status == "complete":
            return None
        return msgspec.structs.replace(made(of_session, session), status=PaymentStatus.VOIDED)

    async def _once_by_state(self, asked: Callable[[str], Awaitable[Any]], key: str, deadline: float) -> Intent:
        """A PaymentIntent is captured or cancelled once, whatever the key: where one is burnt, another one does."""
        for under in keys(key):
            try:
                return await self._stripe.change(asked(under), Intent, deadline=deadline)
            except Stored as stored:
                trouble = stored
        raise trouble

    async def _intents_page(self, params: dict[str, Any], deadline: float) -> Page[Intent]:
        asked: Any = {**params, "limit": asking.A_PAGE, "expand": [f"data.{one}" for one in _CHARGE]}
        listed = self._stripe.v1.payment_intents.list_async(asked)
        return await self._stripe.read(listed, Page[Intent], deadline=deadline)

    async def _sessions_page(self, params: dict[str, Any], deadline: float) -> Page[Session]:
        asked: Any = {**params, "limit": asking.A_PAGE, "expand": [f"data.{one}" for one in _BEHIND]}
        listed = self._stripe.v1.checkout.sessions.list_async(asked)
        return await self._stripe.read(listed, Page[Session], deadline=deadline)

    async def _all(
        self,
        page_of: Callable[[dict[str, Any], float], Awaitable[Page[Record]]],
        params: dict[str, Any],
        deadline: float,
    ) -> AsyncIterator[Record]:
        """Page for page, newest first. Raises GiveUp where there is no end to it."""
        after: dict[str, Any] = {}
        for _ in range(_MOST_PAGES):
            page = await page_of({**params, **after}, deadline)
            for record in page.data:
                yield record
            if not page.has_more:
                return
            after = {"starting_after": page.data[-1].id}
        raise GiveUp(f"more than {_MOST_PAGES} pages at Stripe", outcome=Outcome.ERROR)


def _under(payment: Payment, intent: Intent) -> Payment:
    return msgspec.structs.replace(made(of_intent, intent), id=payment.id, reference=payment.reference)
