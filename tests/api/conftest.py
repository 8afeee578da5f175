"""An API process that knows the airports of the builders."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.api.hub import Hub, filled, hub


@pytest.fixture
async def api(database_url: str, engine: AsyncEngine, redis_url: str) -> AsyncIterator[Hub]:
    await filled(engine)
    async with hub(database_url=database_url, redis_url=redis_url) as running:
        yield running
