"""Bookings with their steps, history and payments, idempotency keys, notices of gateways, events for clients, findings."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0014"
down_revision: str | None = "0013"
branch_labels: str | None = None
depends_on: str | None = None

_INSTANT = sa.DateTime(timezone=True)


def _of_a_booking(*, primary_key: bool = False) -> sa.Column[str]:
    return sa.Column(
        "booking_id",
        sa.Text,
        sa.ForeignKey("bookings.id", ondelete="CASCADE"),
        primary_key=primary_key,
        nullable=False,
    )


def upgrade() -> None:
    op.create_table(
        "bookings",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("reference", sa.Text, nullable=False, unique=True),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("document", JSONB, nullable=False),
        sa.Column("wishes", JSONB, nullable=False),
        sa.Column("people", sa.LargeBinary),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("updated_at", _INSTANT, nullable=False),
        sa.Column("due_at", _INSTANT),
        sa.Column("claimed_by", sa.Text),
        sa.Column("claimed_until", _INSTANT),
    )
    op.create_index("bookings_owner_created_at_idx", "bookings", ["owner", "created_at", "id"])
    op.create_index("bookings_due_at_idx", "bookings", ["due_at"], postgresql_where=sa.text("due_at IS NOT NULL"))
    op.create_table(
        "booking_steps",
        _of_a_booking(primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("begun_at", _INSTANT, nullable=False),
        sa.Column("ended_at", _INSTANT),
        sa.Column("outcome", sa.Text),
        sa.Column("detail", sa.Text),
    )
    op.create_table(
        "booking_events",
        _of_a_booking(primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("data", JSONB, nullable=False),
    )
    op.create_table(
        "booking_charges",
        sa.Column("id", sa.Text, primary_key=True),
        _of_a_booking(),
        sa.Column("gateway", sa.Text, nullable=False),
        sa.Column("gateway_id", sa.Text),
    )
    op.create_index("booking_charges_booking_id_idx", "booking_charges", ["booking_id"])
    op.create_index("booking_charges_gateway_gateway_id_idx", "booking_charges", ["gateway", "gateway_id"])
    _around_bookings()


def _around_bookings() -> None:
    op.create_table(
        "idempotency_keys",
        sa.Column("owner", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("call", sa.Text, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("claimed_until", _INSTANT, nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("headers", JSONB),
        sa.Column("body", sa.LargeBinary),
        sa.Column("created_at", _INSTANT, nullable=False),
    )
    op.create_index("idempotency_keys_created_at_idx", "idempotency_keys", ["created_at"])
    op.create_table(
        "gateway_notices",
        sa.Column("gateway", sa.Text, primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("document", JSONB, nullable=False),
        sa.Column("received_at", _INSTANT, nullable=False),
        sa.Column("heeded_at", _INSTANT),
    )
    op.create_index(
        "gateway_notices_unheeded_idx",
        "gateway_notices",
        ["received_at"],
        postgresql_where=sa.text("heeded_at IS NULL"),
    )
    op.create_table(
        "client_events",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=True),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("payload", JSONB, nullable=False),
        sa.Column("booking_id", sa.Text),
    )
    op.create_index("client_events_at_idx", "client_events", ["at"])
    op.create_table(
        "findings",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("booking_id", sa.Text),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("document", JSONB, nullable=False),
        sa.Column("first_seen_at", _INSTANT, nullable=False),
        sa.Column("last_seen_at", _INSTANT, nullable=False),
        sa.Column("settled_at", _INSTANT),
        sa.Column("settled_by", sa.Text),
        sa.Column("note", sa.Text),
    )
    op.create_index("findings_booking_id_idx", "findings", ["booking_id"])
    op.create_index("findings_state_last_seen_at_idx", "findings", ["state", "last_seen_at"])


def downgrade() -> None:
    for table in (
        "findings",
        "client_events",
        "gateway_notices",
        "idempotency_keys",
        "booking_charges",
        "booking_events",
        "booking_steps",
        "bookings",
    ):
        op.drop_table(table)
