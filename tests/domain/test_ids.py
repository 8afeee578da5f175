"""Ids are short, legible and the same for everybody."""

import string

from domain.ids import short_id


def test_an_id_is_the_same_on_every_machine() -> None:
    assert short_id("flights|LHR|JFK") == "mo3odtdqncpal2c5rpnw2g6irg"


def test_an_id_has_no_letter_that_passes_for_a_digit() -> None:
    seen = set[str]().union(*(short_id(str(number)) for number in range(100)))
    assert seen == set(string.ascii_lowercase + "234567")


def test_an_id_is_short_however_long_the_words_are() -> None:
    assert len(short_id("")) == len(short_id("é" * 10_000)) == 26


def test_other_words_have_another_id() -> None:
    assert len({short_id(str(number)) for number in range(1000)}) == 1000
