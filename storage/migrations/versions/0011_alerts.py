"""Who wants to hear of lower prices, and what was to be told."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0011"
down_revision: str | None = "0010"
branch_labels: str | None = None
depends_on: str | None = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "alerts",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("caller", sa.Text, nullable=False),
        sa.Column("search_id", sa.Text, nullable=False),
        sa.Column("document", JSONB, nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("ends_at", _INSTANT, nullable=False),
        sa.Column("due_at", _INSTANT, nullable=False),
    )
    op.create_index("alerts_caller_created_at_idx", "alerts", ["caller", "created_at"])
    op.create_index("alerts_search_id_idx", "alerts", ["search_id"])
    op.create_index("alerts_due_at_idx", "alerts", ["due_at"])
    op.create_table(
        "alert_events",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("alert_id", sa.Text, sa.ForeignKey("alerts.id", ondelete="CASCADE"), nullable=False),
        sa.Column("caller", sa.Text, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("payload", JSONB, nullable=False),
    )
    op.create_index("alert_events_alert_id_at_idx", "alert_events", ["alert_id", "at"])
    op.create_index("alert_events_at_idx", "alert_events", ["at"])


def downgrade() -> None:
    for table in ("alert_events", "alerts"):
        op.drop_table(table)
