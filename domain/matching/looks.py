"""What one sees when one holds two descriptions of a property side by side."""

import math
from dataclasses import dataclass
from typing import Final

from rapidfuzz.distance import OSA, Indel, JaroWinkler, Levenshtein

from domain.matching.addresses import Whereabouts, whereabouts
from domain.matching.names import Name, Shared, lessened, name, shared
from domain.matching.spelling import folded
from domain.matching.words import KINDS, LODGING, SISTERS, weight_of

_METRES_PER_DEGREE: Final = 111_195.0
_SUBSCRIBER: Final = 7  # digits at the end of a phone number, the same with and without those of country and area
_ONE_WORD: Final = 1.0  # a name with no more weight has one telling word: often that of a chain
_SAME_STREET: Final = 0.7
_NEXT_DOOR: Final = 4
_OTHER_NUMBERS: Final = -1
# Within so many metres -> how alike two names are at the least, of all real pairs that were found to be the same.
_ALIKE_ENOUGH: Final = ((150.0, 0.35), (300.0, 0.75), (600.0, 0.9))


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """A description made ready once, to be compared with many. `narrowed` is how much a degree of longitude has shrunk."""

    name: Name
    place: Whereabouts
    city: frozenset[str]
    latitude: float
    longitude: float
    narrowed: float
    phone: str
    stars: float | None
    chain: str
    lodging: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Looks:
    """One pair. Likenesses are 0 to 1, `over` weights of words that only one name has; None where one side says nothing.

    `weight` and `weight_more` are those of the lighter and the heavier name, `common` counts the words in both, `slips`
    is likeness where two letters that changed places are one mistake, `addresses` how many of the two have one.
    `door` is 2 for one house number in one street, 1 for a number next to it, 0 for another, -1 for another street;
    `numbers` 2 for the same numbers in both names, 1 for some, 0 where one name has none, -1 for others.
    """

    metres: float
    agreement: int
    spelling: float
    beginning: float
    words: float
    first: float
    covered: float
    contained: float
    over_less: float
    over_more: float
    explained: float
    over_words: int
    over_longest: int
    over_kinds: int
    weight: float
    weight_more: float
    common: int
    last: float
    slips: float
    addresses: int
    numbers: int | None
    kinds: int | None
    sisters: int
    street: float | None
    door: int | None
    postal: float | None
    phone: int | None
    stars: float | None
    chain: int | None
    lodging: bool


def known(
    *,
    told: str,
    latitude: float,
    longitude: float,
    address: str | None,
    postal_code: str | None,
    city: str | None,
    phone: str | None,
    stars: float | None,
    chain: str | None,
    lodging: bool,
) -> Known:
    """`lodging`: it is known to be a house to sleep in, so its name needs not say so."""
    towns = frozenset(folded(city or "").split())
    return Known(
        name=name(told, without=towns | LODGING if lodging else towns),
        place=whereabouts(address, postal_code),
        city=towns,
        latitude=latitude,
        longitude=longitude,
        narrowed=math.cos(math.radians(latitude)),
        phone=_digits(phone),
        stars=stars,
        chain=folded(chain or ""),
        lodging=lodging,
    )


def _digits(phone: str | None) -> str:
    digits = "".join([sign for sign in phone or "" if sign.isdigit()])
    return digits[-_SUBSCRIBER:] if len(digits) >= _SUBSCRIBER else ""


def metres(left: Known, right: Known) -> float:
    """Flat, which is right to a per mille within a city."""
    north = left.latitude - right.latitude
    around = abs(left.longitude - right.longitude)
    east = min(around, 360 - around) * (left.narrowed + right.narrowed) / 2
    return math.hypot(north, east) * _METRES_PER_DEGREE


def worth_a_look(left: Known, right: Known) -> bool:
    """Whether a pair can be of one property at all: names of nothing in common need not be looked at closely.

    The farther apart, the more alike names have to be. One phone number is reason enough; other numbers in the names of
    two hotels are reason against.
    """
    if left.phone and left.phone == right.phone:
        return True
    if left.lodging and right.lodging and _numbers(left.name.numbers, right.name.numbers) == _OTHER_NUMBERS:
        return False  # a house with hundreds of flats would be compared with itself
    apart = metres(left, right)
    alike = next((alike for within, alike in _ALIKE_ENOUGH if apart <= within), 1.0)
    one, other = left.name, right.name
    return (
        Indel.normalized_similarity(one.sorted, other.sorted, score_cutoff=alike) >= alike
        or Levenshtein.normalized_similarity(one.joined, other.joined, score_cutoff=alike) >= alike
    )


