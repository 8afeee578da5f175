"""Many rows at once, by COPY."""

import asyncio
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy import Column, Time, select
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.copy import type_name, upsert
from storage.engine import transaction
from storage.tables import METADATA, OFFERS

COLUMNS = tuple(column.name for column in OFFERS.c)
NOON = datetime(2027, 1, 15, 12, tzinfo=UTC)


def row(
    offer_id: str, *, price: str = "10.50", document: object = None, fetched_at: datetime = NOON
) -> tuple[object, ...]:
    return (offer_id, "albatross", "search", "ref", document or {}, None, Decimal(price), "EUR", fetched_at, NOON)


async def prices(engine: AsyncEngine) -> dict[str, Decimal]:
    async with transaction(engine) as connection:
        found = await connection.execute(select(OFFERS.c.id, OFFERS.c.price_amount))
        return {row.id: row.price_amount for row in found}


def test_copy_knows_the_type_of_every_column_that_we_have() -> None:
    assert {type_name(column) for table in METADATA.tables.values() for column in table.c} >= {"jsonb", "timestamptz"}
    with pytest.raises(LookupError, match="time_of_day"):
        type_name(Column("time_of_day", Time))


async def test_rows_are_inserted_then_brought_up_to_date(engine: AsyncEngine) -> None:
    async with transaction(engine) as connection:
        assert await upsert(connection, OFFERS, COLUMNS, [row("a"), row("b")]) == 2
        assert await upsert(connection, OFFERS, COLUMNS, [row("b", price="11.000"), row("c")]) == 2
    assert await prices(engine) == {"a": Decimal("10.50"), "b": Decimal("11.000"), "c": Decimal("10.50")}


async def test_of_rows_with_one_key_the_last_counts(engine: AsyncEngine) -> None:
    async with transaction(engine) as connection:
        assert await upsert(connection, OFFERS, COLUMNS, [row("a", price="1"), row("a", price="2")]) == 1
    assert await prices(engine) == {"a": Decimal(2)}


async def test_nothing_to_write_is_fine(engine: AsyncEngine) -> None:
    async with transaction(engine) as connection:
        assert await upsert(connection, OFFERS, COLUMNS, []) == 0


async def test_amounts_and_documents_come_back_exactly(engine: AsyncEngine) -> None:
    document = {"city": "Zürich ✈ \\N\t\n", "nested": [1, None, {"price": "0.10"}]}
    async with transaction(engine) as connection:
        await upsert(connection, OFFERS, COLUMNS, [row("a", price="12345678901234567890.000000001", document=document)])
        found = (await connection.execute(select(OFFERS))).one()
    assert found.price_amount == Decimal("12345678901234567890.000000001")
    assert found.document == document
    assert found.fetched_at == NOON


async def test_an_older_row_does_not_undo_a_newer_one(engine: AsyncEngine) -> None:
    newer, older = row("a", price="2"), row("a", price="1", fetched_at=NOON.replace(hour=11))
    async with transaction(engine) as connection:
        await upsert(connection, OFFERS, COLUMNS, [newer], unless_older_by="fetched_at")
        assert await upsert(connection, OFFERS, COLUMNS, [older], unless_older_by="fetched_at") == 0
    assert await prices(engine) == {"a": Decimal(2)}


async def test_what_the_first_insert_gave_may_be_kept(engine: AsyncEngine) -> None:
    async with transaction(engine) as connection:
        await upsert(connection, OFFERS, COLUMNS, [row("a", price="1")])
        await upsert(connection, OFFERS, COLUMNS, [row("a", price="2")], only_at_first=("price_amount",))
    assert await prices(engine) == {"a": Decimal(1)}


async def test_two_at_once_over_the_same_rows_in_opposite_orders_both_land(engine: AsyncEngine) -> None:
    rows = [row(f"{number:04}") for number in range(2_000)]

    async def write(some: list[tuple[object, ...]]) -> int:
        async with transaction(engine) as connection:
            return await upsert(connection, OFFERS, COLUMNS, some)

    assert await asyncio.gather(*(write(some) for some in (rows, rows[::-1], rows, rows[::-1]))) == [2_000] * 4
    assert len(await prices(engine)) == 2_000


async def test_a_transaction_that_fails_later_takes_its_rows_along(engine: AsyncEngine) -> None:
    async def begun_in_vain() -> None:
        async with transaction(engine) as connection:
            await upsert(connection, OFFERS, COLUMNS, [row("a")])
            raise LookupError("the next step failed")

    with pytest.raises(LookupError):
        await begun_in_vain()
    assert await prices(engine) == {}
