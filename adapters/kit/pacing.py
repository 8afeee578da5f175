"""A supplier's budget, held by all processes together."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

import redis.asyncio
import structlog
from aiolimiter import AsyncLimiter
from redis.commands.core import AsyncScript
from redis.exceptions import RedisError

from adapters.kit.budget import Budget
from adapters.kit.calls import Call
from adapters.kit.failures import TryLater
from adapters.kit.share import LocalShare
from domain.searches import Outcome

_log: Final = structlog.get_logger(__name__)

# A window is counted in this many slots, and a slot counts until all of it has left the window: no stretch of the
# window's length ever holds more than its calls, and what the slots cost is less than 1 % of the budget.
_SLOTS: Final = 120

# A process that dies in the middle of a call gives its place in the air back this long after the call's own end.
_LEASE_MARGIN: Final = timedelta(seconds=1)

# How soon to look again when only calls that are still under way stand in the way.
_LOOK_AGAIN_MS: Final = 20

# Redis answers in less than a millisecond or is in trouble. Its client waits and retries for much longer than a
# search lives, and asking a dead Redis before every call would make each of them that much slower.
_ASK_WITHIN_SECONDS: Final = 1.0
_ASK_AGAIN_SECONDS: Final = 1.0

# One decision on the server's own clock for all windows at once, so that processes with different clocks, and calls
# that need several windows, can't both be let through.
#
# When a call reaches the supplier is known only to lie between our sending it and the reply. So a call counts in full
# while it is under way, and its window starts with the reply: however the network delays some calls and not others,
# the supplier never sees more in a window than it allows.
#
# A server's clock that is set back leaves slots, leases and a pause in the future. They are moved to the present, or
# the supplier would stay unasked until the clock has caught up. A clock set forward can't be told from time passing.
#
#   KEYS  1 slot counters (hash "window:slot" -> cost), 2 calls under way (sorted set "lease:cost" by lease end),
#         3 the pause that the supplier asked for
#   ARGV  1 "take", "land", or "drop" for a call that was never made, 2 lease, 3 cost, 4 concurrency, 5 lease ms,
#         6 slots, 7 look again ms, then of each window its calls, its milliseconds, and what the caller has spent in
#         it without asking
# Answers how long to wait in milliseconds; 0 means go.
_SCRIPT: Final = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local cost, lease, slots, look_again = tonumber(ARGV[3]), tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local member = ARGV[2] .. ':' .. ARGV[3]

local function present_slot(window)
  return ARGV[window] .. ':' .. math.floor(now * slots / tonumber(ARGV[window]))
end

local function count(landed)
  local longest = 0
  for w = 8, #ARGV, 3 do
    longest = math.max(longest, tonumber(ARGV[w + 1]))
    redis.call('HINCRBY', KEYS[1], present_slot(w + 1), landed or ARGV[w + 2])
  end
  redis.call('PEXPIRE', KEYS[1], math.ceil(longest * 1.1) + 1000)
end

local function cost_of(other)
  return tonumber(string.match(other, ':(%d+)$'))
end

if ARGV[1] ~= 'take' then
  if redis.call('ZREM', KEYS[2], member) == 1 and ARGV[1] == 'land' then count(cost) end
  return 0
end

for w = 8, #ARGV, 3 do
  if ARGV[w + 2] ~= '0' then count(nil) break end
end

local wait = 0
local pause = redis.call('GET', KEYS[3])
if pause then
  wait = math.max(0, redis.call('PTTL', KEYS[3]))
  if wait > tonumber(pause) then
    wait = tonumber(pause)
    redis.call('PEXPIRE', KEYS[3], pause)
  end
end

-- Whoever let its lease run out may have called until a moment ago.
for _, other in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now)) do
  redis.call('ZREM', KEYS[2], other)
  count(cost_of(other))
end
for _, other in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '(' .. (now + lease), '+inf')) do
  redis.call('ZADD', KEYS[2], now + lease, other)
end
local flying = redis.call('ZRANGE', KEYS[2], 0, -1)
if #flying >= tonumber(ARGV[4]) then wait = math.max(wait, look_again) end
local under_way = 0
for _, other in ipairs(flying) do under_way = under_way + cost_of(other) end

local counted = redis.call('HGETALL', KEYS[1])
for w = 8, #ARGV, 3 do
  local calls, span = tonumber(ARGV[w]), tonumber(ARGV[w + 1])
  local prefix, present, used, held = ARGV[w + 1] .. ':', math.floor(now * slots / span), under_way, {}
  for i = 1, #counted, 2 do
    if string.sub(counted[i], 1, #prefix) == prefix then
      local slot, spent = tonumber(string.sub(counted[i], #prefix + 1)), tonumber(counted[i + 1])
      if slot > present then
        redis.call('HDEL', KEYS[1], counted[i])
        redis.call('HINCRBY', KEYS[1], present_slot(w + 1), spent)
        slot = present
      end
      local leaves = (slot + 1) * span / slots + span
      if leaves <= now then
        redis.call('HDEL', KEYS[1], counted[i])
      else
        used = used + spent
        held[#held + 1] = {leaves, spent}
      end
    end
  end
  if used + cost > calls then
    table.sort(held, function(a, b) return a[1] < b[1] end)
    local missing, frees = used + cost - calls, look_again
    for _, slot in ipairs(held) do
      missing = missing - slot[2]
      if missing <= 0 then frees = math.ceil(slot[1] - now) break end
    end
    wait = math.max(wait, frees, 1)
  end
end

if wait > 0 then return wait end
redis.call('ZADD', KEYS[2], now + lease, member)
redis.call('PEXPIRE', KEYS[2], lease * 2)
return 0
"""

