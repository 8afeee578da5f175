"""Properties as suppliers describe them, and what was sent to be booked."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision: str | None = "0002"
branch_labels: str | None = None
depends_on: str | None = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "properties",
        sa.Column("supplier", sa.Text, primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("document", JSONB, nullable=False),
        sa.Column("told_at", _INSTANT, nullable=False),
        sa.Column("good_until", _INSTANT, nullable=False),
    )
    op.create_index("properties_good_until_idx", "properties", ["good_until"])
    op.create_table(
        "order_attempts",
        sa.Column("supplier", sa.Text, primary_key=True),
        sa.Column("reference", sa.Text, primary_key=True),
        sa.Column("begun_at", _INSTANT, nullable=False),
        sa.Column("ended_at", _INSTANT),
        sa.Column("booked", JSONB),
        sa.Column("refused", sa.Text),
        sa.Column("reason", sa.Text),
    )


def downgrade() -> None:
    for table in ("order_attempts", "properties"):
        op.drop_table(table)
