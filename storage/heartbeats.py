"""Which of our processes are alive, by a key each that they keep from expiring."""

import os
import socket
from datetime import UTC, datetime
from typing import Final

import msgspec
import redis.asyncio

from storage.cache import redis_failures

_PREFIX: Final = "travelhub:alive:"
EVERY_SECONDS: Final = 2.0
_GONE_AFTER_SECONDS: Final = 10


class Heartbeat(msgspec.Struct, frozen=True, kw_only=True):
    """`acting` is about schedulers, of which only one does; `queues` is what a worker serves."""

    process: str
    host: str
    pid: int
    at: datetime
    acting: bool | None = None
    queues: tuple[str, ...] = ()


async def beat(
    client: "redis.asyncio.Redis", process: str, *, acting: bool | None = None, queues: tuple[str, ...] = ()
) -> None:
    """Say that this process is alive, for the next ten seconds."""
    now = datetime.now(UTC)
    beat = Heartbeat(process=process, host=socket.gethostname(), pid=os.getpid(), at=now, acting=acting, queues=queues)
    with redis_failures():
        await client.set(
            f"{_PREFIX}{process}:{beat.host}:{beat.pid}", msgspec.json.encode(beat), ex=_GONE_AFTER_SECONDS
        )


async def alive(client: "redis.asyncio.Redis") -> tuple[Heartbeat, ...]:
    """Everybody who has been heard of within ten seconds, by process name and pid."""
    with redis_failures():
        keys = [key async for key in client.scan_iter(match=f"{_PREFIX}*", count=500)]
        bodies = await client.mget(keys) if keys else []
    beats = (msgspec.json.decode(body, type=Heartbeat) for body in bodies if body)
    return tuple(sorted(beats, key=lambda beat: (beat.process, beat.host, beat.pid)))
