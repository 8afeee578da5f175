"""Searches in Redis: the answer while it is true, who is asking for it, and a word to everybody when it grows."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec
import redis.asyncio
import zstandard
from redis.exceptions import RedisError

from domain.queries import Query
from domain.searches import Search
from storage.failures import StorageDown

_ARRIVALS: Final = "travelhub:arrivals"
_ASKED: Final = "travelhub:asked"
_QUESTION_KEPT: Final = timedelta(days=1)
_CONNECT_SECONDS: Final = 2.0
_ANSWER_SECONDS: Final = 5.0
_NAP: Final = 5.0  # seconds between two looks at a silent subscription

# Publishing replaces an answer only by a later one: a redelivered job may run beside the first, and an old worker
# that wakes up late must not put yesterday's arrivals over today's.
_PUBLISH: Final = """
local held = redis.call('HMGET', KEYS[1], 'started', 'version')
local started, version = tonumber(ARGV[1]), tonumber(ARGV[2])
if held[1] and (tonumber(held[1]) > started or (tonumber(held[1]) == started and tonumber(held[2]) >= version)) then
  return 0
end
redis.call('HSET', KEYS[1], 'started', ARGV[1], 'version', ARGV[2], 'search', ARGV[3])
redis.call('PEXPIREAT', KEYS[1], ARGV[4])
redis.call('PUBLISH', KEYS[2], ARGV[5])
return 1
"""

# JSON, because MessagePack would keep the instant of a local time and lose what the airport's clock shows.
_decode_search: Final = msgspec.json.Decoder(Search).decode
_decode_query: Final = msgspec.json.Decoder(Query).decode
_encode: Final = msgspec.json.Encoder().encode


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """One more part of a search has been published."""

    search_id: str
    started_ms: int
    version: int


@contextmanager
def redis_failures() -> Iterator[None]:
    """Redis errors become StorageDown; OSError covers sockets that vanish under the client."""
    try:
        yield
    except (RedisError, OSError) as error:
        raise StorageDown(f"Redis: {error}") from error


def connect(redis_url: str, *, connections: int = 50) -> "redis.asyncio.Redis":
    """A client whose every wait ends: two seconds to connect, five for an answer.

    Whoever finds all connections busy waits five seconds at most for one, so a crowd is no reason to call Redis away.
    Nor is a loop that a crowd holds up: the time it takes to come to an answer that is here already counts as waiting.
    """
    pool = redis.asyncio.BlockingConnectionPool.from_url(
        redis_url,
        max_connections=connections,
        timeout=_ANSWER_SECONDS,
        socket_connect_timeout=_CONNECT_SECONDS,
        socket_timeout=_ANSWER_SECONDS,
        health_check_interval=15,
    )
    return redis.asyncio.Redis.from_pool(pool)


class SearchCache:
    """All methods raise StorageDown when Redis is away."""

    def __init__(self, client: "redis.asyncio.Redis") -> None:
        self._redis: Final = client
        self._publish: Final = client.register_script(_PUBLISH)

    async def get(self, search_id: str) -> Search | None:
        """The last published state, None when nothing usable is held."""
        with redis_failures():
            body = await self._redis.hget(answer_key(search_id), "search")
        return _decode_search(zstandard.decompress(_bytes(body))) if body else None

    async def publish(self, search: Search) -> bool:
        """Store the search until it expires and tell every process. False when a later state is held already."""
        assert search.expires_at is not None
        arrival = Arrival(search_id=search.id, started_ms=_millis(search.started_at), version=search.version)
        body = zstandard.compress(_encode(search), 3)
        with redis_failures():
            stored = await self._publish(
                keys=[answer_key(search.id), _ARRIVALS],
                args=[
                    arrival.started_ms,
                    search.version,
                    body,
                    _millis(search.expires_at),
                    msgspec.json.encode(arrival),
                ],
            )
        return bool(stored)

    async def claim(self, query: Query, *, patience: timedelta) -> bool:
        """True for the one caller that may ask the suppliers; everybody else waits for what it publishes.

        The claim ends by `release`, or after `patience` when whoever held it has died.
        """
        with redis_failures():
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.set(_claim(query.id), "1", nx=True, px=patience)
                pipe.set(_question(query.id), _encode(query), ex=_QUESTION_KEPT)
                claimed, _ = await pipe.execute()
        return bool(claimed)

    async def take(self, search_id: str, *, patience: timedelta) -> Search | None:
        """The last published state, for whoever works on the search now: the claim is theirs for so long."""
        with redis_failures():
            async with self._redis.pipeline(transaction=False) as pipe:
                pipe.set(_claim(search_id), "1", px=patience)
                pipe.hget(answer_key(search_id), "search")
                _, body = await pipe.execute()
        return _decode_search(zstandard.decompress(_bytes(body))) if body else None

    async def extend(self, search_id: str, *, patience: timedelta) -> None:
        """A claim that still stands is good for so long from now on; one that has been released stays so."""
        with redis_failures():
            await self._redis.pexpire(_claim(search_id), patience)

    async def release(self, search_id: str) -> None:
        with redis_failures():
            await self._redis.delete(_claim(search_id))

    async def claimed(self, search_id: str) -> bool:
        with redis_failures():
            return bool(await self._redis.exists(_claim(search_id)))

    async def question(self, search_id: str) -> Query | None:
        """What was asked under this id within the last day, answered or not."""
        with redis_failures():
            body = await self._redis.get(_question(search_id))
        return _decode_query(_bytes(body)) if body else None

    async def note_asked(self, counts: Mapping[str, int]) -> None:
        """Add to how often each search id was asked for."""
        with redis_failures():
            async with self._redis.pipeline(transaction=False) as pipe:
                for search_id, count in counts.items():
                    pipe.zincrby(_ASKED, count, search_id)
                await pipe.execute()

    async def take_asked(self, *, at_most: int) -> dict[Query, int]:
        """The counts so far of what was asked most, and start counting anew."""
        with redis_failures():
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.zrange(_ASKED, 0, at_most - 1, desc=True, withscores=True)
                pipe.delete(_ASKED)
                rows, _ = await pipe.execute()
            bodies = await self._redis.mget([_question(row[0].decode()) for row in rows]) if rows else []
        return {_decode_query(_bytes(body)): int(row[1]) for row, body in zip(rows, bodies, strict=True) if body}

    async def arrivals(self) -> AsyncIterator[Arrival | None]:
        """Every arrival of every search from now on; None first, when the subscription stands, and in each silence.

        Ends with StorageDown when the connection breaks: arrivals may have been missed, so whatever is held in
        memory is no longer known to be the latest.
        """
        with redis_failures():
            async with self._redis.pubsub(ignore_subscribe_messages=True) as subscription:
                await subscription.subscribe(_ARRIVALS)
                yield None
                while True:
                    message = await subscription.get_message(timeout=_NAP)
                    yield msgspec.json.decode(message["data"], type=Arrival) if message else None


def _bytes(body: bytes | str) -> bytes:
    """redis-py types every reply as either; our clients never ask it to decode."""
    assert isinstance(body, bytes)
    return body


def answer_key(search_id: str) -> str:
    """The hash that holds the last published state: `started` in milliseconds, `version` and `search`."""
    return f"travelhub:search:{search_id}"


def _claim(search_id: str) -> str:
    return f"travelhub:asking:{search_id}"


def _question(search_id: str) -> str:
    return f"travelhub:question:{search_id}"


def _millis(instant: datetime) -> int:
    return int(instant.astimezone(UTC).timestamp() * 1000)
