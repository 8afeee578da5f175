"""The first tables: the catalogue, its syncs, offers, what is asked for, and what the scheduler has fired."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision: str | None = None
branch_labels: str | None = None
depends_on: str | None = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _catalogue()
    op.create_table(
        "sync_jobs",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("source", sa.Text),
        sa.Column("pages", sa.Integer, nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("expected", sa.Integer),
        sa.Column("skipped_records", sa.Integer, nullable=False),
        sa.Column("skipped", JSONB, nullable=False),
        sa.Column("vanished", sa.Integer, nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("started_at", _INSTANT),
        sa.Column("finished_at", _INSTANT),
        sa.Column("touched_at", _INSTANT, nullable=False),
        sa.Column("detail", sa.Text),
        sa.Column("next_call", JSONB),
        sa.Column("attempt", sa.Integer, nullable=False),
    )
    op.create_index(
        "sync_jobs_open_subject_idx",
        "sync_jobs",
        ["subject"],
        unique=True,
        postgresql_where=sa.text("state IN ('queued', 'running')"),
    )
    _searching()
    op.create_table(
        "schedule_runs",
        sa.Column("entry", sa.Text, primary_key=True),
        sa.Column("due_at", _INSTANT, primary_key=True),
        sa.Column("fired_at", _INSTANT, nullable=False),
    )


def downgrade() -> None:
    for table in ("schedule_runs", "searches", "offers", "sync_jobs", "airlines", "airports"):
        op.drop_table(table)


def _catalogue() -> None:
    op.create_table(
        "airports",
        sa.Column("iata", sa.Text, primary_key=True),
        sa.Column("icao", sa.Text),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("city", sa.Text, nullable=False),
        sa.Column("city_code", sa.Text),
        sa.Column("country", sa.Text, nullable=False),
        sa.Column("subdivision", sa.Text),
        sa.Column("timezone", sa.Text, nullable=False),
        sa.Column("latitude", sa.Float(53), nullable=False),
        sa.Column("longitude", sa.Float(53), nullable=False),
        sa.Column("elevation_feet", sa.Integer),
        *_sightings(),
    )
    op.create_table(
        "airlines",
        sa.Column("identity", sa.Text, primary_key=True),
        sa.Column("iata", sa.Text),
        sa.Column("icao", sa.Text),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("country", sa.Text),
        sa.Column("callsign", sa.Text),
        sa.Column("active", sa.Boolean),
        *_sightings(),
    )


def _sightings() -> tuple["sa.Column[object]", ...]:
    return (
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("first_seen_at", _INSTANT, nullable=False),
        sa.Column("last_seen_at", _INSTANT, nullable=False),
        sa.Column("vanished_at", _INSTANT),
    )


def _searching() -> None:
    op.create_table(
        "offers",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("supplier", sa.Text, nullable=False),
        sa.Column("search_id", sa.Text, nullable=False),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("document", JSONB, nullable=False),
        sa.Column("price_amount", sa.Numeric, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("fetched_at", _INSTANT, nullable=False),
        sa.Column("expires_at", _INSTANT, nullable=False),
    )
    op.create_index("offers_expires_at_idx", "offers", ["expires_at"])
    op.create_table(
        "searches",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("vertical", sa.Text, nullable=False),
        sa.Column("query", JSONB, nullable=False),
        sa.Column("asked_count", sa.BigInteger, nullable=False),
        sa.Column("last_asked_at", _INSTANT, nullable=False),
    )
    op.create_index("searches_last_asked_at_idx", "searches", ["last_asked_at"])
