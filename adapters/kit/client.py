"""Calls to one supplier: credentials, pacing, deadline, retries of reads, and failures named by what we do next."""

import asyncio
import random
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

import httpx
import redis.asyncio
import structlog

from adapters.kit import transport
from adapters.kit.access import Access
from adapters.kit.budget import Priority
from adapters.kit.calls import Call, Reply
from adapters.kit.failures import Failure, GiveUp, TryLater, Unknown, ruling_for_status
from adapters.kit.pacing import Pacer
from adapters.kit.supplier import Supplier
from domain.searches import Outcome

_log: Final = structlog.get_logger(__name__)
_ATTEMPTS: Final = 3
_FIRST_PAUSE_SECONDS: Final = 0.2
_LONGEST_PAUSE_SECONDS: Final = 300.0


class SupplierClient:
    """One for each supplier and process, closed at the end. `chance` is the source of the retries' jitter."""

    def __init__(
        self,
        supplier: Supplier,
        access: Access,
        *,
        shared: "redis.asyncio.Redis | None",
        over: httpx.AsyncBaseTransport | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.supplier: Final = supplier
        self.access: Final = access
        self._pacer: Final = Pacer(supplier.slug, access.budget, shared, longest_call=supplier.timeout)
        self._http: Final = transport.client(supplier.timeout, access.budget.concurrency, over)
        self._chance: Final = chance

    async def answered(self, call: Call, *, deadline: float, priority: Priority = Priority.INTERACTIVE) -> Reply:
        """The supplier's successful reply before `deadline`, an instant of the running loop's clock.

        Raises TryLater, GiveUp or Answered; Unknown for a call that changes something and got no answer. Reads are
        tried up to three times with growing, jittered pauses; a call that changes something is sent once.
        """
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return await self._once(call, deadline, priority)
            except TryLater as failure:
                pause = self._pause(failure, attempt)
                if attempt == _ATTEMPTS or not call.reads_only or asyncio.get_running_loop().time() + pause > deadline:
                    raise
                _log.info(
                    "supplier.retry", supplier=self.supplier.slug, operation=call.operation, why=failure.detail,
                    attempt=attempt,
                )  # fmt: skip
                await asyncio.sleep(pause)
        raise AssertionError("unreachable: the last attempt returns or raises")

    async def aclose(self) -> None:
        await self._http.aclose()

    async def _once(self, call: Call, deadline: float, priority: Priority) -> Reply:
        signed = self.supplier.auth.signed(call, self.access.secrets, datetime.now(UTC))
        async with self._pacer.slot(call, deadline=deadline, priority=priority):
            try:
                reply = await self._sent(signed, deadline)
            except TryLater as silence:
                if call.reads_only:
                    raise
                raise self._nobody_knows(call, silence) from silence
        failure = self._failure_in(reply)
        if failure is None:
            return reply
        if isinstance(failure, TryLater) and failure.retry_after is not None:
            await self._pacer.pause(min(failure.retry_after, _LONGEST_PAUSE_SECONDS), call)
        if not call.reads_only and reply.status >= 500:
            raise self._nobody_knows(call, failure)
        raise failure

    async def _sent(self, signed: Call, deadline: float) -> Reply:
        """One attempt ends with its own time limit too: a reply that drips never runs into the transport's."""
        ends = min(deadline, asyncio.get_running_loop().time() + self.supplier.timeout.total_seconds())
        try:
            async with asyncio.timeout_at(ends):
                return await transport.sent(
                    self._http, self.access.base_url, signed, largest=self.supplier.largest_reply
                )
        except TimeoutError as error:
            raise TryLater(f"{signed.operation}: no whole answer in time", outcome=Outcome.TIMEOUT) from error

    def _failure_in(self, reply: Reply) -> Failure | None:
        """What the supplier's own code says goes before what the status says."""
        refusal = self.supplier.refusal(reply)
        code = refusal.code if refusal else None
        ruling = self.supplier.errors.get(code or "") or ruling_for_status(reply.status)
        if ruling is None and refusal is None:
            return None
        said = refusal.message if refusal and refusal.message else f"status {reply.status}"
        detail = transport.redacted(said, self.access.secrets)[:500]
        if ruling is None:
            return GiveUp(detail, outcome=Outcome.REFUSED, code=code)
        return ruling.raised(detail, code=code, retry_after=_retry_after(reply))

    def _nobody_knows(self, call: Call, failure: Failure) -> Unknown:
        return Unknown(
            f"{call.operation} may have happened: {failure.detail}", outcome=failure.outcome, code=failure.code
        )

    def _pause(self, failure: TryLater, attempt: int) -> float:
        """Full jitter: somewhere between nothing and the doubling bound, and never less than was asked for."""
        return max(failure.retry_after or 0.0, self._chance() * _FIRST_PAUSE_SECONDS * 2.0**attempt)


def _retry_after(reply: Reply) -> float | None:
    """Seconds from now, from either form of the header; None where there is none that can be read."""
    value = reply.headers.get("retry-after", "").strip()
    if value.isdecimal():
        return float(value)
    try:
        asked_for: float = (parsedate_to_datetime(value) - reply.received_at).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return None
    return max(0.0, asked_for)
