"""A supplier's budget, held by all processes together."""

import asyncio
import secrets
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, Final

import msgspec
import redis.asyncio
import structlog
from aiolimiter import AsyncLimiter

from adapters.kit import pacing_rules
from adapters.kit.budget import EVERYTHING, Budget, Claim, Priority, Window, reserve
from adapters.kit.calls import Call
from adapters.kit.failures import TryLater
from adapters.kit.quota import Remaining
from adapters.kit.share import LocalShare
from adapters.kit.together import Together
from domain.searches import Outcome

_log: Final = structlog.get_logger(__name__)

# A process that dies in the middle of a call gives its place in the air back this long after the call's own end.
_LEASE_MARGIN: Final = timedelta(seconds=1)

_LOOK_IN_SECONDS: Final = pacing_rules.LOOK_IN_MS / 1000
_MOVES_UP_AFTER_SECONDS: Final = 20.0
_NEVER_ABOVE: Final = Priority.INTERACTIVE  # by waiting: nobody overtakes a booking


class Place:
    """One call's place in the budget, from the moment it may be sent until its reply."""

    def __init__(self, lease: str | None) -> None:
        self.lease: Final = lease
        self.spent = True

    def unspent(self) -> None:
        """The call was not made after all: the supplier has not seen it."""
        self.spent = False


class _Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A call that asks for a place. `since` and `deadline` are instants of the running loop's clock."""

    id: str
    claim: Claim
    since: float
    deadline: float

    def order(self, now: float) -> Priority:
        """Nobody waits for ever: whoever has waited long asks as those above it do."""
        declared = self.claim.priority
        moved_up = declared - int((now - self.since) / _MOVES_UP_AFTER_SECONDS)
        return Priority(max(moved_up, min(declared, _NEVER_ABOVE)))

    def told(self, order: Priority) -> str:
        """As the script knows it: "lease|class|cost|window,window"."""
        windows = ",".join(window.id for window in self.claim.windows)
        return f"{self.id}|{order.value}|{self.claim.cost}|{windows}"


