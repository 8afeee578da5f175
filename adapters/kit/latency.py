"""How long a supplier's calls take, told to all processes and learned from all of them, in nobody's way."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

import redis.asyncio
from redis.exceptions import RedisError

from domain.latency import SILENT, SLOT_SECONDS, SLOTS, bucket, patience, slot, window

# One hash for each supplier and five minutes of the wall clock: `travelhub:latency:<supplier>:<slot>`, fields
# `<operation>|<bucket>` -> calls. Slots and buckets are domain/latency.py's. A hash goes when its hour is over.
_PREFIX: Final = "travelhub:latency"
_KEPT_SECONDS: Final = SLOT_SECONDS * (SLOTS + 1)
_TOLD_EVERY_SECONDS: Final = 1.0
_LEARNED_EVERY_SECONDS: Final = 15.0
_WITHIN_SECONDS: Final = 1.0


class Latency:
    """One for each client. Without Redis nothing is learned, and every call has the time that was declared.

    What was told may be lost, or counted twice, when Redis goes away: it is a hint and no book.
    """

    def __init__(
        self,
        slug: str,
        client: "redis.asyncio.Redis | None",
        *,
        now: Callable[[], datetime],
        every: float = _TOLD_EVERY_SECONDS,
    ) -> None:
        self._slug: Final = slug
        self._redis: Final = client
        self._now: Final = now
        self._every: Final = every
        self._untold: Counter[tuple[int, str]] = Counter()
        self._learned: Mapping[str, timedelta] = {}
        self._learned_at = float("-inf")
        self._task: asyncio.Task[None] | None = None

    def took(self, operation: str, seconds: float) -> None:
        self._note(operation, bucket(seconds))

    def silent(self, operation: str) -> None:
        """It was given up after all the time that it had."""
        self._note(operation, SILENT)

    def patience(self, operation: str) -> timedelta | None:
        """How long one call is waited for, as it was known some seconds ago; None while nothing is."""
        if self._old():
            self._soon()
        return self._learned.get(operation)

    async def exchange(self) -> None:
        """Tells what was noted here and learns what was noted anywhere. A Redis that is away is tried another time."""
        if self._redis is None:
            return
        told, self._untold = self._untold, Counter()
        now = self._now()
        slots = window(now) if self._old() else ()
        try:
            async with asyncio.timeout(_WITHIN_SECONDS), self._redis.pipeline(transaction=False) as pipe:
                for (number, field), calls in told.items():
                    pipe.hincrby(self._key(number), field, calls)
                for number in {number for number, _ in told}:
                    pipe.expire(self._key(number), _KEPT_SECONDS)
                for number in slots:
                    pipe.hgetall(self._key(number))
                answers = await pipe.execute()
        except (RedisError, OSError):
            oldest = window(now)[0]
            self._untold.update({which: calls for which, calls in told.items() if which[0] >= oldest})
            return
        if slots:
            self._learned = _patience(answers[-len(slots) :])
            self._learned_at = asyncio.get_running_loop().time()

    async def aclose(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        if self._untold:
            await self.exchange()

    def _note(self, operation: str, number: int) -> None:
        if self._redis is not None:
            self._untold[slot(self._now()), f"{operation}|{number}"] += 1
            self._soon()

    def _soon(self) -> None:
        if self._redis is not None and (self._task is None or self._task.done()):
            self._task = asyncio.get_running_loop().create_task(self._exchanged())

    async def _exchanged(self) -> None:
        """A client that is not used has no task; who has learned nothing yet does not wait to learn."""
        if self._learned_at > float("-inf"):
            await asyncio.sleep(self._every)
        await self.exchange()

    def _old(self) -> bool:
        return asyncio.get_running_loop().time() - self._learned_at >= _LEARNED_EVERY_SECONDS

    def _key(self, number: int) -> str:
        return f"{_PREFIX}:{self._slug}:{number}"


def _patience(hashes: Iterable[Mapping[bytes, bytes]]) -> Mapping[str, timedelta]:
    counts: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for held in hashes:
        for field, calls in held.items():
            operation, _, number = field.decode().rpartition("|")
            counts[operation][int(number)] += int(calls)
    known = {operation: patience(found) for operation, found in counts.items()}
    return {operation: learned for operation, learned in known.items() if learned is not None}
