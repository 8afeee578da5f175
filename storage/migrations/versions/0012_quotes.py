"""Quotes, and with each offer the question that it answered."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0012"
down_revision: str | None = "0011"
branch_labels: str | None = None
depends_on: str | None = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    # Offers that are there already can't be quoted; they live for hours, and searching again brings new ones.
    op.add_column("offers", sa.Column("query", JSONB))
    op.create_table(
        "quotes",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("offer_id", sa.Text, nullable=False),
        sa.Column("search_id", sa.Text, nullable=False),
        sa.Column("supplier", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("offered_amount", sa.Numeric, nullable=False),
        sa.Column("offered_currency", sa.Text, nullable=False),
        sa.Column("price_amount", sa.Numeric, nullable=False),
        sa.Column("price_currency", sa.Text, nullable=False),
        sa.Column("document", JSONB, nullable=False),
        sa.Column("quoted_at", _INSTANT, nullable=False),
        sa.Column("expires_at", _INSTANT, nullable=False),
    )
    op.create_index("quotes_expires_at_idx", "quotes", ["expires_at"])
    op.create_index("quotes_offer_id_quoted_at_idx", "quotes", ["offer_id", "quoted_at"])


def downgrade() -> None:
    op.drop_table("quotes")
    op.drop_column("offers", "query")
