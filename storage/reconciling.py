"""Comparisons of the books: asked for, how far each came, and the bookings that are to be compared next."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import uuid4

import msgspec
from sqlalchemy import ColumnElement, Row, Text, any_, literal, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.bookings import BookingStatus
from domain.findings import STANDING
from storage.booking_tables import BOOKING_CHARGES, BOOKINGS, FINDINGS
from storage.reconcile_tables import RECONCILE_RUNS

SILENCE: Final = timedelta(minutes=30)  # longer than an attempt may take: nobody works on it any more

_TEXTS: Final = ARRAY(Text)
_OF: Final = RECONCILE_RUNS.c
_B: Final = BOOKINGS.c


class Because(StrEnum):
    """`HOURLY` looks at what changed lately, `NIGHTLY` at days and with all questions, `ASKED` at what somebody wants."""

    HOURLY = "hourly"
    NIGHTLY = "nightly"
    ASKED = "asked"


class RunState(StrEnum):
    """`STOPPED`: it had spent its calls before it came to the end; the next one of its kind goes on from there."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


OPEN: Final = (RunState.QUEUED, RunState.RUNNING)


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A booking in the order in which they changed."""

    at: datetime
    id: str


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """`orders` and `payments` are those that were compared, `calls` those to suppliers and gateways."""

    bookings: int = 0
    orders: int = 0
    payments: int = 0
    calls: int = 0
    found: int = 0
    resolved: int = 0
    woken: int = 0

    def plus(self, other: "Counts") -> "Counts":
        return Counts(**{name: getattr(self, name) + getattr(other, name) for name in self.__struct_fields__})


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """`since` and `until` bound when bookings changed; what changed after `until` may not be visible outside yet.

    `unchecked` counts by supplier or gateway, and by why, what could not be compared.
    """

    id: str
    because: Because
    asked_by: str | None
    state: RunState
    since: datetime
    until: datetime
    created_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    place: Place | None = None
    counts: Counts = Counts()
    unchecked: Mapping[str, Mapping[str, int]] = {}
    detail: str | None = None


async def ask(
    connection: AsyncConnection,
    because: Because,
    *,
    back: timedelta,
    settled_for: timedelta,
    now: datetime,
    asked_by: str | None = None,
) -> Run:
    """A new one, or that of this kind which is queued or under way: the same comparison twice at once helps nobody.

    One that was stopped is taken up where it stood.
    """
    await connection.execute(
        update(RECONCILE_RUNS)
        .where(_OF.because == because, _OF.state.in_(OPEN), _OF.touched_at < now - SILENCE)
        .values(state=RunState.FAILED, ended_at=now, detail="No worker was heard of any more.")
    )
    newest = select(RECONCILE_RUNS).where(_OF.because == because).order_by(_OF.created_at.desc()).limit(1)
    before = (await connection.execute(newest.with_for_update())).one_or_none()
    if before is not None and before.state in OPEN:
        return _read(before)
    stood = _stood(before, since=now - back)
    run = Run(
        id=str(uuid4()),
        because=because,
        asked_by=asked_by,
        state=RunState.QUEUED,
        since=now - back if stood is None else min(stood.at, now - back),
        until=now - settled_for,
        created_at=now,
        place=stood,
    )
    await connection.execute(insert(RECONCILE_RUNS).values(_row(run, now)))
    return run


def _stood(before: "Row[Any] | None", *, since: datetime) -> Place | None:
    """Where the one before was stopped. Whoever asks by hand means the time that they tell, and no other."""
    if before is None or before.state != RunState.STOPPED or before.place_at is None:
        return None
    if before.because == Because.ASKED and before.place_at < since:
        return None
    return Place(at=before.place_at, id=before.place_id)


async def start(connection: AsyncConnection, run_id: str, *, now: datetime) -> Run | None:
    """The run, under way from now on; None for one that is over or was never asked for."""
    begun = await connection.execute(
        update(RECONCILE_RUNS)
        .where(_OF.id == run_id, _OF.state.in_(OPEN))
        .values(state=RunState.RUNNING, started_at=now, touched_at=now)
        .returning(RECONCILE_RUNS)
    )
    row = begun.one_or_none()
    return None if row is None else _read(row)


async def save(connection: AsyncConnection, run: Run, *, now: datetime) -> None:
    """How far it came. One that was given up meanwhile stays so."""
    await connection.execute(update(RECONCILE_RUNS).where(_OF.id == run.id, _OF.state.in_(OPEN)).values(_row(run, now)))


async def get(connection: AsyncConnection, run_id: str) -> Run | None:
    row = (await connection.execute(select(RECONCILE_RUNS).where(_OF.id == run_id))).one_or_none()
    return None if row is None else _read(row)


async def latest(connection: AsyncConnection, *, at_most: int) -> tuple[Run, ...]:
    """The newest first."""
    found = await connection.execute(
        select(RECONCILE_RUNS).order_by(_OF.created_at.desc(), _OF.id.desc()).limit(at_most)
    )
    return tuple(map(_read, found))


# ---- what is to be compared ----


async def changed(
    connection: AsyncConnection, *, since: datetime, until: datetime, after: Place | None, at_most: int
) -> tuple[Place, ...]:
    """Bookings that changed within that time, those that are longest unchanged first."""
    wanted = select(_B.updated_at, _B.id).where(_B.updated_at >= since, _B.updated_at <= until)
    if after is not None:
        wanted = wanted.where(tuple_(_B.updated_at, _B.id) > tuple_(literal(after.at), literal(after.id)))
    found = await connection.execute(wanted.order_by(_B.updated_at, _B.id).limit(at_most))
    return tuple(Place(at=row.updated_at, id=row.id) for row in found)


async def restless(connection: AsyncConnection, *, overdue: datetime, at_most: int) -> tuple[str, ...]:
    """Bookings that are in doubt, were due before `overdue`, or of which a finding stands: looked at in every run."""
    found_of = select(FINDINGS.c.booking_id).where(FINDINGS.c.state.in_(STANDING), FINDINGS.c.booking_id.is_not(None))
    found = await connection.execute(
        select(_B.id)
        .where(or_(_B.status == BookingStatus.IN_DOUBT, _B.due_at < overdue, _B.id.in_(found_of)))
        .order_by(_B.created_at)
        .limit(at_most)
    )
    return tuple(found.scalars())


async def known_payments(connection: AsyncConnection, gateway_ids: Iterable[str]) -> frozenset[tuple[str, str]]:
    """Those of them that belong to a booking of ours, each with its gateway's name."""
    charges = BOOKING_CHARGES.c
    found = await connection.execute(
        select(charges.gateway, charges.gateway_id).where(
            charges.gateway_id == any_(literal(list(gateway_ids), _TEXTS))
        )
    )
    return frozenset((row.gateway, row.gateway_id) for row in found)


