"""What waits on the broker, what was given up there and why, and how it is put on its queue once more."""

import asyncio
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import dramatiq
import msgspec
import pika
import redis
import redis.asyncio
from dramatiq.brokers.rabbitmq import RabbitmqBroker
from dramatiq.brokers.redis import RedisBroker
from dramatiq.common import dq_name, xq_name

from domain.jobs import Queue
from storage.cache import redis_failures
from storage.failures import QueueDown

_WHY: Final = "travelhub:given_up:"
_WHY_KEPT: Final = timedelta(days=7)  # as long as the letters themselves
_WHY_LENGTH: Final = 500


class QueueStanding(msgspec.Struct, frozen=True, kw_only=True):
    """`delayed` wait for their time, `under_way` are in workers' hands, where the broker tells; `oldest` began to wait then."""

    queue: Queue
    waiting: int
    delayed: int
    dead: int
    under_way: int | None = None
    oldest: datetime | None = None


class DeadLetter(msgspec.Struct, frozen=True, kw_only=True):
    """A job that was given up. `died_at` is None where the broker does not tell, `why` where nobody has written it down."""

    id: str
    kind: str
    asked_at: datetime
    attempts: int
    died_at: datetime | None = None
    why: str | None = None


class Replayed(msgspec.Struct, frozen=True, kw_only=True):
    """`missing` were asked for by id and are not there any more."""

    replayed: tuple[str, ...]
    missing: tuple[str, ...]


async def note(client: "redis.asyncio.Redis", message_id: str, why: str) -> None:
    """The broker keeps a dead letter as it was when it was put on its queue: what went wrong stands beside it."""
    with redis_failures():
        await client.set(f"{_WHY}{message_id}", why[:_WHY_LENGTH], ex=_WHY_KEPT)


class Backlog:
    """Looks behind the broker's queues. Every method raises QueueDown."""

    def __init__(self, broker: dramatiq.Broker, client: "redis.asyncio.Redis") -> None:
        self._broker: Final = broker
        self._redis: Final = client

    async def standing(self) -> tuple[QueueStanding, ...]:
        return await asyncio.to_thread(self._standing)

    async def letters(self, queue: Queue, *, at_most: int) -> tuple[DeadLetter, ...]:
        """The last one first where the broker tells, each with why it was given up."""
        found = await asyncio.to_thread(self._letters, queue, at_most)
        whys = await self._whys([letter.id for letter in found])
        return tuple(msgspec.structs.replace(letter, why=whys.get(letter.id)) for letter in found)

    async def replay(self, queue: Queue, ids: Collection[str] | None, *, at_most: int) -> Replayed:
        """On the queue once more, as if nobody had tried; None for `ids`: all of them, up to so many.

        A process that dies in between leaves a letter in both places: doing a job twice is harmless.
        """
        replayed = await asyncio.to_thread(self._replay, queue, ids, at_most)
        missing = tuple(one for one in ids or () if one not in replayed)
        return Replayed(replayed=replayed, missing=missing)

    async def _whys(self, ids: Collection[str]) -> Mapping[str, str]:
        if not ids:
            return {}
        with redis_failures():
            told: list[Any] = await self._redis.mget([f"{_WHY}{one}" for one in ids])
        return {one: _bytes(why).decode() for one, why in zip(ids, told, strict=True) if why is not None}

    def _standing(self) -> tuple[QueueStanding, ...]:
        with _failures():
            if isinstance(self._broker, RedisBroker):
                return tuple(_redis_standing(self._broker, queue) for queue in Queue)
            return tuple(_rabbit_standing(_rabbit(self._broker), queue) for queue in Queue)

    def _letters(self, queue: Queue, at_most: int) -> tuple[DeadLetter, ...]:
        with _failures():
            if isinstance(self._broker, RedisBroker):
                held = _redis_letters(self._broker, queue, at_most)
                return tuple(_letter(message, died_at) for _, message, died_at in held)
            return tuple(_letter(message, None) for message in _rabbit_letters(_rabbit(self._broker), queue, at_most))

    def _replay(self, queue: Queue, ids: Collection[str] | None, at_most: int) -> tuple[str, ...]:
        with _failures():
            if isinstance(self._broker, RedisBroker):
                return _redis_replay(self._broker, queue, ids, at_most)
            return _rabbit_replay(_rabbit(self._broker), queue, ids, at_most)


# ---- Redis: a queue is a list of ids and a hash of messages, its dead letters a set sorted by when they died ----


def _redis_standing(broker: RedisBroker, queue: Queue) -> QueueStanding:
    name = f"{broker.namespace}:{queue}"
    pipe: Any = broker.client.pipeline(transaction=True)
    pipe.llen(name).hlen(f"{name}.msgs").hlen(f"{broker.namespace}:{dq_name(queue)}.msgs")
    pipe.zcard(f"{broker.namespace}:{xq_name(queue)}").lindex(name, 0)
    waiting, held, delayed, dead, first = pipe.execute()
    oldest = broker.client.hget(f"{name}.msgs", first) if first is not None else None
    return QueueStanding(
        queue=queue,
        waiting=waiting,
        delayed=delayed,
        dead=dead,
        under_way=max(held - waiting, 0),
        oldest=None if oldest is None else _asked_at(dramatiq.Message.decode(_bytes(oldest))),
    )


