"""Finding cities, airports and hotels while somebody types: an immutable value that answers in a fraction of a millisecond."""

import itertools
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Final

import msgspec

from api.names import Rank, folded, spellings
from api.search.misspelt import Beginnings, edits_allowed
from domain.places import Point

# Of one beginning so many entries of a kind are remembered, the weightiest; what shares it with more than these and
# weighs less is found by typing on.
REMEMBERED: Final = 1000
_CONSIDERED: Final = 24  # of a kind, the weightiest that meet all words, before they are ranked by how well they do
_ENOUGH: Final = 3  # with so many things found as typed, nothing is taken for mistyped
_MEANT_AT_MOST: Final = 1500  # entries that one mistyped word may mean
_LOOKED_AT: Final = 600  # of these, the weightiest, where another word has to be looked for in each
_MOST_WORDS: Final = 8
_NOTHING: Final = array("I")


class Kind(StrEnum):
    CITY = "city"
    AIRPORT = "airport"
    HOTEL = "hotel"


class Entry(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Something to suggest. `code` means it, `groups` are codes of what it belongs to, `titles` what it is called.

    The first title is its own; others are no more its own than the name of its city is an airport's. `further` are words that find it too, such as the city of a hotel. Of equally good matches the weightier comes first;
    a weight is in people who may mean it.
    """

    kind: Kind
    id: str
    name: str
    city: str | None = None
    country: str | None = None
    location: Point | None = None
    code: str | None = None
    groups: tuple[str, ...] = ()
    titles: tuple[str, ...]
    further: tuple[str, ...] = ()
    serves: tuple[str, ...] = ()
    weight: int = 0


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """`edits` is how many letters were taken for mistyped."""

    entry: Entry
    edits: int
    rank: Rank


class _Listed(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An entry as it is looked for: everything folded, and all of its words with a space before each."""

    entry: Entry
    code: str | None
    groups: tuple[str, ...]
    own: tuple[str, ...]
    titles: tuple[str, ...]
    words: str


# How well an entry of a shelf meets what was typed, and which it is; the least comes first.
_Met = tuple[int, Rank, int]


class _Meant(msgspec.Struct, frozen=True, kw_only=True):
    """What a mistyped word may mean: the weightiest entries, or all of them, and the beginnings with a space before each."""

    entries: set[int]
    all_of_them: bool
    beginnings: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.entries)


class _Shelf:
    """The entries of one kind, the weightiest first, and which of them have a word with this beginning."""

    __slots__ = ("listed", "titled", "under")

    def __init__(self, entries: Iterable[Entry]) -> None:
        heaviest_first = sorted(entries, key=lambda entry: (-entry.weight, entry.name, entry.id))
        self.listed: Final = tuple(_listed(entry) for entry in heaviest_first)
        under: defaultdict[str, array[int]] = defaultdict(lambda: array("I"))
        titled: defaultdict[str, array[int]] = defaultdict(lambda: array("I"))
        for number, listed in enumerate(self.listed):
            for beginning in {word[:length] for word in listed.words.split() for length in range(1, len(word) + 1)}:
                if len(under[beginning]) < REMEMBERED:
                    under[beginning].append(number)
            for title in set(listed.own):
                titled[title].append(number)
        self.under: Final[Mapping[str, array[int]]] = dict(under)
        self.titled: Final[Mapping[str, array[int]]] = dict(titled)

    def as_typed(self, text: str, words: Sequence[str], limit: int) -> list[_Met]:
        numbers = dict.fromkeys(self.titled.get(text, ())[:_CONSIDERED])
        numbers |= dict.fromkeys(self.meeting(words)[:_CONSIDERED])
        return sorted((0, _rank(self.listed[number], text), number) for number in numbers)[:limit]

    def guessed(self, words: Sequence[Mapping[str, int]], limit: int) -> list[_Met]:
        met = []
        for number in itertools.islice(self.meaning(words), _CONSIDERED):
            edits = sum(_edits(self.listed[number].words, beginnings) for beginnings in words)
            met.append((edits, Rank.WORDS_BEGIN, number))
        return sorted(met)[:limit]

    def meeting(self, words: Sequence[str]) -> Sequence[int]:
        """Entries that have a word beginning with each of these; bounded by what is remembered of the rarest."""
        remembered = [self.under.get(word, _NOTHING) for word in words]
        if len(words) == 1:
            return remembered[0]
        (_, rarest), *others = sorted(zip(words, remembered, strict=True), key=lambda told: len(told[1]))
        found: Iterable[int] = rarest
        for word, numbers in others:
            if len(numbers) < REMEMBERED:
                found = set(numbers).intersection(found)
            else:
                beginning = f" {word}"
                found = [number for number in found if beginning in self.listed[number].words]
        return sorted(found)

    def meaning(self, words: Sequence[Mapping[str, int]]) -> Iterator[int]:
        """Entries that have a word for each of these, where each may be one of several beginnings; bounded likewise."""
        rarest, *others = sorted((self._any_of(beginnings) for beginnings in words), key=len)
        found = rarest.entries
        for other in others:
            if other.all_of_them:
                found = found & other.entries
        in_part = [other.beginnings for other in others if not other.all_of_them]
        for number in itertools.islice(sorted(found), _LOOKED_AT):
            text = self.listed[number].words
            if all(_has_one_of(text, beginnings) for beginnings in in_part):
                yield number

    def _any_of(self, beginnings: Mapping[str, int]) -> "_Meant":
        entries: set[int] = set()
        whole = True
        for beginning in sorted(beginnings, key=lambda one: (beginnings[one], -len(one))):
            numbers = self.under.get(beginning, ())
            entries.update(numbers)
            whole = whole and len(numbers) < REMEMBERED
            if len(entries) > _MEANT_AT_MOST:
                whole = False
                break
        return _Meant(entries=entries, all_of_them=whole, beginnings=tuple(f" {beginning}" for beginning in beginnings))


