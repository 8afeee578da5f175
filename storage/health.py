"""Is PostgreSQL there?"""

import asyncio
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.engine import transaction
from storage.failures import StorageDown

_SECONDS: Final = 3.0


async def ping(engine: AsyncEngine) -> None:
    """Raises StorageDown when there is no answer within three seconds."""
    try:
        async with asyncio.timeout(_SECONDS), transaction(engine) as connection:
            await connection.execute(select(1))
    except TimeoutError as error:
        raise StorageDown(f"PostgreSQL: no answer within {_SECONDS:.0f} seconds") from error
