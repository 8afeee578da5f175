"""The tables of people, how they sign in and what they keep, as the migrations leave them."""

from typing import Final

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from storage.schema import INSTANT, SCHEMA

# `email` is the one that is compared, `email_typed` the one that is written to. Of somebody who has gone, `closed_at` and
# the id are left, which bookings name.
PEOPLE: Final = Table(
    "people",
    SCHEMA,
    Column("id", Text, primary_key=True),
    Column("email", Text, unique=True),
    Column("email_typed", Text),
    Column("verified_at", INSTANT),
    Column("name", Text),
    Column("language", Text, nullable=False),
    Column("password", Text),
    Column("role", Text, nullable=False),
    Column("created_at", INSTANT, nullable=False),
    Column("closed_at", INSTANT),
)

# Who somebody is to an outside issuer.
PEOPLE_ELSEWHERE: Final = Table(
    "people_elsewhere",
    SCHEMA,
    Column("issuer", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("person_id", Text, ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_at", INSTANT, nullable=False),
)

# A session begins when somebody signs in and ends with its last refresh token.
SESSIONS: Final = Table(
    "sessions",
    SCHEMA,
    Column("id", Text, primary_key=True),
    Column("person_id", Text, ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_at", INSTANT, nullable=False),
    Column("ends_at", INSTANT, nullable=False, index=True),
    Column("ended_at", INSTANT),
)

# `digest` is all that we keep of a token. `followed_by` is the one that was given for it when it was used.
REFRESH_TOKENS: Final = Table(
    "refresh_tokens",
    SCHEMA,
    Column("digest", LargeBinary, primary_key=True),
    Column("session_id", Text, ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_at", INSTANT, nullable=False),
    Column("expires_at", INSTANT, nullable=False),
    Column("used_at", INSTANT),
    Column("followed_by", LargeBinary),
)

# What was mailed to prove an address. `asked_as` is the wish that it answers, so that a wish is answered once.
MAIL_TOKENS: Final = Table(
    "mail_tokens",
    SCHEMA,
    Column("digest", LargeBinary, primary_key=True),
    Column("asked_as", Text, nullable=False, unique=True),
    Column("person_id", Text, ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("purpose", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("email_typed", Text, nullable=False),
    Column("created_at", INSTANT, nullable=False),
    Column("expires_at", INSTANT, nullable=False, index=True),
    Column("used_at", INSTANT),
    Index("mail_tokens_person_id_created_at_idx", "person_id", "created_at"),
)

# Keys of client apps. The id is the part of the key that may be shown again.
API_KEYS: Final = Table(
    "api_keys",
    SCHEMA,
    Column("id", Text, primary_key=True),
    Column("owner", Text, nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("created_at", INSTANT, nullable=False),
    Column("last_used_at", INSTANT),
)

# Sessions, keys and people whose credentials are good no more, for as long as a process may still believe them.
REVOCATIONS: Final = Table(
    "revocations",
    SCHEMA,
    Column("id", Text, primary_key=True),
    Column("at", INSTANT, nullable=False, index=True),
)

FAVORITES: Final = Table(
    "favorites",
    SCHEMA,
    Column("id", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("note", Text),
    Column("created_at", INSTANT, nullable=False),
    Index("favorites_owner_kind_about_idx", "owner", "kind", "about", unique=True),
)

PREFERENCES: Final = Table(
    "preferences",
    SCHEMA,
    Column("owner", Text, primary_key=True),
    Column("document", JSONB, nullable=False),
    Column("changed_at", INSTANT, nullable=False),
)

# What outside issuers publish of themselves: a domain.issuers.Published.
ISSUERS: Final = Table(
    "issuers",
    SCHEMA,
    Column("issuer", Text, primary_key=True),
    Column("document", JSONB, nullable=False),
    Column("fetched_at", INSTANT, nullable=False),
)

PEOPLE_TABLES: Final = (
    *(PEOPLE, PEOPLE_ELSEWHERE, SESSIONS, REFRESH_TOKENS, MAIL_TOKENS),
    *(API_KEYS, REVOCATIONS, FAVORITES, PREFERENCES, ISSUERS),
)
