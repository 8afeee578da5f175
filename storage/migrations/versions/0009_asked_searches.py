"""What each caller has searched for."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0009"
down_revision: str | None = "0008"
branch_labels: str | None = None
depends_on: str | None = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "asked_searches",
        sa.Column("caller", sa.Text, primary_key=True),
        sa.Column("search_id", sa.Text, primary_key=True),
        sa.Column("query", JSONB, nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
        sa.Column("first_asked_at", _INSTANT, nullable=False),
        sa.Column("last_asked_at", _INSTANT, nullable=False),
    )
    op.create_index("asked_searches_last_asked_at_idx", "asked_searches", ["last_asked_at"])


def downgrade() -> None:
    op.drop_table("asked_searches")
