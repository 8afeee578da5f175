"""Record locators: six characters that can be read out and typed without a mistake."""

import random

import pytest

from domain.record_locators import ALPHABET, LENGTH, read, record_locator


def test_a_record_locator_has_no_letter_that_passes_for_another_and_makes_no_word() -> None:
    assert not set("0OQD1IL2Z5S8B") & set(ALPHABET)
    assert not set("AEIOU") & set(ALPHABET)
    assert len(set(ALPHABET)) == len(ALPHABET)


def test_every_letter_may_stand_everywhere() -> None:
    chance = random.Random(1)  # noqa: S311  # a test wants the same chance each time
    made = [record_locator(chance.randrange) for _ in range(3000)]
    assert all(set(ALPHABET) == {one[place] for one in made} for place in range(LENGTH))
    assert len(set(made)) > 2990


@pytest.mark.parametrize("typed", ["K7XH4M", "k7xh4m"])
def test_a_record_locator_may_be_typed_in_small_letters(typed: str) -> None:
    assert read(typed) == "K7XH4M"


@pytest.mark.parametrize("typed", ["", "K7XH4", "K7XH4MM", "K7XH4O", "K7XH4é", "K7 H4M"])
def test_what_is_no_record_locator_is_told_at_once(typed: str) -> None:
    assert read(typed) is None
