"""What is taken over of an earlier answer when others are asked again."""

from datetime import timedelta

import pytest

from domain.carrying import carried
from domain.freshness import LEAST_LIFE, NOTHING_FOUND, age_limit
from domain.matching.flights import merged
from domain.offers import Offer
from domain.searches import ANSWERED, Outcome, Search, Status, arrived, begun
from tests.builders import ALBATROSS, BLUEBIRD, NOW, flight_query, offer, report

LIMIT = age_limit(flight_query(), NOW.date())
FAR_OFF = NOW + timedelta(days=9)
SOON = NOW + timedelta(minutes=1)


def answer(*offers: Offer, outcome: Outcome = Outcome.OK) -> Search:
    """The albatross's part ended so, the bluebird timed out."""
    search = begun(flight_query(), (ALBATROSS, BLUEBIRD), NOW)
    one = arrived(search, report(status=outcome, offers=len(offers)), offers, merge=merged, now=NOW)
    lost = report(supplier=BLUEBIRD, status=Outcome.TIMEOUT, fetched_at=None)
    return arrived(one, lost, (), merge=merged, now=NOW)


def test_what_a_supplier_said_a_minute_ago_is_taken_over_with_its_own_age() -> None:
    held = offer(expires_at=FAR_OFF)
    (part,) = carried(answer(held), SOON)
    assert (part.report.supplier, part.report.status, part.report.fetched_at) == (ALBATROSS, Outcome.CACHED, NOW)
    assert part.offers == (held,)


@pytest.mark.parametrize("outcome", sorted(set(Outcome) - {Outcome.OK, Outcome.CACHED}))
def test_a_part_that_did_not_come_or_not_as_a_whole_is_asked_for_again(outcome: Outcome) -> None:
    assert carried(answer(offer(expires_at=FAR_OFF), outcome=outcome), SOON) == ()


def test_what_was_taken_over_once_may_be_taken_over_again_as_long_as_it_is_young() -> None:
    once = answer(offer(expires_at=FAR_OFF), outcome=Outcome.CACHED)
    assert len(carried(once, NOW + LIMIT.fresh / 2 - timedelta(seconds=1))) == 1
    assert carried(once, NOW + LIMIT.fresh / 2) == ()


def test_offers_that_end_soon_are_asked_for_again() -> None:
    life = timedelta(minutes=20)
    held = answer(offer(expires_at=NOW + life))
    assert len(carried(held, NOW + timedelta(minutes=8))) == 1
    assert carried(held, NOW + timedelta(minutes=10)) == ()
    assert carried(answer(offer(expires_at=SOON + LEAST_LIFE - timedelta(seconds=1))), SOON) == ()


def test_that_a_supplier_had_nothing_is_taken_over_for_a_shorter_while() -> None:
    assert len(carried(answer(), NOW + NOTHING_FOUND.fresh / 2 - timedelta(seconds=1))) == 1
    assert carried(answer(), NOW + NOTHING_FOUND.fresh / 2) == ()


def test_an_answer_of_young_and_old_parts_is_as_old_as_its_oldest() -> None:
    (part,) = carried(answer(offer(expires_at=FAR_OFF)), SOON)
    search = begun(flight_query(), (ALBATROSS, BLUEBIRD), SOON)
    search = arrived(search, report(supplier=BLUEBIRD, fetched_at=SOON), (), merge=merged, now=SOON)
    search = arrived(search, part.report, part.offers, merge=merged, now=SOON)
    assert (search.status, search.fetched_at, search.ended_at) == (Status.COMPLETE, NOW, SOON)
    assert search.fresh_until == NOW + LIMIT.fresh
    assert Outcome.CACHED in ANSWERED


def test_a_supplier_that_is_missing_again_is_tried_again_so_long_after_this_try() -> None:
    (part,) = carried(answer(offer(expires_at=FAR_OFF)), SOON)
    search = begun(flight_query(), (ALBATROSS, BLUEBIRD), SOON)
    search = arrived(search, part.report, part.offers, merge=merged, now=SOON)
    search = arrived(
        search, report(supplier=BLUEBIRD, status=Outcome.TIMEOUT, fetched_at=None), (), merge=merged, now=SOON
    )
    assert search.fresh_until == SOON + timedelta(seconds=20)
