"""The books: every call that was sent to a supplier, by day, operation, who asked, and how it ended."""

import asyncio
import secrets
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import msgspec
import redis.asyncio
import structlog
from redis.exceptions import RedisError

from adapters.kit.failures import Answered, Failure, GiveUp, TryLater, Unknown
from domain.searches import Outcome

_log: Final = structlog.get_logger(__name__)

KEPT: Final = timedelta(days=40)
_FLUSH_EVERY_SECONDS: Final = 1.0
_FLUSH_WITHIN_SECONDS: Final = 2.0
_MOST_ROWS: Final = 10_000  # names are few; only a mistake makes so many of them
_REMEMBERED_SECONDS: Final = 600  # for so long a batch that was written and not acknowledged is known to be written


class Ending(StrEnum):
    """How a call ended that was sent."""

    ANSWERED = "answered"
    SAID_NO = "said_no"  # sold out, declined: an answer as well
    REFUSED = "refused"
    BUSY = "busy"
    DOWN = "down"
    TIMEOUT = "timeout"
    UNREADABLE = "unreadable"
    UNKNOWN = "unknown"  # it changes something, and may have
    ABANDONED = "abandoned"  # whoever asked did not wait for it


_ENDINGS: Final[Mapping[tuple[type[Failure], Outcome | None], Ending]] = MappingProxyType(
    {
        (TryLater, Outcome.RATE_LIMITED): Ending.BUSY,
        (TryLater, Outcome.TIMEOUT): Ending.TIMEOUT,
        (TryLater, None): Ending.DOWN,
        (GiveUp, Outcome.RATE_LIMITED): Ending.BUSY,
        (GiveUp, Outcome.ERROR): Ending.UNREADABLE,
        (GiveUp, None): Ending.REFUSED,
        (Answered, None): Ending.SAID_NO,
        (Unknown, None): Ending.UNKNOWN,
    }
)


def ending(failure: Failure | None) -> Ending:
    if failure is None:
        return Ending.ANSWERED
    kind = type(failure)
    return _ENDINGS.get((kind, failure.outcome)) or _ENDINGS[kind, None]


class Row(msgspec.Struct, frozen=True, kw_only=True, array_like=True, order=True):
    """One line of a day's books, without its number."""

    supplier: str
    operation: str
    client: str
    ending: Ending


class Sent:
    """One call on its way: in the books once it has left this machine, under the way it ended."""

    def __init__(self) -> None:
        self.left = False
        self.ending = Ending.ABANDONED

    def leaves(self) -> None:
        self.left = True


# A batch is written once, however often it is sent: an answer that is lost on the way does not count it twice.
# The books never expire, so that a server that makes room by evicting what expires does not lose them; a new day
# throws the old ones away instead.
#   KEYS  1 the mark of this batch, 2 the days that there are books for (sorted set by ordinal)
#   ARGV  1 seconds to keep the mark, 2 the last ordinal to be thrown away, 3 the books' prefix,
#         4… day, its ordinal, row, calls
_WRITE: Final = """
if not redis.call('SET', KEYS[1], '1', 'NX', 'EX', ARGV[1]) then return 0 end
for i = 4, #ARGV, 4 do
  if redis.call('ZADD', KEYS[2], 'NX', ARGV[i + 1], ARGV[i]) == 1 then
    for _, day in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', ARGV[2])) do
      redis.call('DEL', ARGV[3] .. day)
      redis.call('ZREM', KEYS[2], day)
    end
  end
  redis.call('HINCRBY', ARGV[3] .. ARGV[i], ARGV[i + 2], ARGV[i + 3])
end
return 1
"""
_PREFIX: Final = "travelhub:calls:"
_DAYS: Final = "travelhub:calls"

_Rows = Counter[tuple[date, Row]]


class Ledger:
    """One for each client. Calls are counted in memory and written in the background, at most a second later.

    While Redis is away they wait for it, as long as there are not too many different rows; what is lost is said.
    """

    def __init__(
        self,
        client: "redis.asyncio.Redis | None",
        *,
        now: Callable[[], datetime],
        most_rows: int = _MOST_ROWS,
        every: float = _FLUSH_EVERY_SECONDS,
    ) -> None:
        self._redis: Final = client
        self._write: Final = client.register_script(_WRITE) if client else None
        self._now: Final = now
        self._most_rows: Final = most_rows
        self._every: Final = every
        self._waiting: _Rows = Counter()
        self._batch: _Rows = Counter()  # sent, and not known to be written
        self._mark = ""
        self._task: asyncio.Task[None] | None = None
        self._lost = 0

    @contextmanager
    def sending(self, supplier: str, operation: str, client: str) -> Iterator[Sent]:
        """Around one call, also one that is cancelled; the day is that on which it is sent."""
        sent, day = Sent(), self._now().date()
        try:
            yield sent
        finally:
            if sent.left:
                self._count(day, Row(supplier=supplier, operation=operation, client=client, ending=sent.ending))

    @property
    def unwritten(self) -> Mapping[Row, int]:
        """What is not in Redis yet, of all days."""
        rows: Counter[Row] = Counter()
        for (_, row), calls in (*self._waiting.items(), *self._batch.items()):
            rows[row] += calls
        return rows

    async def flush(self) -> bool:
        """Writes what has not been written. False while Redis is away: it is kept."""
        while self._batch or self._waiting:
            if self._write is None:
                return False
            if not self._batch:
                self._batch, self._waiting, self._mark = self._waiting, Counter(), secrets.token_hex(8)
            try:
                async with asyncio.timeout(_FLUSH_WITHIN_SECONDS):
                    await self._write(keys=[f"{_PREFIX}batch:{self._mark}", _DAYS], args=self._words())
            except (RedisError, OSError):
                return False
            self._batch = Counter()
        return True

    async def aclose(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        if self._redis is not None and not await self.flush():
            _log.warning("ledger.lost", calls=self._waiting.total() + self._batch.total(), why="Redis is away")

    def _count(self, day: date, row: Row) -> None:
        if (day, row) not in self._waiting and len(self._waiting) >= self._most_rows:
            if not self._lost:
                _log.warning("ledger.lost", calls=1, why="too many different rows wait for Redis")
            self._lost += 1
            return
        self._waiting[day, row] += 1
        if self._write is not None and (self._task is None or self._task.done()):
            self._task = asyncio.get_running_loop().create_task(self._flushing())

    async def _flushing(self) -> None:
        """Ends when everything is written: a client that is not used has no task."""
        written = False
        while not written:
            await asyncio.sleep(self._every)
            written = await self.flush()
            if written and self._lost:
                _log.warning("ledger.lost", calls=self._lost, why="all in all, while Redis was away")
                self._lost = 0

    def _words(self) -> list[str | int | bytes]:
        thrown_away = (self._now().date() - KEPT).toordinal()
        words: list[str | int | bytes] = [_REMEMBERED_SECONDS, thrown_away, _PREFIX]
        for (day, row), calls in self._batch.items():
            words += [day.isoformat(), day.toordinal(), msgspec.json.encode(row), calls]
        return words


async def read_ledger(client: "redis.asyncio.Redis", day: date) -> Mapping[Row, int]:
    """All calls of a day (UTC) by all processes, as far as they are written, in order. Raises RedisError."""
    told = await client.hgetall(_PREFIX + day.isoformat())
    rows = {msgspec.json.decode(row, type=Row): int(calls) for row, calls in told.items()}
    return {row: rows[row] for row in sorted(rows)}
