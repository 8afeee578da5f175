"""A supplier's budget, held by all processes together."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import redis.asyncio
import structlog
from aiolimiter import AsyncLimiter
from redis.exceptions import RedisError

from adapters.kit.failures import TryLater
from adapters.kit.supplier import Budget
from domain.searches import Outcome

_log: Final = structlog.get_logger(__name__)

# A window is counted in this many slots, and a slot counts until all of it has left the window: no stretch of the
# window's length ever holds more than its calls, and what the slots cost is less than 1 % of the budget.
_SLOTS: Final = 120

# While Redis is away each process keeps to this part of the budget: never "unlimited", and eight processes that all
# lost Redis still stay within what one may spend.
_LOCAL_SHARE: Final = 8

# A process that dies in the middle of a call gives its place in the concurrency back after this long.
_LEASE_SECONDS: Final = 60

# How soon to look again when only calls that are still under way stand in the way.
_LOOK_AGAIN_MS: Final = 20

# One decision on the server's own clock for all windows at once, so that processes with different clocks, and calls
# that need several windows, can't both be let through.
#
# When a call reaches the supplier is known only to lie between our sending it and the reply. So a call counts in full
# while it is under way, and its window starts with the reply: however the network delays some calls and not others,
# the supplier never sees more in a window than it allows.
#
#   KEYS  1 slot counters (hash "window:slot" -> cost), 2 calls under way (sorted set "lease:cost" by lease end),
#         3 the pause that the supplier asked for
#   ARGV  1 "take" or "land", 2 lease, 3 cost, 4 concurrency, 5 lease ms, 6 slots, 7 look again ms,
#         then calls and milliseconds of each window
# Answers how long to wait in milliseconds; 0 means go.
_SCRIPT: Final = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local cost, slots = tonumber(ARGV[3]), tonumber(ARGV[6])

local function count(landed)
  local longest = 0
  for w = 8, #ARGV, 2 do
    local span = tonumber(ARGV[w + 1])
    longest = math.max(longest, span)
    redis.call('HINCRBY', KEYS[1], ARGV[w + 1] .. ':' .. math.floor(now * slots / span), landed)
  end
  redis.call('PEXPIRE', KEYS[1], math.ceil(longest * 1.1) + 1000)
end

local function cost_of(member)
  return tonumber(string.match(member, ':(%d+)$'))
end

if ARGV[1] == 'land' then
  if redis.call('ZREM', KEYS[2], ARGV[2] .. ':' .. ARGV[3]) == 1 then count(cost) end
  return 0
end

-- Whoever let its lease run out may have called until a moment ago.
for _, member in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now)) do
  redis.call('ZREM', KEYS[2], member)
  count(cost_of(member))
end

local wait = math.max(0, redis.call('PTTL', KEYS[3]))
local flying = redis.call('ZRANGE', KEYS[2], 0, -1)
if #flying >= tonumber(ARGV[4]) then wait = math.max(wait, tonumber(ARGV[7])) end
local under_way = 0
for _, member in ipairs(flying) do under_way = under_way + cost_of(member) end

local counted = redis.call('HGETALL', KEYS[1])
for w = 8, #ARGV, 2 do
  local calls, span = tonumber(ARGV[w]), tonumber(ARGV[w + 1])
  local prefix, used, held = ARGV[w + 1] .. ':', under_way, {}
  for i = 1, #counted, 2 do
    if string.sub(counted[i], 1, #prefix) == prefix then
      local leaves = (tonumber(string.sub(counted[i], #prefix + 1)) + 1) * span / slots + span
      if leaves <= now then
        redis.call('HDEL', KEYS[1], counted[i])
      else
        used = used + tonumber(counted[i + 1])
        held[#held + 1] = {leaves, tonumber(counted[i + 1])}
      end
    end
  end
  if used + cost > calls then
    table.sort(held, function(a, b) return a[1] < b[1] end)
    local missing, frees = used + cost - calls, tonumber(ARGV[7])
    for _, slot in ipairs(held) do
      missing = missing - slot[2]
      if missing <= 0 then frees = math.ceil(slot[1] - now) break end
    end
    wait = math.max(wait, frees, 1)
  end
end

if wait > 0 then return wait end
redis.call('ZADD', KEYS[2], now + tonumber(ARGV[5]), ARGV[2] .. ':' .. ARGV[3])
redis.call('PEXPIRE', KEYS[2], tonumber(ARGV[5]) * 2)
return 0
"""


