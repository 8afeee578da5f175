"""Which hotel a supplier's record is of, under an id that stays: whoever arrives first, and whoever joins or leaves later."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

import msgspec

from domain.hotels import Property
from domain.ids import short_id
from domain.matching.geohash import around, cell
from domain.matching.properties import Described, Group, Key, groups, of

# So long the records of a hotel may take to arrive: until then its id is what it would be if all had come at once. A search
# that is the first to find a hotel and the judgement that follows it then agree, whichever supplier was quicker.
SETTLES_AFTER: Final = timedelta(minutes=10)


class Hotel(msgspec.Struct, frozen=True, kw_only=True):
    """One hotel: its records, and the ids of those that turned out to be this one."""

    id: str
    members: tuple[Key, ...]
    formerly: tuple[str, ...] = ()


def own_id(key: Key) -> str:
    """The id of a hotel that this record was the first of."""
    return short_id(f"hotel {' '.join(key)}")


def fingerprint(told: Described) -> str:
    """Another one for whatever else is told."""
    return short_id(msgspec.json.encode(told).decode())


def identified(properties: Mapping[Key, Property], kept: Mapping[Key, str]) -> Mapping[Key, str]:
    """Every property's hotel: as it is kept, and for those of which nothing is kept as their looks say now.

    A property without a name or a place is a hotel of its own.
    """
    unknown = {key for key in properties if key not in kept}
    ids = {key: kept.get(key) or own_id(key) for key in properties}
    if not unknown:
        return ids
    sellers: defaultdict[str, set[str]] = defaultdict(set)
    for key in properties.keys() - unknown:
        sellers[kept[key]].add(key[0])
    for group in groups(_near(properties, unknown)):
        newcomers = [key for key in group.members if key in unknown]
        if newcomers:
            hotel_id = _welcoming(group, newcomers, kept, sellers)
            sellers[hotel_id].update(supplier for supplier, _ in newcomers)
            ids.update(dict.fromkeys(newcomers, hotel_id))
    return ids


def decided(
    found: Iterable[Group], before: Mapping[Key, str], born_at: Mapping[str, datetime], *, at: datetime
) -> tuple[Hotel, ...]:
    """The groups as hotels, where some of their members were of one `before`.

    An id goes where the record goes that it was born with, else where most of its records go. Of several that come
    together the oldest lives on. A hotel that is new, or has not settled, is named for its first record.
    """
    found = tuple(found)
    came_to = _came_to(found, before)
    hotels = []
    for number, group in enumerate(found):
        ids = sorted(came_to.get(number, ()), key=lambda each: (born_at[each], each))
        if not ids or at - born_at[ids[0]] < SETTLES_AFTER:
            first = own_id(group.members[0])
            ids = [first, *(each for each in ids if each != first)]
        hotels.append(Hotel(id=ids[0], members=group.members, formerly=tuple(ids[1:])))
    return tuple(hotels)


def _near(properties: Mapping[Key, Property], unknown: Iterable[Key]) -> Mapping[Key, Described]:
    """Those that could be one with an unknown one, and these."""
    described = {key: told for key, content in properties.items() if (told := of(content))}
    cells = {key: cell(told.location) for key, told in described.items()}
    looked_at = {near for here in {cells[key] for key in unknown if key in cells} for near in around(here)}
    return {key: told for key, told in described.items() if cells[key] in looked_at}


def _welcoming(group: Group, newcomers: list[Key], kept: Mapping[Key, str], sellers: Mapping[str, set[str]]) -> str:
    """The hotel of most of the group that none of the newcomers' suppliers sells under another number already."""
    hotels = Counter(kept[key] for key in group.members if key in kept)
    bringing = {supplier for supplier, _ in newcomers}
    for hotel_id, _ in sorted(hotels.items(), key=lambda each: (-each[1], each[0])):
        if not bringing & sellers[hotel_id]:
            return hotel_id
    return own_id(newcomers[0])


def _came_to(found: tuple[Group, ...], before: Mapping[Key, str]) -> Mapping[int, list[str]]:
    """By the group's number, which ids its members bring along; each id to one group."""
    places = {key: number for number, group in enumerate(found) for key in group.members}
    born_with = {own_id(key): number for key, number in places.items()}
    holders: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for key, number in places.items():
        if key in before:
            holders[before[key]][number] += 1
    came_to: defaultdict[int, list[str]] = defaultdict(list)
    for hotel_id, numbers in holders.items():
        most = min(numbers, key=lambda number: (-numbers[number], number))
        came_to[born_with.get(hotel_id, most)].append(hotel_id)
    return came_to
