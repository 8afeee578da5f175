"""Puts jobs on the broker by name; knows no worker."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

import dramatiq
import msgspec
import orjson
import redis
from dramatiq.brokers.rabbitmq import RabbitmqBroker
from dramatiq.brokers.redis import RedisBroker
from dramatiq.common import current_millis
from dramatiq.encoder import Encoder

from domain.jobs import TERMS, Job, Queue, name, queue_for
from storage.failures import QueueDown

_NAMESPACE: Final = "travelhub:jobs"
# A worker that has not been heard of for this long is dead, and its messages go to another one. Idle workers look
# into Redis many times a second, so ten seconds are hundreds of missed looks.
_DEAD_AFTER_MS: Final = 10_000
# In how many of a million commands a worker looks for dead colleagues: with a hundred looks a second, about twice
# a second, where the default would let an orphaned search wait for its client to leave.
_MAINTENANCE: Final = 5_000
_DEAD_LETTERS_KEPT_MS: Final = 7 * 24 * 3600 * 1000
_SECONDS: Final = 3.0


class OrjsonEncoder(Encoder):
    """Messages as JSON bytes."""

    def encode(self, data: dict[str, Any]) -> bytes:
        return orjson.dumps(data)

    def decode(self, data: bytes) -> dict[str, Any]:
        message: dict[str, Any] = orjson.loads(data)
        return message


def broker(url: str) -> dramatiq.Broker:
    """A broker for `redis://`, `rediss://`, `unix://`, `amqp://` or `amqps://`, without middleware. Raises ValueError."""
    dramatiq.set_encoder(OrjsonEncoder())
    if url.startswith(("redis://", "rediss://", "unix://")):
        client = redis.Redis.from_url(
            url, socket_connect_timeout=_SECONDS, socket_timeout=_SECONDS, health_check_interval=15
        )
        return RedisBroker(
            client=client,
            middleware=[],
            namespace=_NAMESPACE,
            heartbeat_timeout=_DEAD_AFTER_MS,
            maintenance_chance=_MAINTENANCE,
            dead_message_ttl=_DEAD_LETTERS_KEPT_MS,
        )
    if url.startswith(("amqp://", "amqps://")):
        return RabbitmqBroker(url=url, middleware=[], confirm_delivery=True)
    raise ValueError(f"a broker is redis://, rediss://, unix://, amqp:// or amqps://, not {url.partition(':')[0]}://")


def message(job: Job) -> "dramatiq.Message[Any]":
    """The job as it travels: its name, its queue and its fields."""
    fields: Mapping[str, Any] = msgspec.to_builtins(job)
    return dramatiq.Message(
        queue_name=queue_for(job),
        actor_name=name(type(job)),
        args=(fields,),
        kwargs={},
        options={},
        message_timestamp=current_millis(),
    )


def job_of(fields: Mapping[str, Any]) -> Job:
    """Raises msgspec.ValidationError for fields that no kind of job has."""
    job: Job = msgspec.convert(fields, Job)
    return job


class JobQueue:
    """Takes jobs from asynchronous code without blocking it."""

    def __init__(self, jobs: dramatiq.Broker) -> None:
        self.broker: Final = jobs
        for queue in Queue:
            jobs.declare_queue(queue)

    async def put(self, job: Job) -> None:
        """Raises QueueDown when the broker has not taken the job."""
        await asyncio.to_thread(self.put_now, job)

    def put_now(self, job: Job) -> None:
        """The same for code that may block."""
        if type(job) not in TERMS:
            raise TypeError(f"{type(job).__name__} is no kind of job")
        try:
            self.broker.enqueue(message(job))
        except (dramatiq.errors.BrokerError, redis.RedisError, OSError) as error:
            raise QueueDown(f"the broker did not take {name(type(job))}: {error}") from error
