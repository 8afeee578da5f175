"""How one gets from A to B on a day: direct flights, and connections over hubs."""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Final

import msgspec

from sandbox.airports import airports, distance_km
from sandbox.carriers import CARRIERS, Carrier, together
from sandbox.chance import luck, pick
from sandbox.network import Route, between, neighbours, shortest_path
from sandbox.stations import Rank, rank
from sandbox.timetable import Leg, Timetable, zone


class Journey(msgspec.Struct, frozen=True, kw_only=True):
    """`id` names the flights as they are sold: the same in every process and at any time."""

    id: str
    legs: tuple[Leg, ...]

    @property
    def origin(self) -> str:
        return self.legs[0].origin

    @property
    def destination(self) -> str:
        return self.legs[-1].destination

    @property
    def departs(self) -> datetime:
        return self.legs[0].departs

    @property
    def duration(self) -> timedelta:
        return self.legs[-1].arrives.astimezone(UTC) - self.departs.astimezone(UTC)


_MOST_WAYS: Final = {1: 12, 2: 8, 3: 4}  # by the number of stops
_MOST_LAST_HUBS: Final = 8
_ENOUGH_WAYS: Final = 3
_USUAL_WAIT: Final = timedelta(hours=9)
_OVERNIGHT_WAIT: Final = timedelta(hours=26)  # long enough for tomorrow's flight where there is one a day
_A_BUSY_PAIR: Final = 8  # direct flights a day
_SHOWN: Final = 20
_SHOWN_OF_A_BUSY_PAIR: Final = 60
_WORTH_A_STOP: Final = timedelta(minutes=60)
_TOO_LONG: Final = (2, timedelta(hours=7))  # beyond twice the best and seven hours nobody would buy it

Way = tuple[str, ...]


def journeys(timetable: Timetable, seed: int, origin: str, destination: str, day: date) -> tuple[Journey, ...]:
    """At least one for any two airports, ordered by how good they are: short ones with few stops first."""
    direct = [(leg,) for route in between(origin, destination) for leg in timetable.flights(route, origin, day)]
    found: list[tuple[Leg, ...]] = [*direct, *(_shared(seed, leg) for (leg,) in direct if _is_shared(seed, leg))]
    for wait in (_USUAL_WAIT, _OVERNIGHT_WAIT):
        for way in ways(origin, destination):
            found.extend(_along(timetable, way, day, wait))
        if len(found) >= _ENOUGH_WAYS:
            break
    if not found:
        found.extend(_along(timetable, shortest_path(origin, destination), day, _OVERNIGHT_WAIT))
    told = {journey.id: journey for journey in (_journey(_on_one_ticket(seed, legs), day) for legs in found)}
    return _worth_showing(told.values(), busy=len(direct) >= _A_BUSY_PAIR)


def _worth_showing(found: Iterable[Journey], *, busy: bool) -> tuple[Journey, ...]:
    ranked = sorted(found, key=lambda one: (one.duration + len(one.legs) * _WORTH_A_STOP, one.id))
    factor, more = _TOO_LONG
    limit = ranked[0].duration * factor + more
    return tuple(one for one in ranked if one.duration <= limit)[: _SHOWN_OF_A_BUSY_PAIR if busy else _SHOWN]


def _journey(legs: tuple[Leg, ...], day: date) -> Journey:
    words = "/".join(f"{leg.carrier}{leg.number}={leg.flight}" for leg in legs)
    digest = hashlib.blake2b(words.encode(), digest_size=6).hexdigest()
    return Journey(id=f"{legs[0].origin}{legs[-1].destination}{day:%Y%m%d}-{digest}", legs=legs)


@lru_cache(maxsize=4096)
def ways(origin: str, destination: str) -> tuple[Way, ...]:
    """The airports one passes, best first: over one hub, over more of them where that gives little choice."""
    straight = distance_km(origin, destination)
    found: tuple[Way, ...] = ()
    for stops, most in _MOST_WAYS.items():
        found += _shortest(_over(stops, origin, destination), at_most=most, limit_km=straight * 1.4 + stops * 700)
        if len(found) >= _ENOUGH_WAYS:
            break
    return found


def _shortest(candidates: Iterable[tuple[float, Way]], *, at_most: int, limit_km: float) -> tuple[Way, ...]:
    """Those within the limit, or the best three where all are long ways round."""
    ranked = sorted(candidates)
    sensible = [way for km, way in ranked if km <= limit_km] or [way for _, way in ranked[:_ENOUGH_WAYS]]
    return tuple(sensible[:at_most])


