"""What the kit's tests share: clients of the embedded Valkey, each as good as another process."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
import redis.asyncio

from storage.cache import connect


@pytest.fixture
async def connected(redis_url: str) -> AsyncIterator[Callable[[], "redis.asyncio.Redis"]]:
    """Opens one more client of the same Valkey; all of them are closed at the end."""
    clients: list[redis.asyncio.Redis] = []

    def one_more() -> "redis.asyncio.Redis":
        clients.append(connect(redis_url))
        return clients[-1]

    yield one_more
    await asyncio.gather(*(client.aclose() for client in clients))
