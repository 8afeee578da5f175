"""A search while its suppliers answer, one after the other."""

from datetime import timedelta

import pytest

from domain.freshness import NOTHING_FOUND, SUPPLIER_MISSING, age_limit
from domain.matching.flights import merged
from domain.offers import Offer
from domain.searches import ANSWERED, Outcome, Search, Status, arrived, begun
from tests.builders import ALBATROSS, BLUEBIRD, NOW, flight_query, money, offer, report, search_begun

LIMIT = age_limit(flight_query(), NOW.date())
LATER = NOW + timedelta(seconds=3)
TIMED_OUT = report(supplier=BLUEBIRD, status=Outcome.TIMEOUT, detail="no answer within 15 s")


def after(search: Search, *offers: Offer, supplier: str = ALBATROSS) -> Search:
    return arrived(search, report(supplier=supplier, offers=len(offers)), offers, merge=merged, now=NOW)


def test_a_search_that_nobody_has_answered_is_pending_and_neither_fresh_nor_usable() -> None:
    search = search_begun()
    assert search.status is Status.PENDING
    assert not search.ended
    assert not search.fresh(NOW)
    assert not search.usable(NOW)


def test_a_search_is_partial_until_the_last_supplier_has_answered() -> None:
    first = after(search_begun(), offer())
    both = after(first, offer(supplier=BLUEBIRD), supplier=BLUEBIRD)
    assert (first.status, first.ended, first.version) == (Status.PARTIAL, False, 1)
    assert (both.status, both.ended, both.version) == (Status.COMPLETE, True, 2)
    assert both.arrivals == (ALBATROSS, BLUEBIRD)


@pytest.mark.parametrize("outcome", sorted(set(Outcome) - ANSWERED - {Outcome.PENDING}))
def test_a_supplier_that_fails_leaves_the_search_partial_but_ended(outcome: Outcome) -> None:
    failed = report(supplier=BLUEBIRD, status=outcome, detail="why")
    search = arrived(after(search_begun(), offer()), failed, (), merge=merged, now=LATER)
    assert search.status is Status.PARTIAL
    assert search.ended
    assert search.report(BLUEBIRD).detail == "why"
    assert len(search.results) == 1


@pytest.mark.parametrize("outcome", sorted(ANSWERED))
def test_a_supplier_that_has_answered_or_need_not_be_asked_completes_the_search(outcome: Outcome) -> None:
    done = report(supplier=BLUEBIRD, status=outcome)
    assert arrived(after(search_begun(), offer()), done, (), merge=merged, now=LATER).status is Status.COMPLETE


def test_suppliers_are_listed_in_the_same_order_whoever_answers_first() -> None:
    search = search_begun(suppliers=(BLUEBIRD, ALBATROSS))
    assert [each.supplier for each in after(search, supplier=BLUEBIRD).suppliers] == [ALBATROSS, BLUEBIRD]


def test_a_search_that_nobody_can_answer_is_complete_and_empty_for_a_short_while() -> None:
    search = begun(flight_query(), (), NOW)
    assert (search.status, search.results, search.ended) == (Status.COMPLETE, (), True)
    assert search.fresh_until == NOW + NOTHING_FOUND.fresh


def test_nothing_found_is_an_answer_that_is_kept_for_a_short_while() -> None:
    search = after(after(search_begun()), supplier=BLUEBIRD)
    assert search.status is Status.COMPLETE
    assert search.fresh_until == NOW + NOTHING_FOUND.fresh
    assert search.expires_at == NOW + NOTHING_FOUND.usable


def test_a_missing_supplier_makes_the_next_traveller_ask_again_soon() -> None:
    search = arrived(after(search_begun(), offer()), TIMED_OUT, (), merge=merged, now=LATER)
    assert search.fresh_until == LATER + SUPPLIER_MISSING.fresh
    assert search.usable(NOW + timedelta(minutes=14))


def test_an_answer_ages_from_its_first_part() -> None:
    first = after(search_begun(), offer(expires_at=NOW + timedelta(days=2)))
    late = offer(supplier=BLUEBIRD, expires_at=NOW + timedelta(days=2))
    both = arrived(first, report(supplier=BLUEBIRD), (late,), merge=merged, now=LATER)
    assert both.fetched_at == NOW
    assert both.fresh_until == NOW + LIMIT.fresh
    assert both.expires_at == NOW + LIMIT.usable


def test_an_answer_is_not_served_after_an_offer_in_it_was_taken_back() -> None:
    search = after(search_begun(), offer(expires_at=NOW + timedelta(minutes=7)))
    assert search.fresh(NOW + timedelta(minutes=6))
    assert not search.fresh(NOW + timedelta(minutes=7))
    assert not search.usable(NOW + timedelta(minutes=7))


def test_an_answer_goes_from_fresh_to_stale_to_gone() -> None:
    far_off = offer(expires_at=NOW + timedelta(days=30))
    search = after(search_begun(suppliers=(ALBATROSS,)), far_off)
    assert search.fresh(NOW + LIMIT.fresh - timedelta(seconds=1))
    assert not search.fresh(NOW + LIMIT.fresh)
    assert search.usable(NOW + LIMIT.usable - timedelta(seconds=1))
    assert not search.usable(NOW + LIMIT.usable)


def test_a_supplier_that_answers_again_replaces_what_it_said() -> None:
    once = after(search_begun(), offer(reference="gone"), offer(reference="kept"))
    again = after(once, offer(reference="kept", price=money("390.00")))
    (result,) = again.results
    assert [(each.reference, each.price) for each in result.offers] == [("kept", money("390.00"))]


def test_a_supplier_that_answers_again_leaves_the_others_offers_alone() -> None:
    both = after(after(search_begun(), offer()), offer(supplier=BLUEBIRD), supplier=BLUEBIRD)
    (result,) = after(both).results
    assert [each.supplier for each in result.offers] == [BLUEBIRD]


def test_a_search_has_the_id_of_its_question() -> None:
    assert search_begun().id == flight_query().id
