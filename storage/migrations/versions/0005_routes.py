"""Flight numbers between airports, as sources tell of them."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision: str | None = "0004"
branch_labels: str | None = None
depends_on: str | None = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "routes",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("carrier", sa.Text, nullable=False),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("airline", sa.Text),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("destination", sa.Text, nullable=False),
        sa.Column("departs", sa.Text),
        sa.Column("arrives", sa.Text),
        sa.Column("origin_terminal", sa.Text),
        sa.Column("destination_terminal", sa.Text),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("first_seen_at", _INSTANT, nullable=False),
        sa.Column("last_seen_at", _INSTANT, nullable=False),
        sa.Column("vanished_at", _INSTANT),
    )
    op.create_index("routes_origin_idx", "routes", ["origin"])
    op.create_index("routes_destination_idx", "routes", ["destination"])


def downgrade() -> None:
    op.drop_table("routes")