class Pacer:
    """Lets calls to one supplier through, one by one, in every process at once.

    Its locks and limiters belong to the event loop that first waits on it, so a process has one pacer for each
    supplier. `longest_call` is how long a call may keep its place in the air; `sells` keeps a part of each window
    free for bookings. The order in which calls go is told by `Priority`.
    """

    def __init__(
        self,
        slug: str,
        budget: Budget,
        client: "redis.asyncio.Redis | None",
        *,
        longest_call: timedelta = timedelta(seconds=60),
        sells: bool = False,
        together: Together | None = None,
    ) -> None:
        self._slug: Final = slug
        self._budget: Final = budget
        self._sells: Final = sells
        self._together: Final = together or Together(slug, client)
        self._take: Final = self._together.script(pacing_rules.TAKE)
        self._hold: Final = self._together.script(pacing_rules.PAUSE)
        self._lower: Final = self._together.script(pacing_rules.LEFT)
        self._keys: Final = [f"travelhub:budget:{slug}:{part}" for part in ("slots", "flying", "waiting", "marks")]
        self._lease_ms: Final = round((longest_call + _LEASE_MARGIN).total_seconds() * 1000)
        self._smooth: Final = {w.id: AsyncLimiter(w.calls, w.seconds) for w in budget.windows}
        self._share: Final = LocalShare(budget, sells=sells)
        # Of those who want the same in the same class only the first one asks, the others stand in line behind it.
        self._lines: Final[defaultdict[tuple[Priority, tuple[Window, ...]], asyncio.Lock]] = defaultdict(asyncio.Lock)
        self._paused_until: Final[dict[str, float]] = {}

    @asynccontextmanager
    async def slot(
        self, call: Call, *, deadline: float, priority: Priority = Priority.INTERACTIVE
    ) -> AsyncIterator[Place]:
        """A place for one call. `deadline` is an instant of the running loop's clock.

        Raises TryLater (rate limited) when the budget has no place before the deadline: the call was not made.
        """
        loop = asyncio.get_running_loop()
        claim = self._budget.claim(call, priority)
        place = await self._place(claim, deadline)
        self._share.took_off(claim)
        try:
            await self._smoothed(claim, deadline, place)
            yield place
        finally:
            self._share.landed(claim, loop.time(), alone=place.lease is None, spent=place.spent)
            if place.lease is not None:
                await self._returned("land" if place.spent else "drop", place.lease)

    async def pause(self, seconds: float, call: Call) -> None:
        """The supplier asked everybody to wait (`Retry-After`) who wants what this call wanted."""
        scopes = self._budget.claim(call, Priority.INTERACTIVE).scopes
        await self._paused(seconds, scopes)

    async def heard(self, remaining: Remaining, call: Call, *, lasts: float) -> None:
        """The supplier's own count of what is left after this call: for so many seconds we spend no more than that.

        Where it speaks of a window that the budget does not have, all that counts is that nothing is left.
        """
        windows = [window for window in self._budget.windows if remaining.of(window, call.operation)]
        if lasts > 0 and not windows and remaining.nothing:
            _log.warning("supplier.quota_spent", supplier=self._slug, operation=call.operation, seconds=round(lasts))
            await self._paused(lasts, (EVERYTHING,))
        for window in windows if lasts > 0 else ():
            left, now = remaining.left(window), asyncio.get_running_loop().time()
            self._share.lower(window, left, now, now + lasts)
            words: list[int | str] = [window.id, left, max(1, round(lasts * 1000))]
            if await self._together.told(self._lower, self._keys[3:], words):
                _log.warning(
                    "supplier.quota_spent", supplier=self._slug, operation=call.operation, seconds=round(lasts)
                )

    async def _paused(self, seconds: float, scopes: tuple[str, ...]) -> None:
        if seconds > 0:
            until = asyncio.get_running_loop().time() + seconds
            self._paused_until.update({scope: max(self._paused_until.get(scope, 0.0), until) for scope in scopes})
            await self._together.told(self._hold, self._keys[3:], [max(1, round(seconds * 1000)), *scopes])

    async def _place(self, claim: Claim, deadline: float) -> Place:
        now = asyncio.get_running_loop().time()
        waiting = _Waiting(id=secrets.token_hex(8), claim=claim, since=now, deadline=deadline)
        if now >= deadline:
            raise self._no_place()
        try:
            async with asyncio.timeout_at(deadline), self._lines[claim.priority, claim.windows]:
                return Place(await self._granted(waiting))
        except TimeoutError as error:
            raise self._no_place() from error

    async def _smoothed(self, claim: Claim, deadline: float, place: Place) -> None:
        """Waits for nothing as long as Redis remembers; where it came back empty, each process remembers its own."""
        try:
            async with asyncio.timeout_at(deadline):
                for window in claim.windows:
                    await self._smooth[window.id].acquire(claim.cost)
        except TimeoutError as error:
            place.unspent()
            raise self._no_place() from error

    async def _granted(self, waiting: _Waiting) -> str | None:
        """The lease that Redis gave, or None when the local share had to decide."""
        loop = asyncio.get_running_loop()
        while True:
            lease = waiting.told(waiting.order(loop.time()))
            wait = self._pause_left(waiting.claim)
            if wait <= 0:
                shared = await self._asked(waiting, lease)
                if shared == 0:
                    return lease
                wait = self._shared_with_nobody(waiting) if shared is None else shared
                if wait == 0:
                    return None
            if loop.time() + wait > waiting.deadline:
                self._share.gone(waiting.id)
                raise self._no_place(wait)
            try:
                await asyncio.sleep(min(wait, _LOOK_IN_SECONDS))
            except asyncio.CancelledError:
                await self._left_the_line(waiting, lease)
                raise

    def _pause_left(self, claim: Claim) -> float:
        return max(self._paused_until.get(scope, 0.0) for scope in claim.scopes) - asyncio.get_running_loop().time()

    def _shared_with_nobody(self, waiting: _Waiting) -> float:
        now = asyncio.get_running_loop().time()
        return self._share.wait(waiting.claim, now, lease=waiting.id, order=waiting.order(now))

    async def _asked(self, waiting: _Waiting, lease: str) -> float | None:
        """Seconds to wait as the shared budget has it, None while Redis is away."""
        now = asyncio.get_running_loop().time()
        words = msgspec.json.encode(self._question(waiting, now)).decode()
        try:
            wait = await self._together.asked(self._take, self._keys, ["take", lease, words])
        except asyncio.CancelledError:
            await self._left_the_line(waiting, lease)  # nobody hears the answer any more, and it may have been yes
            raise
        if wait is None:
            return None
        self._share.told(now)
        return float(wait) / 1000

    def _question(self, waiting: _Waiting, now: float) -> dict[str, Any]:
        claim = waiting.claim
        return {
            "class": waiting.order(now),
            "seen_as": claim.priority,
            "cost": claim.cost,
            "concurrency": self._budget.concurrency,
            "air": reserve(self._budget.concurrency),
            "lease": self._lease_ms,
            "patience": round((waiting.deadline - now) * 1000),
            "sells": self._sells,
            "scopes": claim.scopes,
            "windows": [{"id": w.id, "calls": w.calls, "reserve": reserve(w.calls)} for w in claim.windows],
            "untold": self._share.untold(now),
        }

    async def _left_the_line(self, waiting: _Waiting, lease: str) -> None:
        self._share.gone(waiting.id)
        await self._returned("drop", lease)

    async def _returned(self, how: str, lease: str) -> None:
        """While Redis is away the lease ends by itself, and the answer that we bring home does not wait for it."""
        await self._together.told(self._take, self._keys, [how, lease])

    def _no_place(self, wait: float | None = None) -> TryLater:
        return TryLater(
            "our budget for this supplier is spent until after the deadline",
            outcome=Outcome.RATE_LIMITED,
            retry_after=wait,
        )
