"""Every wish in a search is either told to the supplier or filtered by us; none is silently dropped."""

from collections.abc import Mapping
from typing import Final

import msgspec
import pytest

from adapters.kit.calls import Call
from adapters.kit.failures import Failure
from adapters.kit.supplier import Supplier
from domain.fitting import misfit
from domain.queries import Query
from tests.conformance.exchanges import Exchange
from tests.conformance.parts import part
from tests.conformance.questions import OTHERWISE, QUERIES, UNSEEN
from tests.conformance.walk import Walk

pytestmark = pytest.mark.silver("wishes honoured or filtered")


# Nobody filters by it: what costs other money keeps its price, and is told what it is worth.
MONEY: Final = "currency"


def other_questions(vertical: str) -> Mapping[str, Query]:
    """For each field the question that differs in nothing but this field."""
    base = QUERIES[vertical]
    return {field: msgspec.structs.replace(base, **{field: value}) for field, value in OTHERWISE[vertical].items()}


def asked(supplier: Supplier, walk: Walk, vertical: str, query: Query) -> tuple[Call, ...]:
    """Every call that the query makes, the first and, with the replies of the walk, those that follow from it."""
    searched = part(supplier.slug, vertical)
    calls = [searched.ask(query)]
    for exchange in walk.met.values():
        if exchange.part == searched:
            try:
                follows = searched.read(exchange.reply, exchange.call, query).next
            except Failure:
                continue
            calls += [follows] if follows is not None else []
    return tuple(calls)


def test_there_is_another_wish_for_every_field() -> None:
    for vertical, base in QUERIES.items():
        assert set(OTHERWISE[vertical]) == set(base.__struct_fields__)
        assert all(getattr(base, field) != value for field, value in OTHERWISE[vertical].items())
        assert UNSEEN[vertical] < set(base.__struct_fields__)


def test_every_field_that_it_honours_changes_a_call(supplier: Supplier, walk: Walk) -> None:
    for vertical, how in supplier.searches.items():
        usual = asked(supplier, walk, vertical, QUERIES[vertical])
        others = other_questions(vertical).items()
        deaf = {field for field, other in others if asked(supplier, walk, vertical, other) == usual}
        assert not deaf & how.honours, vertical


def test_every_field_that_changes_a_call_is_declared(supplier: Supplier, walk: Walk) -> None:
    for vertical, how in supplier.searches.items():
        usual = asked(supplier, walk, vertical, QUERIES[vertical])
        others = other_questions(vertical).items()
        heard = {field for field, other in others if asked(supplier, walk, vertical, other) != usual}
        assert heard <= how.honours, vertical


def test_whom_a_price_is_for_is_honoured(supplier: Supplier) -> None:
    """Nobody can see from an offer whom its price is for, so we could not filter by it."""
    for vertical, how in supplier.searches.items():
        assert UNSEEN[vertical] - {"market"} <= how.honours, vertical


def test_every_other_field_is_filtered_by_us(supplier: Supplier, walk: Walk) -> None:
    for vertical, how in supplier.searches.items():
        for field, other in other_questions(vertical).items():
            if field not in how.honours | UNSEEN[vertical] | {MONEY}:
                fitting = [offer for offer in walk.offers[vertical] if misfit(other, offer) is None]
                assert not fitting, f"{vertical}: {field}"


@pytest.mark.searches
def test_an_answer_to_another_question_is_not_taken_for_ours(exchange: Exchange) -> None:
    """It is refused as a whole, or record by record, or by us; what no offer shows is left out."""
    vertical = exchange.part.vertical or ""
    for field, other in other_questions(vertical).items():
        if field not in UNSEEN[vertical] | {"location", "radius_km", MONEY}:
            try:
                taken = exchange.part.read(exchange.reply, exchange.call, other).records
            except Failure:
                taken = ()
            assert not [offer for offer in taken if misfit(other, offer) is None], field


@pytest.mark.searches
def test_what_is_charged_does_not_depend_on_the_money_that_was_asked_for(exchange: Exchange) -> None:
    """An amount is told with its currency: whoever asked for another one reads the same prices in the same reply."""
    told = {offer.id: offer.price for offer in exchange.read().records}
    other = other_questions(exchange.part.vertical or "")[MONEY]
    try:
        taken = exchange.part.read(exchange.reply, exchange.call, other).records
    except Failure:
        taken = ()
    assert all(offer.price == told.get(offer.id) for offer in taken)
    assert all(offer.converted is None for offer in taken)
