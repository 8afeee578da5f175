"""Is this the same property? Two descriptions of different suppliers, judged with reasons, and many joined into groups."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from typing import Final

import msgspec

from domain.hotels import Property
from domain.matching.geohash import around, cell
from domain.matching.joining import Contradiction, Group, Key, Link, Override, joined, link
from domain.matching.looks import Known, known, likeness, looks, worth_a_look
from domain.matching.weighing import THRESHOLD, probability, reasons
from domain.places import Point

__all__ = ["Contradiction", "Described", "Group", "Key", "Link", "Override", "Verdict", "groups", "judged", "of"]

_A_FEW: Final = 12  # records of all suppliers
_MOST: Final = 60  # records of other suppliers with names not altogether different, within a street or two


class Described(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What is compared of a property. `country` is ISO 3166-1 alpha-2, `stars` 0-5; `lodging`: surely a house to sleep in."""

    name: str
    location: Point
    address: str | None = None
    postal_code: str | None = None
    city: str | None = None
    country: str | None = None
    stars: float | None = None
    chain: str | None = None
    phone: str | None = None
    lodging: bool = False


class Verdict(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`score` is how probable it is that both are one property; `reasons` say for people what spoke for and against."""

    score: float
    same: bool
    reasons: tuple[str, ...]


def of(told: Property) -> Described | None:
    """None for one of which we know no name or no place."""
    if not told.name or told.location is None:
        return None
    return Described(
        name=told.name,
        location=told.location,
        address=", ".join(told.address.lines) or None,
        postal_code=told.address.postal_code,
        city=told.address.city,
        country=told.address.country,
        stars=None if told.stars is None else float(told.stars),
        chain=told.chain,
        phone=told.phone,
        lodging=True,
    )


def judged(left: Described, right: Described) -> Verdict:
    """The same whichever of the two comes first."""
    return _verdict(_known(left), _known(right))


def groups(properties: Mapping[Key, Described], overrides: Iterable[Override] = ()) -> tuple[Group, ...]:
    """Every property in exactly one group, sorted; the same groups in whatever order they come.

    No two within 300 m are passed over, unless their names have nothing in common or a great many stand on one spot.
    Two records of one supplier share a group only where an override joins them. Raises Contradiction for overrides
    that can't all hold.
    """
    return joined(properties, _links({key: _known(told) for key, told in properties.items()}), overrides)


def _links(everybody: Mapping[Key, Known]) -> Iterator[Link]:
    for left, right in {*_near(everybody), *_alike(everybody)}:
        seen = looks(everybody[left], everybody[right])
        if (score := probability(seen)) >= THRESHOLD:
            yield link(left, right, score, reasons(seen))


def _near(everybody: Mapping[Key, Known]) -> Iterator[tuple[Key, Key]]:
    """Pairs of different suppliers in one cell or in neighbours, where the names do not forbid it."""
    cells: defaultdict[tuple[int, int], list[Key]] = defaultdict(list)
    for key, told in everybody.items():
        cells[cell(Point(latitude=told.latitude, longitude=told.longitude))].append(key)
    for here, keys in cells.items():
        nearby = [(key, everybody[key]) for there in around(here) for key in cells.get(there, ())]
        for left in keys:
            one = everybody[left]
            found = [
                right for right, other in nearby if left < right and left[0] != right[0] and worth_a_look(one, other)
            ]
            yield from ((left, right) for right in _most_alike(one, found, everybody))


def _most_alike(one: Known, found: list[Key], everybody: Mapping[Key, Known]) -> list[Key]:
    """All of them, as a rule: only where a great many stand on one spot those whose names are nearest."""
    if len(found) <= _MOST:
        return found
    return sorted(found, key=lambda key: (-likeness(one, everybody[key]), key))[:_MOST]


def _alike(everybody: Mapping[Key, Known]) -> Iterator[tuple[Key, Key]]:
    """Pairs of different suppliers with one phone number or one name, wherever: a wrong digit puts a hotel in a suburb.

    What more than a few have, such as the number of a chain or its name, tells no house from another.
    """
    told: defaultdict[str, list[Key]] = defaultdict(list)
    for key, record in everybody.items():
        for mark in filter(None, (record.phone, record.name.joined)):
            told[mark].append(key)
    for keys in told.values():
        if len(keys) <= _A_FEW:
            yield from ((left, right) for left, right in combinations(sorted(keys), 2) if left[0] != right[0])


def _known(told: Described) -> Known:
    return known(
        told=told.name,
        latitude=told.location.latitude,
        longitude=told.location.longitude,
        address=told.address,
        postal_code=told.postal_code,
        city=told.city,
        phone=told.phone,
        stars=told.stars,
        chain=told.chain,
        lodging=told.lodging,
    )


def _verdict(left: Known, right: Known) -> Verdict:
    seen = looks(left, right)
    score = probability(seen)
    return Verdict(score=score, same=score >= THRESHOLD, reasons=reasons(seen))
