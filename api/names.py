"""Finding places and airlines by what people type: any accent, any case, the beginning of any word."""

import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from enum import IntEnum
from typing import Final, Generic, TypeVar

import msgspec

Thing = TypeVar("Thing")
_END: Final = "\U0010ffff"

# Letters that carry no accent to strip and still have a plain spelling; the last is the dotless i of Turkish.
_PLAIN: Final = str.maketrans(
    {"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "\u0131": "i"}
)
# They join (`O'Hare` is `ohare`) where everything else that is no letter separates.
_APOSTROPHES: Final = "'\u2019\u02bb"
# The same for what needs no second look: most names are plain letters.
_APART: Final = {sign: None if chr(sign) in _APOSTROPHES else " " for sign in range(128) if not chr(sign).isalnum()}
# How umlauts are typed on a keyboard that has none.
_SPELLED: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """How a thing may be called: its code, the codes of what it belongs to, and its titles."""

    code: str
    groups: tuple[str | None, ...]
    titles: tuple[str, ...]


class Rank(IntEnum):
    """How well a name meets what was typed, the best first."""

    CODE = 0
    GROUP = 1
    TITLE = 2
    TITLE_BEGINS = 3
    WORDS_BEGIN = 4


class _Entry(msgspec.Struct, Generic[Thing], frozen=True, kw_only=True):
    thing: Thing
    code: str
    groups: frozenset[str]
    titles: tuple[str, ...]


class Index(Generic[Thing]):
    """Immutable; a lookup touches only what shares a word's beginning with what was typed."""

    __slots__ = ("_entries", "_words")

    def __init__(self, things: Iterable[tuple[Thing, Known]]) -> None:
        self._entries: Final = tuple(_entry(thing, known) for thing, known in things)
        words: defaultdict[str, list[int]] = defaultdict(list)
        for number, entry in enumerate(self._entries):
            for word in _all_words(entry):
                words[word].append(number)
        self._words: Final = sorted(words.items())

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Thing]:
        return (entry.thing for entry in self._entries)

    def found(self, typed: str) -> tuple[tuple[Rank, Thing], ...]:
        """Everything that each typed word begins a word of, in no order of its own."""
        text = folded(typed)
        words = text.split()
        if not words:
            return ()
        numbers = set.intersection(*(self._beginning_with(word) for word in words))
        return tuple((_rank(self._entries[number], text), self._entries[number].thing) for number in numbers)

    def _beginning_with(self, beginning: str) -> set[int]:
        start = bisect_left(self._words, (beginning,))
        end = bisect_left(self._words, (beginning + _END,))
        return {number for _, numbers in self._words[start:end] for number in numbers}


def folded(text: str) -> str:
    """Lower case without accents, words apart by one space: `Zürich` and `ZURICH` become `zurich`."""
    return _words_of(text.casefold().translate(_PLAIN))


def spellings(text: str) -> Sequence[str]:
    """The folded text, and with umlauts spelled out where there are any: `zurich`, `zuerich`."""
    plain, spelled = folded(text), _words_of(unicodedata.normalize("NFC", text).casefold().translate(_PLAIN | _SPELLED))
    return (plain,) if plain == spelled else (plain, spelled)


def _words_of(lower: str) -> str:
    if lower.isascii():
        return " ".join(lower.translate(_APART).split())
    letters = (letter for letter in unicodedata.normalize("NFKD", lower) if not unicodedata.combining(letter))
    return " ".join("".join(_kept(letter) for letter in letters).split())


def _kept(letter: str) -> str:
    if letter.isalnum():
        return letter
    return "" if letter in _APOSTROPHES else " "


def _entry(thing: Thing, known: Known) -> _Entry[Thing]:
    return _Entry(
        thing=thing,
        code=folded(known.code),
        groups=frozenset(folded(group) for group in known.groups if group),
        titles=tuple(spelling for title in known.titles if title for spelling in spellings(title)),
    )


def _all_words(entry: _Entry[Thing]) -> set[str]:
    return {entry.code, *entry.groups, *(word for title in entry.titles for word in title.split())}


def _rank(entry: _Entry[Thing], text: str) -> Rank:
    if text == entry.code:
        return Rank.CODE
    if text in entry.groups:
        return Rank.GROUP
    if text in entry.titles:
        return Rank.TITLE
    if any(title.startswith(text) for title in entry.titles):
        return Rank.TITLE_BEGINS
    return Rank.WORDS_BEGIN
