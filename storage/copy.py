"""Many rows at once: COPY into a table of our own session, then one INSERT that updates what is there already."""

from collections.abc import Collection, Iterable, Sequence
from operator import itemgetter
from typing import Any, Final

import msgspec
from psycopg import AsyncConnection as PsycopgConnection
from psycopg import sql
from psycopg.types.json import Jsonb
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    Table,
    Text,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSON, JSONB, insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.schema import CreateTable, DropTable

# COPY in PostgreSQL's binary form, four times as fast to write as text, wants to know each column's type. Sub-types first.
TYPE_NAMES: Final[tuple[tuple[type[Any], str], ...]] = (
    (JSONB, "jsonb"),
    (JSON, "json"),
    (Text, "text"),
    (BigInteger, "int8"),
    (Integer, "int4"),
    (Boolean, "bool"),
    (Float, "float8"),
    (Numeric, "numeric"),
    (DateTime, "timestamptz"),
    (Date, "date"),
    (LargeBinary, "bytea"),
    (ARRAY, "text[]"),  # we have none of anything else
)

_encode: Final = msgspec.json.Encoder().encode


async def upsert(
    connection: AsyncConnection,
    table: Table,
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    only_at_first: Collection[str] = (),
    unless_older_by: str | None = None,
) -> int:
    """Insert the rows or bring those with the same primary key up to date; the number of rows that were written.

    Of rows with one key the last one counts. Columns of `only_at_first` keep what the first insert gave them. With
    `unless_older_by` a row stays as it is when its own value of that column is later. JSON columns take anything that
    msgspec writes.
    """
    held = [table.c[name] for name in columns]
    latest = _latest_by_key(table, columns, rows)
    if not latest:
        return 0
    incoming = Table(
        f"incoming_{table.name}",
        MetaData(),
        *(Column(column.name, column.type) for column in held),
        prefixes=["TEMPORARY"],
        postgresql_on_commit="DROP",
    )
    await connection.execute(CreateTable(incoming))
    await _copy(connection, incoming, latest)
    # In the order of the key, so that two at once wait for each other instead of each for the other.
    key = [incoming.c[column.name] for column in table.primary_key]
    statement = insert(table).from_select(columns, select(incoming).order_by(*key))
    changed = {name: statement.excluded[name] for name in columns if name not in {*only_at_first, *_key(table)}}
    newer = None if unless_older_by is None else statement.excluded[unless_older_by] >= table.c[unless_older_by]
    written = await connection.execute(
        statement.on_conflict_do_update(index_elements=_key(table), set_=changed, where=newer),
        execution_options={"preserve_rowcount": True},
    )
    await connection.execute(DropTable(incoming))
    return written.rowcount


def type_name(column: "Column[Any]") -> str:
    """PostgreSQL's own name of the column's type. Raises LookupError for a type that no table of ours has had yet."""
    for kind, name in TYPE_NAMES:
        if isinstance(column.type, kind):
            return name
    raise LookupError(f"{column.name}: COPY does not know {column.type!r}")


async def _copy(connection: AsyncConnection, table: Table, rows: Iterable[Sequence[object]]) -> None:
    raw = await connection.get_raw_connection()
    driver = raw.driver_connection
    assert isinstance(driver, PsycopgConnection)
    names = sql.SQL(", ").join(sql.Identifier(column.name) for column in table.c)
    command = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(sql.Identifier(table.name), names)
    types = [type_name(column) for column in table.c]
    async with driver.cursor() as cursor, cursor.copy(command) as copy:
        copy.set_types(types)
        for row in _with_json(rows, types):
            await copy.write_row(row)


def _with_json(rows: Iterable[Sequence[object]], types: Sequence[str]) -> Iterable[Sequence[object]]:
    if "jsonb" not in types:
        return rows
    return (
        [Jsonb(value, _encode) if name == "jsonb" else value for value, name in zip(row, types, strict=True)]
        for row in rows
    )


def _latest_by_key(
    table: Table, columns: Sequence[str], rows: Iterable[Sequence[object]]
) -> Collection[Sequence[object]]:
    key_of = itemgetter(*(columns.index(name) for name in _key(table)))
    return {key_of(row): row for row in rows}.values()


def _key(table: Table) -> list[str]:
    return [column.name for column in table.primary_key]
