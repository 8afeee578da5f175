"""Flights that somebody watches, who does, and what became known of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0008"
down_revision: str | None = "0007"
branch_labels: str | None = None
depends_on: str | None = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "watched_flights",
        sa.Column("flight", sa.Text, primary_key=True),
        sa.Column("carrier", sa.Text, nullable=False),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("flown_as", sa.Text),
        sa.Column("changes", sa.Integer, nullable=False),
        sa.Column("standing", JSONB),
        sa.Column("told_at", _INSTANT),
        sa.Column("look_at", _INSTANT, nullable=False),
        sa.Column("claimed_until", _INSTANT),
        sa.Column("over", sa.Boolean, nullable=False),
        sa.Column("trouble", JSONB),
    )
    op.create_index("watched_flights_carrier_number_day_idx", "watched_flights", ["carrier", "number", "day"])
    op.create_index("watched_flights_flown_as_idx", "watched_flights", ["flown_as"])
    op.create_index(
        "watched_flights_look_at_idx",
        "watched_flights",
        ["look_at"],
        postgresql_where=sa.text("NOT over AND flown_as IS NULL"),
    )
    op.create_table(
        "flight_watches",
        sa.Column("flight", sa.Text, primary_key=True),
        sa.Column("because", sa.Text, primary_key=True),
        sa.Column("until", _INSTANT, nullable=False),
    )
    op.create_index("flight_watches_until_idx", "flight_watches", ["until"])
    op.create_table(
        "flight_changes",
        sa.Column("flight", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("differences", JSONB, nullable=False),
        sa.Column("standing", JSONB, nullable=False),
        sa.Column("ended", sa.Boolean, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("flight_changes")
    op.drop_table("flight_watches")
    op.drop_table("watched_flights")
