"""The syncs of the catalogue: asked for, under way page by page, and how they ended."""

from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

import msgspec
from sqlalchemy import Row, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.catalogue import JobState, Subject, SyncJob
from domain.searches import SkippedRecord
from storage.tables import SYNC_JOBS

NAMED_SKIPS: Final = 20  # all skipped records are counted, the first of them are named
SILENCE: Final = timedelta(hours=2)  # longer than any pause between two attempts: nobody works on it any more
_OPEN: Final = (JobState.QUEUED, JobState.RUNNING)
_COLUMNS: Final = [SYNC_JOBS.c[name] for name in SyncJob.__struct_fields__]


class Overtaken(Exception):
    """The job has ended, or another worker has taken it over: what this one has in hand is not to be written."""


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One worker's hold on a job.

    `job.started_at` stays the same over all attempts with one source: what the sync has seen was seen then.
    `next_call` is where the attempt before this one stopped, as plain JSON values; None: at the first page.
    """

    job: SyncJob
    attempt: int
    next_call: object


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """What one page has brought. `next_call`: anything that msgspec writes, None after the last page."""

    rows: int
    skipped: tuple[SkippedRecord, ...] = ()
    expected: int | None = None
    next_call: object = None


async def create(connection: AsyncConnection, subject: Subject, *, at: datetime) -> SyncJob:
    """A queued job, or the one that is queued or running for this subject already.

    A job of which nothing was heard for `SILENCE` is given up first, so that a lost message blocks no sync for good.
    """
    silent = SYNC_JOBS.c.state.in_(_OPEN) & (SYNC_JOBS.c.touched_at < at - SILENCE)
    await connection.execute(
        update(SYNC_JOBS)
        .where(SYNC_JOBS.c.subject == subject, silent)
        .values(state=JobState.FAILED, finished_at=at, detail="No worker was heard of any more.")
    )
    queued = SyncJob(
        id=str(uuid4()),
        subject=subject,
        state=JobState.QUEUED,
        source=None,
        pages=0,
        rows=0,
        expected=None,
        skipped_records=0,
        skipped=(),
        vanished=0,
        created_at=at,
        started_at=None,
        finished_at=None,
        detail=None,
    )
    statement = insert(SYNC_JOBS).values(**msgspec.structs.asdict(queued), touched_at=at, attempt=0)
    # An update that changes nothing, so that the statement gives back the row that stands in the way.
    found = await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["subject"],
            index_where=SYNC_JOBS.c.state.in_(_OPEN),
            set_={"touched_at": SYNC_JOBS.c.touched_at},
        ).returning(*_COLUMNS)
    )
    return _job(found.one())


async def get(connection: AsyncConnection, job_id: str) -> SyncJob | None:
    found = await connection.execute(select(*_COLUMNS).where(SYNC_JOBS.c.id == job_id))
    row = found.one_or_none()
    return _job(row) if row else None


async def latest(connection: AsyncConnection, subject: Subject) -> SyncJob | None:
    """The one that was asked for last."""
    found = await connection.execute(
        select(*_COLUMNS).where(SYNC_JOBS.c.subject == subject).order_by(SYNC_JOBS.c.created_at.desc()).limit(1)
    )
    row = found.one_or_none()
    return _job(row) if row else None


async def start(connection: AsyncConnection, job_id: str, *, source: str, at: datetime) -> Run | None:
    """Take the job; whoever held it before is overtaken. None for a job that has ended, or that nobody knows.

    With another source than the attempt before, the sync begins anew.
    """
    held = await _held(connection, job_id)
    if held is None or held.state not in _OPEN:
        return None
    changes: dict[str, object] = {"state": JobState.RUNNING, "attempt": held.attempt + 1, "touched_at": at}
    if held.source != source:
        afresh = {"pages": 0, "rows": 0, "expected": None, "skipped_records": 0, "skipped": (), "next_call": None}
        changes |= {"source": source, "started_at": at} | afresh
    job = await _changed(connection, job_id, changes)
    return Run(job=job, attempt=held.attempt + 1, next_call=None if held.source != source else held.next_call)


async def progress(connection: AsyncConnection, run: Run, page: Page, *, at: datetime) -> SyncJob:
    """Note a page, in the transaction that writes its rows. Raises Overtaken."""
    job = await _own(connection, run)
    return await _changed(
        connection,
        job.id,
        {
            "pages": job.pages + 1,
            "rows": job.rows + page.rows,
            "expected": job.expected if page.expected is None else page.expected,
            "skipped_records": job.skipped_records + len(page.skipped),
            "skipped": (*job.skipped, *page.skipped)[:NAMED_SKIPS],
            "next_call": page.next_call,
            "touched_at": at,
        },
    )


async def done(
    connection: AsyncConnection, run: Run, *, vanished: int, at: datetime, detail: str | None = None
) -> SyncJob:
    """`detail` is what a person should know all the same. Raises Overtaken."""
    job = await _own(connection, run)
    ended = {"state": JobState.DONE, "vanished": vanished, "finished_at": at, "touched_at": at, "next_call": None}
    ended |= {"detail": detail}
    return await _changed(connection, job.id, ended)


async def failed(connection: AsyncConnection, job_id: str, *, detail: str, at: datetime) -> SyncJob | None:
    """Nobody will try again. None for a job that has ended already, or that nobody knows."""
    held = await _held(connection, job_id)
    if held is None or held.state not in _OPEN:
        return None
    return await _changed(
        connection, job_id, {"state": JobState.FAILED, "detail": detail, "finished_at": at, "touched_at": at}
    )


async def _own(connection: AsyncConnection, run: Run) -> SyncJob:
    """The job as it stands, held until the transaction ends."""
    held = await _held(connection, run.job.id)
    if held is None or held.state != JobState.RUNNING or held.attempt != run.attempt:
        raise Overtaken(f"job {run.job.id} is no longer in the hands of attempt {run.attempt}")
    return _job(held)


async def _held(connection: AsyncConnection, job_id: str) -> "Row[tuple[object, ...]] | None":
    columns = (*_COLUMNS, SYNC_JOBS.c.attempt, SYNC_JOBS.c.next_call)
    found = await connection.execute(select(*columns).where(SYNC_JOBS.c.id == job_id).with_for_update())
    return found.one_or_none()


async def _changed(connection: AsyncConnection, job_id: str, changes: dict[str, object]) -> SyncJob:
    found = await connection.execute(
        update(SYNC_JOBS).where(SYNC_JOBS.c.id == job_id).values(**changes).returning(*_COLUMNS)
    )
    return _job(found.one())


def _job(row: "Row[tuple[object, ...]]") -> SyncJob:
    held = row._mapping  # noqa: SLF001 -- SQLAlchemy's public name for a row as a mapping
    return msgspec.convert({name: held[name] for name in SyncJob.__struct_fields__}, SyncJob)
