"""The seam behind which payment gateways stand: what a booking wants of one, and how it says no."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Protocol

import msgspec

from domain.money import Money
from domain.payments import GatewayRefund, Payment


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Money to be held, not taken. `reference` is ours, unique for ever, and the idempotency key of the call.

    `token` stands for a card that the client's app has handed to the gateway; None asks for a link instead, which is
    dead after `waits_until`. `payer` (an email address) and `description` are for the gateway's receipt.
    `shared` says that the same token pays more than this, such as the parts of a booking in several currencies: a token
    is good for one payment unless it is kept for its payer first. All that share it say so, and name the same payer.
    """

    reference: str
    amount: Money
    description: str
    payer: str
    token: str | None = None
    waits_until: datetime | None = None
    return_url: str | None = None
    shared: bool = False


class Gateway(Protocol):
    """Every call that changes something takes a key of ours: sent again, it gives the same answer and changes nothing.

    All raise `adapters.kit.failures`: Answered (DECLINED, or another definite no), TryLater and GiveUp where nothing
    has happened, Unknown where an answer was lost. Whoever meets Unknown sends the same call with the same key again.
    """

    @property
    def name(self) -> str: ...

    async def authorise(self, wanted: Wanted, *, deadline: float) -> Payment:
        """A declined card is a Payment with status DECLINED and no failure."""
        ...

    async def look(self, payment_id: str, *, deadline: float) -> Payment:
        """Also by a number that only a notice had; the answer has the one that it was asked for under."""
        ...

    async def capture(self, payment: Payment, amount: Money, *, key: str, deadline: float) -> Payment:
        """At most what was authorised; what is not captured goes free. Answered with EXPIRED where the hold is gone."""
        ...

    async def void(self, payment: Payment, *, key: str, deadline: float) -> Payment:
        """Nothing is taken any more, a link that nobody used is dead. Voiding twice is voiding once."""
        ...

    async def refund(self, payment: Payment, amount: Money, *, key: str, deadline: float) -> GatewayRefund:
        """Answered with NOT_POSSIBLE where it would be more than what was captured."""
        ...

    async def look_refund(self, refund_id: str, *, deadline: float) -> GatewayRefund:
        """How a refund stands by now: one that was pending is told of again only here."""
        ...

    async def find(self, reference: str, *, deadline: float) -> Payment | None:
        """The payment under our reference, where the gateway can be asked for it."""
        ...

    def payments(self, since: datetime, *, deadline: float) -> AsyncIterator[Payment]:
        """All that the gateway has from then on, for reconciliation."""
        ...

    async def aclose(self) -> None: ...
