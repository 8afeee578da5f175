"""Who belongs together: pairs become groups, the best pairs first, whatever order they come in."""

from collections.abc import Iterable, Mapping

import msgspec

Key = tuple[str, str]  # supplier, its id of the property


class Override(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a person has decided about two records; it stands above every score."""

    left: Key
    right: Key
    same: bool


class Link(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Why two records stand in one group. `left` sorts before `right`."""

    left: Key
    right: Key
    score: float
    reasons: tuple[str, ...]


class Group(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One property: its records, sorted, and the links that joined them, one fewer than there are members.

    There are fewer links where people joined two records through a third that is not here.
    """

    members: tuple[Key, ...]
    links: tuple[Link, ...] = ()


class Contradiction(ValueError):
    """People have said of two records, perhaps by way of others, that they are the same and that they are not."""


def joined(keys: Iterable[Key], links: Iterable[Link], overrides: Iterable[Override] = ()) -> tuple[Group, ...]:
    """Every key in exactly one group, sorted.

    Links are taken from the highest score down. One is passed over where it would bring two records of one supplier into
    a group, or two that a person has told apart. Raises Contradiction for overrides that can't all hold.
    """
    parts = _Parts(keys, overrides)
    for link in sorted(links, key=lambda link: (-link.score, link.left, link.right)):
        parts.join(link)
    return parts.groups()


def link(left: Key, right: Key, score: float, reasons: tuple[str, ...]) -> Link:
    """The same link, whichever of the two is named first."""
    first, second = sorted((left, right))
    return Link(left=first, right=second, score=score, reasons=reasons)


class _Parts:
    """The groups so far: each key's part, and each part's members, links and whom it may never meet."""

    def __init__(self, keys: Iterable[Key], overrides: Iterable[Override]) -> None:
        told = sorted(overrides, key=lambda override: (override.left, override.right))
        self._here = frozenset(keys)
        everybody = sorted(self._here.union(*((override.left, override.right) for override in told)))
        self._part = {key: number for number, key in enumerate(everybody)}
        self._members: dict[int, list[Key]] = {number: [key] for number, key in enumerate(everybody)}
        self._links: dict[int, list[Link]] = {number: [] for number in self._members}
        self._apart: dict[int, set[int]] = {number: set() for number in self._members}
        for override in told:
            if override.same:
                self._unite(link(override.left, override.right, 1.0, ("joined by a person",)))
        for override in told:
            if not override.same:
                self._part_from(override)

    def join(self, found: Link) -> None:
        one, other = self._part[found.left], self._part[found.right]
        if one == other or other in self._apart[one] or self._sold_by(one) & self._sold_by(other):
            return
        self._unite(found)

    def groups(self) -> tuple[Group, ...]:
        found = []
        for number, members in self._members.items():
            present = tuple(sorted(key for key in members if key in self._here))
            if present:
                links = (told for told in self._links[number] if {told.left, told.right} <= self._here)
                found.append(Group(members=present, links=tuple(sorted(links, key=_ends))))
        return tuple(sorted(found, key=lambda group: group.members))

    def _sold_by(self, part: int) -> frozenset[str]:
        """The suppliers of the records that are here: one that is gone stands in nobody's way."""
        return frozenset(key[0] for key in self._members[part] if key in self._here)

    def _unite(self, found: Link) -> None:
        one, other = sorted((self._part[found.left], self._part[found.right]))
        if one == other:
            return
        for key in self._members[other]:
            self._part[key] = one
        self._members[one] += self._members.pop(other)
        self._links[one] += (*self._links.pop(other), found)
        for foreign in self._apart.pop(other):
            self._apart[foreign].remove(other)
            self._apart[foreign].add(one)
            self._apart[one].add(foreign)

    def _part_from(self, override: Override) -> None:
        one, other = self._part[override.left], self._part[override.right]
        if one == other:
            raise Contradiction(
                f"{_named(override.left)} and {_named(override.right)} are told apart, and told to be the same"
            )
        self._apart[one].add(other)
        self._apart[other].add(one)


def _ends(told: Link) -> tuple[Key, Key]:
    return told.left, told.right


def _named(key: Key) -> str:
    return " ".join(key)


def by_key(groups: Iterable[Group]) -> Mapping[Key, Group]:
    return {key: group for group in groups for key in group.members}
