"""The tables of bookings, their payments, and what there is to tell of them, as the migrations leave them."""

from typing import Final

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text, text
from sqlalchemy.dialects.postgresql import JSON, JSONB

from storage.schema import INSTANT, SCHEMA

# `document` is a domain.bookings.Booking, `wishes` a Wishes. `people` is sealed (storage/vault.py), and null when
# forgotten. `due_at` is when somebody has to look next, null when there is nothing to do; whoever looks holds the claim.
BOOKINGS: Final = Table(
    "bookings",
    SCHEMA,
    Column("id", Text, primary_key=True),
    Column("reference", Text, nullable=False, unique=True),
    Column("owner", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("document", JSONB, nullable=False),
    Column("wishes", JSONB, nullable=False),
    Column("people", LargeBinary),
    Column("created_at", INSTANT, nullable=False),
    Column("updated_at", INSTANT, nullable=False),
    Column("due_at", INSTANT),
    Column("claimed_by", Text),
    Column("claimed_until", INSTANT),
    Index("bookings_owner_created_at_idx", "owner", "created_at", "id"),
    Index("bookings_updated_at_idx", "updated_at", "id"),
)
Index("bookings_due_at_idx", BOOKINGS.c.due_at, postgresql_where=text("due_at IS NOT NULL"))

# What was done to the outside for a booking: written before the call, and completed after it. `about` names the item or
# the charge, `key` is what the outside heard. A step without an end was interrupted.
BOOKING_STEPS: Final = Table(
    "booking_steps",
    SCHEMA,
    Column("booking_id", Text, ForeignKey("bookings.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("begun_at", INSTANT, nullable=False),
    Column("ended_at", INSTANT),
    Column("outcome", Text),
    Column("detail", Text),
)

# The history that clients see, numbered without a gap.
BOOKING_EVENTS: Final = Table(
    "booking_events",
    SCHEMA,
    Column("booking_id", Text, ForeignKey("bookings.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at", INSTANT, nullable=False),
    Column("type", Text, nullable=False),
    Column("data", JSONB, nullable=False),
)

# Which booking a payment belongs to, by our id of it and by the gateway's.
BOOKING_CHARGES: Final = Table(
    "booking_charges",
    SCHEMA,
    Column("id", Text, primary_key=True),
    Column("booking_id", Text, ForeignKey("bookings.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("gateway", Text, nullable=False),
    Column("gateway_id", Text),
    Index("booking_charges_gateway_gateway_id_idx", "gateway", "gateway_id"),
)

# What a key was answered with. `status` null: its first request is still under way, until `claimed_until`.
IDEMPOTENCY_KEYS: Final = Table(
    "idempotency_keys",
    SCHEMA,
    Column("owner", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("call", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("claimed_until", INSTANT, nullable=False),
    Column("status", Integer),
    Column("headers", JSONB),
    Column("body", LargeBinary),
    Column("created_at", INSTANT, nullable=False, index=True),
)

# Webhooks of payment gateways whose signature was right, each once. `document` is a domain.payments.GatewayNotice.
# `due_at` is when somebody looks at it, null when there is nothing more to do.
GATEWAY_NOTICES: Final = Table(
    "gateway_notices",
    SCHEMA,
    Column("gateway", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("document", JSONB, nullable=False),
    Column("received_at", INSTANT, nullable=False, index=True),
    Column("heeded_at", INSTANT),
    Column("due_at", INSTANT),
)
Index("gateway_notices_due_at_idx", GATEWAY_NOTICES.c.due_at, postgresql_where=text("due_at IS NOT NULL"))

# What happened that clients hear of by webhook and travellers by mail, in the words in which it goes out.
CLIENT_EVENTS: Final = Table(
    "client_events",
    SCHEMA,
    Column("number", BigInteger, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, unique=True),
    Column("owner", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("at", INSTANT, nullable=False, index=True),
    Column("payload", JSON, nullable=False),  # which keeps the very characters that go out
    Column("booking_id", Text),
)

# Where our books, a supplier's and a gateway's differ, each difference once. `document` holds what each of them says.
FINDINGS: Final = Table(
    "findings",
    SCHEMA,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("booking_id", Text, index=True),
    Column("about", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("document", JSONB, nullable=False),
    Column("first_seen_at", INSTANT, nullable=False),
    Column("last_seen_at", INSTANT, nullable=False),
    Column("settled_at", INSTANT),
    Column("settled_by", Text),
    Column("note", Text),
    Index("findings_state_last_seen_at_idx", "state", "last_seen_at"),
)
