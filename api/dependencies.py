"""Is everything there that we can't do without? One look at each, all at once, each with an end."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final

import pika
import redis.asyncio

from api.answers import Dependency, Standing
from domain.jobs import Queue
from storage.cache import connect, redis_failures
from storage.failures import StorageDown
from storage.heartbeats import Heartbeat

# Raises StorageDown with a sentence; returns when all is well.
Check = Callable[[], Awaitable[None]]
_SECONDS: Final = 5.0
SCHEDULER: Final = "scheduler"


async def looked_at(checks: Mapping[str, Check]) -> tuple[Dependency, ...]:
    return tuple(await asyncio.gather(*(_one(name, check) for name, check in checks.items())))


def by_heartbeat(beats: Sequence[Heartbeat]) -> tuple[Dependency, ...]:
    """Every queue needs a worker, and the schedules need one scheduler that acts."""
    served = {queue for beat in beats for queue in beat.queues}
    queues = [
        Dependency(name=f"worker:{queue}", status=Standing.UP, detail="a worker serves this queue")
        if queue in served
        else Dependency(name=f"worker:{queue}", status=Standing.DOWN, detail="no worker serves this queue")
        for queue in Queue
    ]
    acting = [beat for beat in beats if beat.process == SCHEDULER and beat.acting]
    scheduler = Dependency(
        name=SCHEDULER,
        status=Standing.UP if acting else Standing.DOWN,
        detail=f"{acting[0].host}:{acting[0].pid} acts" if acting else "no scheduler acts",
    )
    return (*queues, scheduler)


async def redis_answers(client: "redis.asyncio.Redis") -> None:
    with redis_failures():
        await client.ping()


async def broker_answers(broker_url: str) -> None:
    """A connection of its own, opened and closed: what is asked is whether the broker takes new ones."""
    if broker_url.startswith("amqp"):
        await asyncio.to_thread(_rabbit_answers, broker_url)
        return
    client = connect(broker_url, connections=1)
    try:
        await redis_answers(client)
    finally:
        await client.aclose()


def _rabbit_answers(broker_url: str) -> None:
    where = pika.URLParameters(broker_url)
    where.socket_timeout = where.stack_timeout = where.blocked_connection_timeout = _SECONDS
    try:
        pika.BlockingConnection(where).close()
    except (pika.exceptions.AMQPError, OSError) as error:
        raise StorageDown(f"RabbitMQ: {error or type(error).__name__}") from error


async def _one(name: str, check: Check) -> Dependency:
    try:
        async with asyncio.timeout(_SECONDS):
            await check()
    except StorageDown as error:
        return Dependency(name=name, status=Standing.DOWN, detail=str(error))
    except TimeoutError:
        return Dependency(name=name, status=Standing.DOWN, detail=f"no answer within {_SECONDS:.0f} seconds")
    return Dependency(name=name, status=Standing.UP, detail="answers")
