"""Which processes are not up yet, each by what it can show: an answer over HTTP, or a heartbeat."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

import httpx

from storage import heartbeats
from storage.cache import connect
from storage.failures import StorageDown
from storage.heartbeats import Heartbeat

_SECONDS: Final = 2.0

# Process of the Procfile -> the heartbeat that shows it.
_BEATS: Final[Mapping[str, Callable[[Heartbeat], bool]]] = {
    "worker": lambda beat: "search" in beat.queues,
    "worker_catalogue": lambda beat: "catalogue" in beat.queues,
    "worker_bookings": lambda beat: "bookings" in beat.queues,
    "scheduler": lambda beat: beat.process == "scheduler",
}
_ANSWERS: Final = frozenset({"web", "sandbox", "mailbox"})  # over HTTP, at the URLs that `missing` is given
KNOWN: Final = _ANSWERS | frozenset(_BEATS)


def missing(processes: frozenset[str], *, urls: Mapping[str, str], redis_url: str, since: datetime) -> list[str]:
    """The processes that have shown nothing yet, in alphabetical order.

    `urls` are what answers with 200 when its process is well. Heartbeats from before `since` are of an earlier start.
    """
    beats = [beat for beat in asyncio.run(_heard(redis_url)) if beat.at >= since]
    unseen = {name for name, shows in _BEATS.items() if not any(map(shows, beats))}
    silent = {name for name, url in urls.items() if not _well(url)}
    return sorted((unseen | silent) & processes)


async def _heard(redis_url: str) -> tuple[Heartbeat, ...]:
    client = connect(redis_url)
    try:
        return await heartbeats.alive(client)
    except StorageDown:
        return ()
    finally:
        await client.aclose()


def _well(url: str) -> bool:
    try:
        return httpx.get(url, timeout=_SECONDS, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False
