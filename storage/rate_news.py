"""A word to every worker when there are new rates."""

from collections.abc import AsyncIterator
from typing import Final

import redis.asyncio

from storage.cache import redis_failures

_CHANNEL: Final = "travelhub:rates"
_NAP: Final = 5.0  # seconds between two looks at a silent subscription


async def tell(client: "redis.asyncio.Redis") -> None:
    """Raises StorageDown; whoever missed the news looks again within the hour anyway."""
    with redis_failures():
        await client.publish(_CHANNEL, b"new")


async def news(client: "redis.asyncio.Redis") -> AsyncIterator[bool]:
    """True when the subscription stands, since there may have been news before, and at each news; False in silence.

    Ends with StorageDown when the connection breaks.
    """
    with redis_failures():
        async with client.pubsub(ignore_subscribe_messages=True) as subscription:
            await subscription.subscribe(_CHANNEL)
            yield True
            while True:
                yield await subscription.get_message(timeout=_NAP) is not None