def _redis_letters(
    broker: RedisBroker, queue: Queue, at_most: int
) -> "list[tuple[bytes, dramatiq.Message[Any], datetime]]":
    name = f"{broker.namespace}:{xq_name(queue)}"
    dead: Any = broker.client.zrevrange(name, 0, at_most - 1, withscores=True)
    if not dead:
        return []
    bodies: Any = broker.client.hmget(f"{name}.msgs", [one for one, _ in dead])
    return [
        (one, dramatiq.Message.decode(body), _instant(score))
        for (one, score), body in zip(dead, bodies, strict=True)
        if body is not None
    ]


def _redis_replay(broker: RedisBroker, queue: Queue, ids: Collection[str] | None, at_most: int) -> tuple[str, ...]:
    name = f"{broker.namespace}:{xq_name(queue)}"
    replayed = []
    for one, message, _ in _redis_letters(broker, queue, at_most):
        if ids is None or message.message_id in ids:
            broker.enqueue(_anew(message, queue))
            gone: Any = broker.client.pipeline(transaction=True)
            gone.zrem(name, one).hdel(f"{name}.msgs", one).execute()
            replayed.append(message.message_id)
    return tuple(replayed)


# ---- RabbitMQ: queues are looked into by taking messages and giving them back ----


def _rabbit(broker: dramatiq.Broker) -> RabbitmqBroker:
    if not isinstance(broker, RabbitmqBroker):
        raise QueueDown(f"nobody can look behind the queues of a {type(broker).__name__}")
    held = broker.connection
    if held.is_open:
        with suppress(pika.exceptions.AMQPError):
            held.process_data_events(0)
    if not held.is_open:  # this thread has said nothing for so long that the server has hung up
        del broker.connection
    return broker


def _rabbit_standing(broker: RabbitmqBroker, queue: Queue) -> QueueStanding:
    broker.declare_queue(queue, ensure=True)
    counts = broker.get_queue_message_counts(queue)
    return QueueStanding(queue=queue, waiting=counts[0], delayed=counts[1], dead=counts[2])


def _rabbit_letters(broker: RabbitmqBroker, queue: Queue, at_most: int) -> "list[dramatiq.Message[Any]]":
    """What is taken and not acknowledged goes back to where it was when the channel closes."""
    broker.declare_queue(queue, ensure=True)
    with _channel(broker) as channel:
        return [message for _, message in _taken(channel, queue, at_most)]


def _rabbit_replay(broker: RabbitmqBroker, queue: Queue, ids: Collection[str] | None, at_most: int) -> tuple[str, ...]:
    broker.declare_queue(queue, ensure=True)
    replayed = []
    with _channel(broker) as channel:
        for tag, message in _taken(channel, queue, at_most):
            if ids is None or message.message_id in ids:
                broker.enqueue(_anew(message, queue))
                channel.basic_ack(tag)
                replayed.append(message.message_id)
    return tuple(replayed)


@contextmanager
def _channel(broker: RabbitmqBroker) -> Iterator[Any]:
    """One of its own, so that nothing that the broker holds in hands is given back with it."""
    channel = broker.connection.channel()
    try:
        yield channel
    finally:
        channel.close()


def _taken(channel: Any, queue: Queue, at_most: int) -> "Iterator[tuple[int, dramatiq.Message[Any]]]":
    for _ in range(at_most):
        method, _properties, body = channel.basic_get(xq_name(queue), auto_ack=False)
        if method is None:
            return
        yield method.delivery_tag, dramatiq.Message.decode(body)


# ---- both ----


def _letter(message: "dramatiq.Message[Any]", died_at: datetime | None) -> DeadLetter:
    return DeadLetter(
        id=message.message_id,
        kind=message.actor_name,
        asked_at=_asked_at(message),
        attempts=int(message.options.get("retries", 0)) + 1,
        died_at=died_at,
    )


def _anew(message: "dramatiq.Message[Any]", queue: Queue) -> "dramatiq.Message[Any]":
    """With its own id, by which its letter is known, and without the marks of the attempts that failed."""
    return dramatiq.Message(
        queue_name=queue,
        actor_name=message.actor_name,
        args=message.args,
        kwargs=message.kwargs,
        options={},
        message_id=message.message_id,
    )


def _asked_at(message: "dramatiq.Message[Any]") -> datetime:
    return _instant(message.message_timestamp)


def _instant(milliseconds: float) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _bytes(told: Any) -> bytes:
    return told if isinstance(told, bytes) else str(told).encode()


@contextmanager
def _failures() -> Iterator[None]:
    try:
        yield
    except (dramatiq.errors.BrokerError, redis.RedisError, pika.exceptions.AMQPError, OSError) as error:
        raise QueueDown(f"the broker does not answer: {error or type(error).__name__}") from error
