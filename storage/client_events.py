"""What clients hear of: written in the transaction in which it happened, and carried out from there."""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.letters import LETTER_OF, Letter
from storage import letters, webhook_deliveries
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


async def tell(connection: AsyncConnection, event: ClientEvent, *, only: str | None = None) -> None:
    """Whatever has to come of it comes of it when the transaction is through; the same event twice is one.

    `only` is the one subscription that hears of it, whatever it has chosen.
    """
    row = insert(CLIENT_EVENTS).values(msgspec.structs.asdict(event)).on_conflict_do_nothing(index_elements=["id"])
    new = (await connection.execute(row.returning(CLIENT_EVENTS.c.id))).first() is not None
    if new:
        await webhook_deliveries.send_out(
            connection, event_id=event.id, owner=event.owner, kind=event.type, now=event.at, only=only
        )
    if event.booking_id is not None and (kind := LETTER_OF.get(event.type)):
        facts = event.payload.get("data", {})
        letter = Letter(id=event.id, kind=kind, data=facts, booking_id=event.booking_id)
        await letters.post(connection, letter, now=event.at)
