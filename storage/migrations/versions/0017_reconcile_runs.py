"""Comparisons of our books with those of suppliers and gateways, and bookings in the order in which they changed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0017"
down_revision: str | None = "0016"
branch_labels: str | None = None
depends_on: str | None = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "reconcile_runs",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("because", sa.Text, nullable=False),
        sa.Column("asked_by", sa.Text),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("since", _INSTANT, nullable=False),
        sa.Column("until", _INSTANT, nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("started_at", _INSTANT),
        sa.Column("touched_at", _INSTANT, nullable=False),
        sa.Column("ended_at", _INSTANT),
        sa.Column("place_at", _INSTANT),
        sa.Column("place_id", sa.Text),
        sa.Column("bookings", sa.Integer, nullable=False),
        sa.Column("orders", sa.Integer, nullable=False),
        sa.Column("payments", sa.Integer, nullable=False),
        sa.Column("calls", sa.Integer, nullable=False),
        sa.Column("found", sa.Integer, nullable=False),
        sa.Column("resolved", sa.Integer, nullable=False),
        sa.Column("woken", sa.Integer, nullable=False),
        sa.Column("unchecked", JSONB, nullable=False),
        sa.Column("detail", sa.Text),
    )
    op.create_index("reconcile_runs_created_at_idx", "reconcile_runs", ["created_at", "id"])
    op.create_index("bookings_updated_at_idx", "bookings", ["updated_at", "id"])


def downgrade() -> None:
    op.drop_index("bookings_updated_at_idx", "bookings")
    op.drop_table("reconcile_runs")
