"""The tables of webhooks to clients, as the migrations leave them."""

from typing import Final

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, Table, Text, text
from sqlalchemy.dialects.postgresql import ARRAY

from storage.schema import INSTANT, SCHEMA

# Who wants to hear where; no `types` are all. `secrets` is a domain.webhooks.Secrets, sealed (storage/vault.py).
WEBHOOK_SUBSCRIPTIONS: Final = Table(
    "webhook_subscriptions",
    SCHEMA,
    Column("id", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("types", ARRAY(Text), nullable=False),
    Column("description", Text),
    Column("secrets", LargeBinary, nullable=False),
    Column("created_at", INSTANT, nullable=False),
    Column("failing_since", INSTANT),
    Column("disabled_at", INSTANT),
    Column("disabled_because", Text),
    Index("webhook_subscriptions_owner_created_at_idx", "owner", "created_at", "id"),
)

# Each event once for each subscription, made in the transaction in which it happened. Whoever tries holds the claim.
WEBHOOK_DELIVERIES: Final = Table(
    "webhook_deliveries",
    SCHEMA,
    Column("id", Text, primary_key=True),
    Column("subscription_id", Text, ForeignKey("webhook_subscriptions.id", ondelete="CASCADE"), nullable=False),
    Column("event_id", Text, ForeignKey("client_events.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("type", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("created_at", INSTANT, nullable=False),
    Column("next_at", INSTANT),
    Column("claimed_by", Text),
    Column("claimed_until", INSTANT),
    Column("status", Integer),
    Column("error", Text),
    Column("took_ms", Integer),
    Column("delivered_at", INSTANT),
    Index("webhook_deliveries_subscription_id_created_at_idx", "subscription_id", "created_at", "id"),
    Index("webhook_deliveries_created_at_idx", "created_at", "id"),
)
Index(
    "webhook_deliveries_next_at_idx",
    WEBHOOK_DELIVERIES.c.next_at,
    postgresql_where=text("state = 'waiting'"),
)

# The last attempts of each delivery.
WEBHOOK_ATTEMPTS: Final = Table(
    "webhook_attempts",
    SCHEMA,
    Column("delivery_id", Text, ForeignKey("webhook_deliveries.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at", INSTANT, nullable=False),
    Column("took_ms", Integer, nullable=False),
    Column("status", Integer),
    Column("error", Text),
)

# Whoever created a search and wants to hear when it has its answer; forgotten when told, or when nothing comes.
AWAITED_SEARCHES: Final = Table(
    "awaited_searches",
    SCHEMA,
    Column("search_id", Text, primary_key=True),
    Column("owner", Text, primary_key=True),
    Column("since", INSTANT, nullable=False, index=True),
)
