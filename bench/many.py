"""Many cached searches: what a request costs while a thousand of them are held, and while a hundred thousand are.

Travellers ask as travellers do: few questions very often, most of them hardly ever (Zipf). All searches are in Redis; the
web process holds what its memory allows, and how much that came to is measured beside the rate.
"""

import asyncio
import os
import subprocess
import sys
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import accumulate, islice, permutations
from pathlib import Path
from random import Random
from typing import Final

import httpx
import msgspec
import psutil

from api import bodies, pages
from api.answers import Freshness
from api.found import PLAIN
from api.memory import Held
from bench.cached import departure_day
from bench.figures import Better, Figure, ratio
from bench.load import Load
from bench.stack import Stack
from domain.queries import FlightQuery
from domain.searches import Search
from storage.cache import SearchCache, connect
from storage.pages import PageBook

_ROOT: Final = Path(__file__).resolve().parent.parent
_FEW: Final = 1_000
_MANY: Final = 100_000
_RESULTS: Final = 12  # of each search, a first page of some 25 KB
_OFFERS: Final = 3  # of each result
_REQUESTS: Final = 100_000
_SECONDS: Final = 8.0
# Long enough for every one of the requests to have come once: what a question means is found out at its first time.
_WARM_UP_SECONDS: Final = {_FEW: 8.0, _MANY: 30.0}
_AT_ONCE: Final = 32
_ROOM: Final = "4gb"
_MEGABYTE: Final = 1024 * 1024


def measured(running: Stack) -> tuple[Figure, ...]:
    """A thousand of them before and after all others have been asked for, all of them, and what the process takes then."""
    query, search = asyncio.run(_model(running))
    asked = tuple(islice(_questions(running, query), _MANY))
    asyncio.run(_published(running, search, asked))
    paths = [_path(one) for one in asked]
    few, before = _load(running, paths[:_FEW]), _resident_bytes(running)
    many, after = _load(running, paths), _resident_bytes(running)
    again = _load(running, paths[:_FEW])
    if refused := few.refused + many.refused + again.refused:
        raise AssertionError(f"{refused} answers were not 200")
    return (
        ratio("a thousand searches among 100,000", "requests/s when all are held / when only these are",
              again.answers_a_second, few.answers_a_second, unit="1/s", aim=0.8,
              note=f"asked by Zipf's law, {again.body_bytes:,} bytes each, p99 {again.p99_ms:.1f} and {few.p99_ms:.1f} ms"),
        ratio("any of 100,000 searches", "requests/s over all of them / over a thousand", many.answers_a_second,
              few.answers_a_second, unit="1/s", aim=0.8, note=f"the same; p99 {many.p99_ms:.1f} ms"),
        Figure(name="memory of the web process", measure="resident megabytes after 100,000 cached searches were asked for",
               ours=after / _MEGABYTE, theirs=before / _MEGABYTE, unit="MB", value=after / _MEGABYTE, aim=700,
               better=Better.LOWER, note="against the same after 1,000; 512 are for answers"),
    )  # fmt: skip


async def _model(running: Stack) -> tuple[FlightQuery, Search]:
    """A real search, from the suppliers' sandboxes, cut to one page."""
    query = FlightQuery(origin="LHR", destination="JFK", departure_date=date.fromisoformat(departure_day()))
    async with httpx.AsyncClient(base_url=running.api, timeout=30.0) as client:
        (await client.get(f"{_path(query)}&wait=20")).raise_for_status()
    redis = connect(running.servers.redis_url)
    try:
        search = await SearchCache(redis).get(query.id)
    finally:
        await redis.aclose()
    assert search is not None, "what was answered is held"
    shown = tuple(
        msgspec.structs.replace(result, offers=result.offers[:_OFFERS]) for result in search.results[:_RESULTS]
    )
    return query, msgspec.structs.replace(search, results=shown)


def _questions(running: Stack, query: FlightQuery) -> Iterator[FlightQuery]:
    """The same question between other airports, no two alike."""
    listed = httpx.get(f"{running.api}/v1/cache/airports", timeout=30.0).raise_for_status().json()["data"]
    airports = sorted(airport["iata"] for airport in listed)
    Random(1).shuffle(airports)  # noqa: S311  # the same in each run
    for origin, destination in permutations(airports, 2):
        yield msgspec.structs.replace(query, origin=origin, destination=destination)


async def _published(running: Stack, search: Search, asked: Iterable[FlightQuery]) -> None:
    redis = connect(running.servers.redis_url)
    await redis.config_set("maxmemory", _ROOM)  # the embedded server is made for development, not for so many
    cache, book, waiting = SearchCache(redis), PageBook(redis), iter(asked)
    view, key = PLAIN[search.query.vertical]
    now = datetime.now(UTC)
    model = Held(search, now=now, epoch=0).page(view, key, now)
    assert model is not None, "what was just found is fresh"
    findings = b"{" + bodies.unpacked(model.tail)[1:]

    async def publishing() -> None:
        """As the worker leaves it, and whoever served it first."""
        for query in waiting:
            other = msgspec.structs.replace(search, query=query)
            await cache.publish(other)
            tag = pages.tag_of(other, key, Freshness.FRESH)
            page = pages.packed(
                other, findings, model.next, tag=tag, unattended_until=model.unattended_until, now=now
            )  # fmt: skip
            if page is not None:
                await book.keep(page, key)

    try:
        await asyncio.gather(*(publishing() for _ in range(_AT_ONCE)))
    finally:
        await redis.aclose()


def _path(query: FlightQuery) -> str:
    return (
        f"/v1/flights/search?origin={query.origin}&destination={query.destination}"
        f"&departure_date={query.departure_date.isoformat()}"
    )


def _by_zipf(paths: Sequence[str]) -> Iterator[str]:
    """The n-th path is asked for one n-th as often as the first."""
    heights = list(accumulate(1 / rank for rank in range(1, len(paths) + 1)))
    chance = Random(2)  # noqa: S311  # the same in each run
    while True:
        yield paths[bisect_left(heights, chance.random() * heights[-1])]


def _load(running: Stack, paths: Sequence[str]) -> Load:
    file = running.folder / "paths.txt"
    file.write_text("\n".join(islice(_by_zipf(paths), _REQUESTS)))
    command = (
        *(sys.executable, "-m", "bench.load", running.api, "--paths", str(file)),
        *(
            "--seconds",
            str(_SECONDS),
            "--warm-up",
            str(_WARM_UP_SECONDS[len(paths)]),
            "--header",
            "Accept-Encoding: gzip, deflate, br, zstd",
        ),
    )
    done = subprocess.run(command, cwd=_ROOT, env=os.environ, capture_output=True, check=True, timeout=120)
    return msgspec.json.decode(done.stdout, type=Load)


def _resident_bytes(running: Stack) -> int:
    """Of the one process that answers, which gunicorn has started."""
    web = next(process for process in running.processes if process.name == "web")
    answering = psutil.Process(web.running.pid).children()
    most: int = max(process.memory_info().rss for process in answering)
    return most