def _over(stops: int, origin: str, destination: str) -> Iterator[tuple[float, Way]]:
    """Kilometres and airports of every way with so many stops, all of them at hubs."""
    here, there = neighbours(origin), neighbours(destination)
    if stops == 1:
        for hub in here.keys() & there.keys():
            if rank(hub) >= Rank.HUB:
                yield here[hub][0].km + there[hub][0].km, (origin, hub, destination)
        return
    last_hubs = sorted(
        (distance_km(origin, hub) + routes[0].km, hub)
        for hub, routes in there.items()
        if rank(hub) >= Rank.HUB and hub != origin
    )
    for _, last in last_hubs[:_MOST_LAST_HUBS]:
        for km, way in _over(stops - 1, origin, last):
            if destination not in way:
                yield km + there[last][0].km, (*way, destination)


def _along(timetable: Timetable, way: Way, day: date, wait: timedelta) -> Iterator[tuple[Leg, ...]]:
    """For each departure on the first stretch the earliest connections onwards; none where one of them is missing."""
    stretches = [between(here, there) for here, there in pairwise(way)]
    for route in stretches[0]:
        for start in timetable.flights(route, way[0], day):
            legs = [start]
            for routes in stretches[1:]:
                onward = _onward(timetable, legs[-1], routes, wait)
                if onward is None:
                    break
                legs.append(onward)
            else:
                yield tuple(legs)


def _onward(timetable: Timetable, inbound: Leg, routes: tuple[Route, ...], wait: timedelta) -> Leg | None:
    """With the same airline or a partner where possible, else with whoever flies."""
    arriving_with = CARRIERS[inbound.operating_carrier]
    partners = tuple(route for route in routes if together(arriving_with, CARRIERS[route.carrier]))
    return _next_departure(timetable, inbound, partners, wait) or _next_departure(timetable, inbound, routes, wait)


def _next_departure(timetable: Timetable, inbound: Leg, routes: tuple[Route, ...], wait: timedelta) -> Leg | None:
    hub = inbound.destination
    landed = inbound.arrives.astimezone(UTC)  # the clocks may change while one waits
    ready, until = landed + minimum_connection(inbound.origin, hub), landed + wait
    first, last = (instant.astimezone(zone(hub)).date() for instant in (ready, until))
    days = [first + timedelta(days=later) for later in range((last - first).days + 1)]
    possible = (leg for route in routes for on in days for leg in timetable.flights(route, hub, on))
    return min(
        (leg for leg in possible if ready <= leg.departs <= until),
        key=lambda leg: (leg.departs.astimezone(UTC), leg.carrier, leg.number),
        default=None,
    )


def minimum_connection(origin: str, hub: str) -> timedelta:
    """Passport control and large airports take their time."""
    minutes = 45 if airports()[origin].country == airports()[hub].country else 60
    return timedelta(minutes=minutes + 15 if rank(hub) is Rank.CROSSROADS else minutes)


_CODE_SHARES: Final = range(5_000, 9_000)
_SHARED_DIRECT: Final = 0.4
_SHARED_CONNECTION: Final = 0.7


def _is_shared(seed: int, leg: Leg) -> bool:
    sold_by = CARRIERS[leg.carrier]
    return bool(_partners(sold_by)) and luck(seed, "share", leg.carrier, leg.number) < _SHARED_DIRECT


def _shared(seed: int, leg: Leg) -> tuple[Leg]:
    """The same flight under a partner's number: one from either end of the route where there is one."""
    partners = _partners(CARRIERS[leg.carrier])
    ends = {airports()[leg.origin].country, airports()[leg.destination].country}
    near = tuple(partner for partner in partners if partner.country in ends) or partners
    return (_sold_by(near[pick(len(near), seed, "partner", leg.carrier, leg.number)], leg),)


def _partners(carrier: Carrier) -> tuple[Carrier, ...]:
    if not carrier.partners:
        return ()
    return tuple(other for other in CARRIERS.values() if other is not carrier and other.partners == carrier.partners)


def _sold_by(carrier: Carrier, leg: Leg) -> Leg:
    number = _CODE_SHARES[pick(len(_CODE_SHARES), 0, "number", carrier.iata, leg.operating_carrier, leg.number)]
    return msgspec.structs.replace(leg, carrier=carrier.iata, number=number)


def _on_one_ticket(seed: int, legs: tuple[Leg, ...]) -> tuple[Leg, ...]:
    """Most partner feeders are sold under the number of the airline of the longest leg."""
    if len(legs) == 1:
        return legs
    longest = max(legs, key=lambda leg: leg.duration)
    trunk = CARRIERS[longest.carrier]
    return tuple(
        _sold_by(trunk, leg)
        if leg.carrier != trunk.iata
        and together(trunk, CARRIERS[leg.carrier])
        and luck(seed, "ticket", trunk.iata, leg.carrier, leg.number) < _SHARED_CONNECTION
        else leg
        for leg in legs
    )
