"""Calls to one supplier: tokens, retries of reads, and failures named by what we do next."""

import asyncio
import random
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

import httpx
import redis.asyncio
import structlog

from adapters.kit.access import Access
from adapters.kit.archive import Archive
from adapters.kit.auth import TOKEN, Token, TokenAuth
from adapters.kit.breaker import Breaker, Tolerance
from adapters.kit.budget import Priority
from adapters.kit.calls import Call, Reply
from adapters.kit.exchange import Answer, Errand, Exchange
from adapters.kit.failures import TryLater
from adapters.kit.latency import Latency
from adapters.kit.ledger import Ledger
from adapters.kit.supplier import Supplier
from adapters.kit.tokens import Tokens
from domain.searches import Outcome

_log: Final = structlog.get_logger(__name__)
_ATTEMPTS: Final = 3
_FIRST_PAUSE_SECONDS: Final = 0.2
_UNAUTHORISED: Final = 401


def utc_now() -> datetime:
    return datetime.now(UTC)


class SupplierClient:
    """One for each supplier and process, closed at the end.

    `now` is the clock on the wall, for signatures and the ledger's days; `chance` the source of the retries' jitter.
    `archive` gets every reply but those to requests for a token.
    """

    def __init__(
        self,
        supplier: Supplier,
        access: Access,
        *,
        shared: "redis.asyncio.Redis | None",
        over: httpx.AsyncBaseTransport | None = None,
        chance: Callable[[], float] = random.random,
        now: Callable[[], datetime] = utc_now,
        archive: Archive | None = None,
        tolerance: Tolerance | None = None,
    ) -> None:
        self.supplier: Final = supplier
        self.access: Final = access
        self._exchange: Final = Exchange(
            supplier, access, shared=shared, over=over, now=now, archive=archive, tolerance=tolerance
        )
        self._chance: Final = chance
        self._tokens: Final = Tokens(supplier.slug, self._new_token) if isinstance(supplier.auth, TokenAuth) else None

    @property
    def breaker(self) -> Breaker:
        """For operators: whether the supplier is being left alone, and until when."""
        return self._exchange.breaker

    @property
    def ledger(self) -> Ledger:
        return self._exchange.ledger

    @property
    def latency(self) -> Latency:
        """How long its calls take, and how long each of them is therefore waited for."""
        return self._exchange.latency

    async def answered(
        self, call: Call, *, deadline: float, priority: Priority = Priority.INTERACTIVE, client: str | None = None
    ) -> Reply:
        """The supplier's successful reply before `deadline`, an instant of the running loop's clock.

        `client` is who asks, for the ledger: by default whoever has that priority. Raises TryLater, GiveUp or Answered; Unknown for a call that changes
        something and got no answer. Reads are tried up to three times with growing, jittered pauses, but not against an
        open breaker, and not after a silence much longer than usual while people wait; a call that changes something
        is sent once.
        """
        errand = Errand(call=call, deadline=deadline, priority=priority, client=client or priority.name.lower())
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return await self._attempt(errand)
            except TryLater as failure:
                pause = self._pause(failure, attempt)
                last = attempt == _ATTEMPTS or not call.reads_only or self._hopeless(failure, errand)
                if last or asyncio.get_running_loop().time() + pause > deadline:
                    raise
                _log.info(
                    "supplier.retry", supplier=self.supplier.slug, operation=call.operation, why=failure.detail,
                    attempt=attempt,
                )  # fmt: skip
                await asyncio.sleep(pause)
        raise AssertionError("unreachable: the last attempt returns or raises")

    async def aclose(self) -> None:
        if self._tokens is not None:
            await self._tokens.aclose()
        await self._exchange.aclose()

    async def _attempt(self, errand: Errand) -> Reply:
        if self._tokens is None:
            return _successful(await self._exchange.made(errand, self.access.secrets))
        token = await self._tokens.current(errand.deadline)
        answer = await self._with(token, errand)
        if answer.reply is not None and answer.reply.status == _UNAUTHORISED:
            # The token was refused, so nothing has happened: once more, whatever the call is about.
            self._tokens.refused(token)
            answer = await self._with(await self._tokens.current(errand.deadline), errand)
        return _successful(answer)

    def _hopeless(self, failure: TryLater, errand: Errand) -> bool:
        """Nobody may ask, or the supplier was silent for much longer than it usually is."""
        if failure.outcome is Outcome.TIMEOUT:
            return errand.priority is Priority.INTERACTIVE and self.latency.patience(errand.call.operation) is not None
        return failure.outcome is Outcome.BREAKER_OPEN

    async def _with(self, token: str, errand: Errand) -> Answer:
        return await self._exchange.made(errand, {**self.access.secrets, TOKEN: token})

    async def _new_token(self) -> Token:
        """At the head of all classes: nothing goes without a token, a booking least of all."""
        auth = self.supplier.auth
        assert isinstance(auth, TokenAuth)
        errand = Errand(
            call=auth.ask_token(self.access.secrets),
            deadline=asyncio.get_running_loop().time() + self.supplier.timeout.total_seconds(),
            priority=Priority.BOOKING,
            client="token",
            for_token=True,
        )
        return auth.read_token(_successful(await self._exchange.made(errand, self.access.secrets)))

    def _pause(self, failure: TryLater, attempt: int) -> float:
        """Full jitter: somewhere between nothing and the doubling bound, and never less than was asked for."""
        return max(failure.retry_after or 0.0, self._chance() * _FIRST_PAUSE_SECONDS * 2.0**attempt)


def _successful(answer: Answer) -> Reply:
    if answer.failure is not None:
        raise answer.failure
    assert answer.reply is not None
    return answer.reply
