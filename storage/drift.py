"""The fields that suppliers' replies were seen to hold: which of them nobody knows, and which stay away."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec
from sqlalchemy import delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import WIRE_FIELDS

GONE_AFTER: Final = 20  # samples on end that could have had the field and had not
MOST_UNKNOWN: Final = 200  # of an operation: whoever writes ids where names belong fills no table of ours
_IN_DOUBT_AFTER: Final = timedelta(days=7)  # samples that say nothing of a field for so long: it is no matter any more
_LOCK: Final = 724_610_152  # any number, as long as it is ours alone


class Standing(StrEnum):
    """What a field is to us: we read it, we know it and pass it over, or nobody has told us of it."""

    READ = "read"
    PASSED_OVER = "passed_over"
    UNKNOWN = "unknown"


class SeenField(msgspec.Struct, frozen=True, kw_only=True):
    """`kind` is the type of what stood there, never the value."""

    kind: str
    standing: Standing


class Noted(msgspec.Struct, frozen=True, kw_only=True):
    """What this sample is the first to show: paths that are new and unknown, that are gone, and that are back."""

    unknown: tuple[str, ...]
    gone: tuple[str, ...]
    back: tuple[str, ...]


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """A field that is `gone`, or else one that nobody knows. `seen` counts samples, `missed` those on end without it."""

    supplier: str
    operation: str
    path: str
    kind: str
    gone: bool
    seen: int
    missed: int
    first_seen_at: datetime
    last_seen_at: datetime


class _Field(msgspec.Struct, frozen=True, kw_only=True):
    """A row, but for whose it is."""

    path: str
    kind: str
    standing: str
    seen: int
    missed: int
    first_seen_at: datetime
    last_seen_at: datetime
    checked_at: datetime


_FIELDS: Final = tuple(WIRE_FIELDS.c[name] for name in _Field.__struct_fields__)


async def note(
    connection: AsyncConnection,
    supplier: str,
    operation: str,
    *,
    seen: Mapping[str, SeenField],
    missed: Collection[str],
    at: datetime,
) -> Noted:
    """Add one sample: what it held, and which fields that we read it could have held and had not.

    What was never seen here is not missed: this contract, or this market, may simply not have it.
    """
    # One sample of an operation after the other, whoever took them, so that a finding is new to one of them only.
    await connection.execute(select(func.pg_advisory_xact_lock(_LOCK, func.hashtext(f"{supplier} {operation}"))))
    held = await _held(connection, supplier, operation)
    new = [
        path for path, field in seen.items() if field.standing is Standing.UNKNOWN and not _known_unknown(held, path)
    ]
    room = MOST_UNKNOWN - sum(field.standing == Standing.UNKNOWN for field in held.values())
    too_many = set(new[max(0, room) :])
    told = [_told(path, field, held.get(path), at) for path, field in seen.items() if path not in too_many]
    away = [
        msgspec.structs.replace(held[path], missed=held[path].missed + 1, checked_at=at)
        for path in missed
        if path in held
    ]
    await _write(connection, supplier, operation, (*told, *away))
    return Noted(
        unknown=tuple(path for path in new if path not in too_many),
        gone=tuple(field.path for field in away if field.missed == GONE_AFTER),
        back=tuple(field.path for field in told if field.path in held and held[field.path].missed >= GONE_AFTER),
    )


async def findings(connection: AsyncConnection, supplier: str | None = None) -> tuple[Finding, ...]:
    """What stands out, of one supplier or of all, in the order of their names."""
    latest = func.max(WIRE_FIELDS.c.checked_at).over(partition_by=(WIRE_FIELDS.c.supplier, WIRE_FIELDS.c.operation))
    every = select(WIRE_FIELDS, latest.label("latest"))
    if supplier is not None:
        every = every.where(WIRE_FIELDS.c.supplier == supplier)
    field = every.subquery().c
    gone = (field.standing == Standing.READ) & (field.missed >= GONE_AFTER)
    named = [field[name] for name in Finding.__struct_fields__ if name != "gone"]
    found = await connection.execute(
        select(*named, gone.label("gone"))
        .where(or_(field.standing == Standing.UNKNOWN, gone), field.checked_at > field.latest - _IN_DOUBT_AFTER)
        .order_by(field.supplier, field.operation, field.path)
    )
    return tuple(Finding(**row) for row in found.mappings())


async def forget(connection: AsyncConnection, *, before: datetime) -> int:
    """Drop the fields of which no sample has said anything since then; how many."""
    dropped = await connection.execute(delete(WIRE_FIELDS).where(WIRE_FIELDS.c.checked_at < before))
    return dropped.rowcount


async def _held(connection: AsyncConnection, supplier: str, operation: str) -> dict[str, _Field]:
    found = await connection.execute(
        select(*_FIELDS).where(WIRE_FIELDS.c.supplier == supplier, WIRE_FIELDS.c.operation == operation)
    )
    return {row["path"]: _Field(**row) for row in found.mappings()}


async def _write(connection: AsyncConnection, supplier: str, operation: str, fields: Iterable[_Field]) -> None:
    rows = [{"supplier": supplier, "operation": operation, **msgspec.structs.asdict(field)} for field in fields]
    if not rows:
        return
    statement = insert(WIRE_FIELDS)
    key = {column.name for column in WIRE_FIELDS.primary_key}
    changed = {column.name: statement.excluded[column.name] for column in WIRE_FIELDS.c if column.name not in key}
    await connection.execute(statement.on_conflict_do_update(index_elements=sorted(key), set_=changed), rows)


def _told(path: str, field: SeenField, before: _Field | None, at: datetime) -> _Field:
    return _Field(
        path=path,
        kind=field.kind,
        standing=field.standing,
        seen=(before.seen if before else 0) + 1,
        missed=0,
        first_seen_at=before.first_seen_at if before else at,
        last_seen_at=at,
        checked_at=at,
    )


def _known_unknown(held: Mapping[str, _Field], path: str) -> bool:
    return path in held and held[path].standing == Standing.UNKNOWN
