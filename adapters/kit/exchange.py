"""One call to one supplier and all that goes with it: breaker, budget, books, credentials, the reply and what it means."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final, NamedTuple

import httpx
import msgspec
import redis.asyncio

from adapters.kit import transport, verdicts
from adapters.kit.access import Access
from adapters.kit.archive import Archive
from adapters.kit.breaker import Breaker, Permit, Sign, Tolerance
from adapters.kit.budget import Priority
from adapters.kit.calls import Call, Reply
from adapters.kit.failures import Failure, GiveUp, TryLater
from adapters.kit.latency import Latency
from adapters.kit.ledger import Ledger, Sent, ending
from adapters.kit.pacing import Pacer, Place
from adapters.kit.supplier import Supplier
from adapters.kit.together import Together
from domain.searches import Outcome

_LONGEST_PAUSE_SECONDS: Final = 300.0

# A caller that leaves no time for an answer learns nothing about the supplier.
_FAIR_SECONDS: Final = 1.0


class Errand(msgspec.Struct, frozen=True, kw_only=True):
    """A call, its deadline on the running loop's clock, how urgent it is, and who asked for it.

    `for_token`: its credentials are in it, it goes where tokens are given, and its reply is kept nowhere.
    """

    call: Call
    deadline: float
    priority: Priority
    client: str
    for_token: bool = False


class Answer(NamedTuple):
    """What came of a call that was made: a reply, or a failure, or a reply that is a failure."""

    reply: Reply | None
    failure: Failure | None


class _Heard(NamedTuple):
    """`told` is what the supplier said, `failure` what that means to whoever asked."""

    reply: Reply | None
    told: Failure | None
    failure: Failure | None
    sign: Sign


class Exchange:
    """One for each supplier and process."""

    def __init__(
        self,
        supplier: Supplier,
        access: Access,
        *,
        shared: "redis.asyncio.Redis | None",
        over: httpx.AsyncBaseTransport | None,
        now: Callable[[], datetime],
        archive: Archive | None,
        tolerance: Tolerance | None,
    ) -> None:
        together = Together(supplier.slug, shared)
        longest_call = max((supplier.timeout, *supplier.patience.values()))
        self.breaker: Final = Breaker(supplier.slug, together, tolerance)
        self.ledger: Final = Ledger(shared, now=now)
        self.latency: Final = Latency(supplier.slug, shared, now=now)
        self._supplier: Final = supplier
        self._access: Final = access
        self._pacer: Final = Pacer(
            supplier.slug,
            access.budget,
            shared,
            longest_call=longest_call,
            sells=bool(supplier.sells),
            together=together,
        )
        self._http: Final = transport.client(longest_call, access.budget.concurrency, over)
        self._now: Final = now
        self._archive: Final = archive

    async def made(self, errand: Errand, secrets: Mapping[str, str]) -> Answer:
        """`secrets` include the token, where there is one.

        Raises TryLater where the call was not made, because the supplier is down or the budget spent, and GiveUp where
        it can't be made.
        """
        patience = errand.deadline - asyncio.get_running_loop().time()
        permit = await self.breaker.permit(patience=patience)
        sign = Sign.NOTHING
        try:
            async with self._pacer.slot(errand.call, deadline=errand.deadline, priority=errand.priority) as place:
                heard = await self._sent(errand, secrets, permit, place)
                sign = heard.sign
        finally:
            await self.breaker.heard(permit, sign)
        if heard.reply is not None:
            await self._learned(errand.call, heard.reply, heard.told)
        return Answer(reply=heard.reply, failure=heard.failure)

    async def aclose(self) -> None:
        await self.latency.aclose()
        await self.ledger.aclose()
        await self._http.aclose()

    async def _sent(self, errand: Errand, secrets: Mapping[str, str], permit: Permit, place: Place) -> _Heard:
        with self.ledger.sending(self._supplier.slug, errand.call.operation, errand.client) as sent:
            try:
                self.breaker.refuse_latecomer(permit)
                signed = self._signed(errand, secrets)
                heard = await self._heard(errand, signed, secrets, sent)
            finally:
                if not sent.left:
                    place.unspent()
            sent.ending = ending(heard.failure)
        return heard

    def _signed(self, errand: Errand, secrets: Mapping[str, str]) -> Call:
        return errand.call if errand.for_token else self._supplier.auth.signed(errand.call, secrets, self._now())

    async def _heard(self, errand: Errand, signed: Call, secrets: Mapping[str, str], sent: Sent) -> _Heard:
        loop, limit = asyncio.get_running_loop(), self._limit(errand)
        started = loop.time()
        try:
            reply = await self._reply(errand, signed, sent, ends=min(errand.deadline, started + limit))
        except Failure as silence:
            if isinstance(silence, GiveUp) and not sent.left:
                raise  # HTTP has no way to write it: a mistake of ours that tells nothing of the supplier
            waited = loop.time() - started
            if silence.outcome is Outcome.TIMEOUT and waited >= limit:
                self.latency.silent(errand.call.operation)
            fair = silence.outcome is not Outcome.TIMEOUT or waited >= min(_FAIR_SECONDS, limit)
            return _Heard(None, silence, self._meant(errand.call, silence, sent), Sign.FAILED if fair else Sign.NOTHING)
        self.latency.took(errand.call.operation, loop.time() - started)
        if self._archive is not None and not errand.for_token:
            self._archive.keep(self._supplier.slug, errand.call, reply, hidden=tuple(secrets.values()))
        told = verdicts.failure_in(reply, self._supplier, secrets)
        sign = Sign.FAILED if verdicts.sick(told) else Sign.ALIVE
        return _Heard(reply, told, self._meant(errand.call, told, sent, status=reply.status), sign)

    async def _reply(self, errand: Errand, signed: Call, sent: Sent, *, ends: float) -> Reply:
        """One attempt ends with its own time limit too: a reply that drips never runs into the transport's."""
        started = asyncio.get_running_loop().time()
        token_url = self._access.token_url if errand.for_token else None
        try:
            async with asyncio.timeout_at(ends):
                return await transport.sent(
                    self._http,
                    token_url or self._access.base_url,
                    signed,
                    largest=self._supplier.largest_reply,
                    leaves=sent.leaves,
                )
        except TimeoutError as error:
            why = f"{signed.operation}: no whole answer within {ends - started:.1f} s"
            raise TryLater(why, outcome=Outcome.TIMEOUT) from error

    def _meant(self, call: Call, told: Failure | None, sent: Sent, *, status: int | None = None) -> Failure | None:
        """A call that changes something has done so or not where the supplier says it, and has not where nothing left."""
        if told is None or call.reads_only or not sent.left:
            return told
        refused_to_look = status is not None and status < 500 and told.outcome is Outcome.RATE_LIMITED
        definite = status is not None and (refused_to_look or not isinstance(told, TryLater))
        return told if definite else verdicts.in_doubt(call, told)

    def _limit(self, errand: Errand) -> float:
        """The seconds that one attempt has. Where people wait for what is only read, its own history shortens them."""
        operation = errand.call.operation
        declared = self._supplier.patience.get(operation, self._supplier.timeout)
        hurried = errand.call.reads_only and errand.priority is Priority.INTERACTIVE
        learned = self.latency.patience(operation) if hurried else None
        return (declared if learned is None else min(declared, learned)).total_seconds()

    async def _learned(self, call: Call, reply: Reply, told: Failure | None) -> None:
        """What the reply says about calls to come."""
        if isinstance(told, TryLater) and told.retry_after is not None:
            await self._pacer.pause(min(told.retry_after, _LONGEST_PAUSE_SECONDS), call)
        for remaining in verdicts.quota_in(reply, self._supplier):
            await self._pacer.heard(remaining, call, lasts=remaining.lasts(reply.received_at))