class Pacer:
    """Lets calls to one supplier through, one by one, in every process at once.

    Its limiters belong to the event loop that first waits on it, so a process has one pacer for each supplier.
    """

    def __init__(self, slug: str, budget: Budget, client: "redis.asyncio.Redis | None") -> None:
        self._slug: Final = slug
        self._budget: Final = budget
        self._redis: Final = client
        self._script: Final = client.register_script(_SCRIPT) if client else None
        self._keys: Final = [f"travelhub:budget:{slug}:{part}" for part in ("slots", "flying", "pause")]
        self._windows: Final = [str(n) for w in budget.windows for n in (w.calls, round(w.seconds * 1000))]
        self._smooth: Final = tuple(AsyncLimiter(w.calls, w.seconds) for w in budget.windows)
        self._alone: Final = tuple(
            AsyncLimiter(max(1, w.calls // _LOCAL_SHARE), w.seconds * max(1, _LOCAL_SHARE // w.calls))
            for w in budget.windows
        )
        self._flying: Final = asyncio.Semaphore(budget.concurrency)
        self._redis_away = False
        self._paused_until = 0.0

    @asynccontextmanager
    async def slot(self, operation: str, *, deadline: float) -> AsyncIterator[None]:
        """A place for one call of this operation. `deadline` is an instant of the running loop's clock.

        Raises TryLater (rate limited) when the budget has no place before the deadline: the call was not made.
        """
        try:
            async with asyncio.timeout_at(deadline):
                await self._flying.acquire()
        except TimeoutError as error:
            raise self._no_place() from error
        try:
            lease = await self._within(operation, deadline)
            try:
                yield
            finally:
                await self._landed(operation, lease)
        finally:
            self._flying.release()

    async def pause(self, seconds: float) -> None:
        """The supplier asked everybody to wait (`Retry-After`)."""
        self._paused_until = max(self._paused_until, time.monotonic() + seconds)
        if self._redis is not None and seconds > 0:
            try:
                await self._redis.set(self._keys[2], "1", px=max(1, round(seconds * 1000)))
            except (RedisError, OSError) as error:
                self._lost(error)

    async def _within(self, operation: str, deadline: float) -> str | None:
        cost = self._budget.cost(operation)
        try:
            async with asyncio.timeout_at(deadline):
                return await self._granted(cost, deadline)
        except TimeoutError as error:
            raise self._no_place() from error

    async def _granted(self, cost: int, deadline: float) -> str | None:
        """The lease that Redis gave, or None when the local share had to decide."""
        loop = asyncio.get_running_loop()
        for limiter in self._smooth:
            await limiter.acquire(min(cost, limiter.max_rate))
        while True:
            lease = secrets.token_hex(8)
            wait = await self._asked(cost, lease)
            if wait is None:
                await self._share(cost)
                return None
            if wait == 0:
                return lease
            if loop.time() + wait > deadline:
                raise self._no_place()
            await asyncio.sleep(wait)

    async def _asked(self, cost: int, lease: str) -> float | None:
        """Seconds to wait as the shared budget has it, None while Redis is away."""
        if self._script is None:
            return None
        try:
            wait = await self._script(keys=self._keys, args=self._words("take", lease, cost))
        except (RedisError, OSError) as error:
            self._lost(error)
            return None
        if self._redis_away:
            self._redis_away = False
            _log.info("budget.shared_again", supplier=self._slug)
        return float(wait) / 1000

    async def _share(self, cost: int) -> None:
        await asyncio.sleep(max(0.0, self._paused_until - time.monotonic()))
        for limiter in self._alone:
            await limiter.acquire(min(cost, limiter.max_rate))

    async def _landed(self, operation: str, lease: str | None) -> None:
        if lease is None or self._script is None:
            return
        try:
            await self._script(keys=self._keys, args=self._words("land", lease, self._budget.cost(operation)))
        except (RedisError, OSError) as error:
            self._lost(error)

    def _words(self, what: str, lease: str, cost: int) -> list[int | str]:
        fixed = [self._budget.concurrency, _LEASE_SECONDS * 1000, _SLOTS, _LOOK_AGAIN_MS]
        return [what, lease, cost, *fixed, *self._windows]

    def _lost(self, error: Exception) -> None:
        if not self._redis_away:
            self._redis_away = True
            _log.warning("budget.local_share_only", supplier=self._slug, error=str(error))

    def _no_place(self) -> TryLater:
        return TryLater("our budget for this supplier is spent until after the deadline", outcome=Outcome.RATE_LIMITED)
