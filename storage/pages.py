"""First pages of answers as some process has made them, so that no other has to make them again from all offers."""

from datetime import UTC, datetime
from typing import Final

import msgspec
import redis.asyncio

from storage.cache import answer_key, redis_failures

_encode: Final = msgspec.msgpack.Encoder().encode
_decode: Final = msgspec.msgpack.Decoder


class Page(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """One page of one state of a search, in parts: between `before` and `after` stands its age in seconds.

    `tail` is all that follows, compressed (zstd). Until `unattended_until`, which is never after `fresh_until`, it is served without
    a thought. `tag` is the part of the ETag that all codings share, `next` the cursor of the page behind it.
    """

    search_id: str
    started_ms: int
    version: int
    fetched_at: datetime
    fresh_until: datetime
    unattended_until: datetime
    before: bytes
    after: bytes
    tail: bytes
    tag: str
    next: str | None


class PageBook:
    """Pages in Redis. All methods raise StorageDown when it is away."""

    def __init__(self, client: "redis.asyncio.Redis") -> None:
        self._redis: Final = client

    async def get(self, search_id: str, view: str) -> Page | None:
        """The page, if it is of the state that the search is in now. `view` names what was wished for."""
        with redis_failures():
            async with self._redis.pipeline(transaction=False) as pipe:
                pipe.hmget(answer_key(search_id), ["started", "version"])
                pipe.get(_key(search_id, view))
                state, body = await pipe.execute()
        if body is None or state[0] is None:
            return None
        page = _decode(Page).decode(body)
        current = (page.started_ms, page.version) == (int(state[0]), int(state[1]))
        return page if current else None

    async def keep(self, page: Page, view: str) -> None:
        """As long as it is served. One of an older state, written late, is told from the others by its state."""
        until = page.unattended_until.astimezone(UTC)
        with redis_failures():
            await self._redis.set(_key(page.search_id, view), _encode(page), pxat=until)


def _key(search_id: str, view: str) -> str:
    return f"travelhub:packed:{search_id}:{view}"
