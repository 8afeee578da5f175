"""Mistyped words, against a plain comparison with every beginning of every word."""

from hypothesis import given
from hypothesis import strategies as st

from api.names import folded
from api.search.index import Entry, Index, Kind
from api.search.misspelt import Beginnings, distance, edits_allowed

# Few letters, so that words are near each other; some of them long enough for two mistakes.
words = st.text("abcn", min_size=1, max_size=11)
vocabularies = st.lists(words, min_size=1, max_size=12)


@st.composite
def mistyped(draw: st.DrawFn, vocabulary: list[str]) -> str:
    """A word or its beginning, with up to three mistakes."""
    word = draw(st.sampled_from(vocabulary))
    typed = word[: draw(st.integers(1, len(word)))]
    for _ in range(draw(st.integers(0, 3))):
        place = draw(st.integers(0, len(typed)))
        typed = draw(
            st.sampled_from(
                [
                    typed[:place] + typed[place + 1 :],
                    typed[:place] + "n" + typed[place:],
                    typed[:place] + "c" + typed[place + 1 :],
                    typed[:place] + typed[place + 1 : place + 2] + typed[place : place + 1] + typed[place + 2 :],
                ]
            )
        )
    return typed


@given(st.data(), vocabularies)
def test_every_beginning_within_the_edits_is_meant_and_no_other(data: st.DataObject, vocabulary: list[str]) -> None:
    typed = data.draw(mistyped(vocabulary))
    beginnings = {word[:length] for word in vocabulary for length in range(len(word) + 1)}
    near = {one: distance(typed, one) for one in beginnings}
    plain = {one: edits for one, edits in near.items() if edits <= edits_allowed(typed)}
    meant = Beginnings(vocabulary).meant(typed)
    assert {one: edits for one, edits in meant.items() if one} == {one: edits for one, edits in plain.items() if one}


@given(st.data(), st.lists(st.lists(words, min_size=1, max_size=3), min_size=1, max_size=8))
def test_whatever_begins_with_all_that_was_typed_is_found_and_comes_first(
    data: st.DataObject, names: list[list[str]]
) -> None:
    entries = [
        Entry(kind=Kind.CITY, id=str(number), name=" ".join(name), titles=(" ".join(name),), weight=number)
        for number, name in enumerate(names)
    ]
    typed = data.draw(st.lists(st.sampled_from([word for name in names for word in name]), min_size=1, max_size=2))
    plain = {
        entry.id
        for entry in entries
        if all(any(own.startswith(word) for own in folded(entry.name).split()) for word in typed)
    }
    found = Index(entries).found(" ".join(typed), limit=50)
    assert {one.entry.id for one in found if not one.edits} == plain
    assert [one.edits for one in found] == sorted(one.edits for one in found)
