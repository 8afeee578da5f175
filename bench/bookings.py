"""Bookings: how many are taken a second against bare inserts of the same rows, and what is ours of the way to confirmed.

The rows are all that the web process writes for a booking: the booking, its first event, its idempotency key. The bare
inserts put the very bytes of these rows into the same tables, one transaction for each booking, over as many
connections as the web process has.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any, Final
from uuid import uuid4

import httpx
import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from bench.figures import Better, Figure, ratio
from bench.stack import Stack, until

_TAKEN: Final = 1_500
_AT_ONCE: Final = 16
_CONNECTIONS: Final = 5  # of a web process to PostgreSQL
_CARRIED_ON: Final = 40
_DAYS_AHEAD: Final = 60
_ENDS: Final = frozenset({"confirmed", "failed", "expired", "cancelled"})
_TABLES: Final = ("bookings", "booking_events", "idempotency_keys")


def measured(running: Stack) -> tuple[Figure, ...]:
    """Those that are carried on first, one after the other; then the crowd, while nobody carries anything on."""
    worker = running.start("worker_bookings")
    until(lambda: _queues_served(running), "somebody waits for bookings")
    offers = _offers(running)
    ways = asyncio.run(_confirmed(running, offers[:_CARRIED_ON]))
    worker.stop()
    took, seconds = asyncio.run(_taken(running, offers[_CARRIED_ON]))
    bare = asyncio.run(_inserted(running))
    ours, theirs = len(took) / seconds, len(took) / bare
    slowest = sorted(took)[int(len(took) * 0.99)] * 1000
    return (
        ratio(
            "bookings taken", "POST /v1/bookings a second / bare inserts of the same rows a second", ours, theirs,
            unit="1/s", aim=0.15, note=f"{_AT_ONCE} at once, p99 {slowest:.0f} ms, median {median(took) * 1000:.1f} ms",
        ),
        Figure(
            name="from accepted to confirmed",
            measure="median milliseconds that are ours: all of it less the calls of suppliers and gateway",
            ours=median(way - outside for way, outside in ways) * 1000,
            theirs=median(outside for _, outside in ways) * 1000,
            unit="ms",
            value=median(way - outside for way, outside in ways) * 1000,
            aim=150,
            better=Better.LOWER,
            note=f"{len(ways)} bookings; quote, hold on the card, order, capture",
        ),
    )  # fmt: skip


def _queues_served(running: Stack) -> bool:
    health = httpx.get(f"{running.api}/v1/admin/health", headers=running.admin(), timeout=30.0).json()
    return "bookings" in str(health)


def _offers(running: Stack) -> list[str]:
    """Rooms: one search has hundreds that can be sold by themselves."""
    day = datetime.now(UTC).date() + timedelta(days=_DAYS_AHEAD)
    asked = {"destination": "PAR", "check_in": f"{day}", "check_out": f"{day + timedelta(days=2)}", "adults": "1"}
    found = httpx.get(f"{running.api}/v1/hotels/search", params={**asked, "wait": "20", "limit": "200"}, timeout=40.0)
    offers = [offer for result in found.raise_for_status().json()["results"] for offer in result["offers"]]
    bookable = [str(offer["id"]) for offer in offers if offer["bookable"]]
    assert len(bookable) > _CARRIED_ON, "there are rooms enough"
    return bookable


# ---- carried on ----


async def _confirmed(running: Stack, offers: Sequence[str]) -> list[tuple[float, float]]:
    """Of each that was confirmed: the seconds from accepted to confirmed, and those of calls to the outside."""
    ways: list[tuple[float, float]] = []
    async with _line(running) as api:
        for offer in offers:
            taken = (await _posted(api, offer)).json()
            shown = taken
            while shown["status"] not in _ENDS:
                looked = await api.get(f"/v1/bookings/{taken['id']}", params={"wait": "20"})
                shown = looked.raise_for_status().json()
            if shown["status"] == "confirmed":
                ways.append(await _way(api, taken["id"]))
    assert len(ways) > len(offers) // 2, "rooms that were just found can be booked"
    return ways


async def _way(api: httpx.AsyncClient, booking_id: str) -> tuple[float, float]:
    whole = (await api.get(f"/v1/admin/bookings/{booking_id}")).raise_for_status().json()
    outside = sum(_seconds(step["begun_at"], step["ended_at"]) for step in whole["steps"] if step["ended_at"])
    return _seconds(whole["created_at"], whole["confirmed_at"]), outside


def _seconds(begun: str, ended: str) -> float:
    return (datetime.fromisoformat(ended) - datetime.fromisoformat(begun)).total_seconds()


# ---- taken ----


async def _taken(running: Stack, offer: str) -> tuple[list[float], float]:
    """How long each took, and all of them together."""
    took: list[float] = []
    async with _line(running) as api:

        async def one() -> None:
            began = time.perf_counter()
            await _posted(api, offer)
            took.append(time.perf_counter() - began)

        await _crowd(one, _AT_ONCE * 4, _AT_ONCE)
        took.clear()
        began = time.perf_counter()
        await _crowd(one, _TAKEN, _AT_ONCE)
        return took, time.perf_counter() - began


async def _posted(api: httpx.AsyncClient, offer: str) -> httpx.Response:
    order = {
        "items": [{"offer_id": offer}],
        "travellers": [
            {"given_name": "Amelia", "surname": "Earhart", "born_on": "1987-07-24", "title": "ms", "gender": "female"}
        ],
        "contact": {
            "email": "amelia@example.com", "phone": "+442080160509", "country": "GB", "address_line": "1 Aviator Road",
            "city": "London", "postal_code": "W1A 1AA",
        },
        "payment": {"method": "card", "token": "pm_card_visa"},
        "max_price_increase_percent": 50,
    }  # fmt: skip
    answered = await api.post("/v1/bookings", json=order, headers={"Idempotency-Key": uuid4().hex})
    assert answered.status_code == 202, answered.text
    return answered


def _line(running: Stack) -> httpx.AsyncClient:
    limits = httpx.Limits(max_connections=_AT_ONCE)
    return httpx.AsyncClient(
        base_url=running.api, headers=running.admin(), timeout=60.0, limits=limits, trust_env=False
    )


async def _crowd(one: Callable[[], Awaitable[None]], times: int, at_once: int) -> None:
    left = iter(range(times))

    async def again() -> None:
        for _ in left:
            await one()

    await asyncio.gather(*(again() for _ in range(at_once)))


# ---- bare inserts ----


async def _inserted(running: Stack) -> float:
    """The newest rows once more, under other keys; the seconds that it took."""
    url = make_url(running.servers.database_url)
    where: dict[str, Any] = {
        "host": str(url.query["host"]), "port": str(url.query["port"]), "user": url.username, "dbname": url.database,
    }  # fmt: skip
    lines = [await psycopg.AsyncConnection.connect(**where, autocommit=True) for _ in range(_CONNECTIONS)]
    try:
        for statement in _COPIES:
            await lines[0].execute(statement)
        bookings = await (await lines[0].execute("SELECT id FROM bench_bookings")).fetchall()
        left = iter(bookings[:_TAKEN])

        async def insert(line: "psycopg.AsyncConnection[Any]") -> None:
            for (booking_id,) in left:
                async with line.transaction():
                    for name in _TABLES:
                        await line.execute(_INSERTS[name], (booking_id,))

        began = time.perf_counter()
        await asyncio.gather(*(insert(line) for line in lines))
        return time.perf_counter() - began
    finally:
        for line in lines:
            await line.close()


# The rows are renamed and put aside first, so that what is measured is their way into the tables alone.
_COPIES: Final = (
    b"CREATE TABLE bench_bookings AS SELECT * FROM bookings ORDER BY created_at DESC LIMIT 1500",
    (
        b"CREATE TABLE bench_booking_events AS SELECT e.* FROM booking_events e JOIN bench_bookings b ON e.booking_id = b.id"
        b" WHERE e.number = 1"
    ),
    (
        b"CREATE TABLE bench_idempotency_keys AS SELECT k.* FROM idempotency_keys k JOIN bench_bookings b"
        b" ON k.headers::text LIKE '%' || b.id || '%'"
    ),
    b"ALTER TABLE bench_idempotency_keys ADD booking_id text",
    (
        b"UPDATE bench_idempotency_keys k SET booking_id = b.id, key = 'bench ' || k.key FROM bench_bookings b"
        b" WHERE k.headers::text LIKE '%' || b.id || '%'"
    ),
    b"UPDATE bench_bookings SET id = 'bench ' || id, reference = 'bench ' || reference, due_at = NULL",
    b"UPDATE bench_booking_events SET booking_id = 'bench ' || booking_id",
    b"UPDATE bench_idempotency_keys SET booking_id = 'bench ' || booking_id",
    b"CREATE INDEX ON bench_bookings (id)",
    b"CREATE INDEX ON bench_booking_events (booking_id)",
    b"CREATE INDEX ON bench_idempotency_keys (booking_id)",
)
_KEY_COLUMNS: Final = sql.SQL("owner, key, call, digest, claimed_until, status, headers, body, created_at")
_INSERTS: Final[Mapping[str, sql.Composed | sql.SQL]] = {
    "bookings": sql.SQL("INSERT INTO bookings SELECT * FROM bench_bookings WHERE id = %s"),
    "booking_events": sql.SQL("INSERT INTO booking_events SELECT * FROM bench_booking_events WHERE booking_id = %s"),
    "idempotency_keys": sql.SQL(
        "INSERT INTO idempotency_keys ({0}) SELECT {0} FROM bench_idempotency_keys WHERE booking_id = %s"
    ).format(_KEY_COLUMNS),
}
