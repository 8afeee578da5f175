"""Which records of suppliers are one hotel: what was told of each, what was decided and why, and what people decided."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0013"
down_revision: str | None = "0012"
branch_labels: str | None = None
depends_on: str | None = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "hotels",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("born_at", _INSTANT, nullable=False),
        sa.Column("lives_on_as", sa.Text),
    )
    op.create_index("hotels_lives_on_as_idx", "hotels", ["lives_on_as"])
    op.create_table(
        "hotel_records",
        sa.Column("supplier", sa.Text, primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("own_id", sa.Text, nullable=False),
        sa.Column("document", JSONB, nullable=False),
        sa.Column("cell", sa.Text, nullable=False),
        sa.Column("first_seen_at", _INSTANT, nullable=False),
        sa.Column("told_at", _INSTANT, nullable=False),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("hotel_id", sa.Text),
        sa.Column("score", sa.Float(53)),
        sa.Column("reasons", JSONB, nullable=False),
        sa.Column("judged_fingerprint", sa.Text),
        sa.Column("judged_at", _INSTANT),
    )
    op.create_index("hotel_records_own_id_idx", "hotel_records", ["own_id"])
    op.create_index("hotel_records_cell_idx", "hotel_records", ["cell"])
    op.create_index("hotel_records_hotel_id_idx", "hotel_records", ["hotel_id"])
    op.create_index(
        "hotel_records_unjudged_idx",
        "hotel_records",
        ["cell"],
        postgresql_where=sa.text("judged_fingerprint IS DISTINCT FROM fingerprint"),
    )
    op.create_table(
        "hotel_overrides",
        sa.Column("supplier", sa.Text, primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("other_supplier", sa.Text, primary_key=True),
        sa.Column("other_id", sa.Text, primary_key=True),
        sa.Column("same", sa.Boolean, nullable=False),
        sa.Column("because", sa.Text, nullable=False),
        sa.Column("decided_by", sa.Text, nullable=False),
        sa.Column("decided_at", _INSTANT, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("hotel_overrides")
    op.drop_table("hotel_records")
    op.drop_table("hotels")
