"""Leaves a supplier alone that is down: all processes find out together, and one call at a time looks whether it is back."""

import asyncio
import secrets
from collections import Counter
from enum import StrEnum
from typing import Final

import msgspec
import structlog

from adapters.kit.failures import TryLater
from adapters.kit.together import Together
from domain.searches import Outcome

_log: Final = structlog.get_logger(__name__)

_SLOTS: Final = 10  # a window rolls on by a tenth
_LONGEST_PROBE_SECONDS: Final = 120.0  # a process that dies with the probe holds the others up for so long at most
_LOOK_AGAIN_SECONDS: Final = 1.0  # while somebody else's probe is under way


class Tolerance(msgspec.Struct, frozen=True, kw_only=True):
    """How much is too much: `failure_rate` of at least `least_calls` within `seconds`.

    Then nobody calls for `pause` seconds; each probe that fails makes the pause `growth` times longer, to `longest_pause`.
    """

    seconds: float = 60.0
    least_calls: int = 20
    failure_rate: float = 0.5
    pause: float = 5.0
    growth: float = 2.0
    longest_pause: float = 120.0


class Sign(StrEnum):
    """What a call told of the supplier. An answer is a sign of life, also a refusal, also that it is too busy."""

    ALIVE = "alive"
    FAILED = "failed"  # silence, 5xx, a reply that the transport can't read
    NOTHING = "nothing"  # it was not made, or not waited for


class Permit(msgspec.Struct, frozen=True, kw_only=True):
    """Leave to make one call. `probe`: it is the one that looks whether the supplier is back."""

    id: str
    probe: bool
    shared: bool


class State(msgspec.Struct, frozen=True, kw_only=True):
    """As operators see it: the calls of the current window, and where it is open, the seconds until the next probe."""

    open: bool
    opens_in: float
    calls: int
    failed: int


class _Verdict(msgspec.Struct, frozen=True, array_like=True):
    """`flipped` is 1 where this word opened the breaker and -1 where it closed it; `wait` is in milliseconds."""

    flipped: int
    wait: float
    calls: int
    failed: int


_GO, _PROBE = 0, -1

