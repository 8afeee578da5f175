"""Turning keys: everything that is sealed is sealed anew with the first of our keys, so that an old one can leave."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import Table, and_, bindparam, literal, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.booking_tables import BOOKINGS, IDEMPOTENCY_KEYS
from storage.engine import transaction
from storage.letter_tables import LETTERS
from storage.vault import Unreadable, Vault
from storage.webhook_tables import WEBHOOK_SUBSCRIPTIONS

# Every column that holds what a vault has sealed; a test compares it with the schema.
SEALED: Final[Mapping[Table, str]] = MappingProxyType(
    {BOOKINGS: "people", IDEMPOTENCY_KEYS: "body", LETTERS: "sealed", WEBHOOK_SUBSCRIPTIONS: "secrets"}
)
_BATCH: Final = 500


async def turn(engine: AsyncEngine, vault: Vault) -> dict[str, int]:
    """How many of each table. It can be broken off and begun again at any time, while everything runs.

    Raises Unreadable naming the first that none of the keys opens: nothing is thrown away.
    """
    return {table.name: await _turned(engine, vault, table, column) for table, column in SEALED.items()}


async def _turned(engine: AsyncEngine, vault: Vault, table: Table, column: str) -> int:
    count, last, keys = 0, None, tuple(table.primary_key.columns)
    this = and_(*(key == bindparam(f"the_{key.name}") for key in keys))
    while True:
        async with transaction(engine) as connection:
            rows = (await connection.execute(_after(table, column, last).with_for_update())).all()
            if not rows:
                return count
            anew = [
                {f"the_{key.name}": row[place] for place, key in enumerate(keys)}
                | {"anew": _anew(vault, table, row[:-1], row[-1])}
                for row in rows
            ]
            await connection.execute(update(table).where(this).values({column: bindparam("anew")}), anew)
        count, last = count + len(rows), tuple(rows[-1][:-1])


def _after(table: Table, column: str, last: tuple[Any, ...] | None) -> Any:
    """The next rows that hold something, by their key."""
    keys, there = tuple(table.primary_key.columns), table.c[column].is_not(None)
    beyond = there if last is None else and_(there, tuple_(*keys) > tuple_(*(literal(one) for one in last)))
    return select(*keys, table.c[column]).where(beyond).order_by(*keys).limit(_BATCH)


def _anew(vault: Vault, table: Table, key: Sequence[Any], sealed: bytes) -> bytes:
    try:
        return vault.turned(bytes(sealed))
    except Unreadable as error:
        raise Unreadable(f"{table.name} {' '.join(map(str, key))}: {error}") from error
