"""What clients hear of: written in the transaction in which it happened, and carried out from there."""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.booking_tables import CLIENT_EVENTS


class ClientEvent(msgspec.Struct, frozen=True, kw_only=True):
    """`id` is derived from what happened, so that it is told once; `payload` has the form of Standard Webhooks.

    `booking_id` is there where travellers get a letter about it.
    """

    id: str
    owner: str
    type: str
    at: datetime
    payload: dict[str, Any]
    booking_id: str | None = None


async def tell(connection: AsyncConnection, event: ClientEvent) -> None:
    """Whatever has to come of it comes of it when the transaction is through; the same event twice is one."""
    await connection.execute(
        insert(CLIENT_EVENTS).values(msgspec.structs.asdict(event)).on_conflict_do_nothing(index_elements=["id"])
    )
