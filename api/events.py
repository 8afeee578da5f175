"""A search as server-sent events: one for each supplier's arrival, one when it has ended."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated, Final

import msgspec
from falcon.asgi import SSEvent
from msgspec import Meta

from api import answers, present
from api.searching import Version
from api.services import Services
from domain.queries import Query
from domain.searches import Search, Status
from storage.failures import StorageDown

KEPT_ALIVE_EVERY: Final = 15.0  # seconds
# A stream without an end in sight is cut; the client comes back with Last-Event-ID and misses nothing.
_LONGEST: Final = 120.0
_COME_BACK_MS: Final = 1000


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """The last event that a client has got: which fetch, and how many of its events. `<started_ms>.<n>` on the wire."""

    started_ms: int
    number: int


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """A supplier's part has arrived; the counts are of everything that has by now.

    `replaced` tells what this arrival has taken back of what was shown before it.
    """

    search_id: str
    status: Status
    supplier: answers.SupplierReport
    results: int
    offers: Annotated[int, Meta(description="Of all suppliers together.")]
    replaced: tuple[answers.Replacement, ...]


def seen(last_event_id: str) -> Seen | None:
    """None for no id, or one that is not ours: everything is sent then."""
    started, _, number = last_event_id.partition(".")
    if not (started.isdecimal() and number.isdecimal() and len(last_event_id) <= 40):
        return None
    return Seen(started_ms=int(started), number=int(number))


def nothing_left(search: Search, last: Seen) -> bool:
    """The client has got the event that ends this fetch."""
    return search.ended and last == _end(search)


async def stream(services: Services, query: Query, last: Seen | None) -> AsyncIterator[SSEvent]:
    """Each reader takes from the search as it stands: a slow one skips nothing and holds nobody up."""
    until = asyncio.get_running_loop().time() + _LONGEST
    version: Version | None = None
    yield SSEvent(retry=_COME_BACK_MS, comment="following")
    while asyncio.get_running_loop().time() < until and not services.searching.leaving:
        try:
            held = await services.searching.grown(query, beyond=version, seconds=KEPT_ALIVE_EVERY)
        except StorageDown:
            return
        if held is None or held.version == version:
            yield SSEvent(comment="still waiting")
            continue
        version = held.version
        for event in _news(held.search, last, services.clock()):
            yield event
        last = _reached(held.search)
        if held.search.ended:
            return


def _news(search: Search, last: Seen | None, now: datetime) -> list[SSEvent]:
    """What the client has not got yet. Of another fetch it has got nothing."""
    started_ms = _started_ms(search)
    got = last.number if last is not None and last.started_ms == started_ms else 0
    events = [
        SSEvent(event="arrival", event_id=f"{started_ms}.{number}", data=msgspec.json.encode(_arrival(search, number)))
        for number in range(got + 1, len(search.arrivals) + 1)
    ]
    if search.ended:
        head = msgspec.json.encode(present.head(search, now))
        events.append(SSEvent(event="completed", event_id=f"{started_ms}.{_end(search).number}", data=head))
    return events


def _arrival(search: Search, number: int) -> Arrival:
    """Each arrival is one version of the search."""
    return Arrival(
        search_id=search.id,
        status=search.status,
        supplier=present.report(search.report(search.arrivals[number - 1])),
        results=len(search.results),
        offers=sum(len(result.offers) for result in search.results),
        replaced=tuple(present.replacement(one) for one in search.replacements if one.version == number),
    )


def _reached(search: Search) -> Seen:
    return Seen(started_ms=_started_ms(search), number=len(search.arrivals))


def _end(search: Search) -> Seen:
    return Seen(started_ms=_started_ms(search), number=len(search.arrivals) + 1)


def _started_ms(search: Search) -> int:
    return int(search.started_at.astimezone(UTC).timestamp() * 1000)
