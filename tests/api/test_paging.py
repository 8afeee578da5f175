"""Cursors: pages that neither repeat nor skip."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.paging import BadCursor, Place, cursor, page, place_of

ROWS = sorted((number % 7, f"id{number:02}", number) for number in range(40))


def test_all_pages_together_are_the_whole_list() -> None:
    seen: list[int] = []
    after = None
    while True:
        shown = page(ROWS, sort="price", after=after, limit=6)
        seen += shown.items
        assert shown.total == 40
        if shown.next is None:
            break
        after = place_of(shown.next, sort="price")
    assert seen == [row[2] for row in ROWS]


def test_what_arrives_behind_the_last_page_is_found_and_nothing_comes_twice() -> None:
    first = page(ROWS, sort="price", after=None, limit=10)
    assert first.next is not None
    grown = sorted([*ROWS, (0, "id00a", 100), (5, "id99", 200)])
    rest = page(grown, sort="price", after=place_of(first.next, sort="price"), limit=200)
    assert not set(first.items) & set(rest.items)
    assert 200 in rest.items
    assert 100 not in rest.items


def test_a_full_last_page_leads_nowhere() -> None:
    assert page(ROWS, sort="price", after=None, limit=40).next is None


@given(st.integers(-(2**40), 2**40) | st.text(max_size=30), st.text(max_size=30))
def test_a_cursor_says_what_it_was_made_of(key: int | str, name: str) -> None:
    place = Place(sort="price", key=key, id=name)
    assert place_of(cursor(place), sort="price") == place


@given(st.integers(0, 60), st.sampled_from("AZaz09-_="))
def test_a_cursor_with_another_letter_is_refused(position: int, letter: str) -> None:
    text = cursor(Place(sort="price", key=42_000, id="a" * 26))
    garbled = text[:position] + letter + text[position + 1 :]
    if garbled != text:
        with pytest.raises(BadCursor):
            place_of(garbled, sort="price")


@pytest.mark.parametrize("text", ["x", "AAAA", "%%%%", "ü", "a" * 399, "=", "AAAAAAAAAAAAAAAA"])
def test_a_made_up_cursor_is_refused(text: str) -> None:
    with pytest.raises(BadCursor):
        place_of(text, sort="price")


def test_a_cursor_belongs_to_its_sort_order() -> None:
    with pytest.raises(BadCursor, match="sorted by price"):
        place_of(cursor(Place(sort="price", key=1, id="x")), sort="duration")
