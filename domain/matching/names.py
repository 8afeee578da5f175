"""A name as it is compared: its words, how much each tells, and what two names have in common."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from rapidfuzz.distance import JaroWinkler

from domain.matching.spelling import folded
from domain.matching.words import KINDS, PHRASES, SAME, weight_of

_ALIKE: Final = 0.88  # Jaro-Winkler from which on two words are one, misspelt
_ENOUGH: Final = 0.6  # of the weight of words, by which a name still tells one house from another
_LONGEST: Final = 200  # signs; what comes after is no name
_SHORTENED: Final = 3  # letters, of which a word may be all that is left
_OF_A_TOWN: Final = 0.15
_ROMAN: Final = {"ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Name:
    """`words` in their order, each with its weight; `sorted` and `joined` are the whole for comparing signs."""

    words: tuple[tuple[str, float], ...]
    text: str
    sorted: str
    joined: str
    numbers: frozenset[str]
    kinds: frozenset[str]
    weight: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Shared:
    """What two names have in common, as a share of each by weight, and what each has more: the words and their weight."""

    left: float
    right: float
    over_left: tuple[str, ...]
    over_right: tuple[str, ...]
    more_left: float
    more_right: float


def name(told: str, *, without: frozenset[str] = frozenset()) -> Name:
    """`without` are words that tell nothing in this place; they stay where nothing else would tell much."""
    spoken = _without_chain(list(_words(_phrased(folded(told[:_LONGEST])))))
    return _name(spoken, without)


def lessened(whole: Name, without: frozenset[str]) -> Name:
    """The same name without these words."""
    spoken = [word for word, _ in whole.words]
    return _name(spoken, without) if not without.isdisjoint(spoken) else whole


def _name(spoken: list[str], without: frozenset[str]) -> Name:
    left = [word for word in spoken if word not in without]
    plain = left if sum(map(weight_of, left)) >= _ENOUGH else spoken
    words = tuple((word, weight_of(word)) for word in plain)
    return Name(
        words=words,
        text=" ".join(plain),
        sorted=" ".join(sorted(plain)),
        joined="".join(plain),
        numbers=frozenset(word for word in plain if any(sign.isdigit() for sign in word)),
        kinds=frozenset(KINDS[word] for word in plain if word in KINDS),
        weight=sum(weight for _, weight in words),
    )


def _without_chain(spoken: list[str]) -> list[str]:
    """Up to `by` or `member of` where the chain follows that the name began with, or that nobody calls the house by."""
    for place, word in enumerate(spoken[1:], 1):
        if spoken[place : place + 2] == ["member", "of"]:
            return spoken[:place]
        if word == "by" and spoken[place + 1 : place + 2] and spoken[place + 1] in spoken[:place]:
            return spoken[:place]
    return spoken


def _phrased(text: str) -> str:
    padded = f" {text} "
    for phrase, word in PHRASES.items():
        if phrase in padded:
            padded = padded.replace(f" {phrase} ", f" {word} ")
    return padded.strip()


def _words(text: str) -> Iterator[str]:
    for word in text.split():
        yield _ROMAN.get(word) or SAME.get(word, word)


def shared(left: Name, right: Name, towns: frozenset[str] = frozenset()) -> Shared:
    """Word for word, misspelt ones too, and words that one of them writes together.

    `towns` are the words of the city's name, which every second hotel there has in its own.
    """
    here, there = dict(left.words), dict(right.words)
    weights = {**here, **there, **dict.fromkeys(towns, _OF_A_TOWN)}
    common = [(word, word) for word in here if word in there]
    over_left = [word for word in here if word not in there]
    over_right = [word for word in there if word not in here]
    if over_left and over_right:
        common += _taken_together(over_left, over_right)
        common += [(word, other) for other, word in _taken_together(over_right, over_left)]
        common += _taken_for_one(over_left, over_right)
    weighed_left = sum([weights[word] for word, _ in common])
    weighed_right = sum([weights[word] for _, word in common])
    more_left, more_right = (sum([weights[word] for word in over]) for over in (over_left, over_right))
    return Shared(
        left=_share(weighed_left, more_left),
        right=_share(weighed_right, more_right),
        over_left=tuple(over_left),
        over_right=tuple(over_right),
        more_left=more_left,
        more_right=more_right,
    )


def _share(common: float, more: float) -> float:
    return common / (common + more) if common + more else 1.0


def _taken_together(one: list[str], other: list[str]) -> list[tuple[str, str]]:
    """Two words of `one` that `other` writes as a single word; all are taken out of what is over."""
    found = []
    for first, second in pairwise(tuple(one)):
        if first + second in other and first in one and second in one:
            other.remove(first + second)
            one.remove(first)
            one.remove(second)
            found += [(first, first + second), (second, first + second)]
    return found


def _taken_for_one(one: list[str], other: list[str]) -> list[tuple[str, str]]:
    """Words that are the same but for a slip of the pen, the most alike first; they are taken out of what is over."""
    alike = sorted((-_likeness(word, there), word, there) for word in one for there in other)
    found = []
    for likeness, word, there in alike:
        if -likeness >= _ALIKE and word in one and there in other:
            one.remove(word)
            other.remove(there)
            found.append((word, there))
    return found


def _likeness(word: str, other: str) -> float:
    """A number is like itself alone; a word of three letters and more is like those that begin with it."""
    if not (word.isalpha() and other.isalpha()):
        return 0.0
    if min(len(word), len(other)) >= _SHORTENED and (word.startswith(other) or other.startswith(word)):
        return 1.0
    return JaroWinkler.similarity(word, other)
