"""A word to every process when something that they hold in memory has changed in PostgreSQL."""

from collections.abc import AsyncIterator
from typing import Final

import redis.asyncio

from domain.catalogue import Subject
from storage.cache import redis_failures

_CHANNEL: Final = "travelhub:catalogue"
_NAP: Final = 5.0  # seconds between two looks at a silent subscription


async def tell(client: "redis.asyncio.Redis", subject: Subject) -> None:
    """Raises StorageDown; whoever missed the news looks again within a minute anyway."""
    with redis_failures():
        await client.publish(_CHANNEL, subject.value)


async def news(client: "redis.asyncio.Redis") -> AsyncIterator[Subject | None]:
    """Every subject that changes from now on; None first, when the subscription stands, and in each silence.

    Ends with StorageDown when the connection breaks.
    """
    with redis_failures():
        async with client.pubsub(ignore_subscribe_messages=True) as subscription:
            await subscription.subscribe(_CHANNEL)
            yield None
            while True:
                message = await subscription.get_message(timeout=_NAP)
                yield Subject(message["data"].decode()) if message else None