class Index:
    """What is found is ranked: fewest letters mistyped; code, group, title, beginning of a title, of words; weight."""

    __slots__ = ("_beginnings", "_shelves")

    def __init__(self, entries: Iterable[Entry]) -> None:
        by_kind: dict[Kind, list[Entry]] = {kind: [] for kind in Kind}
        for entry in entries:
            by_kind[entry.kind].append(entry)
        self._shelves: Final = {kind: _Shelf(some) for kind, some in by_kind.items()}
        self._beginnings: Final = Beginnings(
            word for shelf in self._shelves.values() for listed in shelf.listed for word in listed.words.split()
        )

    def __len__(self) -> int:
        return sum(len(shelf.listed) for shelf in self._shelves.values())

    def entries(self, kind: Kind) -> Iterator[Entry]:
        """The weightiest first."""
        return (listed.entry for listed in self._shelves[kind].listed)

    def found(self, typed: str, *, limit: int, kinds: Iterable[Kind] = tuple(Kind)) -> tuple[Found, ...]:
        """The best, at most `limit` of them. Words are taken for mistyped only where too little is found without that."""
        text = folded(typed)
        words = tuple(dict.fromkeys(text.split()))[:_MOST_WORDS]
        if not words:
            return ()
        shelves = [self._shelves[kind] for kind in dict.fromkeys(kinds)]
        found = _best(((shelf, shelf.as_typed(text, words, limit)) for shelf in shelves), limit)
        if len(found) >= min(limit, _ENOUGH) or (found and (len(words) > 1 or found[0].rank <= Rank.TITLE)):
            return found
        known = {(one.entry.kind, one.entry.id) for one in found}
        guessed = self._guessed(shelves, words, limit)
        return (*found, *(one for one in guessed if (one.entry.kind, one.entry.id) not in known))[:limit]

    def _guessed(self, shelves: Sequence[_Shelf], words: Sequence[str], limit: int) -> tuple[Found, ...]:
        """The fewest mistakes first: in words that nothing begins with, then in the two that fewest have."""
        strange = {word for word in words if word not in self._beginnings}
        rarest = sorted(words, key=lambda word: sum(len(shelf.under.get(word, ())) for shelf in shelves))[:2]
        for doubted, most in itertools.product((strange, rarest), (1, 2)):
            if any(edits_allowed(word) >= most for word in doubted):
                meant = [self._beginnings.meant(word, most) if word in doubted else {word: 0} for word in words]
                if all(meant):
                    found = _best(((shelf, shelf.guessed(meant, limit)) for shelf in shelves), limit)
                    if found:
                        return found
        return ()


def _best(met: Iterable[tuple[_Shelf, Iterable[_Met]]], limit: int) -> tuple[Found, ...]:
    found = [
        Found(entry=shelf.listed[number].entry, edits=edits, rank=rank)
        for shelf, some in met
        for edits, rank, number in some
    ]
    found.sort(key=lambda one: (one.edits, one.rank, -one.entry.weight))
    return tuple(found[:limit])


def _has_one_of(text: str, beginnings: Iterable[str]) -> bool:
    return any(beginning in text for beginning in beginnings)


def _edits(text: str, beginnings: Mapping[str, int]) -> int:
    return min((edits for beginning, edits in beginnings.items() if f" {beginning}" in text), default=0)


def _rank(listed: _Listed, text: str) -> Rank:
    if text == listed.code:
        return Rank.CODE
    if text in listed.groups:
        return Rank.GROUP
    if text in listed.own:
        return Rank.TITLE
    for title in listed.titles:
        if title.startswith(text):
            return Rank.TITLE_BEGINS
    return Rank.WORDS_BEGIN


def _listed(entry: Entry) -> _Listed:
    own = tuple(spellings(entry.titles[0]))
    titles = tuple(dict.fromkeys((*own, *(spelling for title in entry.titles[1:] for spelling in spellings(title)))))
    code = None if entry.code is None else folded(entry.code)
    groups = tuple(folded(group) for group in entry.groups)
    further = [spelling for word in entry.further for spelling in spellings(word)]
    words = dict.fromkeys(word for text in (code or "", *groups, *titles, *further) for word in _words(text))
    text = "".join(f" {word}" for word in words)
    return _Listed(entry=entry, code=code, groups=groups, own=own, titles=titles, words=text)


def _words(text: str) -> Iterator[str]:
    """Where a script sets no spaces, a word may begin at any of its signs."""
    for word in text.split():
        yield word
        if word > "\u2e80":  # Chinese, Japanese and Korean signs come from here on
            yield from (word[start:] for start in range(1, len(word)))