async def knows_reference(connection: AsyncConnection, reference: str, *, since: datetime) -> bool:
    """Whether a booking that changed since then has a charge under this reference of ours."""
    named: ColumnElement[bool] = _B.document["charges"].contains([{"reference": reference}])
    found = await connection.execute(select(_B.id).where(_B.updated_at >= since, named).limit(1))
    return found.first() is not None


def _row(run: Run, now: datetime) -> dict[str, Any]:
    place = run.place
    return {
        "id": run.id,
        "because": run.because,
        "asked_by": run.asked_by,
        "state": run.state,
        "since": run.since,
        "until": run.until,
        "created_at": run.created_at,
        "started_at": run.started_at,
        "touched_at": now,
        "ended_at": run.ended_at,
        "place_at": None if place is None else place.at,
        "place_id": None if place is None else place.id,
        **msgspec.structs.asdict(run.counts),
        "unchecked": run.unchecked,
        "detail": run.detail,
    }


def _read(row: "Row[Any]") -> Run:
    return Run(
        id=row.id,
        because=Because(row.because),
        asked_by=row.asked_by,
        state=RunState(row.state),
        since=row.since,
        until=row.until,
        created_at=row.created_at,
        started_at=row.started_at,
        ended_at=row.ended_at,
        place=None if row.place_at is None else Place(at=row.place_at, id=row.place_id),
        counts=Counts(**{name: getattr(row, name) for name in Counts.__struct_fields__}),
        unchecked=row.unchecked,
        detail=row.detail,
    )
