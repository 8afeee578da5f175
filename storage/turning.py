"""Turning keys: everything that is sealed is sealed anew with the first of our keys, so that an old one can leave."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import Table, and_, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.booking_tables import BOOKINGS
from storage.engine import transaction
from storage.letter_tables import LETTERS
from storage.vault import Unreadable, Vault
from storage.webhook_tables import WEBHOOK_SUBSCRIPTIONS

# Every column that holds what a vault has sealed; a test compares it with the schema.
SEALED: Final[Mapping[Table, str]] = MappingProxyType(
    {BOOKINGS: "people", LETTERS: "sealed", WEBHOOK_SUBSCRIPTIONS: "secrets"}
)
_BATCH: Final = 500


async def turn(engine: AsyncEngine, vault: Vault) -> dict[str, int]:
    """How many of each table. It can be broken off and begun again at any time, while everything runs.

    Raises Unreadable naming the first that none of the keys opens: nothing is thrown away.
    """
    return {table.name: await _turned(engine, vault, table, column) for table, column in SEALED.items()}


async def _turned(engine: AsyncEngine, vault: Vault, table: Table, column: str) -> int:
    count, last = 0, None
    while True:
        async with transaction(engine) as connection:
            rows = (await connection.execute(_after(table, column, last).with_for_update())).all()
            if not rows:
                return count
            sealed = [{"key": row[0], "anew": _anew(vault, table, row[0], row[1])} for row in rows]
            wanted = update(table).where(table.c.id == bindparam("key")).values({column: bindparam("anew")})
            await connection.execute(wanted, sealed)
        count, last = count + len(rows), rows[-1][0]


def _after(table: Table, column: str, last: str | None) -> Any:
    """The next rows that hold something, by their id."""
    there = table.c[column].is_not(None)
    beyond = there if last is None else and_(there, table.c.id > last)
    return select(table.c.id, table.c[column]).where(beyond).order_by(table.c.id).limit(_BATCH)


def _anew(vault: Vault, table: Table, key: str, sealed: bytes) -> bytes:
    try:
        return vault.turned(bytes(sealed))
    except Unreadable as error:
        raise Unreadable(f"{table.name} {key}: {error}") from error
