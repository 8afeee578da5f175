"""The truth of a run: our bookings as the database has them, what suppliers have stored, what gateways have taken."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import httpx
import msgspec
import psycopg
from sqlalchemy.engine import make_url

from bench.stack import Stack
from domain.bookings import Booking
from domain.money import Money
from tests.chaos.ledger import ENDS, RealOrder, RealPayment


def bookings(running: Stack) -> Mapping[str, Booking]:
    """Every booking that is in the books."""
    return _read(running, "SELECT document FROM bookings")


def under_way(running: Stack) -> Mapping[str, Booking]:
    """Those that are not at an end."""
    ends = ", ".join(f"'{status}'" for status in ENDS)
    return _read(running, f"SELECT document FROM bookings WHERE status NOT IN ({ends})")  # noqa: S608 -- words of ours


def _read(running: Stack, question: str) -> Mapping[str, Booking]:
    rows = _rows(running, question)
    return {booking.id: booking for (document,) in rows if (booking := msgspec.convert(document, Booking))}


def interrupted_steps(running: Stack) -> Counter[str]:
    """How often each kind of step was begun and never ended: somebody died in the middle of it."""
    rows = _rows(running, "SELECT kind, count(*) FROM booking_steps WHERE ended_at IS NULL GROUP BY kind")
    return Counter(dict(rows))


def open_findings(running: Stack) -> Counter[str]:
    rows = _rows(running, "SELECT kind, count(*) FROM findings WHERE state IN ('open', 'acknowledged') GROUP BY kind")
    return Counter(dict(rows))


def orders(running: Stack) -> list[RealOrder]:
    told = httpx.get(f"{running.sandbox}/_world/orders", timeout=30.0).raise_for_status().json()["orders"]
    return msgspec.convert(told, list[RealOrder])


def payments(running: Stack) -> list[RealPayment]:
    told = httpx.get(f"{running.sandbox}/_world/payments", timeout=30.0).raise_for_status().json()["payments"]
    return [_payment(row) for row in told]


def _payment(row: Any) -> RealPayment:
    held, captured, refunded = (Money.of(row[name], row["currency"]) for name in ("held", "captured", "refunded"))
    return RealPayment(reference=row["reference"], held=held, captured=captured, refunded=refunded)


def _rows(running: Stack, question: str) -> list[Any]:
    url = make_url(running.servers.database_url)
    with psycopg.connect(
        host=str(url.query["host"]),
        port=str(url.query["port"]),
        user=url.username,
        dbname=url.database,
        connect_timeout=5,
    ) as connection:
        return connection.execute(question.encode()).fetchall()
