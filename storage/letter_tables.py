"""The table of letters, as the migrations leave it."""

from typing import Final

from sqlalchemy import Column, Index, Integer, LargeBinary, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from storage.schema import INSTANT, SCHEMA

# A letter about a booking holds no person: `facts` are ids and amounts. One to an address is `sealed` (storage/vault.py)
# until it has an end. `due_at` is null when there is nothing more to do; whoever is at it holds the claim.
LETTERS: Final = Table(
    "letters",
    SCHEMA,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("booking_id", Text),
    Column("language", Text, nullable=False),
    Column("facts", JSONB, nullable=False),
    Column("sealed", LargeBinary),
    Column("status", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("created_at", INSTANT, nullable=False, index=True),
    Column("due_at", INSTANT),
    Column("claimed_by", Text),
    Column("claimed_until", INSTANT),
    Column("sent_at", INSTANT),
    Column("message_id", Text),
    Column("last_error", Text),
    Index("letters_booking_id_created_at_idx", "booking_id", "created_at"),
)
Index("letters_due_at_idx", LETTERS.c.due_at, postgresql_where=text("due_at IS NOT NULL"))
