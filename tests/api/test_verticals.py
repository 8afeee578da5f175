"""What is true of all verticals alike."""

from typing import get_args

import msgspec
import pytest

from api.params import fields_of
from api.verticals import NEW_SEARCH, VERTICALS, EveryWish, selling
from domain.freshness import AGE_LIMITS
from domain.matching.verticals import MERGED
from domain.offers import Offer, Product
from domain.queries import Query
from domain.searches import begun
from tests.builders import NOW, car_query, flight_query, hotel_query, offer, rental_offer, stay_offer

ASKED: dict[str, Query] = {"flights": flight_query(), "hotels": hotel_query(), "cars": car_query()}
SOLD: dict[str, Offer] = {"flights": offer(), "hotels": stay_offer(), "cars": rental_offer()}


def test_whatever_can_be_asked_and_sold_is_a_vertical() -> None:
    assert set(VERTICALS) == {str(query.__struct_config__.tag) for query in get_args(Query)}
    assert set(VERTICALS) == set(MERGED) == set(AGE_LIMITS) == set(NEW_SEARCH.kinds) == set(ASKED) == set(SOLD)
    assert {vertical.product for vertical in VERTICALS.values()} == set(get_args(Product))


@pytest.mark.parametrize("name", VERTICALS)
def test_an_offer_belongs_to_its_vertical_and_is_shown_in_its_shape(name: str) -> None:
    vertical = selling(SOLD[name])
    assert (vertical.name, type(vertical.detailed(SOLD[name]))) == (name, vertical.details)


@pytest.mark.parametrize("name", VERTICALS)
def test_every_order_that_can_be_wished_for_is_one_that_a_vertical_has(name: str) -> None:
    sorts = fields_of(VERTICALS[name].wishes)["sort"].default.__class__
    assert set(VERTICALS[name].lens.orders) == set(sorts)


@pytest.mark.parametrize("name", VERTICALS)
def test_nothing_found_has_facets_of_the_same_shape(name: str) -> None:
    vertical, search = VERTICALS[name], begun(ASKED[name], (), NOW)
    empty = msgspec.json.encode(vertical.facets(search.results, search.query))
    filled = msgspec.json.encode(vertical.facets(MERGED[name]([SOLD[name]]), search.query))
    assert msgspec.json.decode(empty).keys() == msgspec.json.decode(filled).keys()


def test_a_search_whose_vertical_is_not_known_yet_takes_the_wishes_of_all() -> None:
    every = {wish for vertical in VERTICALS.values() for wish in fields_of(vertical.wishes)}
    assert set(fields_of(EveryWish)) == every
    assert set(EveryWish().__struct_fields__) == every


@pytest.mark.parametrize("name", VERTICALS)
def test_what_a_vertical_takes_is_taken_before_the_vertical_is_known(name: str) -> None:
    for wish, field in fields_of(VERTICALS[name].wishes).items():
        plain = msgspec.to_builtins(field.default)
        assert msgspec.convert(plain, fields_of(EveryWish)[wish].type) == field.default


def test_a_wish_of_some_verticals_says_of_which() -> None:
    told = {
        field.name: str(msgspec.json.schema(field.type).get("description")) for field in fields_of(EveryWish).values()
    }
    assert told["stars"].startswith("Hotels: ")
    assert "Flights: " in told["refundable"]
    assert "Hotels: " in told["refundable"]
    assert told["limit"].startswith("How many")
