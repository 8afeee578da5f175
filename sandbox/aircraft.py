"""The aircraft that fly in the pretend world: how far, how fast and with how many seats."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import msgspec

CABINS: Final = ("economy", "premium_economy", "business", "first")


class Size(StrEnum):
    """What a route asks for."""

    TURBOPROP = "turboprop"
    REGIONAL = "regional"
    NARROW = "narrow"
    WIDE = "wide"


class Aircraft(msgspec.Struct, frozen=True, kw_only=True):
    """`code` is the IATA aircraft type, `range_km` and `cruise_kmh` the maker's figures in round numbers."""

    code: str
    size: Size
    range_km: int
    cruise_kmh: int
    seats: Mapping[str, int]


def _aircraft(code: str, size: Size, range_km: int, cruise_kmh: int, *seats: int) -> Aircraft:
    cabins = {cabin: count for cabin, count in zip(CABINS, seats, strict=False) if count}
    return Aircraft(code=code, size=size, range_km=range_km, cruise_kmh=cruise_kmh, seats=cabins)


FLEET: Final = tuple(
    _aircraft(*row)
    for row in (
        # type, size, range, cruise, seats in economy, premium economy, business, first
        ("DHT", Size.TURBOPROP, 1400, 300, 19),
        ("AT7", Size.TURBOPROP, 1500, 490, 70),
        ("DH4", Size.TURBOPROP, 2000, 620, 76),
        ("E75", Size.REGIONAL, 3700, 800, 64, 0, 12),
        ("CR9", Size.REGIONAL, 2900, 800, 76, 0, 10),
        ("E90", Size.REGIONAL, 4500, 810, 88, 0, 12),
        ("319", Size.NARROW, 5000, 830, 120, 0, 16),
        ("320", Size.NARROW, 5500, 835, 150, 0, 20),
        ("738", Size.NARROW, 5400, 835, 150, 0, 16),
        ("32N", Size.NARROW, 6300, 835, 156, 0, 20),
        ("7M8", Size.NARROW, 6400, 840, 156, 0, 16),
        ("32Q", Size.NARROW, 7200, 840, 180, 0, 16),
        ("788", Size.WIDE, 13500, 900, 190, 28, 24),
        ("333", Size.WIDE, 11500, 870, 220, 21, 30),
        ("789", Size.WIDE, 14100, 905, 204, 35, 30),
        ("359", Size.WIDE, 15400, 905, 210, 24, 36),
        ("77W", Size.WIDE, 13600, 905, 234, 40, 48, 8),
        ("388", Size.WIDE, 14800, 905, 360, 55, 76, 14),
        ("351", Size.WIDE, 16500, 905, 230, 40, 54, 6),
    )
)
BY_CODE: Final = {aircraft.code: aircraft for aircraft in FLEET}

# Where a wish has no seats of its own on this aircraft, the traveller sits one cabin further back.
NEXT_BEST: Final = {"first": "business", "business": "economy", "premium_economy": "economy"}


def suited(size: Size, distance_km: float) -> tuple[Aircraft, ...]:
    """The types of that size which reach so far with a reserve; the longest-legged one when none of them does."""
    able = tuple(one for one in FLEET if one.size is size and one.range_km * 0.93 >= distance_km)
    return able or (max(FLEET, key=lambda one: one.range_km),)


def cabin_flown(code: str, cabin: str) -> str:
    """Where somebody with a ticket for `cabin` sits on this type: business on a 77W, economy on an ATR."""
    while cabin not in BY_CODE[code].seats:
        cabin = NEXT_BEST[cabin]
    return cabin
