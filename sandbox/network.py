"""Who flies where: the routes of every carrier between its hubs and the rest of the world, the same for any seed."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from heapq import heappop, heappush
from typing import Final

import msgspec

from sandbox.aircraft import Size
from sandbox.airports import airports, distance_km
from sandbox.carriers import CARRIERS, Carrier, Kind
from sandbox.chance import luck, pick
from sandbox.stations import Rank, gateways, hubs, rank, ranks

_GEOGRAPHY: Final = 0  # the seed of what does not change with the seed of a world


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """One carrier between its hub and another place, both ways, `daily` times.

    `number` is the first flight number outbound; the way back and the later flights of the day take the next ones.
    `days` are the weekdays (0 is Monday) on which it flies.
    """

    carrier: str
    hub: str
    other: str
    km: float
    size: Size
    daily: int
    days: frozenset[int]
    number: int


Neighbours = Mapping[str, tuple[Route, ...]]

_EVERY_DAY: Final = frozenset(range(7))
_WEEKS: Final = (_EVERY_DAY, frozenset({0, 2, 4, 6}), frozenset({1, 3, 5}), frozenset({0, 1, 3, 4, 5}))
_FARTHEST_KM: Final = {Kind.NETWORK: 15_300, Kind.LOW_COST: 3_600, Kind.REGIONAL: 1_500}
_NEAREST_KM: Final = {Kind.NETWORK: 130, Kind.LOW_COST: 250, Kind.REGIONAL: 90}
_BANDS_KM: Final = (2_500, 6_500, 20_100)

# (rank of the hub, rank of the other end) -> how likely a network carrier flies there, short, middling, far
_LIKELY_ABROAD: Final = {
    (Rank.CROSSROADS, Rank.CROSSROADS): (0.98, 0.95, 0.85),
    (Rank.CROSSROADS, Rank.HUB): (0.85, 0.55, 0.30),
    (Rank.CROSSROADS, Rank.LARGE): (0.60, 0.20, 0.05),
    (Rank.HUB, Rank.CROSSROADS): (0.90, 0.70, 0.40),
    (Rank.HUB, Rank.HUB): (0.40, 0.12, 0.03),
    (Rank.HUB, Rank.LARGE): (0.25, 0.05, 0.0),
}
_LIKELY_AT_HOME: Final = {Kind.NETWORK: 0.8, Kind.LOW_COST: 0.6, Kind.REGIONAL: 0.5}
_LIKELY_NEARBY: Final = {Kind.LOW_COST: 0.4, Kind.REGIONAL: 0.15}
_SECOND_HUB: Final = 0.6  # from its other hubs a carrier goes abroad less

# rank of the lesser end -> flights a day, short, middling, far
_DAILY: Final = {
    Rank.CROSSROADS: (7, 4, 2),
    Rank.HUB: (4, 2, 1),
    Rank.LARGE: (3, 1, 1),
    Rank.SMALL: (2, 1, 1),
}


@cache
def trunk() -> Mapping[str, Neighbours]:
    """The routes between all airports that are more than small, by either end."""
    reached: defaultdict[str, defaultdict[str, list[Route]]] = defaultdict(lambda: defaultdict(list))
    for carrier in CARRIERS.values():
        for route in _numbered(carrier, _flown_by(carrier)):
            reached[route.hub][route.other].append(route)
            reached[route.other][route.hub].append(route)
    for iata in ranks():
        for hub in gateways(iata):
            if hub not in reached[iata]:
                feeder = _feeder(hub, iata)
                reached[iata][hub].append(feeder)
                reached[hub][iata].append(feeder)
    return {place: {other: tuple(routes) for other, routes in ends.items()} for place, ends in reached.items()}


@cache
def neighbours(iata: str) -> Neighbours:
    """Where one can fly from here without a stop. A small airfield knows its hubs; they do not list it."""
    if iata in trunk():
        return trunk()[iata]
    return {hub: (_feeder(hub, iata),) for hub in gateways(iata)}


def between(one: str, other: str) -> tuple[Route, ...]:
    return neighbours(one).get(other, ()) or neighbours(other).get(one, ())


def shortest_path(origin: str, destination: str) -> tuple[str, ...]:
    """The way with the fewest kilometres, each landing counted as 700 more, over routes that fly every day."""
    last_stops = {hub for hub, routes in neighbours(destination).items() if _daily(routes)}
    queue: list[tuple[float, tuple[str, ...]]] = [(0.0, (origin,))]
    seen: set[str] = set()
    while queue:
        cost, path = heappop(queue)
        here = path[-1]
        if here == destination:
            return path
        if here in seen:
            continue
        seen.add(here)
        if here in last_stops:
            heappush(queue, (cost + distance_km(here, destination) + 700, (*path, destination)))
        for there, routes in neighbours(here).items():
            if there not in seen and _daily(routes) and rank(there) >= Rank.HUB:
                heappush(queue, (cost + routes[0].km + 700, (*path, there)))
    raise LookupError(f"no way from {origin} to {destination}")


def _daily(routes: Iterable[Route]) -> bool:
    return any(route.days == _EVERY_DAY for route in routes)


class _Link(msgspec.Struct, frozen=True, kw_only=True):
    """A route before it has numbers."""

    hub: str
    other: str
    km: float


def _flown_by(carrier: Carrier) -> Iterator[_Link]:
    nearest, farthest = _NEAREST_KM[carrier.kind], _FARTHEST_KM[carrier.kind]
    done: set[frozenset[str]] = set()
    for hub in carrier.hubs:
        always = _always(carrier, hub)
        for other in ranks():
            km = distance_km(hub, other)
            ends = frozenset((hub, other))
            if nearest <= km <= farthest and ends not in done:
                odds = 1.0 if other in always else _odds(carrier, hub, other, km)
                if odds > luck(_GEOGRAPHY, "route", carrier.iata, *sorted(ends)):
                    done.add(ends)
                    yield _Link(hub=hub, other=other, km=km)


def _always(carrier: Carrier, hub: str) -> frozenset[str]:
    """A network carrier links its hubs, and its main one with the two nearest crossroads: nobody is cut off."""
    if carrier.kind is not Kind.NETWORK:
        return frozenset()
    crossroads = [place for place in hubs() if rank(place) is Rank.CROSSROADS and place != hub]
    nearest = sorted(crossroads, key=lambda place: distance_km(hub, place))[:2]
    return frozenset((*carrier.hubs, *nearest)) - {hub}


def _odds(carrier: Carrier, hub: str, other: str, km: float) -> float:
    if airports()[other].country == airports()[hub].country == carrier.country:
        return _LIKELY_AT_HOME[carrier.kind]
    if carrier.kind is not Kind.NETWORK:
        return _LIKELY_NEARBY[carrier.kind]
    # Abroad means from home: nobody sells seats between two foreign countries here.
    likely = _LIKELY_ABROAD[max(rank(hub), Rank.HUB), rank(other)][_band(km)]
    return likely if hub == carrier.hubs[0] else likely * _SECOND_HUB


def _band(km: float) -> int:
    return next(index for index, bound in enumerate(_BANDS_KM) if km <= bound)


_LAST_NUMBER: Final = 4_800
_FEEDER_NUMBERS: Final = range(4_801, 6_800, 20)


def _numbered(carrier: Carrier, links: Iterable[_Link]) -> Iterator[Route]:
    """The farthest routes get the lowest numbers, as most airlines do it."""
    number = 1
    for link in sorted(links, key=lambda link: (-link.km, link.hub, link.other)):
        daily = _daily_flights(carrier, link)
        if number + 2 * daily > _LAST_NUMBER:
            number = 1  # large airlines give one number to several flights of a day
        yield Route(
            carrier=carrier.iata,
            hub=link.hub,
            other=link.other,
            km=link.km,
            size=_size(carrier, link.km),
            daily=daily,
            days=_days(carrier, link, daily),
            number=number,
        )
        number += 2 * daily


def _daily_flights(carrier: Carrier, link: _Link) -> int:
    usual = _DAILY[min(rank(link.hub), rank(link.other))][_band(link.km)]
    return max(1, usual + pick(3, _GEOGRAPHY, "daily", carrier.iata, link.hub, link.other) - 1)


def _days(carrier: Carrier, link: _Link, daily: int) -> frozenset[int]:
    """One flight a day to a far or small place often means some days a week; between hubs it means every day."""
    if daily > 1 or min(rank(link.hub), rank(link.other)) >= Rank.HUB:
        return _EVERY_DAY
    return _WEEKS[pick(len(_WEEKS), _GEOGRAPHY, "week", carrier.iata, link.hub, link.other)]


def _size(carrier: Carrier, km: float) -> Size:
    if carrier.kind is Kind.REGIONAL:
        return Size.TURBOPROP if km < 550 else Size.REGIONAL
    if km < 5_000 or (carrier.kind is Kind.LOW_COST and km < 6_000):
        return Size.NARROW
    return Size.WIDE


def _feeder(hub: str, iata: str) -> Route:
    carrier = _feeding(hub, airports()[iata].country)
    km = distance_km(hub, iata)
    numbers = _FEEDER_NUMBERS
    return Route(
        carrier=carrier.iata,
        hub=hub,
        other=iata,
        km=km,
        size=next(size for bound, size in _FEEDER_SIZES if km <= bound),
        daily=_DAILY[rank(iata)][_band(km)],
        days=_EVERY_DAY,
        number=numbers[pick(len(numbers), _GEOGRAPHY, "feeder", hub, iata)],
    )


_FEEDER_SIZES: Final = (
    (1_200, Size.TURBOPROP),
    (2_600, Size.REGIONAL),
    (4_500, Size.NARROW),
    (20_100, Size.WIDE),
)


@cache
def _feeding(hub: str, country: str) -> Carrier:
    """Who flies from a hub into the small places: a carrier of that country, a regional one, or whoever lives there."""
    at_home = [carrier for carrier in CARRIERS.values() if hub in carrier.hubs and carrier.kind is not Kind.LOW_COST]
    return min(
        at_home, key=lambda carrier: (carrier.country != country, carrier.kind is not Kind.REGIONAL, carrier.iata)
    )
