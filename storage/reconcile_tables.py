"""The table of reconciliations, as the migrations leave it."""

from typing import Final

from sqlalchemy import Column, Index, Integer, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from storage.schema import INSTANT, SCHEMA

# One row for each comparison of our books with those of suppliers and gateways: of what, how far it came, what it cost,
# what it found. `since` and `until` bound when the bookings changed; those up to `place_at`, `place_id` are compared.
RECONCILE_RUNS: Final = Table(
    "reconcile_runs",
    SCHEMA,
    Column("id", Text, primary_key=True),
    Column("because", Text, nullable=False),
    Column("asked_by", Text),
    Column("state", Text, nullable=False),
    Column("since", INSTANT, nullable=False),
    Column("until", INSTANT, nullable=False),
    Column("created_at", INSTANT, nullable=False),
    Column("started_at", INSTANT),
    Column("touched_at", INSTANT, nullable=False),
    Column("ended_at", INSTANT),
    Column("place_at", INSTANT),
    Column("place_id", Text),
    Column("bookings", Integer, nullable=False),
    Column("orders", Integer, nullable=False),
    Column("payments", Integer, nullable=False),
    Column("calls", Integer, nullable=False),
    Column("found", Integer, nullable=False),
    Column("resolved", Integer, nullable=False),
    Column("woken", Integer, nullable=False),
    Column("unchecked", JSONB, nullable=False),
    Column("detail", Text),
    Index("reconcile_runs_created_at_idx", "created_at", "id"),
)