def likeness(left: Known, right: Known) -> float:
    """Of the names alone, quickly."""
    return Indel.normalized_similarity(left.name.sorted, right.name.sorted)


def looks(left: Known, right: Known) -> Looks:
    """The same whichever comes first."""
    one, other = sorted((left, right), key=_order)
    mine, theirs = lessened(one.name, other.city), lessened(other.name, one.city)
    common = shared(mine, theirs, one.city | other.city)
    over = sorted((common.more_left, common.more_right))
    over_words = common.over_left + common.over_right
    weights = sorted((mine.weight, theirs.weight))
    street = _street(one.place, other.place)
    return Looks(
        metres=metres(one, other),
        agreement=_agreement(common, weights[0]),
        spelling=Levenshtein.normalized_similarity(mine.joined, theirs.joined),
        beginning=JaroWinkler.similarity(mine.joined, theirs.joined),
        words=Indel.normalized_similarity(mine.sorted, theirs.sorted),
        first=_word_alike(mine, theirs, 0),
        last=_word_alike(mine, theirs, -1),
        slips=OSA.normalized_similarity(mine.sorted, theirs.sorted),
        covered=min(common.left, common.right),
        contained=max(common.left, common.right),
        over_less=over[0],
        over_more=over[1],
        explained=_explained(common, one.place, other.place),
        over_words=len(over_words),
        over_longest=max(map(len, over_words), default=0),
        over_kinds=sum([word in KINDS for word in over_words]),
        weight=weights[0],
        weight_more=weights[1],
        common=len({word for word, _ in mine.words}.intersection([word for word, _ in theirs.words])),
        addresses=bool(one.place.words) + bool(other.place.words),
        numbers=_numbers(mine.numbers, theirs.numbers),
        kinds=None if not (mine.kinds and theirs.kinds) else int(bool(mine.kinds & theirs.kinds)),
        sisters=len(SISTERS.intersection(over_words)),
        street=street,
        door=_door(street, one.place.numbers, other.place.numbers),
        postal=_postal(one.place.postal_code, other.place.postal_code),
        phone=int(one.phone == other.phone) if one.phone and other.phone else None,
        stars=None if one.stars is None or other.stars is None else abs(one.stars - other.stars),
        chain=int(one.chain == other.chain) if one.chain and other.chain else None,
        lodging=one.lodging and other.lodging,
    )


def _order(told: Known) -> tuple[str, float, float, list[str]]:
    """Of two that are alike in all of it either may come first."""
    return told.name.text, told.latitude, told.longitude, sorted(told.city)


def _word_alike(mine: Name, theirs: Name, place: int) -> float:
    if not mine.words or not theirs.words:
        return 0.0
    return JaroWinkler.similarity(mine.words[place][0], theirs.words[place][0])


def _agreement(common: Shared, weight: float) -> int:
    """How two names agree, which decides how far apart they may lie: 4 and 3 wholly, by several telling words or one.

    2 in most, 1 where the whole of one is part of the other, 0 in less.
    """
    less, more = sorted((common.left, common.right))
    if less > 0.999:
        return 4 if weight > _ONE_WORD else 3
    if less >= 0.7:
        return 2
    return 1 if more > 0.95 else 0


def _explained(common: Shared, one: Whereabouts, other: Whereabouts) -> float:
    """The weight of words in one name that the other's address has: a branch is named for its street."""
    told = (
        *(word for word in common.over_left if word in other.words),
        *(word for word in common.over_right if word in one.words),
    )
    return sum(map(weight_of, told))


def _numbers(one: frozenset[str], other: frozenset[str]) -> int | None:
    if not one and not other:
        return None
    if not one or not other:
        return 0
    if one == other:
        return 2
    return 1 if one & other else _OTHER_NUMBERS


def _street(one: Whereabouts, other: Whereabouts) -> float | None:
    if not one.street or not other.street:
        return None
    return max(
        OSA.normalized_similarity(one.written, other.written),
        len(one.street & other.words) / len(one.street),
        len(other.street & one.words) / len(other.street),
    )


def _door(street: float | None, one: frozenset[int], other: frozenset[int]) -> int | None:
    if street is None or not one or not other:
        return None
    if street < _SAME_STREET:
        return -1
    nearest = min(abs(number - number_there) for number in one for number_there in other)
    return 2 if not nearest else int(nearest <= _NEXT_DOOR)


def _postal(one: str, other: str) -> float | None:
    """How much of the longer code is the same from the left."""
    if not one or not other:
        return None
    same = next((place for place, (sign, there) in enumerate(zip(one, other, strict=False)) if sign != there), None)
    return (min(len(one), len(other)) if same is None else same) / max(len(one), len(other))
