"""Every wish in a search is either told to the supplier or filtered by us; none is silently dropped."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
import pytest

from adapters.kit.calls import Reply
from adapters.kit.failures import GiveUp
from adapters.kit.supplier import Searching
from domain.fitting import misfit
from domain.places import Point
from domain.queries import Cabin, Query
from tests.builders import DEPARTURE
from tests.conformance.exchanges import QUERIES, Exchange, atlas

pytestmark = [pytest.mark.silver("wishes honoured or filtered"), pytest.mark.sells]

# Vertical to each of its query's fields, and what else might be asked for in it.
OTHERWISE: Final[Mapping[str, Mapping[str, Any]]] = {
    "flights": {
        "origin": "LGW",
        "destination": "EWR",
        "departure_date": DEPARTURE + timedelta(days=1),
        "return_date": DEPARTURE + timedelta(days=9),
        "adults": 2,
        "children": 1,
        "infants": 1,
        "cabin": Cabin.BUSINESS,
        "currency": "GBP",
    },
    "hotels": {
        "location": Point(latitude=48.7262, longitude=2.3652),
        "check_in": DEPARTURE + timedelta(days=1),
        "check_out": DEPARTURE + timedelta(days=4),
        "radius_km": 2,
        "rooms": 2,
        "adults": 3,
        "children_ages": (8,),
        "currency": "USD",
        "market": "US",
    },
    "cars": {
        "pick_up": "LGW",
        "drop_off": "LGW",
        "pick_up_at": datetime(2027, 3, 1, 11, 0),  # noqa: DTZ001 -- on the clock at the counter
        "drop_off_at": datetime(2027, 3, 7, 10, 0),  # noqa: DTZ001 -- on the clock at the counter
        "driver_age": 22,
        "currency": "EUR",
        "market": "US",
    },
}

_UNSEEN: Final = {"adults", "children", "infants", "children_ages", "market", "driver_age"}


def searching(exchange: Exchange) -> tuple[Searching, str]:
    assert exchange.vertical is not None
    return exchange.supplier.searches[exchange.vertical], exchange.vertical


def other_questions(vertical: str) -> Mapping[str, Query]:
    """For each field the question that differs in nothing but this field."""
    base = QUERIES[vertical]
    return {field: msgspec.structs.replace(base, **{field: value}) for field, value in OTHERWISE[vertical].items()}


@pytest.mark.parametrize("vertical", QUERIES)
def test_there_is_another_wish_for_every_field(vertical: str) -> None:
    base = QUERIES[vertical]
    assert set(OTHERWISE[vertical]) == set(base.__struct_fields__)
    assert all(getattr(base, field) != value for field, value in OTHERWISE[vertical].items())


def test_every_field_that_it_honours_changes_the_call(exchange: Exchange) -> None:
    how, vertical = searching(exchange)
    usual = how.ask(QUERIES[vertical])
    deaf = {field for field, other in other_questions(vertical).items() if how.ask(other) == usual}
    assert not deaf & how.honours


def test_every_field_that_changes_the_call_is_declared(exchange: Exchange) -> None:
    how, vertical = searching(exchange)
    usual = how.ask(QUERIES[vertical])
    assert {field for field, other in other_questions(vertical).items() if how.ask(other) != usual} <= how.honours


def test_every_other_field_is_filtered_by_us(exchange: Exchange, reply: Reply) -> None:
    """Nobody can tell from an offer whom its price is for: such a field has to be honoured."""
    how, vertical = searching(exchange)
    for field, other in other_questions(vertical).items():
        if field not in how.honours:
            fitting = [offer for offer in exchange.read(reply).records if misfit(other, offer) is None]
            assert not fitting, field


def test_an_answer_to_another_question_is_not_taken_for_ours(exchange: Exchange, reply: Reply) -> None:
    """It is refused as a whole, or record by record, or by us; a party can't be seen in an offer and is left out."""
    how, vertical = searching(exchange)
    for field, other in other_questions(vertical).items():
        if field not in _UNSEEN:
            try:
                taken = how.read(reply, how.ask(other), other, atlas()).records
            except GiveUp:
                taken = ()
            assert not [offer for offer in taken if misfit(other, offer) is None], field
