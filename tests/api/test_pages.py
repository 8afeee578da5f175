"""Packed pages say what the decoded search would say, and are dropped when they would say something old."""

import gzip
from datetime import datetime, timedelta

import msgspec
import pytest
import zstandard

from api import pages, present
from api.bodies import Coding
from api.flights.views import FlightView
from api.memory import Answers, Held
from api.pages import Pages
from domain.matching.flights import merged
from domain.searches import Search, arrived
from storage.pages import Page
from tests.api.hub import ways
from tests.builders import ALBATROSS, BLUEBIRD, NOW, flight_query, report, search_begun

VIEW = "cheapest first"
LATER = NOW + timedelta(seconds=7)


def search(*, day: int = 0, flights: int = 3, started: datetime = NOW) -> Search:
    query = msgspec.structs.replace(flight_query(), departure_date=flight_query().departure_date + timedelta(days=day))
    begun = arrived(search_begun(query=query, now=started), report(supplier=BLUEBIRD), (), merge=merged, now=started)
    return arrived(begun, report(supplier=ALBATROSS), ways(flights, fetched_at=started), merge=merged, now=started)


def page(found: Search) -> Page:
    held = Held(found, now=NOW, epoch=0)
    made = held.page(FlightView(), VIEW, NOW)
    assert made is not None
    return made


def plain(body: bytes, coding: Coding) -> bytes:
    """As a client reads it, bit by bit and without knowing how much there is."""
    match coding:
        case Coding.ZSTD:
            decoder = zstandard.ZstdDecompressor().decompressobj()
            return b"".join(decoder.decompress(body[start : start + 100]) for start in range(0, len(body), 100))
        case Coding.GZIP:
            return gzip.decompress(body)
        case Coding.PLAIN:
            return body


def length_aside(headers: tuple[tuple[bytes, bytes], ...]) -> set[tuple[bytes, bytes]]:
    return {(name, value) for name, value in headers if name != b"content-length"}


@pytest.mark.parametrize("coding", list(Coding))
def test_a_packed_page_is_sent_as_the_search_itself_would_be(coding: Coding) -> None:
    held = Held(search(), now=NOW, epoch=0)
    packed = held.page(FlightView(), VIEW, NOW)
    assert packed is not None
    sent, said = pages.rendering(packed, coding, LATER), held.rendering(FlightView(), (VIEW, coding), LATER)
    assert plain(sent.body, coding) == plain(said.body, coding)
    assert sent.short_headers == said.short_headers
    assert length_aside(sent.headers) == length_aside(said.headers)
    assert (b"content-length", b"%d" % len(sent.body)) in sent.headers


def test_the_age_is_the_only_number_that_the_head_leaves_open() -> None:
    found = search()
    before, after = present.head_around_age(found, NOW)
    assert before + b"7" + after == msgspec.json.encode(present.head(found, LATER))


def test_a_search_that_misses_a_supplier_is_packed_for_as_long_as_it_is_fresh_and_no_longer() -> None:
    waiting = search_begun()
    assert Held(waiting, now=NOW, epoch=0).page(FlightView(), VIEW, NOW) is None
    found = search()
    assert found.fresh_until is not None
    assert Held(found, now=NOW, epoch=0).page(FlightView(), VIEW, found.fresh_until) is None


def test_a_page_is_served_until_lots_are_drawn_for_its_refresh() -> None:
    held, packed = Pages(most_bytes=10**6), page(search())
    held.hold(packed, VIEW, epoch=0)
    last = packed.unattended_until - timedelta(milliseconds=1)
    assert held.get(packed.search_id, VIEW, last, epoch=0) is packed
    assert held.get(packed.search_id, VIEW, packed.unattended_until, epoch=0) is None


def test_after_a_break_of_the_line_no_page_is_believed() -> None:
    held, packed = Pages(most_bytes=10**6), page(search())
    held.hold(packed, VIEW, epoch=0)
    assert held.get(packed.search_id, VIEW, NOW, epoch=1) is None
    held.hold(packed, VIEW, epoch=1)
    assert held.get(packed.search_id, VIEW, NOW, epoch=1) is packed


def test_a_later_state_of_a_search_drops_every_page_of_it() -> None:
    held, first, refreshed = Pages(most_bytes=10**6), page(search()), page(search(started=NOW + timedelta(seconds=1)))
    held.hold(first, VIEW, epoch=0)
    held.hold(first, "by duration", epoch=0)
    held.grew(first.search_id, first.started_ms, first.version)
    assert held.get(first.search_id, VIEW, NOW, epoch=0) is first
    held.grew(refreshed.search_id, refreshed.started_ms, refreshed.version)
    assert (len(held), held.size) == (0, 0)
    held.hold(first, VIEW, epoch=0)
    held.hold(refreshed, "by duration", epoch=0)
    assert held.get(first.search_id, VIEW, NOW, epoch=0) is None


def test_a_client_that_tries_every_filter_does_not_fill_the_memory() -> None:
    held, packed = Pages(most_bytes=10**6), page(search())
    for number in range(100):
        held.hold(packed, f"view {number}", epoch=0)
    assert held.size < 9 * (held.size and len(packed.tail) + len(packed.before) + len(packed.after) + 1000)
    held.drop(packed.search_id)
    assert held.size == 0


def test_the_pages_of_the_least_used_searches_go_first() -> None:
    one, two, three = (page(search(day=day)) for day in range(3))
    room = Pages(most_bytes=10**6)
    room.hold(one, VIEW, epoch=0)
    held = Pages(most_bytes=int(room.size * 2.5))
    held.hold(one, VIEW, epoch=0)
    held.hold(two, VIEW, epoch=0)
    held.get(one.search_id, VIEW, NOW, epoch=0)
    held.hold(three, VIEW, epoch=0)
    assert held.get(two.search_id, VIEW, NOW, epoch=0) is None
    assert {held.get(kept.search_id, VIEW, NOW, epoch=0) for kept in (one, three)} == {one, three}


def test_pages_have_the_room_that_decoded_searches_leave_and_give_it_back() -> None:
    decoded, packed = search(), page(search(day=1))
    takes = Held(decoded, now=NOW, epoch=0).size
    memory = Answers(most_bytes=takes + 1)
    memory.pages.hold(packed, VIEW, epoch=0)
    assert memory.pages.get(packed.search_id, VIEW, NOW, epoch=0) is packed
    memory.hold(decoded, NOW, epoch=0)
    assert memory.pages.get(packed.search_id, VIEW, NOW, epoch=0) is None
    memory.drop(decoded.id)
    memory.pages.hold(packed, VIEW, epoch=0)
    assert memory.pages.get(packed.search_id, VIEW, NOW, epoch=0) is packed


def test_what_is_asked_for_again_within_the_second_is_made_once() -> None:
    held, packed = Pages(most_bytes=10**6), page(search())
    first, again, later = (
        held.rendering(packed, VIEW, Coding.ZSTD, NOW + timedelta(milliseconds=ms)) for ms in (0, 900, 1000)
    )
    assert first is again
    assert later is not first
    assert held.rendering(msgspec.structs.replace(packed, tag="another"), VIEW, Coding.ZSTD, NOW) is not first