# A short pause never ends a longer one.  KEYS 1 the pause, ARGV 1 its milliseconds
_PAUSE: Final = """
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[1]) then redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[1]) end
"""


class Pacer:
    """Lets calls to one supplier through, one by one, in every process at once.

    Its limiters belong to the event loop that first waits on it, so a process has one pacer for each supplier.
    `longest_call` is how long a call may keep its place in the air.
    """

    def __init__(
        self,
        slug: str,
        budget: Budget,
        client: "redis.asyncio.Redis | None",
        *,
        longest_call: timedelta = timedelta(seconds=60),
    ) -> None:
        self._slug: Final = slug
        self._budget: Final = budget
        self._redis: Final = client
        self._script: Final = client.register_script(_SCRIPT) if client else None
        self._hold: Final = client.register_script(_PAUSE) if client else None
        self._keys: Final = [f"travelhub:budget:{slug}:{part}" for part in ("slots", "flying", "pause")]
        self._lease_ms: Final = round((longest_call + _LEASE_MARGIN).total_seconds() * 1000)
        self._smooth: Final = tuple(AsyncLimiter(w.calls, w.seconds) for w in budget.windows)
        self._share: Final = LocalShare(budget)
        self._flying: Final = asyncio.Semaphore(budget.concurrency)
        self._asking: Final = asyncio.Lock()  # a crowd of callers takes one of our connections, not all of them
        self._redis_away = False
        self._ask_again_at = 0.0
        self._paused_until = 0.0

    @asynccontextmanager
    async def slot(self, operation: str, *, deadline: float) -> AsyncIterator[None]:
        """A place for one call of this operation. `deadline` is an instant of the running loop's clock.

        Raises TryLater (rate limited) when the budget has no place before the deadline: the call was not made.
        """
        if asyncio.get_running_loop().time() >= deadline:
            raise self._no_place()
        try:
            async with asyncio.timeout_at(deadline):
                await self._flying.acquire()
        except TimeoutError as error:
            raise self._no_place() from error
        try:
            cost = self._budget.cost(Call(operation=operation, path="/"))
            lease = await self._within(cost, deadline)
            self._share.took_off(cost)
            try:
                await self._smoothed(cost, deadline)
                yield
            finally:
                self._share.landed(cost, asyncio.get_running_loop().time(), alone=lease is None)
                if lease is not None:
                    await self._returned("land", lease, cost)
        finally:
            self._flying.release()

    async def pause(self, seconds: float) -> None:
        """The supplier asked everybody to wait (`Retry-After`)."""
        self._paused_until = max(self._paused_until, asyncio.get_running_loop().time() + seconds)
        if self._hold is not None and seconds > 0:
            try:
                async with asyncio.timeout(_ASK_WITHIN_SECONDS):
                    await self._hold(keys=self._keys[2:], args=[max(1, round(seconds * 1000))])
            except (RedisError, OSError) as error:
                self._lost(error)

    async def _within(self, cost: int, deadline: float) -> str | None:
        try:
            async with asyncio.timeout_at(deadline):
                return await self._granted(cost, deadline)
        except TimeoutError as error:
            raise self._no_place() from error

    async def _smoothed(self, cost: int, deadline: float) -> None:
        """Waits for nothing as long as Redis remembers; where it came back empty, each process remembers its own."""
        try:
            async with asyncio.timeout_at(deadline):
                for limiter in self._smooth:
                    await limiter.acquire(cost)
        except TimeoutError as error:
            raise self._no_place() from error

    async def _granted(self, cost: int, deadline: float) -> str | None:
        """The lease that Redis gave, or None when the local share had to decide."""
        loop = asyncio.get_running_loop()
        while True:
            lease = secrets.token_hex(8)
            wait = self._paused_until - loop.time()
            if wait <= 0:
                shared = await self._asked(cost, lease)
                if shared == 0:
                    return lease
                wait = self._share.wait(cost, loop.time()) if shared is None else shared
                if wait == 0:
                    return None
            if loop.time() + wait > deadline:
                raise self._no_place(wait)
            await asyncio.sleep(wait)

    async def _asked(self, cost: int, lease: str) -> float | None:
        """Seconds to wait as the shared budget has it, None while Redis is away."""
        if self._script is None:
            return None
        try:
            async with self._asking:
                return await self._heard(self._script, lease, cost)
        except (RedisError, OSError) as error:
            self._lost(error)
            return None
        except asyncio.CancelledError:
            await self._returned("drop", lease, cost)  # nobody hears the answer any more, and it may have been yes
            raise

    async def _heard(self, script: "AsyncScript", lease: str, cost: int) -> float | None:
        now = asyncio.get_running_loop().time()
        if self._redis_away and now < self._ask_again_at:
            return None
        async with asyncio.timeout(_ASK_WITHIN_SECONDS):
            wait = await script(keys=self._keys, args=self._words("take", lease, cost, self._share.untold(now)))
        self._share.told(now)
        if self._redis_away:
            self._redis_away = False
            _log.info("budget.shared_again", supplier=self._slug)
        return float(wait) / 1000

    async def _returned(self, how: str, lease: str, cost: int) -> None:
        """While Redis is away the lease ends by itself, and the answer that we bring home does not wait for it."""
        if self._script is None or self._redis_away:
            return
        nothing_untold = (0,) * len(self._budget.windows)
        try:
            async with asyncio.timeout(_ASK_WITHIN_SECONDS), self._asking:
                await self._script(keys=self._keys, args=self._words(how, lease, cost, nothing_untold))
        except (RedisError, OSError) as error:
            self._lost(error)

    def _words(self, how: str, lease: str, cost: int, untold: tuple[int, ...]) -> list[int | str]:
        words: list[int | str] = [how, lease, cost, self._budget.concurrency, self._lease_ms, _SLOTS, _LOOK_AGAIN_MS]
        for window, spent in zip(self._budget.windows, untold, strict=True):
            words += [window.calls, round(window.seconds * 1000), spent]
        return words

    def _lost(self, error: Exception) -> None:
        self._ask_again_at = asyncio.get_running_loop().time() + _ASK_AGAIN_SECONDS
        if not self._redis_away:
            self._redis_away = True
            _log.warning("budget.local_share_only", supplier=self._slug, error=str(error) or type(error).__name__)

    def _no_place(self, wait: float | None = None) -> TryLater:
        return TryLater(
            "our budget for this supplier is spent until after the deadline",
            outcome=Outcome.RATE_LIMITED,
            retry_after=wait,
        )