# One decision on the server's own clock. The key never expires, so that a server that makes room by evicting what
# expires does not forget; should it be lost all the same, the breaker is closed and learns anew.
#   KEYS  1 hash: "alive:slot" and "failed:slot" -> calls; while open "until", "pause", "probe" and "probe_until"
#   ARGV  1 "ask", "look", or a sign, 2 the call, 3 the tolerance as JSON, 4 how long a probe may take in ms
# Answers flipped, wait (-1: go as the probe, 0: go, else ms), calls, failed.
_NUMBERS: Final = f"""
local SLOTS, LOOK_AGAIN, LONGEST_PROBE = {_SLOTS}, {round(_LOOK_AGAIN_SECONDS * 1000)}, {round(_LONGEST_PROBE_SECONDS * 1000)}
"""
_SCRIPT: Final = (
    _NUMBERS
    + """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local how, me, tolerance, patience = ARGV[1], ARGV[2], cjson.decode(ARGV[3]), tonumber(ARGV[4])
local function whole(number) return string.format('%.0f', number) end
local present = math.floor(now * SLOTS / (tolerance.seconds * 1000))
local held, flat = {}, redis.call('HGETALL', KEYS[1])
for i = 1, #flat, 2 do held[flat[i]] = flat[i + 1] end

-- A slot that has left the window counts no more, and neither does one of a clock that was set back.
local seen = {alive = 0, failed = 0}
for field, calls in pairs(held) do
  local sign, slot = string.match(field, '^(%a+):(%d+)$')
  if sign and (tonumber(slot) > present or tonumber(slot) <= present - SLOTS) then
    redis.call('HDEL', KEYS[1], field)
  elseif sign then
    seen[sign] = seen[sign] + tonumber(calls)
  end
end

local function open(pause)
  redis.call('DEL', KEYS[1])
  redis.call('HSET', KEYS[1], 'until', whole(now + pause), 'pause', whole(pause))
end

local function answer(flipped, wait) return {flipped, math.ceil(wait), seen.alive + seen.failed, seen.failed} end

if not held['until'] then
  if how == 'ask' or how == 'look' or how == 'nothing' then return answer(0, 0) end
  redis.call('HINCRBY', KEYS[1], how .. ':' .. whole(present), 1)
  seen[how] = seen[how] + 1
  local calls = seen.alive + seen.failed
  if how == 'failed' and calls >= tolerance.least_calls and seen.failed >= tolerance.failure_rate * calls then
    open(tolerance.pause * 1000)
    return answer(1, tolerance.pause * 1000)
  end
  return answer(0, 0)
end

local pause = tonumber(held['pause'])
local closed_for = math.min(tonumber(held['until']) - now, pause)
if closed_for < tonumber(held['until']) - now then redis.call('HSET', KEYS[1], 'until', whole(now + closed_for)) end
local probing = (tonumber(held['probe_until']) or now) - now
if probing > LONGEST_PROBE then probing = 0 end -- of a clock that was set back

if how == 'look' then return answer(0, math.max(closed_for, 1)) end
if how == 'ask' then
  if closed_for > 0 then return answer(0, closed_for) end
  if probing > 0 then return answer(0, math.min(probing, LOOK_AGAIN)) end
  redis.call('HSET', KEYS[1], 'probe', me, 'probe_until', whole(now + patience))
  return answer(0, -1)
end
if held['probe'] ~= me then return answer(0, math.max(closed_for, 1)) end
if how == 'alive' then
  redis.call('DEL', KEYS[1])
  return answer(-1, 0)
end
redis.call('HDEL', KEYS[1], 'probe', 'probe_until')
if how == 'nothing' then return answer(0, 1) end
pause = math.min(pause * tolerance.growth, tolerance.longest_pause * 1000)
open(pause)
return answer(0, pause)
"""
)


