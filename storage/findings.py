"""Findings: each difference once, seen again for as long as it is there, and settled by people or by itself."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.findings import STANDING, Finding, FindingKind, FindingState, KeptFinding
from storage.booking_tables import FINDINGS

_OF: Final = FINDINGS.c


async def found(connection: AsyncConnection, finding: Finding, *, now: datetime) -> bool:
    """True when it is news: never seen before, or settled and there again.

    What a person has dismissed stays dismissed for as long as it says the same.
    """
    before = (await connection.execute(select(FINDINGS).where(_OF.id == finding.id).with_for_update())).one_or_none()
    row = {
        "id": finding.id,
        "kind": finding.kind,
        "booking_id": finding.booking_id,
        "about": finding.about,
        "state": FindingState.OPEN,
        "detail": finding.detail,
        "document": finding.document,
        "first_seen_at": now,
        "last_seen_at": now,
    }
    new = insert(FINDINGS).values(row)
    again = _there_again(before, finding)
    unsettled: dict[str, Any] = {"state": FindingState.OPEN, "settled_at": None, "settled_by": None, "note": None}
    seen = {name: new.excluded[name] for name in ("detail", "document", "last_seen_at")}
    await connection.execute(new.on_conflict_do_update(index_elements=["id"], set_=seen | (unsettled if again else {})))
    return before is None or again


async def settle(
    connection: AsyncConnection,
    finding_id: str,
    state: FindingState,
    *,
    by: str | None,
    note: str | None,
    now: datetime,
) -> KeptFinding | None:
    """None for a finding that is not there. `by` None: by itself. Acknowledged is not settled yet, only in hands."""
    over = state not in STANDING
    changed = await connection.execute(
        update(FINDINGS)
        .where(_OF.id == finding_id)
        .values(state=state, settled_at=now if over else None, settled_by=by, note=note)
        .returning(FINDINGS)
    )
    row = changed.one_or_none()
    return None if row is None else _read(row)


async def get(connection: AsyncConnection, finding_id: str) -> KeptFinding | None:
    row = (await connection.execute(select(FINDINGS).where(_OF.id == finding_id))).one_or_none()
    return None if row is None else _read(row)


async def listed(
    connection: AsyncConnection,
    *,
    states: Collection[FindingState] = (),
    kinds: Collection[FindingKind] = (),
    booking_id: str | None = None,
    before: tuple[datetime, str] | None = None,
    at_most: int,
) -> tuple[KeptFinding, ...]:
    """Those first seen last come first, from before (first seen at, id) on. No states or kinds: all of them."""
    wanted = select(FINDINGS).where(*_meant(states, kinds, booking_id))
    wanted = wanted.order_by(_OF.first_seen_at.desc(), _OF.id.desc()).limit(at_most)
    if before is not None:
        at, finding_id = before
        wanted = wanted.where(or_(_OF.first_seen_at < at, (_OF.first_seen_at == at) & (_OF.id < finding_id)))
    return tuple(map(_read, await connection.execute(wanted)))


async def count(
    connection: AsyncConnection,
    *,
    states: Collection[FindingState] = (),
    kinds: Collection[FindingKind] = (),
    booking_id: str | None = None,
) -> int:
    """Of those that `listed` would list page by page."""
    wanted = select(func.count()).select_from(FINDINGS).where(*_meant(states, kinds, booking_id))
    return (await connection.execute(wanted)).scalar_one()


async def standing(connection: AsyncConnection) -> Mapping[FindingKind, int]:
    """How many of each kind wait for somebody; kinds of which none does are left out."""
    found_of = await connection.execute(
        select(_OF.kind, func.count()).where(_OF.state.in_(STANDING)).group_by(_OF.kind)
    )
    return {FindingKind(row[0]): row[1] for row in found_of}


def _meant(
    states: Collection[FindingState], kinds: Collection[FindingKind], booking_id: str | None
) -> "list[ColumnElement[bool]]":
    meant: list[ColumnElement[bool]] = []
    if states:
        meant.append(_OF.state.in_(states))
    if kinds:
        meant.append(_OF.kind.in_(kinds))
    if booking_id is not None:
        meant.append(_OF.booking_id == booking_id)
    return meant


def _there_again(before: "Row[Any] | None", finding: Finding) -> bool:
    if before is None:
        return False
    if before.state == FindingState.DISMISSED:
        return bool(before.detail != finding.detail)
    return bool(before.state == FindingState.RESOLVED)


def _read(row: "Row[Any]") -> KeptFinding:
    return KeptFinding(
        finding=Finding(
            kind=FindingKind(row.kind),
            booking_id=row.booking_id,
            about=row.about,
            detail=row.detail,
            document=row.document,
        ),
        state=FindingState(row.state),
        first_seen_at=row.first_seen_at,
        last_seen_at=row.last_seen_at,
        settled_at=row.settled_at,
        settled_by=row.settled_by,
        note=row.note,
    )
