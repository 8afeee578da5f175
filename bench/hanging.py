"""Three silent suppliers, one in each vertical: how soon the first of the others is seen, and when the answer is given."""

import statistics
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx
import msgspec

from adapters.kit.registry import suppliers
from bench.figures import Better, Figure
from bench.stack import Stack

_VERTICALS: Final = ("flights", "hotels", "cars")
_ROUNDS: Final = 4
_SOFT_SECONDS: Final = 2.5  # how long the API waits for whoever says nothing else
_CITIES: Final = ("VIE", "LIS", "CPH", "OSL", "MAD", "BER")  # one for each round, one before and one after them


def measured(running: Stack) -> tuple[Figure, ...]:
    """Every question is one that nobody asked before."""
    with (
        httpx.Client(base_url=running.api, timeout=60.0) as api,
        httpx.Client(base_url=running.sandbox, timeout=10.0) as sandbox,
    ):
        for vertical in _VERTICALS:  # once without trouble: imports, connections and tokens are nobody's delay
            _first_arrival(api, vertical, _ROUNDS)
        for slug in _silent():
            fault = {"supplier": slug, "kind": "hang", "count": None, "seconds": 60}
            sandbox.post("/_faults", json=fault).raise_for_status()
        first = [_first_arrival(api, vertical, number) for number in range(_ROUNDS) for vertical in _VERTICALS]
        given = [_answered(api, vertical) for vertical in _VERTICALS]
        sandbox.delete("/_faults").raise_for_status()
    late = [seen - took for seen, took in first]
    return (
        Figure(
            name="three suppliers silent",
            measure="time to the first arrival on the event stream - that supplier's own time, median",
            ours=statistics.median(seen for seen, _ in first),
            theirs=statistics.median(took for _, took in first),
            unit="ms",
            value=statistics.median(late),
            aim=300,
            better=Better.LOWER,
            note=f"{len(first)} searches in three verticals, slowest {max(late):.0f} ms",
        ),
        Figure(
            name="the soft deadline",
            measure="the slowest answer while a supplier is silent - how long clients wait by default",
            ours=max(given),
            theirs=_SOFT_SECONDS * 1000,
            unit="ms",
            value=max(given) - _SOFT_SECONDS * 1000,
            aim=100,
            better=Better.LOWER,
            note="partial, with the silent one named",
        ),
    )


def _silent() -> Iterator[str]:
    """One of each vertical, who sells nothing else where there is one."""
    taken: set[str] = set()
    for vertical in _VERTICALS:
        sellers = [slug for slug, one in suppliers().items() if vertical in one.searches and slug not in taken]
        taken.add(min(sellers, key=lambda slug: (len(suppliers()[slug].searches), slug)))
    yield from sorted(taken)


def _first_arrival(api: httpx.Client, vertical: str, number: int) -> tuple[float, float]:
    """Milliseconds from the question to the first arrival on the stream, and those that this supplier took."""
    started = time.perf_counter()
    created = api.post("/v1/searches", json={**_question(vertical, number), "wait": 0})
    created.raise_for_status()
    with api.stream("GET", f"/v1/searches/{created.json()['search']['id']}/events") as stream:
        for line in stream.iter_lines():
            if line.startswith("data: "):
                part = msgspec.json.decode(line.removeprefix("data: "))["supplier"]
                if part["status"] != "ok":
                    raise AssertionError(f"the first to answer was {part}")
                return (time.perf_counter() - started) * 1000, float(part["took_ms"])
    raise AssertionError(f"nothing arrived in a search of {vertical}")


def _answered(api: httpx.Client, vertical: str) -> float:
    asked = {name: value for name, value in _question(vertical, _ROUNDS + 1).items() if name != "vertical"}
    started = time.perf_counter()
    answered = api.get(f"/v1/{vertical}/search", params=asked)
    took = (time.perf_counter() - started) * 1000
    if answered.status_code != 200 or answered.json()["search"]["status"] != "partial":
        raise AssertionError(f"a search of {vertical} was answered {answered.status_code}")
    return took


def _question(vertical: str, number: int) -> dict[str, Any]:
    day, later = ((datetime.now(UTC).date() + timedelta(days=ahead)).isoformat() for ahead in (90, 93))
    city, other = _CITIES[number], _CITIES[number - 1]
    asked = {
        "flights": {"origin": city, "destination": other, "departure_date": day},
        "hotels": {"destination": city, "check_in": day, "check_out": later},
        "cars": {"pick_up": city, "pick_up_at": f"{day}T10:00", "drop_off_at": f"{later}T10:00"},
    }
    return {"vertical": vertical, **asked[vertical]}
