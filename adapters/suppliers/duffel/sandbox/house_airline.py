"""Duffel Airways, the airline of test mode: it flies the test routes alone, and no world knows of it."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from random import Random
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from adapters.suppliers.duffel.sandbox.door import km
from adapters.suppliers.duffel.sandbox.scenarios import Scenario

CODE: Final = "ZZ"
NAME: Final = "Duffel Airways"
_DEPARTS: Final = (6, 12, 18)  # o'clock
_FRACTION_BY_CABIN: Final = {"economy": 1, "premium_economy": 2, "first": 5}  # business it never has
_ON_THE_GROUND: Final = timedelta(minutes=45)
_KMH: Final = 850
_HUB: Final = "FRA"
_CHANGING_PLANES: Final = timedelta(hours=2)
_SEATS: Final = 192


class Flight(msgspec.Struct, frozen=True, kw_only=True):
    carrier: str
    number: int
    operating_carrier: str
    operating_number: int
    origin: str
    destination: str
    departs: datetime
    arrives: datetime
    aircraft: str
    stops: tuple[str, ...] = ()


class OwnJourney(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    legs: tuple[Flight, ...]


class OwnFare(msgspec.Struct, frozen=True, kw_only=True):
    family: str
    fare_basis: str
    base_eur: Decimal
    taxes_eur: Decimal
    checked_bags: int
    cabin_bags: int
    refundable: bool
    changeable: bool
    seats: int


def journeys(
    airports: Mapping[str, Any], origin: str, destination: str, day: date, scenario: Scenario
) -> Iterator[OwnJourney]:
    for number, hour in enumerate(_DEPARTS):
        departs = datetime.combine(day, time(hour), ZoneInfo(airports[origin].timezone))
        way = [origin, _HUB, destination] if scenario is Scenario.TWO_FLIGHTS else [origin, destination]
        stops = (_HUB,) if scenario is Scenario.ONE_STOP else ()
        legs: list[Flight] = []
        for start, end in pairwise(way):
            if legs:
                departs = legs[-1].arrives + _CHANGING_PLANES
            leg = _flight(airports, start, end, departs, number=100 + 10 * number + len(legs), stops=stops)
            legs.append(leg)
        yield OwnJourney(id=f"{CODE}-{origin}{destination}{day:%Y%m%d}-{hour:02d}", legs=tuple(legs))


def _flight(
    airports: Mapping[str, Any],
    origin: str,
    destination: str,
    departs: datetime,
    *,
    number: int,
    stops: tuple[str, ...],
) -> Flight:
    flown = timedelta(minutes=5 * round(12 * km(airports[origin], airports[destination]) / _KMH))
    lands = departs.astimezone(UTC) + flown + _ON_THE_GROUND * (1 + len(stops))
    return Flight(
        carrier=CODE,
        number=number,
        operating_carrier=CODE,
        operating_number=number,
        origin=origin,
        destination=destination,
        departs=departs,
        arrives=lands.astimezone(ZoneInfo(airports[destination].timezone)),
        aircraft="77W",
        stops=stops,
    )


def fares(
    airports: Mapping[str, Any], journey: OwnJourney, cabin: str, scenario: Scenario, chance: Random
) -> tuple[OwnFare, ...]:
    """One fare, whose conditions vary from flight to flight; with a checked and a carry-on bag in the price."""
    factor = _FRACTION_BY_CABIN.get(cabin)
    if factor is None:
        return ()
    bags = 0 if scenario is Scenario.NO_BAGS else 1
    way = km(airports[journey.legs[0].origin], airports[journey.legs[-1].destination])
    return (
        OwnFare(
            family="BASIC",
            fare_basis="Y20LGTN2",
            base_eur=factor * (Decimal(40) + Decimal(round(way)) / 25),
            taxes_eur=Decimal("36.40"),
            checked_bags=bags,
            cabin_bags=bags,
            refundable=chance.random() < 0.5,
            changeable=chance.random() < 0.5,
            seats=_SEATS,
        ),
    )
