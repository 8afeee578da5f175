"""Any order of offers and any split into arrivals gives the same results."""

from itertools import combinations
from typing import cast

from hypothesis import given
from hypothesis import strategies as st

from domain.matching.flights import journey_key, merged
from domain.offers import FlightOffer
from domain.searches import Result
from tests.builders import flight_query
from tests.laws.strategies import Arriving, answers, offers, over

baskets = st.lists(offers(), max_size=12)


def held(results: tuple[Result, ...]) -> list[FlightOffer]:
    return [cast("FlightOffer", offer) for result in results for offer in result.offers]


@given(baskets, st.data())
def test_the_order_in_which_offers_are_told_does_not_matter(basket: list[FlightOffer], data: st.DataObject) -> None:
    assert merged(data.draw(st.permutations(basket))) == merged(basket)


@given(baskets)
def test_merging_what_is_merged_changes_nothing(basket: list[FlightOffer]) -> None:
    assert merged(held(merged(basket))) == merged(basket)


@given(baskets)
def test_every_offer_is_there_once_and_none_is_invented(basket: list[FlightOffer]) -> None:
    ids = [offer.id for offer in held(merged(basket))]
    assert sorted(ids) == sorted({offer.id for offer in basket})
    assert all(offer in basket for offer in held(merged(basket)))


@given(baskets)
def test_the_cheapest_comes_first_among_offers_and_among_results(basket: list[FlightOffer]) -> None:
    results = merged(basket)
    for result in results:
        assert [offer.shown_price for offer in result.offers] == sorted(offer.shown_price for offer in result.offers)
    cheapest = [result.offers[0].shown_price for result in results]
    assert cheapest == sorted(cheapest)


@given(baskets)
def test_offers_that_tell_who_flies_stand_together_exactly_where_they_tell_the_same(basket: list[FlightOffer]) -> None:
    telling = [offer for offer in held(merged(basket)) if tells_who_flies(offer)]
    result_of = {offer.id: result.id for result in merged(basket) for offer in result.offers}
    for one, other in combinations(telling, 2):
        same = journey_key(one.product) == journey_key(other.product)
        assert (result_of[one.id] == result_of[other.id]) is same


def tells_who_flies(offer: FlightOffer) -> bool:
    return all(
        segment.operating_carrier and (segment.operating_number or segment.operating_carrier == segment.carrier)
        for segment in offer.product.segments
    )


@given(answers(), st.data())
def test_results_are_the_same_in_whichever_order_suppliers_answer(
    parts: tuple[Arriving, ...], data: st.DataObject
) -> None:
    everything = merged(offer for _, brought in parts for offer in brought)
    shuffled = tuple(data.draw(st.permutations(parts)))
    assert over(flight_query(), shuffled)[-1].results == everything


@given(answers(), st.data())
def test_a_supplier_that_answers_twice_changes_nothing(parts: tuple[Arriving, ...], data: st.DataObject) -> None:
    repeated = data.draw(st.sampled_from(parts))
    once, twice = over(flight_query(), parts)[-1], over(flight_query(), (*parts, repeated))[-1]
    assert twice.results == once.results
    assert twice.suppliers == once.suppliers
