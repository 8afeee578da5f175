"""Every table, as the migrations leave it."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Float,
    Index,
    Integer,
    MetaData,
    Numeric,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

METADATA: Final = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ck": "%(table_name)s_%(constraint_name)s_check",
    }
)

_INSTANT: Final = DateTime(timezone=True)

# `source` is who told of the row last. A row that its source no longer has is kept, with the time we noticed.
AIRPORTS: Final = Table(
    "airports",
    METADATA,
    Column("iata", Text, primary_key=True),
    Column("icao", Text),
    Column("name", Text, nullable=False),
    Column("city", Text, nullable=False),
    Column("city_code", Text),
    Column("country", Text, nullable=False),
    Column("subdivision", Text),
    Column("timezone", Text, nullable=False),
    Column("latitude", Float(53), nullable=False),
    Column("longitude", Float(53), nullable=False),
    Column("elevation_feet", Integer),
    Column("source", Text, nullable=False),
    Column("first_seen_at", _INSTANT, nullable=False),
    Column("last_seen_at", _INSTANT, nullable=False),
    Column("vanished_at", _INSTANT),
)

# `identity`: see docs/decisions/0002-airline-identity.md.
AIRLINES: Final = Table(
    "airlines",
    METADATA,
    Column("identity", Text, primary_key=True),
    Column("iata", Text),
    Column("icao", Text),
    Column("name", Text, nullable=False),
    Column("country", Text),
    Column("callsign", Text),
    Column("active", Boolean),
    Column("source", Text, nullable=False),
    Column("first_seen_at", _INSTANT, nullable=False),
    Column("last_seen_at", _INSTANT, nullable=False),
    Column("vanished_at", _INSTANT),
)

# `next_call` is where a run that was cut off goes on, `attempt` tells its worker from one that came after it.
SYNC_JOBS: Final = Table(
    "sync_jobs",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("source", Text),
    Column("pages", Integer, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("expected", Integer),
    Column("skipped_records", Integer, nullable=False),
    Column("skipped", JSONB, nullable=False),
    Column("vanished", Integer, nullable=False),
    Column("created_at", _INSTANT, nullable=False),
    Column("started_at", _INSTANT),
    Column("finished_at", _INSTANT),
    Column("touched_at", _INSTANT, nullable=False),
    Column("detail", Text),
    Column("next_call", JSONB(none_as_null=True)),
    Column("attempt", Integer, nullable=False),
)
# Asked for twice, a sync runs once.
Index(
    "sync_jobs_open_subject_idx",
    SYNC_JOBS.c.subject,
    unique=True,
    postgresql_where=text("state IN ('queued', 'running')"),
)

OFFERS: Final = Table(
    "offers",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("supplier", Text, nullable=False),
    Column("search_id", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("document", JSONB, nullable=False),
    Column("price_amount", Numeric, nullable=False),
    Column("currency", Text, nullable=False),
    Column("fetched_at", _INSTANT, nullable=False),
    Column("expires_at", _INSTANT, nullable=False, index=True),
)

# What is asked for, to keep the popular answers warm.
SEARCHES: Final = Table(
    "searches",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("vertical", Text, nullable=False),
    Column("query", JSONB, nullable=False),
    Column("asked_count", BigInteger, nullable=False),
    Column("last_asked_at", _INSTANT, nullable=False, index=True),
)

SCHEDULE_RUNS: Final = Table(
    "schedule_runs",
    METADATA,
    Column("entry", Text, primary_key=True),
    Column("due_at", _INSTANT, primary_key=True),
    Column("fired_at", _INSTANT, nullable=False),
)
