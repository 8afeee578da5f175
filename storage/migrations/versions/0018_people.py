"""People, how they sign in, and what they keep."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0018"
down_revision: str | None = "0017"
branch_labels: str | None = None
depends_on: str | None = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "people",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("email", sa.Text, unique=True),
        sa.Column("email_typed", sa.Text),
        sa.Column("verified_at", _INSTANT),
        sa.Column("name", sa.Text),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("password", sa.Text),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("closed_at", _INSTANT),
    )
    op.create_table(
        "people_elsewhere",
        sa.Column("issuer", sa.Text, primary_key=True),
        sa.Column("subject", sa.Text, primary_key=True),
        _of_a_person(),
        sa.Column("created_at", _INSTANT, nullable=False),
    )
    op.create_index("people_elsewhere_person_id_idx", "people_elsewhere", ["person_id"])
    _how_they_sign_in()
    _what_they_keep()


def _how_they_sign_in() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", sa.Text, primary_key=True),
        _of_a_person(),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("ends_at", _INSTANT, nullable=False),
        sa.Column("ended_at", _INSTANT),
    )
    op.create_index("sessions_person_id_idx", "sessions", ["person_id"])
    op.create_index("sessions_ends_at_idx", "sessions", ["ends_at"])
    op.create_table(
        "refresh_tokens",
        sa.Column("digest", sa.LargeBinary, primary_key=True),
        sa.Column("session_id", sa.Text, sa.ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("expires_at", _INSTANT, nullable=False),
        sa.Column("used_at", _INSTANT),
        sa.Column("followed_by", sa.LargeBinary),
    )
    op.create_index("refresh_tokens_session_id_idx", "refresh_tokens", ["session_id"])
    op.create_table(
        "mail_tokens",
        sa.Column("digest", sa.LargeBinary, primary_key=True),
        sa.Column("asked_as", sa.Text, nullable=False, unique=True),
        _of_a_person(),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("email_typed", sa.Text, nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("expires_at", _INSTANT, nullable=False),
        sa.Column("used_at", _INSTANT),
    )
    op.create_index("mail_tokens_expires_at_idx", "mail_tokens", ["expires_at"])
    op.create_index("mail_tokens_person_id_created_at_idx", "mail_tokens", ["person_id", "created_at"])
    op.create_table(
        "issuers",
        sa.Column("issuer", sa.Text, primary_key=True),
        sa.Column("document", JSONB, nullable=False),
        sa.Column("fetched_at", _INSTANT, nullable=False),
    )


def _what_they_keep() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("last_used_at", _INSTANT),
    )
    op.create_index("api_keys_owner_idx", "api_keys", ["owner"])
    op.create_table(
        "revocations",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("at", _INSTANT, nullable=False),
    )
    op.create_index("revocations_at_idx", "revocations", ["at"])
    op.create_table(
        "favorites",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("created_at", _INSTANT, nullable=False),
    )
    op.create_index("favorites_owner_kind_about_idx", "favorites", ["owner", "kind", "about"], unique=True)
    op.create_table(
        "preferences",
        sa.Column("owner", sa.Text, primary_key=True),
        sa.Column("document", JSONB, nullable=False),
        sa.Column("changed_at", _INSTANT, nullable=False),
    )


def downgrade() -> None:
    for table in (
        "preferences",
        "favorites",
        "revocations",
        "api_keys",
        "issuers",
        "mail_tokens",
        "refresh_tokens",
        "sessions",
        "people_elsewhere",
        "people",
    ):
        op.drop_table(table)


def _of_a_person() -> "sa.Column[Any]":
    return sa.Column("person_id", sa.Text, sa.ForeignKey("people.id", ondelete="CASCADE"), nullable=False)
