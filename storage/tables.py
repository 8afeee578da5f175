"""Every table, as the migrations leave it."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Numeric,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from storage.booking_tables import (
    BOOKING_CHARGES,
    BOOKING_EVENTS,
    BOOKING_STEPS,
    BOOKINGS,
    CLIENT_EVENTS,
    FINDINGS,
    GATEWAY_NOTICES,
    IDEMPOTENCY_KEYS,
)
from storage.flight_tables import FLIGHT_CHANGES, FLIGHT_WATCHES, WATCHED_FLIGHTS
from storage.letter_tables import LETTERS
from storage.people_tables import PEOPLE_TABLES
from storage.reconcile_tables import RECONCILE_RUNS
from storage.schema import INSTANT, SCHEMA
from storage.webhook_tables import AWAITED_SEARCHES, WEBHOOK_ATTEMPTS, WEBHOOK_DELIVERIES, WEBHOOK_SUBSCRIPTIONS

METADATA: Final = SCHEMA
# Those of the same schema that stand in a module of their own.
ELSEWHERE: Final = (
    *(WATCHED_FLIGHTS, FLIGHT_WATCHES, FLIGHT_CHANGES),
    *(BOOKINGS, BOOKING_STEPS, BOOKING_EVENTS, BOOKING_CHARGES),
    *(IDEMPOTENCY_KEYS, GATEWAY_NOTICES, CLIENT_EVENTS, FINDINGS),
    *(WEBHOOK_SUBSCRIPTIONS, WEBHOOK_DELIVERIES, WEBHOOK_ATTEMPTS, AWAITED_SEARCHES),
    LETTERS,
    RECONCILE_RUNS,
    *PEOPLE_TABLES,
)

# `source` is who told of the row last. A row that its source no longer has is kept, with the time we noticed.
AIRPORTS: Final = Table(
    "airports",
    METADATA,
    Column("iata", Text, primary_key=True),
    Column("icao", Text),
    Column("name", Text, nullable=False),
    Column("city", Text, nullable=False),
    Column("city_code", Text),
    Column("country", Text, nullable=False),
    Column("subdivision", Text),
    Column("timezone", Text, nullable=False),
    Column("latitude", Float(53), nullable=False),
    Column("longitude", Float(53), nullable=False),
    Column("elevation_feet", Integer),
    Column("source", Text, nullable=False),
    Column("first_seen_at", INSTANT, nullable=False),
    Column("last_seen_at", INSTANT, nullable=False),
    Column("vanished_at", INSTANT),
)

# All of one list, which the sync of the airports brings along.
CITIES: Final = Table(
    "cities",
    METADATA,
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("country", Text, nullable=False),
    Column("latitude", Float(53), nullable=False),
    Column("longitude", Float(53), nullable=False),
    Column("population", Integer, nullable=False),
    Column("timezone", Text, nullable=False),
)

# `identity`: see docs/decisions/0002-airline-identity.md.
AIRLINES: Final = Table(
    "airlines",
    METADATA,
    Column("identity", Text, primary_key=True),
    Column("iata", Text),
    Column("icao", Text),
    Column("name", Text, nullable=False),
    Column("country", Text),
    Column("callsign", Text),
    Column("active", Boolean),
    Column("source", Text, nullable=False),
    Column("first_seen_at", INSTANT, nullable=False),
    Column("last_seen_at", INSTANT, nullable=False),
    Column("vanished_at", INSTANT),
)

# `next_call` is where a run that was cut off goes on, `attempt` tells its worker from one that came after it.
SYNC_JOBS: Final = Table(
    "sync_jobs",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("source", Text),
    Column("pages", Integer, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("expected", Integer),
    Column("skipped_records", Integer, nullable=False),
    Column("skipped", JSONB, nullable=False),
    Column("vanished", Integer, nullable=False),
    Column("created_at", INSTANT, nullable=False),
    Column("started_at", INSTANT),
    Column("finished_at", INSTANT),
    Column("touched_at", INSTANT, nullable=False),
    Column("detail", Text),
    Column("next_call", JSONB(none_as_null=True)),
    Column("attempt", Integer, nullable=False),
)
# Asked for twice, a sync runs once.
Index(
    "sync_jobs_open_subject_idx",
    SYNC_JOBS.c.subject,
    unique=True,
    postgresql_where=text("state IN ('queued', 'running')"),
)

OFFERS: Final = Table(
    "offers",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("supplier", Text, nullable=False),
    Column("search_id", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("document", JSONB, nullable=False),
    Column("query", JSONB(none_as_null=True)),
    Column("price_amount", Numeric, nullable=False),
    Column("currency", Text, nullable=False),
    Column("fetched_at", INSTANT, nullable=False),
    Column("expires_at", INSTANT, nullable=False, index=True),
)

# What is asked for, to keep the popular answers warm.
SEARCHES: Final = Table(
    "searches",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("vertical", Text, nullable=False),
    Column("query", JSONB, nullable=False),
    Column("asked_count", BigInteger, nullable=False),
    Column("last_asked_at", INSTANT, nullable=False, index=True),
)

SCHEDULE_RUNS: Final = Table(
    "schedule_runs",
    METADATA,
    Column("entry", Text, primary_key=True),
    Column("due_at", INSTANT, primary_key=True),
    Column("fired_at", INSTANT, nullable=False),
)

# What suppliers said, for a few days. `head` and `body` are compressed by whoever keeps them; `size` is that of both.
REPLIES: Final = Table(
    "replies",
    METADATA,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("supplier", Text, nullable=False),
    Column("operation", Text, nullable=False),
    Column("about", Text),
    Column("status", Integer, nullable=False),
    Column("received_at", INSTANT, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("head", LargeBinary, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("replies_received_at_idx", "received_at", "id"),
    Index("replies_about_idx", "about"),
)

# The fields that suppliers' replies were seen to hold. `missed` counts the samples on end that could have had it and had not.
WIRE_FIELDS: Final = Table(
    "wire_fields",
    METADATA,
    Column("supplier", Text, primary_key=True),
    Column("operation", Text, primary_key=True),
    Column("path", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("standing", Text, nullable=False),
    Column("seen", BigInteger, nullable=False),
    Column("missed", BigInteger, nullable=False),
    Column("first_seen_at", INSTANT, nullable=False),
    Column("last_seen_at", INSTANT, nullable=False),
    Column("checked_at", INSTANT, nullable=False),
)

# How suppliers describe their properties, for as long as a description is good.
PROPERTIES: Final = Table(
    "properties",
    METADATA,
    Column("supplier", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("document", JSONB, nullable=False),
    Column("told_at", INSTANT, nullable=False),
    Column("good_until", INSTANT, nullable=False, index=True),
)

# What was sent to be booked, written before it was sent. `ended_at` is empty while nobody knows what became of it.
ORDER_ATTEMPTS: Final = Table(
    "order_attempts",
    METADATA,
    Column("supplier", Text, primary_key=True),
    Column("reference", Text, primary_key=True),
    Column("begun_at", INSTANT, nullable=False),
    Column("ended_at", INSTANT),
    Column("booked", JSONB(none_as_null=True)),
    Column("refused", Text),
    Column("reason", Text),
)

# Flight numbers between airports, on no particular day. `key` is domain.aviation.Route.key.
ROUTES: Final = Table(
    "routes",
    METADATA,
    Column("key", Text, primary_key=True),
    Column("carrier", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("airline", Text),
    Column("origin", Text, nullable=False, index=True),
    Column("destination", Text, nullable=False, index=True),
    Column("departs", Text),
    Column("arrives", Text),
    Column("origin_terminal", Text),
    Column("destination_terminal", Text),
    Column("source", Text, nullable=False),
    Column("first_seen_at", INSTANT, nullable=False),
    Column("last_seen_at", INSTANT, nullable=False),
    Column("vanished_at", INSTANT),
)

# What one euro bought on a day, kept for ever. `pretend` rates are the sandbox's and never stand in for true ones.
EXCHANGE_RATES: Final = Table(
    "exchange_rates",
    METADATA,
    Column("pretend", Boolean, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("currency", Text, primary_key=True),
    Column("per_euro", Numeric, nullable=False),
    Column("source", Text, nullable=False),
    Column("told_at", INSTANT, nullable=False),
)

# Every price that was seen, as the supplier told it: a partition for each day, in a schema of their own. What is asked for
# and what is sold stand there as sixteen bytes (domain/prices.py), because these rows are many.
PRICE_OBSERVATIONS: Final = Table(
    "price_observations",
    METADATA,
    Column("seen_at", INSTANT, primary_key=True),
    Column("days_ahead", Integer, nullable=False),
    Column("subject", LargeBinary, nullable=False),
    Column("rate", LargeBinary, primary_key=True),
    Column("supplier", Text, nullable=False),
    Column("vertical", Text, nullable=False),
    Column("amount", Numeric, nullable=False),
    Column("currency", Text, nullable=False),
    Column("acriss", Text),
    Column("search_id", Text, nullable=False),
    Index("price_observations_subject_seen_at_idx", "subject", "seen_at"),
)

# One row for each time that suppliers were asked a question: who was asked and what came of it, compressed.
FETCHES: Final = Table(
    "fetches",
    METADATA,
    Column("search_id", Text, primary_key=True),
    Column("started_at", INSTANT, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("document", LargeBinary, nullable=False),
    Index("fetches_started_at_search_id_idx", "started_at", "search_id"),
)

# Who wants to hear of lower prices, as domain/alerts.py has it; at `due_at` somebody looks again.
ALERTS: Final = Table(
    "alerts",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("caller", Text, nullable=False),
    Column("search_id", Text, nullable=False, index=True),
    Column("document", JSONB, nullable=False),
    Column("created_at", INSTANT, nullable=False),
    Column("ends_at", INSTANT, nullable=False),
    Column("due_at", INSTANT, nullable=False, index=True),
    Index("alerts_caller_created_at_idx", "caller", "created_at"),
)

# What is to be told to whom: each event once, in the words in which it goes out.
ALERT_EVENTS: Final = Table(
    "alert_events",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("alert_id", Text, ForeignKey("alerts.id", ondelete="CASCADE"), nullable=False),
    Column("caller", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("at", INSTANT, nullable=False, index=True),
    Column("payload", JSONB, nullable=False),
    Index("alert_events_alert_id_at_idx", "alert_id", "at"),
)

# What each caller has searched for. `caller` is an owner of `domain.people.Identity`.
ASKED_SEARCHES: Final = Table(
    "asked_searches",
    METADATA,
    Column("caller", Text, primary_key=True),
    Column("search_id", Text, primary_key=True),
    Column("query", JSONB, nullable=False),
    Column("times", Integer, nullable=False),
    Column("first_asked_at", INSTANT, nullable=False),
    Column("last_asked_at", INSTANT, nullable=False, index=True),
)

# Every hotel that there ever was. One that turned out to be another goes on under that one's id.
HOTELS: Final = Table(
    "hotels",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("born_at", INSTANT, nullable=False),
    Column("lives_on_as", Text, index=True),
)

# What each supplier tells of a property, as far as it is compared, and which hotel it was judged to be. It is to be
# judged again while `judged_fingerprint` is not `fingerprint`.
HOTEL_RECORDS: Final = Table(
    "hotel_records",
    METADATA,
    Column("supplier", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("own_id", Text, nullable=False, index=True),
    Column("document", JSONB, nullable=False),
    Column("cell", Text, nullable=False, index=True),
    Column("first_seen_at", INSTANT, nullable=False),
    Column("told_at", INSTANT, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("hotel_id", Text, index=True),
    Column("score", Float(53)),
    Column("reasons", JSONB, nullable=False),
    Column("judged_fingerprint", Text),
    Column("judged_at", INSTANT),
)
Index(
    "hotel_records_unjudged_idx",
    HOTEL_RECORDS.c.cell,
    postgresql_where=text("judged_fingerprint IS DISTINCT FROM fingerprint"),
)

# What people have decided about two records; the first of them sorts before the other.
HOTEL_OVERRIDES: Final = Table(
    "hotel_overrides",
    METADATA,
    Column("supplier", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("other_supplier", Text, primary_key=True),
    Column("other_id", Text, primary_key=True),
    Column("same", Boolean, nullable=False),
    Column("because", Text, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("decided_at", INSTANT, nullable=False),
)

# What offers were found to cost when their suppliers were asked again. `document` is a domain.orders.QuotedOffer.
QUOTES: Final = Table(
    "quotes",
    SCHEMA,
    Column("id", Text, primary_key=True),
    Column("offer_id", Text, nullable=False),
    Column("search_id", Text, nullable=False),
    Column("supplier", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("offered_amount", Numeric, nullable=False),
    Column("offered_currency", Text, nullable=False),
    Column("price_amount", Numeric, nullable=False),
    Column("price_currency", Text, nullable=False),
    Column("document", JSONB, nullable=False),
    Column("quoted_at", INSTANT, nullable=False),
    Column("expires_at", INSTANT, nullable=False, index=True),
    Index("quotes_offer_id_quoted_at_idx", "offer_id", "quoted_at"),
)
