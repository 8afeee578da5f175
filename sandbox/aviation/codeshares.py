"""Under which other numbers a flight is sold: by the same luck by which tickets are made out in `sandbox.connections`.

A test holds every number on every ticket against what is said here.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import Final

from sandbox.airports import airports
from sandbox.aviation.rotations import Duty, feeders_of, routes_of
from sandbox.carriers import CARRIERS, seller
from sandbox.chance import luck, pick
from sandbox.network import neighbours

_NUMBERS: Final = range(5_000, 9_000)
_BY_ONE_PARTNER: Final = 0.4
_WITH_A_CONNECTION: Final = 0.7

Number = tuple[str, int]  # an airline and a number of its own


def shares(seed: int, duty: Duty) -> tuple[Number, ...]:
    """The partner that sells the flight by itself, and those at either end who sell it with a flight of theirs."""
    here = serving(duty.origin) | serving(duty.destination)
    partners = _partners(duty.carrier)
    alone = _alone(seed, duty)
    selling = [
        partner
        for partner in partners
        if partner == alone or (partner in here and _sells(seed, partner, duty.carrier, duty.number))
    ]
    return tuple((partner, _number(partner, duty.operator, duty.number)) for partner in selling)


def sells(seed: int, carrier: str, duty: Duty) -> bool:
    """Whether there may be a ticket of that airline for the flight: also from where it does not fly itself."""
    return carrier in _partners(duty.carrier) and (
        _sells(seed, carrier, duty.carrier, duty.number) or _alone(seed, duty) == carrier
    )


@lru_cache(maxsize=16)
def flown_as(carrier: str) -> Mapping[int, tuple[Number, ...]]:
    """For each code-share number of an airline, who may fly it and under which number: more than one at times."""
    meant: defaultdict[int, list[Number]] = defaultdict(list)
    for operator, numbers in _numbers_flown().items():
        if seller(CARRIERS[operator]).iata in _partners(carrier):
            for number in numbers:
                meant[_number(carrier, operator, number)].append((operator, number))
    return {number: tuple(flown) for number, flown in meant.items()}


@cache
def _numbers_flown() -> Mapping[str, frozenset[int]]:
    def numbers(operator: str) -> Iterator[int]:
        for route in (*routes_of().get(operator, ()), *feeders_of().get(operator, ())):
            yield from range(route.number, route.number + 2 * route.daily)

    return {operator: frozenset(numbers(operator)) for operator in CARRIERS}


@cache
def serving(iata: str) -> frozenset[str]:
    """Whose tickets one flies on from a place without a stop."""
    return frozenset(seller(CARRIERS[route.carrier]).iata for routes in neighbours(iata).values() for route in routes)


@cache
def _partners(carrier: str) -> tuple[str, ...]:
    alliance = CARRIERS[carrier].partners
    if not alliance:
        return ()
    return tuple(iata for iata, other in CARRIERS.items() if iata != carrier and other.partners == alliance)


def _number(partner: str, operator: str, number: int) -> int:
    return _NUMBERS[pick(len(_NUMBERS), 0, "number", partner, operator, number)]


def _sells(seed: int, partner: str, carrier: str, number: int) -> bool:
    return luck(seed, "ticket", partner, carrier, number) < _WITH_A_CONNECTION


def _alone(seed: int, duty: Duty) -> str | None:
    partners = _partners(duty.carrier)
    if not partners or luck(seed, "share", duty.carrier, duty.number) >= _BY_ONE_PARTNER:
        return None
    ends = {airports()[duty.origin].country, airports()[duty.destination].country}
    near = tuple(partner for partner in partners if CARRIERS[partner].country in ends) or partners
    return near[pick(len(near), seed, "partner", duty.carrier, duty.number)]
