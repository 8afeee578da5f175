"""Every price that was seen, a partition for each day."""

from alembic import op

revision = "0007"
down_revision: str | None = "0006"
branch_labels: str | None = None
depends_on: str | None = None

# What belongs to no day yet goes into `rest`, so that no row is ever lost for want of a partition.
_UP = (
    "CREATE SCHEMA price_days",
    """
    CREATE TABLE price_observations (
        seen_at timestamptz NOT NULL,
        days_ahead integer NOT NULL,
        subject bytea NOT NULL,
        rate bytea NOT NULL,
        supplier text NOT NULL,
        vertical text NOT NULL,
        amount numeric NOT NULL,
        currency text NOT NULL,
        acriss text,
        search_id text NOT NULL,
        CONSTRAINT price_observations_pkey PRIMARY KEY (rate, seen_at)
    ) PARTITION BY RANGE (seen_at)
    """,
    "CREATE INDEX price_observations_subject_seen_at_idx ON price_observations (subject, seen_at)",
    "CREATE TABLE price_days.rest PARTITION OF price_observations DEFAULT",
)


def upgrade() -> None:
    for statement in _UP:
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TABLE price_observations")
    op.execute("DROP SCHEMA price_days")