class LocalBreaker:
    """The same rules for one process, while it can't ask the others. All instants are of one monotonic clock."""

    def __init__(self, tolerance: Tolerance) -> None:
        self._tolerance: Final = tolerance
        self._seen: Final[Counter[tuple[int, Sign]]] = Counter()
        self._until: float | None = None
        self._pause = 0.0
        self._probe: tuple[str, float] | None = None

    def ask(self, call: str, now: float, patience: float) -> float:
        """Seconds to wait; 0 means go, -1 go as the probe."""
        if self._until is None:
            return _GO
        if now < self._until:
            return self._until - now
        if self._probe is not None and now < self._probe[1]:
            return min(self._probe[1] - now, _LOOK_AGAIN_SECONDS)
        self._probe = call, now + min(patience, _LONGEST_PROBE_SECONDS)
        return _PROBE

    def tell(self, call: str, sign: Sign, now: float) -> int:
        """1 where this opened the breaker, -1 where it closed it."""
        if self._until is not None:
            return self._probed(sign, now) if self._probe is not None and self._probe[0] == call else 0
        if sign is Sign.NOTHING:
            return 0
        self._seen[self._slot(now), sign] += 1
        calls, failed = self.seen(now)
        bearable = calls < self._tolerance.least_calls or failed < self._tolerance.failure_rate * calls
        if sign is Sign.ALIVE or bearable:
            return 0
        self._open(now, self._tolerance.pause)
        return 1

    def seen(self, now: float) -> tuple[int, int]:
        """The window's calls, and how many of them failed."""
        oldest = self._slot(now) - _SLOTS
        for slot, sign in tuple(self._seen):
            if slot <= oldest:
                del self._seen[slot, sign]
        failed = sum(calls for (_, sign), calls in self._seen.items() if sign is Sign.FAILED)
        return self._seen.total(), failed

    def wait(self, now: float) -> float | None:
        """Seconds until the next probe, None while closed."""
        return None if self._until is None else max(0.0, self._until - now)

    def _probed(self, sign: Sign, now: float) -> int:
        self._probe = None
        if sign is Sign.ALIVE:
            self._until = None
            self._seen.clear()
            return -1
        if sign is Sign.FAILED:
            self._open(now, min(self._pause * self._tolerance.growth, self._tolerance.longest_pause))
        return 0

    def _open(self, now: float, pause: float) -> None:
        self._until, self._pause = now + pause, pause

    def _slot(self, now: float) -> int:
        return int(now * _SLOTS // self._tolerance.seconds)


class Breaker:
    """One for each supplier and process; what it knows is shared through Redis."""

    def __init__(self, slug: str, together: Together, tolerance: Tolerance | None = None) -> None:
        self._slug: Final = slug
        self._together: Final = together
        tolerance = tolerance or Tolerance()
        self._words: Final = msgspec.json.encode(tolerance).decode()
        self._script: Final = together.script(_SCRIPT)
        self._keys: Final = (f"travelhub:breaker:{slug}",)
        self._alone: Final = LocalBreaker(tolerance)
        self._open_until = 0.0

    async def permit(self, *, patience: float) -> Permit:
        """Leave for one call, which takes no longer than `patience` seconds. Each permit is answered by `heard`.

        Raises TryLater (breaker open), with the seconds until somebody may try again: nothing was sent.
        """
        call = secrets.token_hex(8)
        shared = await self._asked("ask", call, patience)
        if shared is None:
            wait = self._alone.ask(call, asyncio.get_running_loop().time(), patience)
        else:
            wait = shared.wait if shared.wait <= 0 else shared.wait / 1000
        if wait > 0:
            raise self._open(wait)
        return Permit(id=call, probe=wait == _PROBE, shared=shared is not None)

    async def heard(self, permit: Permit, sign: Sign) -> None:
        """What the call told. A break and a recovery are logged once, by the process whose call it was."""
        if permit.shared:
            verdict = await self._asked(sign.value, permit.id, 0.0)
            flipped = verdict.flipped if verdict else 0
        else:
            now = asyncio.get_running_loop().time()
            flipped = self._alone.tell(permit.id, sign, now)
            self._open_until = now + (self._alone.wait(now) or 0.0)
        if flipped > 0:
            _log.warning(
                "supplier.broken", supplier=self._slug, **({} if permit.shared else {"known_to": "one process"})
            )
        elif flipped < 0:
            _log.info("supplier.recovered", supplier=self._slug)

    def refuse_latecomer(self, permit: Permit) -> None:
        """A call that has waited long for its place may find that the supplier has broken down in the meantime.

        Raises TryLater as `permit` does, by what this process knows.
        """
        left = self._open_until - asyncio.get_running_loop().time()
        if left > 0 and not permit.probe:
            raise self._open(left)

    async def state(self) -> State:
        shared = await self._asked("look", "", 0.0)
        if shared is not None:
            return State(open=shared.wait > 0, opens_in=shared.wait / 1000, calls=shared.calls, failed=shared.failed)
        now = asyncio.get_running_loop().time()
        wait = self._alone.wait(now)
        calls, failed = self._alone.seen(now)
        return State(open=wait is not None, opens_in=wait or 0.0, calls=calls, failed=failed)

    async def _asked(self, how: str, call: str, patience: float) -> _Verdict | None:
        probe_ms = max(1, round(min(patience, _LONGEST_PROBE_SECONDS) * 1000))
        ask = self._together.asked if how in ("ask", "look") else self._together.told
        answer = await ask(self._script, self._keys, (how, call, self._words, probe_ms))
        now = asyncio.get_running_loop().time()
        if answer is None:
            self._open_until = now + (self._alone.wait(now) or 0.0)
            return None
        verdict = msgspec.convert(answer, _Verdict)
        self._open_until = now + max(0.0, verdict.wait / 1000)
        return verdict

    def _open(self, wait: float) -> TryLater:
        return TryLater(
            "the supplier has been down, and is left alone until somebody looks again",
            outcome=Outcome.BREAKER_OPEN,
            retry_after=wait,
        )
