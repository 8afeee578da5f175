"""Eight processes hammer one supplier's budget; the sandbox's ledger is the judge.

`python -m bench.budget --seconds 60` prints the figure. The supplier is the first one found that sells flights; its budget is
overridden with several short windows, so that a minute holds many of them.
"""

import argparse
import asyncio
import multiprocessing
import os
import sys
import time
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Final

import httpx
import uvloop

from adapters.kit.access import access
from adapters.kit.budget import Window
from adapters.kit.client import SupplierClient
from adapters.kit.failures import TryLater
from adapters.kit.registry import suppliers
from adapters.kit.supplier import Supplier
from bench.figures import Better, Figure
from bench.stack import Stack, stack
from domain.queries import FlightQuery
from storage.cache import connect

PROCESSES: Final = 8
# Within what the sandbox itself allows in longer windows, so that a refusal could only be our own fault.
_WINDOWS: Final = (Window(calls=30, seconds=2), Window(calls=95, seconds=10))
_ASKING_AT_ONCE: Final = 4  # in each process, so that there is always somebody who waits


def seller() -> Supplier:
    """The first supplier that sells flights."""
    return next(supplier for supplier in suppliers().values() if "flights" in supplier.searches)


def measured(running: Stack, *, seconds: float) -> Figure:
    """Calls made ÷ calls allowed, and in `note` the fullest window of each length. Raises when a window was exceeded."""
    supplier = seller()
    override = ",".join(f"{window.calls}/{window.seconds:g}s" for window in _WINDOWS)
    environment = {**running.environment, f"{supplier.slug.upper()}_BUDGET": override}
    httpx.delete(f"{running.sandbox}/_ledger", timeout=5.0)
    gate = multiprocessing.get_context("spawn").Barrier(PROCESSES + 1)
    hammers = [
        multiprocessing.get_context("spawn").Process(target=_hammer, args=(environment, seconds, gate))
        for _ in range(PROCESSES)
    ]
    for hammer in hammers:
        hammer.start()
    gate.wait(timeout=60)
    for hammer in hammers:
        hammer.join(timeout=seconds + 30)
    ledger = httpx.get(f"{running.sandbox}/_ledger", params={"supplier": supplier.slug}, timeout=30.0).json()["calls"]
    times = sorted(datetime.fromisoformat(call["time"]).timestamp() for call in ledger)
    refused = sum(call["status"] == 429 for call in ledger)
    fullest = {window: most_within(times, window.seconds) for window in _WINDOWS}
    if any(most > window.calls for window, most in fullest.items()):
        raise AssertionError(f"a window was exceeded: {fullest}")
    made = sum(moment < times[0] + seconds for moment in times)
    allowed = most_allowed(_WINDOWS, seconds)
    return Figure(
        name="budget",
        measure=f"calls made / calls allowed over {seconds:.0f} s, {PROCESSES} processes",
        ours=made,
        theirs=allowed,
        unit="calls",
        value=made / allowed,
        aim=0.97,
        better=Better.HIGHER,
        note=", ".join(f"fullest {w.seconds:g} s: {most} of {w.calls}" for w, most in fullest.items())
        + f", refused {refused}",
    )


def most_within(times: list[float], seconds: float) -> int:
    """The most calls that any stretch of this length holds, its end left out."""
    most, first = 0, 0
    for last, moment in enumerate(times):
        while moment - times[first] >= seconds:
            first += 1
        most = max(most, last - first + 1)
    return most


def most_allowed(windows: tuple[Window, ...], seconds: float) -> int:
    """How many calls a perfect caller, who needs no time at all, makes within `seconds` of its first."""
    times: list[float] = []
    moment = 0.0
    while moment < seconds:
        times.append(moment)
        waits = (times[-w.calls] + w.seconds if len(times) >= w.calls else moment for w in windows)
        moment = max(moment, *waits)
    assert all(later >= earlier for earlier, later in pairwise(times))
    return len(times)


def _hammer(environment: Mapping[str, str], seconds: float, gate: "multiprocessing.synchronize.Barrier") -> None:
    uvloop.run(_hammered(environment, seconds, gate))


async def _hammered(
    environment: Mapping[str, str], seconds: float, gate: "multiprocessing.synchronize.Barrier"
) -> None:
    supplier = seller()
    connected = access(supplier, environment)
    assert connected is not None
    shared = connect(environment["REDIS_URL"])
    client = SupplierClient(supplier, connected, shared=shared)
    await asyncio.to_thread(gate.wait, 60)
    end = time.monotonic() + seconds
    query = FlightQuery(
        origin="LHR", destination="JFK", departure_date=date.fromordinal(datetime.now(UTC).date().toordinal() + 60)
    )
    call = supplier.searches["flights"].ask(query)

    async def ask() -> None:
        loop = asyncio.get_running_loop()
        while (left := end - time.monotonic()) > 0:
            try:
                await client.answered(call, deadline=loop.time() + left)
            except TryLater:
                await asyncio.sleep(min(left, 0.01))

    await asyncio.gather(*(ask() for _ in range(_ASKING_AT_ONCE)))
    await client.aclose()
    await shared.aclose()


def main() -> None:
    words = argparse.ArgumentParser(description="Hammer one supplier's budget with eight processes")
    words.add_argument("--seconds", type=float, default=timedelta(minutes=1).total_seconds())
    asked = words.parse_args()
    with stack("sandbox") as running:
        figure = measured(running, seconds=asked.seconds)
    sys.stdout.write(f"{figure.value:.3f}: {figure.ours:.0f} of {figure.theirs:.0f} calls; {figure.note}\n")


if __name__ == "__main__":
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    main()
