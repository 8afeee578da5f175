"""A name as it is compared: its words, how much each tells, and what two names have in common."""

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec
from rapidfuzz.distance import JaroWinkler

from domain.matching.spelling import folded
from domain.matching.words import KINDS, PHRASES, SAME, SISTERS, WEIGHTS

_ALIKE: Final = 0.88  # Jaro-Winkler from which on two words are one, misspelt
_ROMAN: Final = {"ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8"}


class Name(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`words` in their order, each with its weight; `sorted` and `joined` are the whole for comparing signs."""

    words: tuple[tuple[str, float], ...]
    text: str
    sorted: str
    joined: str
    core: str
    numbers: frozenset[str]
    kinds: frozenset[str]
    sisters: frozenset[str]
    weight: float


class Shared(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What two names have in common, by weight: of all of the left one, of all of the right one, and what is left over."""

    weight: float
    left: float
    right: float
    over_left: tuple[str, ...]
    over_right: tuple[str, ...]


def name(told: str) -> Name:
    text = _phrased(folded(told))
    words = tuple((word, _weight(word)) for word in _words(text))
    plain = [word for word, _ in words]
    return Name(
        words=words,
        text=" ".join(plain),
        sorted=" ".join(sorted(plain)),
        joined="".join(plain),
        core=" ".join(sorted({word for word, weight in words if weight > 0.3})),
        numbers=frozenset(word for word in plain if any(sign.isdigit() for sign in word)),
        kinds=frozenset(KINDS[word] for word in plain if word in KINDS),
        sisters=frozenset(plain) & SISTERS,
        weight=sum(weight for _, weight in words),
    )


def _phrased(text: str) -> str:
    padded = f" {text} "
    for phrase, word in PHRASES.items():
        if phrase in padded:
            padded = padded.replace(f" {phrase} ", f" {word} ")
    return padded.strip()


def _words(text: str) -> Iterator[str]:
    for word in text.split():
        yield _ROMAN.get(word) or SAME.get(word, word)


def _weight(word: str) -> float:
    return WEIGHTS.get(word, 1.0 if len(word) > 1 else 0.3)


def shared(left: Name, right: Name) -> Shared:
    """Word for word, misspelt ones too, and words that one of them writes together."""
    there = dict(right.words)
    both = [word for word, _ in left.words if word in there]
    over_left = [pair for pair in dict(left.words).items() if pair[0] not in there]
    here = dict(left.words)
    over_right = [pair for pair in there.items() if pair[0] not in here]
    common_left = common_right = sum(here[word] for word in set(both))
    if over_left and over_right:
        for one, weight in tuple(over_left):
            found = _nearest(one, over_right)
            if found is not None:
                over_left.remove((one, weight))
                over_right.remove(found)
                common_left += weight
                common_right += found[1]
    return Shared(
        weight=min(common_left, common_right),
        left=_share(common_left, over_left),
        right=_share(common_right, over_right),
        over_left=tuple(word for word, _ in over_left),
        over_right=tuple(word for word, _ in over_right),
    )


def _share(common: float, over: Iterable[tuple[str, float]]) -> float:
    whole = common + sum(weight for _, weight in over)
    return common / whole if whole else 1.0


def _nearest(word: str, others: list[tuple[str, float]]) -> tuple[str, float] | None:
    if any(sign.isdigit() for sign in word):
        return None
    best, found = _ALIKE, None
    for other in others:
        alike = JaroWinkler.similarity(word, other[0])
        if alike > best or (
            len(word) >= 3 and (other[0].startswith(word) or (word.startswith(other[0]) and len(other[0]) >= 3))
        ):
            best, found = max(alike, best), other
    return found
