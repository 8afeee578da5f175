"""Letters that wait to be sent, and what became of the others."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0015"
down_revision: str | None = "0014"
branch_labels: str | None = None
depends_on: str | None = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "letters",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("booking_id", sa.Text),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("facts", JSONB, nullable=False),
        sa.Column("sealed", sa.LargeBinary),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("due_at", _INSTANT),
        sa.Column("claimed_by", sa.Text),
        sa.Column("claimed_until", _INSTANT),
        sa.Column("sent_at", _INSTANT),
        sa.Column("message_id", sa.Text),
        sa.Column("last_error", sa.Text),
    )
    op.create_index("letters_created_at_idx", "letters", ["created_at"])
    op.create_index("letters_booking_id_created_at_idx", "letters", ["booking_id", "created_at"])
    op.create_index("letters_due_at_idx", "letters", ["due_at"], postgresql_where=sa.text("due_at IS NOT NULL"))


def downgrade() -> None:
    op.drop_table("letters")
