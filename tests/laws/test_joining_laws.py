"""Whatever is sold, whoever arrives first: the same results in the end, and nothing taken back in silence."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.matching import hotels
from domain.matching.hotel_ids import SETTLES_AFTER, decided, own_id
from domain.matching.properties import Group, Key
from domain.matching.verticals import MERGED
from domain.searches import Merge, Result, Search
from tests.builders import NOW
from tests.laws.goods import GOODS, HOTEL_KEYS, Answer, first_answers, states

every_vertical = pytest.mark.parametrize("vertical", sorted(GOODS))
knowledge = st.dictionaries(HOTEL_KEYS, st.sampled_from(["bellevue", "central"]), max_size=5)


def held(results: tuple[Result, ...]) -> list[Any]:
    return [offer for result in results for offer in result.offers]


def written(results: tuple[Result, ...]) -> bytes:
    return msgspec.json.encode(results)


def shown(search: Search) -> set[tuple[str, str]]:
    """Which offer stands in which result."""
    return {(result.id, offer.id) for result in search.results for offer in result.offers}


def named(search: Search, result_id: str, *, since: int) -> bool:
    return any(one.result == result_id and one.version > since for one in search.replacements)


def taken_back_in_silence(found: list[Search]) -> list[tuple[str, str]]:
    """What an earlier state showed, a later one does not show there, and no replacement after the earlier one names."""
    return [
        place
        for earlier, search in enumerate(found)
        for later in found[earlier + 1 :]
        for place in shown(search) - shown(later)
        if not named(later, place[0], since=search.version)
    ]


@every_vertical
@given(data=st.data())
def test_the_last_results_are_the_same_to_the_letter_whoever_answers_first(vertical: str, data: st.DataObject) -> None:
    told = data.draw(first_answers(vertical))
    other = tuple(data.draw(st.permutations(told)))
    one, another = (states(vertical, order, lambda _: MERGED[vertical])[-1] for order in (told, other))
    assert written(one.results) == written(another.results)


@every_vertical
@given(data=st.data())
def test_nothing_that_was_shown_is_taken_back_in_silence(vertical: str, data: st.DataObject) -> None:
    told = data.draw(first_answers(vertical))
    again: tuple[Answer, ...] = data.draw(first_answers(vertical))
    assert taken_back_in_silence(states(vertical, (*told, *again), lambda _: MERGED[vertical])) == []


@given(data=st.data())
def test_nothing_is_taken_back_in_silence_either_when_more_is_known_of_hotels_meanwhile(data: st.DataObject) -> None:
    told = data.draw(first_answers("hotels"))
    kept = [data.draw(knowledge) for _ in told]

    def knowing(number: int) -> Merge:
        return partial(hotels.merged, kept=kept[number])

    assert taken_back_in_silence(states("hotels", told, knowing)) == []


@every_vertical
@given(data=st.data())
def test_a_replacement_names_what_was_shown_and_where_it_is_now(vertical: str, data: st.DataObject) -> None:
    told = data.draw(first_answers(vertical))
    found = states(vertical, told, lambda _: MERGED[vertical])
    for before, after in pairwise(found):
        for one in after.replacements[len(before.replacements) :]:
            assert one.version == after.version
            assert one.result in {result.id for result in before.results}
            assert set(one.now) <= {result.id for result in after.results}


@every_vertical
@given(data=st.data())
def test_joining_what_is_joined_changes_nothing(vertical: str, data: st.DataObject) -> None:
    merged = MERGED[vertical]
    results = merged([offer for _, brought in data.draw(first_answers(vertical)) for offer in brought])
    assert written(merged(held(results))) == written(results)


@every_vertical
@given(data=st.data())
def test_an_answer_that_comes_twice_changes_nothing(vertical: str, data: st.DataObject) -> None:
    told = data.draw(first_answers(vertical))
    repeated = data.draw(st.sampled_from(told))
    found = states(vertical, (*told, repeated), lambda _: MERGED[vertical])
    assert written(found[-1].results) == written(found[-2].results)
    assert found[-1].replacements == found[-2].replacements


@every_vertical
@given(data=st.data())
def test_every_offer_is_in_exactly_one_result(vertical: str, data: st.DataObject) -> None:
    offers = [offer for _, brought in data.draw(first_answers(vertical)) for offer in brought]
    results = MERGED[vertical](offers)
    assert sorted(offer.id for offer in held(results)) == sorted({offer.id for offer in offers})
    assert len({result.id for result in results}) == len(results)


@given(data=st.data())
def test_no_hotel_is_sold_twice_by_one_supplier_under_two_numbers(data: st.DataObject) -> None:
    offers = [offer for _, brought in data.draw(first_answers("hotels")) for offer in brought]
    for result in hotels.merged(offers):
        numbers = set(hotels.properties(held((result,))))
        assert len({supplier for supplier, _ in numbers}) == len(numbers)


groupings = st.lists(HOTEL_KEYS, unique=True, max_size=8).flatmap(
    lambda keys: st.tuples(st.just(keys), st.lists(st.integers(0, 3), min_size=len(keys), max_size=len(keys)))
)


def grouped(drawn: tuple[list[Key], list[int]]) -> tuple[Group, ...]:
    keys, numbers = drawn
    parts = [
        tuple(sorted(key for key, number in zip(keys, numbers, strict=True) if number == part)) for part in range(4)
    ]
    return tuple(sorted((Group(members=members) for members in parts if members), key=lambda group: group.members))


@given(st.lists(groupings, min_size=1, max_size=5), st.sampled_from([timedelta(), SETTLES_AFTER]))
def test_however_hotels_join_and_part_their_ids_stay_their_own(
    history: list[tuple[list[Key], list[int]]], age: timedelta
) -> None:
    """Each id leads to one hotel, and what changed nothing changes no id."""
    before: dict[Key, str] = {}
    born_at: dict[str, Any] = {}
    lives_on_as: dict[str, str] = {}
    for drawn in history:
        found = decided(grouped(drawn), _of(before, drawn[0]), born_at, at=NOW + age)
        for hotel in found:
            born_at.setdefault(hotel.id, NOW)
            before |= dict.fromkeys(hotel.members, hotel.id)
            lives_on_as |= dict.fromkeys(hotel.formerly, hotel.id)
            lives_on_as.pop(hotel.id, None)
        assert len({hotel.id for hotel in found}) == len(found)
        again = decided(grouped(drawn), _of(before, drawn[0]), born_at, at=NOW + age)
        assert [hotel.id for hotel in again] == [hotel.id for hotel in found]
        assert set(lives_on_as).isdisjoint(hotel.id for hotel in found)


def _of(before: Mapping[Key, str], keys: list[Key]) -> dict[Key, str]:
    return {key: before[key] for key in keys if key in before}


def test_an_id_is_as_stable_as_the_number_that_it_was_born_with() -> None:
    assert own_id(("heron", "1")) == own_id(("heron", "1")) != own_id(("heron", "2"))
