"""What suppliers said, and which fields their replies hold."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision: str | None = "0001"
branch_labels: str | None = None
depends_on: str | None = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "replies",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("supplier", sa.Text, nullable=False),
        sa.Column("operation", sa.Text, nullable=False),
        sa.Column("about", sa.Text),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("received_at", _INSTANT, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("head", sa.LargeBinary, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    # They come compressed: PostgreSQL need not try again.
    op.execute("ALTER TABLE replies ALTER COLUMN head SET STORAGE EXTERNAL, ALTER COLUMN body SET STORAGE EXTERNAL")
    op.create_index("replies_received_at_idx", "replies", ["received_at", "id"])
    op.create_index("replies_about_idx", "replies", ["about"])
    op.create_table(
        "wire_fields",
        sa.Column("supplier", sa.Text, primary_key=True),
        sa.Column("operation", sa.Text, primary_key=True),
        sa.Column("path", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("standing", sa.Text, nullable=False),
        sa.Column("seen", sa.BigInteger, nullable=False),
        sa.Column("missed", sa.BigInteger, nullable=False),
        sa.Column("first_seen_at", _INSTANT, nullable=False),
        sa.Column("last_seen_at", _INSTANT, nullable=False),
        sa.Column("checked_at", _INSTANT, nullable=False),
    )


def downgrade() -> None:
    for table in ("wire_fields", "replies"):
        op.drop_table(table)
