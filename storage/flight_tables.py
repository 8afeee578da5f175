"""The tables of flights that somebody watches, as the migrations leave them."""

from typing import Final

from sqlalchemy import Boolean, Column, Date, Index, Integer, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from storage.schema import INSTANT, SCHEMA

# Flights that somebody watches, by domain.watching.FlightDay.key. One under a number of somebody else's is not asked for
# itself: `flown_as` is. `changes` counts what became known of it, and `standing` is as of the last of these.
WATCHED_FLIGHTS: Final = Table(
    "watched_flights",
    SCHEMA,
    Column("flight", Text, primary_key=True),
    Column("carrier", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("flown_as", Text, index=True),
    Column("changes", Integer, nullable=False),
    Column("standing", JSONB(none_as_null=True)),
    Column("told_at", INSTANT),
    Column("look_at", INSTANT, nullable=False),
    Column("claimed_until", INSTANT),
    Column("over", Boolean, nullable=False),
    Column("trouble", JSONB(none_as_null=True)),
    Index("watched_flights_carrier_number_day_idx", "carrier", "number", "day"),
)
Index(
    "watched_flights_look_at_idx",
    WATCHED_FLIGHTS.c.look_at,
    postgresql_where=text("NOT over AND flown_as IS NULL"),
)

# Who watches, and for how long unless they say so again.
FLIGHT_WATCHES: Final = Table(
    "flight_watches",
    SCHEMA,
    Column("flight", Text, primary_key=True),
    Column("because", Text, primary_key=True),
    Column("until", INSTANT, nullable=False, index=True),
)

# What became known of watched flights, in the order in which it did: a stream can be taken up after any of them.
FLIGHT_CHANGES: Final = Table(
    "flight_changes",
    SCHEMA,
    Column("flight", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at", INSTANT, nullable=False),
    Column("differences", JSONB, nullable=False),
    Column("standing", JSONB, nullable=False),
    Column("ended", Boolean, nullable=False),
)
