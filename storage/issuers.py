"""What outside issuers publish, read by one worker for all processes, and what is kept while somebody signs in there."""

import hashlib
from datetime import datetime, timedelta
from typing import Final

import msgspec
import redis.asyncio
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.issuers import Published, SignIn
from storage.cache import redis_failures
from storage.people_tables import ISSUERS

# However many tokens with a made-up key come: their issuers are asked again no more often than this.
ASKED_AGAIN_AFTER: Final = timedelta(seconds=10)
SIGNS_IN_WITHIN: Final = timedelta(minutes=10)


async def keep(connection: AsyncConnection, published: Published, *, now: datetime) -> None:
    row = {"issuer": published.issuer, "document": published, "fetched_at": now}
    new = insert(ISSUERS).values(row)
    changed = {name: new.excluded[name] for name in ("document", "fetched_at")}
    await connection.execute(new.on_conflict_do_update(index_elements=["issuer"], set_=changed))


async def every(connection: AsyncConnection) -> tuple[Published, ...]:
    found = await connection.execute(select(ISSUERS.c.document))
    return tuple(msgspec.convert(document, Published) for document in found.scalars())


async def get(connection: AsyncConnection, issuer: str) -> Published | None:
    found = await connection.execute(select(ISSUERS.c.document).where(ISSUERS.c.issuer == issuer))
    document = found.scalar_one_or_none()
    return None if document is None else msgspec.convert(document, Published)


async def may_ask_again(client: "redis.asyncio.Redis") -> bool:
    """True for one process in a while. Raises StorageDown."""
    with redis_failures():
        return bool(await client.set("travelhub:issuers:asked", "1", nx=True, px=ASKED_AGAIN_AFTER))


async def begin(client: "redis.asyncio.Redis", state: str, begun: SignIn) -> None:
    """Raises StorageDown."""
    with redis_failures():
        await client.set(_key(state), msgspec.json.encode(begun), ex=SIGNS_IN_WITHIN)


async def take(client: "redis.asyncio.Redis", state: str) -> SignIn | None:
    """Once. Raises StorageDown."""
    with redis_failures():
        body = await client.getdel(_key(state))
    return None if body is None else msgspec.json.decode(body, type=SignIn)


def _key(state: str) -> str:
    return f"travelhub:sign-in:{hashlib.sha256(state.encode()).hexdigest()}"
