"""What was asked of suppliers and what came of it, to be explained for as long as their replies are kept."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision: str | None = "0009"
branch_labels: str | None = None
depends_on: str | None = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "fetches",
        sa.Column("search_id", sa.Text, primary_key=True),
        sa.Column("started_at", _INSTANT, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("document", sa.LargeBinary, nullable=False),
    )
    op.create_index("fetches_started_at_search_id_idx", "fetches", ["started_at", "search_id"])


def downgrade() -> None:
    op.drop_table("fetches")
