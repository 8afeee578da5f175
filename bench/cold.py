"""Cold search and stampede: what we add to the slowest supplier, and what a thousand at once cost the suppliers."""

import asyncio
import statistics
import time
from datetime import UTC, datetime, timedelta
from typing import Final

import httpx

from adapters.kit.registry import suppliers
from bench.figures import Better, Figure
from bench.stack import Stack

_SEARCHES: Final = 40
_AT_ONCE: Final = 1000
_PAIRS: Final = (("LHR", "JFK"), ("ZRH", "SIN"), ("CDG", "NRT"), ("MAD", "GRU"), ("FRA", "DXB"))


def sellers() -> int:
    return sum("flights" in supplier.searches for supplier in suppliers().values())


def cold(running: Stack) -> Figure:
    """Median over many different questions of: time to the complete answer less the slowest supplier's reply time."""
    overheads, whole, waited = [], [], []
    with httpx.Client(base_url=running.api, timeout=30.0) as client:
        for number in range(_SEARCHES):
            origin, destination = _PAIRS[number % len(_PAIRS)]
            question = {"origin": origin, "destination": destination, "departure_date": _day(30 + number), "wait": "20"}
            started = time.perf_counter()
            answer = client.get("/v1/flights/search", params=question)
            took = (time.perf_counter() - started) * 1000
            answer.raise_for_status()
            slowest = max(part["took_ms"] for part in answer.json()["search"]["suppliers"])
            overheads.append(took - slowest)
            whole.append(took)
            waited.append(slowest)
    return Figure(
        name="cold search",
        measure="time to the complete answer - the slowest supplier's own time, median",
        ours=statistics.median(whole),
        theirs=statistics.median(waited),
        unit="ms",
        value=statistics.median(overheads),
        aim=30,
        better=Better.LOWER,
        note=f"{_SEARCHES} searches, p90 {statistics.quantiles(overheads, n=10)[-1]:.0f} ms",
    )


def stampede(running: Stack) -> Figure:
    """Supplier calls for a thousand identical cold searches at once ÷ suppliers that sell flights."""
    httpx.delete(f"{running.sandbox}/_ledger", timeout=5.0)
    took = asyncio.run(_stampede(running.api))
    ledger = httpx.get(f"{running.sandbox}/_ledger", params={"operation": "search"}, timeout=10.0).json()
    return Figure(
        name="stampede",
        measure=f"supplier calls for {_AT_ONCE:,} identical cold searches at once / suppliers",
        ours=ledger["count"],
        theirs=sellers(),
        unit="calls",
        value=ledger["count"] / sellers(),
        aim=1.0,
        better=Better.EXACT,
        note=f"all answered in {took:.1f} s",
    )


async def _stampede(api: str) -> float:
    """Each on a connection of its own; a client library's pool would spend longer on itself than the API on the answers."""
    question = {"origin": "BOG", "destination": "AKL", "departure_date": _day(100), "wait": "20", "limit": "5"}
    target = httpx.URL(api).copy_with(path="/v1/flights/search", params=question)
    started = time.perf_counter()
    async with asyncio.timeout(60):
        statuses = await asyncio.gather(*(_status(target) for _ in range(_AT_ONCE)))
    took = time.perf_counter() - started
    if strange := set(statuses) - {200}:
        raise AssertionError(f"some of the thousand were answered {strange}")
    return took


async def _status(target: httpx.URL) -> int:
    reader, writer = await asyncio.open_connection(target.host, target.port)
    request = f"GET {target.raw_path.decode()} HTTP/1.1\r\nHost: {target.host}\r\nConnection: close\r\n\r\n"
    writer.write(request.encode())
    answer = await reader.read()
    writer.close()
    return int(answer.split(b" ", 2)[1])


def _day(ahead: int) -> str:
    return (datetime.now(UTC).date() + timedelta(days=ahead)).isoformat()
