"""How much one caller may ask: counted here at once, shared with the other processes a moment later."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final, NamedTuple

import redis.asyncio

from storage.cache import redis_failures

WINDOW_SECONDS: Final = 60
EXCHANGED_EVERY: Final = 1.0  # seconds
_MOST_CALLERS: Final = 100_000
_KEPT_SECONDS: Final = 2 * WINDOW_SECONDS


class Standing(NamedTuple):
    """After this request: how many are left (below none: it is refused), in how many seconds all of them are back."""

    left: int
    reset: int


class _Count:
    """`shared` is what all processes had told at the last exchange, `since` what came here after it."""

    __slots__ = ("shared", "since")

    def __init__(self) -> None:
        self.shared = 0
        self.since = 0


class Limits:
    """`quota` requests a minute for each caller."""

    def __init__(self, quota: int) -> None:
        self.quota: Final = quota
        self.policy: Final = b'"minute";q=%d;w=%d' % (quota, WINDOW_SECONDS)
        self._window = 0
        self._counts: dict[str, _Count] = {}

    def spend(self, address: str, owner: str | None, now: datetime) -> Standing:
        """One request: of this owner where one is known, else of whoever is behind the address.

        What goes over the quota is not counted: a refused client comes back in time.
        """
        seconds = int(now.timestamp())
        if seconds // WINDOW_SECONDS != self._window:
            self._window, self._counts = seconds // WINDOW_SECONDS, {}
        reset = WINDOW_SECONDS - seconds % WINDOW_SECONDS
        return Standing(self._left(address if owner is None else f"{owner}*", self.quota), reset)

    @staticmethod
    def header(standing: Standing) -> bytes:
        return b'"minute";r=%d;t=%d' % (max(standing.left, 0), standing.reset)

    async def exchange(self, client: "redis.asyncio.Redis") -> bool:
        """Tell what was counted here and learn what was counted everywhere; False when there was nothing to tell.

        Raises StorageDown.
        """
        window, counts = self._window, self._counts
        news = [(name, count, count.since) for name, count in counts.items() if count.since]
        for some in _portions(news, 1000):
            with redis_failures():
                async with client.pipeline(transaction=False) as pipe:
                    for name, _, since in some:
                        pipe.incrby(f"travelhub:limit:{window}:{name}", since)
                        pipe.expire(f"travelhub:limit:{window}:{name}", _KEPT_SECONDS)
                    replies = await pipe.execute()
            for (_, count, since), total in zip(some, replies[::2], strict=True):
                count.shared = int(total)
                count.since -= since
        return bool(news)

    def _left(self, name: str, quota: int) -> int:
        count = self._counts.get(name)
        if count is None:
            count = self._counts[self._room_for(name)] = _Count()
        left = quota - count.shared - count.since - 1
        if left >= 0:
            count.since += 1
        return left

    def _room_for(self, name: str) -> str:
        """A minute with more callers than we can hold forgets those who came first."""
        while len(self._counts) >= _MOST_CALLERS:
            del self._counts[next(iter(self._counts))]
        return name


def _portions(news: list[tuple[str, _Count, int]], size: int) -> Iterable[list[tuple[str, _Count, int]]]:
    return (news[start : start + size] for start in range(0, len(news), size))
