"""A crowd at Redis waits its turn, and not for ever."""

import asyncio

import pytest

from storage.cache import SearchCache, connect
from storage.failures import StorageDown


async def test_a_crowd_larger_than_the_pool_waits_its_turn(redis_url: str) -> None:
    async with connect(redis_url, connections=2) as client:
        found = await asyncio.gather(*(SearchCache(client).get(f"search-{number}") for number in range(60)))
    assert found == [None] * 60


async def test_whoever_finds_no_free_connection_learns_it_in_seconds(redis_url: str) -> None:
    async with connect(redis_url, connections=1) as client, client.pubsub() as holding:
        await holding.subscribe("arrivals")
        async with asyncio.timeout(10):
            with pytest.raises(StorageDown, match="No connection available"):
                await SearchCache(client).get("a-search")
