"""When somebody looks again at a gateway's notice that tells of a payment which we don't know yet."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision: str | None = "0018"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.add_column("gateway_notices", sa.Column("due_at", sa.DateTime(timezone=True)))
    op.execute("UPDATE gateway_notices SET due_at = received_at WHERE heeded_at IS NULL")
    op.drop_index("gateway_notices_unheeded_idx", "gateway_notices")
    op.create_index(
        "gateway_notices_due_at_idx", "gateway_notices", ["due_at"], postgresql_where=sa.text("due_at IS NOT NULL")
    )
    op.create_index("gateway_notices_received_at_idx", "gateway_notices", ["received_at"])


def downgrade() -> None:
    op.drop_index("gateway_notices_received_at_idx", "gateway_notices")
    op.drop_index("gateway_notices_due_at_idx", "gateway_notices")
    op.create_index(
        "gateway_notices_unheeded_idx",
        "gateway_notices",
        ["received_at"],
        postgresql_where=sa.text("heeded_at IS NULL"),
    )
    op.drop_column("gateway_notices", "due_at")
