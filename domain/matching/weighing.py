"""How probable it is that two descriptions are of one property: points for what one sees, and words for the reasons."""

import math
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from operator import attrgetter
from types import MappingProxyType
from typing import Final

from domain.matching.looks import Looks
from domain.matching.points import POINTS, QUESTIONS, START

# From here on two descriptions are of one property. Of the real pairs that the points were not learned from, 989 of 1,000
# above it were, and 98 of 100 or more in each city and of each source alone.
THRESHOLD: Final = 0.9

# For each question's row: how many of its values are reached -> the answers to all of them.
_ANSWERS: Final = tuple(
    tuple(tuple(int(place < reached) for place in range(len(values))) for reached in range(len(values) + 1))
    for values in QUESTIONS.values()
)
_VALUES: Final = tuple(QUESTIONS.values())
_seen: Final = attrgetter(*QUESTIONS)

# What the learned pairs do not tell and hotels do, in the same points, set by hand: a number that rings in one house says
# much, another one little, because a house has several; stars differ by a half everywhere.
_PHONE: Final = {1: 550, 0: -150, None: 0}
_CHAIN: Final = {1: 50, 0: -200, None: 0}
_FAR_IN_STARS, _OTHER_STARS = 1.5, -100
_SISTER: Final = -250  # a word like Express or Annexe in one name alone: chains tell two houses of one street by it
_OTHER_FLAT: Final = -300  # Apartment 4 and Apartment 7, Terminal 1 and Terminal 2


def probability(seen: Looks) -> float:
    """Of 1, in steps of a ten-thousandth."""
    odds = (_learned(seen) + _of_hotels(seen)) / 100
    return round(1 / (1 + math.exp(-max(-50.0, min(50.0, odds)))), 4)


def _learned(seen: Looks) -> int:
    answers: list[int] = []
    for value, values, told in zip(_seen(seen), _VALUES, _ANSWERS, strict=True):
        answers += told[0 if value is None else bisect_right(values, value)]
    return START + sum(
        [points[4 * answers[first] + 2 * answers[second] + answers[third]] for (first, second, third), points in POINTS]
    )


def _of_hotels(seen: Looks) -> int:
    points = _PHONE[seen.phone] + _CHAIN[seen.chain]
    if seen.stars is not None and seen.stars >= _FAR_IN_STARS:
        points += _OTHER_STARS
    if seen.lodging and seen.numbers == -1:
        points += _OTHER_FLAT
    if seen.lodging and seen.sisters:
        points += _SISTER
    return points


_DOORS: Final[Mapping[int | None, str | None]] = MappingProxyType(
    {None: None, 2: "same house number", 1: "neighbouring house numbers", 0: "other house number", -1: "other street"}
)
_CODES: Final[Mapping[bool | None, str | None]] = MappingProxyType(
    {None: None, True: "same postal code", False: "other postal code"}
)
_PHONES: Final[Mapping[int | None, str | None]] = MappingProxyType(
    {None: None, 1: "same phone number", 0: "other phone number"}
)
_NUMBERS: Final[Mapping[int | None, str | None]] = MappingProxyType(
    {None: None, 2: "same number in the name", 1: None, 0: None, -1: "other number in the name"}
)

# What people are told: the sentence for a value, None where there is nothing to say.
_SENTENCES: Final[tuple[Callable[[Looks], str | None], ...]] = (
    lambda seen: f"names alike: {max(seen.words, seen.spelling):.2f}",
    lambda seen: "the whole of one name is in the other" if seen.agreement == 1 else None,
    lambda seen: _distance(seen.metres),
    lambda seen: _DOORS[seen.door],
    lambda seen: _CODES[None if seen.postal is None else seen.postal == 1],
    lambda seen: _PHONES[seen.phone],
    lambda seen: _NUMBERS[seen.numbers],
    lambda seen: "one has a word that tells a sister house or an annexe" if seen.lodging and seen.sisters else None,
    lambda seen: "places of another kind" if seen.kinds == 0 else None,
    lambda seen: "other chain" if seen.chain == 0 else None,
    lambda seen: "other stars" if seen.stars is not None and seen.stars >= _FAR_IN_STARS else None,
)


def reasons(seen: Looks) -> tuple[str, ...]:
    return tuple(_said(seen))


def _said(seen: Looks) -> Iterator[str]:
    for sentence in _SENTENCES:
        if said := sentence(seen):
            yield said


def _distance(metres: float) -> str:
    return f"{metres:.0f} m apart" if metres < 1000 else f"{metres / 1000:.1f} km apart"
