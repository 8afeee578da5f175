"""News of flights: whoever has booked one hears what changed about it, once, and nobody else does."""

from datetime import timedelta
from typing import Any

import msgspec
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.booking_tables import BOOKINGS, CLIENT_EVENTS
from storage.engine import transaction
from tests.builders import ALBATROSS
from tests.domain.flying import FLIGHT
from tests.workers.conftest import MakeTools
from tests.workers.test_aviation import MORNING, Screen, polled, watch


async def booked(engine: AsyncEngine, *numbers: str, owner: str = "amelia", status: str = "confirmed") -> None:
    """Bookings that watch the flight, as they do from the moment in which they are confirmed."""
    for number in numbers:
        row = {
            "id": number, "reference": number, "owner": owner, "status": status, "document": {}, "wishes": {},
            "created_at": MORNING, "updated_at": MORNING,
        }  # fmt: skip
        async with transaction(engine) as connection:
            await connection.execute(insert(BOOKINGS).values(row))
        await watch(engine, because=f"booking:{number}")


async def told(engine: AsyncEngine) -> list[Any]:
    async with transaction(engine) as connection:
        found = await connection.execute(select(CLIENT_EVENTS).order_by(CLIENT_EVENTS.c.number))
        return list(found)


async def another_gate(tools: MakeTools) -> None:
    await polled(tools, {ALBATROSS: Screen("A10")})
    await polled(tools, {ALBATROSS: Screen("B20")}, now=MORNING + timedelta(minutes=20))


async def test_whoever_has_booked_a_flight_hears_what_changed_about_it(tools: MakeTools, engine: AsyncEngine) -> None:
    await booked(engine, "one")
    await another_gate(tools)
    (event,) = await told(engine)
    assert (event.owner, event.type, event.booking_id) == ("amelia", "flight.status_changed", None)
    facts = event.payload["data"]
    assert (facts["flight"], facts["date"]) == (str(FLIGHT.flight), FLIGHT.day.isoformat())
    assert (facts["booking_ids"], facts["states"]) == (["one"], ["scheduled"])
    assert facts["differences"] == [{"leg": 0, "field": "departure.gate", "before": "A10", "after": "B20"}]
    assert msgspec.json.encode(event.payload).startswith(b'{"type":"flight.status_changed","timestamp":')


async def test_the_first_word_of_a_flight_is_no_change(tools: MakeTools, engine: AsyncEngine) -> None:
    await booked(engine, "one")
    await polled(tools, {ALBATROSS: Screen("A10")})
    assert await told(engine) == []


async def test_who_has_booked_it_twice_hears_of_it_once_and_of_both(tools: MakeTools, engine: AsyncEngine) -> None:
    await booked(engine, "one", "two")
    await booked(engine, "three", owner="bessie")
    await another_gate(tools)
    assert [(event.owner, event.payload["data"]["booking_ids"]) for event in await told(engine)] == [
        ("amelia", ["one", "two"]),
        ("bessie", ["three"]),
    ]


async def test_who_only_looks_at_a_flight_or_has_cancelled_it_is_told_nothing(
    tools: MakeTools, engine: AsyncEngine
) -> None:
    await watch(engine, because="a stream")
    await booked(engine, "one", status="cancelled")
    await another_gate(tools)
    assert await told(engine) == []
