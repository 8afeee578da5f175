"""A search's status and freshness, over any order of arrivals."""

from datetime import datetime
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from domain.freshness import age_limit
from domain.queries import FlightQuery
from domain.searches import ANSWERED, Search, Status
from tests.builders import NOW, flight_query
from tests.laws.strategies import SUPPLIERS, Arriving, answers, over, questions


@given(answers(), st.data())
def test_how_a_search_ends_does_not_depend_on_who_was_first(parts: tuple[Arriving, ...], data: st.DataObject) -> None:
    shuffled = tuple(data.draw(st.permutations(parts)))
    one, other = over(flight_query(), parts)[-1], over(flight_query(), shuffled)[-1]
    assert (one.status, one.suppliers, one.fresh_until, one.expires_at) == (
        other.status,
        other.suppliers,
        other.fresh_until,
        other.expires_at,
    )


@given(answers())
def test_a_search_is_complete_exactly_when_everybody_has_answered(parts: tuple[Arriving, ...]) -> None:
    last = over(flight_query(), parts)[-1]
    everybody = all(report.status in ANSWERED for report, _ in parts)
    assert last.ended
    assert last.status is (Status.COMPLETE if everybody else Status.PARTIAL)


@given(answers())
def test_a_search_goes_from_pending_over_partial_to_its_end_and_never_back(parts: tuple[Arriving, ...]) -> None:
    states = over(flight_query(), parts)
    assert states[0].status is Status.PENDING
    assert all(state.status is Status.PARTIAL and not state.ended for state in states[1:-1])
    assert states[-1].ended
    assert [state.version for state in states] == list(range(len(SUPPLIERS) + 1))
    for before, after in pairwise(states):
        assert after.arrivals[:-1] == before.arrivals


@given(questions(), answers())
def test_no_answer_outlives_its_age_limit_or_any_of_its_offers(query: FlightQuery, parts: tuple[Arriving, ...]) -> None:
    limit = age_limit(query, NOW.date())
    for search in over(query, parts)[1:]:
        fresh_until, expires_at = known(search)
        assert fresh_until <= expires_at
        assert fresh_until <= NOW + limit.fresh
        assert expires_at <= NOW + limit.usable
        assert all(expires_at <= offer.expires_at for result in search.results for offer in result.offers)


@given(questions(), answers())
def test_what_is_fresh_is_usable_and_what_has_expired_is_neither(
    query: FlightQuery, parts: tuple[Arriving, ...]
) -> None:
    search = over(query, parts)[-1]
    for instant in (NOW, *known(search)):
        assert search.usable(instant) or not search.fresh(instant)
    assert not search.usable(known(search)[1])


def known(search: Search) -> tuple[datetime, datetime]:
    """Until when the search is fresh, and until when it is usable."""
    assert search.fresh_until is not None
    assert search.expires_at is not None
    return search.fresh_until, search.expires_at
