"""Hot answers: what memory holds, what it drops, and what it never does."""

from datetime import datetime, timedelta

import pytest

from api.bodies import Coding
from api.flights.views import FlightView as View
from api.memory import Answers, Held, Shortcut
from domain.matching.flights import merged
from domain.queries import FlightQuery
from domain.searches import Search, arrived
from tests.api.hub import ways
from tests.builders import ALBATROSS, BLUEBIRD, DEPARTURE, NOW, flight_query, report, search_begun

VISITED = ("/v1/flights/search", b"origin=LHR", b"")
SLOT = ("cheapest first", Coding.PLAIN)


def search(query: FlightQuery | None = None, *, flights: int = 3, started: datetime = NOW) -> Search:
    begun = arrived(search_begun(query=query, now=started), report(supplier=BLUEBIRD), (), merge=merged, now=started)
    return arrived(begun, report(supplier=ALBATROSS), ways(flights, fetched_at=started), merge=merged, now=started)


def answers(*, most_bytes: int = 10**9) -> Answers:
    """Memory that hears of arrivals."""
    made = Answers(most_bytes=most_bytes)
    made.told = True
    return made


def shortcut(held: Held, *, until: datetime = NOW + timedelta(days=9)) -> Shortcut:
    return Shortcut(
        search_id=held.search.id, route="/v1/flights/search", view=View(), slot=SLOT, link_before="<x", until=until
    )


def hot(memory: Answers, found: Search, **what: datetime) -> Held:
    held = memory.hold(found, NOW, epoch=memory.epoch)
    memory.remember(VISITED, shortcut(held, **what))
    return held


def test_a_request_that_came_before_is_answered_without_a_thought() -> None:
    memory = answers()
    assert memory.hot(VISITED, NOW) is None
    hot(memory, search())
    found = memory.hot(VISITED, NOW)
    assert found is not None
    assert found.rendering.body.startswith(b'{"search":')
    assert memory.hot(VISITED, NOW) == found


def test_an_answer_is_rendered_once_a_second() -> None:
    memory = answers()
    hot(memory, search())
    first, second, later = (memory.hot(VISITED, NOW + timedelta(milliseconds=ms)) for ms in (0, 900, 1000))
    assert first is not None
    assert second is not None
    assert later is not None
    assert first.rendering is second.rendering
    assert later.rendering.body != first.rendering.body
    assert later.rendering.version == first.rendering.version


@pytest.mark.parametrize("passed", [timedelta(hours=2), timedelta(days=2)])
def test_what_is_stale_or_expired_wants_a_thought(passed: timedelta) -> None:
    memory = answers()
    hot(memory, search())
    assert memory.hot(VISITED, NOW + passed) is None


def test_what_has_expired_is_not_held_any_more() -> None:
    memory = answers()
    held = hot(memory, search())
    assert held.search.expires_at is not None
    assert memory.get(held.search.id, held.search.expires_at - timedelta(seconds=1)) is held
    assert memory.get(held.search.id, held.search.expires_at) is None
    assert (len(memory), memory.size) == (0, 0)


def test_a_search_under_way_wants_a_thought() -> None:
    memory = answers()
    hot(memory, arrived(search_begun(), report(), (), merge=merged, now=NOW))
    assert memory.hot(VISITED, NOW) is None


def test_a_question_whose_day_is_over_wants_a_thought() -> None:
    memory = answers()
    hot(memory, search(), until=NOW + timedelta(minutes=1))
    assert memory.hot(VISITED, NOW) is not None
    assert memory.hot(VISITED, NOW + timedelta(minutes=1)) is None


def test_after_a_break_everything_is_looked_up_once_more() -> None:
    memory = answers()
    held = hot(memory, search())
    memory.told = False
    assert memory.hot(VISITED, NOW) is None
    memory.doubt()
    memory.told = True
    assert memory.hot(VISITED, NOW) is None
    assert not memory.trusted(held, NOW)
    memory.confirm(held, NOW, epoch=memory.epoch)
    assert memory.hot(VISITED, NOW) is not None


def test_a_later_arrival_makes_memory_forget_and_an_earlier_one_does_not() -> None:
    memory = answers()
    held = hot(memory, search())
    started_ms = int(NOW.timestamp() * 1000)
    for earlier in ((started_ms, 1), (started_ms, 2), (started_ms - 1, 9)):
        memory.grew(held.search.id, *earlier)
        assert memory.get(held.search.id, NOW) is held
    memory.grew(held.search.id, started_ms, 3)
    assert memory.get(held.search.id, NOW) is None


def test_an_older_state_never_takes_the_place_of_a_newer_one() -> None:
    memory = answers()
    newer = memory.hold(search(started=NOW + timedelta(hours=1)), NOW, epoch=0)
    assert memory.hold(search(), NOW, epoch=0) is newer


def test_memory_keeps_within_its_bytes_and_drops_what_is_used_least() -> None:
    queries = [flight_query(departure_date=DEPARTURE + timedelta(days=day)) for day in range(6)]
    one = Held(search(queries[0]), now=NOW, epoch=0).size
    memory = answers(most_bytes=3 * one + one // 2)
    for query in queries[:3]:
        memory.hold(search(query), NOW, epoch=0)
    held = memory.get(queries[0].id, NOW)
    assert held is not None
    memory.remember(VISITED, shortcut(held))
    assert memory.hot(VISITED, NOW) is not None
    for query in queries[3:5]:
        memory.hold(search(query), NOW, epoch=0)
    assert memory.size <= 3 * one + one // 2
    assert memory.get(queries[0].id, NOW) is not None
    assert memory.get(queries[1].id, NOW) is None


def test_a_client_that_tries_every_filter_fills_no_memory() -> None:
    memory = answers()
    held = hot(memory, search(flights=20))
    sizes = []
    for number in range(1000):
        memory.rendering(held, View(limit=1 + number % 200), (f"view {number}", Coding.GZIP), NOW)
        sizes.append(memory.size)
    assert memory.size == held.size
    assert max(sizes) <= max(sizes[:130])


def test_what_was_forgotten_counts_for_nothing() -> None:
    memory = answers()
    held = hot(memory, search())
    memory.rendering(held, View(), SLOT, NOW)
    memory.drop(held.search.id)
    memory.rendering(held, View(), ("another", Coding.PLAIN), NOW)
    assert memory.size == 0


def test_the_newest_airports_make_memory_ask_again_what_a_request_means() -> None:
    memory = answers()
    hot(memory, search())
    memory.forget_shortcuts()
    assert memory.hot(VISITED, NOW) is None


def test_an_offer_is_found_in_any_search_that_is_held() -> None:
    memory = answers()
    found = search()
    hot(memory, found)
    offer = found.results[0].offers[0]
    assert memory.offer(offer.id, NOW) == offer
    assert memory.offer("unknown", NOW) is None
