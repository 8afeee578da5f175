"""Webhooks to clients: subscriptions, deliveries and their attempts, and searches whose end somebody wants to hear of."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0016"
down_revision: str | None = "0015"
branch_labels: str | None = None
depends_on: str | None = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    # JSON keeps the very characters that were written, which are the ones that go out.
    op.execute("ALTER TABLE client_events ALTER COLUMN payload TYPE json USING payload::json")
    op.create_table(
        "webhook_subscriptions",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("types", ARRAY(sa.Text), nullable=False),
        sa.Column("description", sa.Text),
        sa.Column("secrets", sa.LargeBinary, nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("failing_since", _INSTANT),
        sa.Column("disabled_at", _INSTANT),
        sa.Column("disabled_because", sa.Text),
    )
    op.create_index(
        "webhook_subscriptions_owner_created_at_idx", "webhook_subscriptions", ["owner", "created_at", "id"]
    )
    _deliveries()
    op.create_table(
        "awaited_searches",
        sa.Column("search_id", sa.Text, primary_key=True),
        sa.Column("owner", sa.Text, primary_key=True),
        sa.Column("since", _INSTANT, nullable=False),
    )
    op.create_index("awaited_searches_since_idx", "awaited_searches", ["since"])


def _deliveries() -> None:
    table = "webhook_deliveries"
    op.create_table(
        table,
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column(
            "subscription_id",
            sa.Text,
            sa.ForeignKey("webhook_subscriptions.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("event_id", sa.Text, sa.ForeignKey("client_events.id", ondelete="CASCADE"), nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("next_at", _INSTANT),
        sa.Column("claimed_by", sa.Text),
        sa.Column("claimed_until", _INSTANT),
        sa.Column("status", sa.Integer),
        sa.Column("error", sa.Text),
        sa.Column("took_ms", sa.Integer),
        sa.Column("delivered_at", _INSTANT),
    )
    op.create_index("webhook_deliveries_event_id_idx", table, ["event_id"])
    op.create_index("webhook_deliveries_subscription_id_created_at_idx", table, ["subscription_id", "created_at", "id"])
    op.create_index("webhook_deliveries_created_at_idx", table, ["created_at", "id"])
    op.create_index("webhook_deliveries_next_at_idx", table, ["next_at"], postgresql_where=sa.text("state = 'waiting'"))
    op.create_table(
        "webhook_attempts",
        sa.Column(
            "delivery_id",
            sa.Text,
            sa.ForeignKey("webhook_deliveries.id", ondelete="CASCADE"),
            primary_key=True,
            nullable=False,
        ),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("took_ms", sa.Integer, nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("error", sa.Text),
    )


def downgrade() -> None:
    for table in ("awaited_searches", "webhook_attempts", "webhook_deliveries", "webhook_subscriptions"):
        op.drop_table(table)
    op.execute("ALTER TABLE client_events ALTER COLUMN payload TYPE jsonb USING payload::jsonb")
