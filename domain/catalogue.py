"""The progress of a catalogue sync, as its job tells it."""

from datetime import datetime
from enum import StrEnum

import msgspec

from domain.searches import SkippedRecord


class Subject(StrEnum):
    AIRPORTS = "airports"
    AIRLINES = "airlines"
    ROUTES = "routes"


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class SyncJob(msgspec.Struct, frozen=True, kw_only=True):
    """`expected` is the source's own count of rows, None until it has told one. `vanished` rows are kept and marked."""

    id: str
    subject: Subject
    state: JobState
    source: str | None
    pages: int
    rows: int
    expected: int | None
    skipped_records: int
    skipped: tuple[SkippedRecord, ...]
    vanished: int
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    detail: str | None
