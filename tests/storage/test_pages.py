"""Pages that one process has made are there for the others, and never of another state than the search's own."""

from datetime import UTC, datetime, timedelta

import msgspec

from domain.matching.flights import merged
from domain.searches import Search, arrived
from storage.cache import SearchCache, connect
from storage.pages import Page, PageBook
from tests.builders import ALBATROSS, BLUEBIRD, offer, report, search_begun

VIEW = "cheapest first"


def search(*, started: datetime) -> Search:
    begun = arrived(search_begun(now=started), report(supplier=BLUEBIRD), (), merge=merged, now=started)
    flights = (offer(fetched_at=started, expires_at=started + timedelta(hours=1)),)
    return arrived(begun, report(supplier=ALBATROSS), flights, merge=merged, now=started)


def page(of: Search, *, until: datetime) -> Page:
    assert of.fetched_at is not None
    return Page(
        search_id=of.id, started_ms=int(of.started_at.timestamp() * 1000), version=of.version, fetched_at=of.fetched_at,
        fresh_until=until, unattended_until=until, before=b'{"age_seconds":', after=b"}", tail=b"packed", tag="t", next=None,
    )  # fmt: skip


async def test_a_page_is_there_for_every_process_while_its_search_is_as_it_was(redis_url: str) -> None:
    client, now = connect(redis_url), datetime.now(UTC)
    try:
        cache, book = SearchCache(client), PageBook(client)
        first = search(started=now)
        kept = page(first, until=now + timedelta(minutes=5))
        await book.keep(kept, VIEW)
        assert await book.get(first.id, VIEW) is None, "nobody has published the search"
        await cache.publish(first)
        assert await book.get(first.id, VIEW) == kept
        assert await book.get(first.id, "another view") is None
        refreshed = search(started=now + timedelta(seconds=1))
        await cache.publish(refreshed)
        assert await book.get(first.id, VIEW) is None
        await book.keep(kept, VIEW)  # by a process that was slow
        assert await book.get(first.id, VIEW) is None
        newer = msgspec.structs.replace(kept, started_ms=int(refreshed.started_at.timestamp() * 1000))
        await book.keep(newer, VIEW)
        assert await book.get(first.id, VIEW) == newer
    finally:
        await client.aclose()


async def test_a_page_is_forgotten_when_it_is_no_longer_served(redis_url: str) -> None:
    client, now = connect(redis_url), datetime.now(UTC)
    try:
        found = search(started=now)
        await SearchCache(client).publish(found)
        await PageBook(client).keep(page(found, until=now - timedelta(seconds=1)), VIEW)
        assert await PageBook(client).get(found.id, VIEW) is None
    finally:
        await client.aclose()
