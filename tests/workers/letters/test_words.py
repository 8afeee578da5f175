"""Every language says everything, with the same facts in it."""

import string
from collections.abc import Mapping
from typing import Any

import pytest

from domain.bookings import ItemStatus
from domain.hotels import Board
from domain.letters import LETTER_OF, WANTED, LetterKind
from domain.orders import Reason
from tests import builders
from workers.letters.drafts import ABOUT, ACCOUNT
from workers.letters.labels import LABELS
from workers.letters.openings import OPENINGS
from workers.letters.speech import PHRASES, Speech
from workers.letters.words import DAY, ENDS, LANGUAGES, MEALS, MONTHS, REASONS, WEEKDAYS, Words

ALL: Mapping[Any, Words] = {**PHRASES, **MEALS, **ENDS, **REASONS, "day": DAY, **dict(enumerate((*MONTHS, *WEEKDAYS)))}


def fields(phrase: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(phrase) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_puts_the_same_facts_into_a_phrase(language: str) -> None:
    missing = {key: words for key, words in ALL.items() if fields(getattr(words, language)) != fields(words.en)}
    assert missing == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_phrase_is_left_empty(language: str) -> None:
    assert [key for key, words in ALL.items() if not getattr(words, language).strip()] == []


def test_no_phrase_has_two_meanings() -> None:
    assert len(PHRASES) == len(OPENINGS) + len(LABELS)


def test_there_are_words_for_every_meal_and_every_refusal() -> None:
    assert (set(MEALS), set(REASONS)) == (set(Board), set(Reason))
    assert set(ENDS) == {ItemStatus.CANCELLED, ItemStatus.KEPT}


def test_every_kind_of_letter_is_written_and_has_an_opening() -> None:
    assert set(ABOUT) | set(ACCOUNT) == set(LetterKind)
    assert (set(ABOUT), set(ACCOUNT)) == (set(LETTER_OF.values()), set(WANTED))
    assert {f"{name}.opening" for name in ACCOUNT.values()} <= set(OPENINGS)


@pytest.mark.parametrize(
    ("language", "price", "day"),
    [
        ("en-GB", "1,234,567.50\u00a0EUR", "Mon 1 March 2027"),
        ("de", "1.234.567,50\u00a0EUR", "Mo. 1. März 2027"),
        ("fr-CA", "1\u202f234\u202f567,50\u00a0EUR", "lun. 1 mars 2027"),
        ("es", "1.234.567,50\u00a0EUR", "lun. 1 de marzo de 2027"),
        ("tlh", "1,234,567.50\u00a0EUR", "Mon 1 March 2027"),
    ],
)
def test_amounts_and_days_look_as_readers_write_them(language: str, price: str, day: str) -> None:
    speech = Speech(language)
    assert (speech.money(builders.money("1234567.50")), speech.day(builders.DEPARTURE)) == (price, day)


def test_money_without_decimals_has_none_and_money_with_three_has_three() -> None:
    speech = Speech("en")
    assert speech.money(builders.money("1230", "JPY")) == "1,230\u00a0JPY"
    assert speech.money(builders.money("1.230", "KWD")) == "1.230\u00a0KWD"
