"""News of flights, told to whoever has booked them: a booking that is confirmed watches its flights."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.ids import short_id
from domain.webhooks import EventType
from storage.client_events import ClientEvent, tell

# A booking watches as `booking:` and its id; whoever has booked a flight twice hears of it once. The first word of a flight
# is no change.
_CONCERNED: Final = text("""
    SELECT known.flight, known.number, known.differences, known.standing, watched.carrier, watched.number AS digits,
      watched.day, booked.owner, array_agg(booked.id ORDER BY booked.id) AS bookings
    FROM flight_changes AS known
    JOIN watched_flights AS watched ON watched.flight = known.flight
    JOIN flight_watches AS seen ON seen.flight = known.flight AND seen.because LIKE 'booking:%'
    JOIN bookings AS booked ON booked.id = substr(seen.because, length('booking:') + 1)
    WHERE known.flight = ANY(:flights) AND known.at = :now AND known.number > 1
      AND jsonb_array_length(known.differences) > 0 AND booked.status = 'confirmed'
    GROUP BY known.flight, known.number, watched.flight, booked.owner
    ORDER BY known.flight, known.number, booked.owner
""")
_TOLD: Final = ("leg", "field", "before", "after")  # in this order


async def tell_owners(connection: AsyncConnection, flights: Iterable[str], *, now: datetime) -> None:
    """What is found to have changed just now of flights with these keys, in the transaction that writes it down."""
    for row in await connection.execute(_CONCERNED, {"flights": list(flights), "now": now}):
        await tell(connection, _event(row, now))


def _event(row: "Row[Any]", now: datetime) -> ClientEvent:
    facts = {
        "flight": f"{row.carrier}{row.digits}",
        "date": row.day.isoformat(),
        "booking_ids": row.bookings,
        "differences": [{name: one[name] for name in _TOLD} for one in row.differences],
        "states": [leg["state"] for leg in row.standing["legs"]],
    }
    return ClientEvent(
        id=short_id(f"flight {row.flight} {row.number} {row.owner}"),
        owner=row.owner,
        type=EventType.FLIGHT_STATUS_CHANGED,
        at=now,
        payload={"type": EventType.FLIGHT_STATUS_CHANGED, "timestamp": now.isoformat(), "data": facts},
    )
