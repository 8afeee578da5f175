"""Which types of rooms a hotel has, and how many of each."""

from decimal import Decimal
from random import Random
from typing import Final, Literal

import msgspec

from sandbox.hotels.facts import Bed, HotelKind, RoomType

_BedKind = Literal["single", "double", "queen", "king", "sofa_bed", "bunk"]


class _Plan(msgspec.Struct, frozen=True):
    """`price` is relative to the double room, in per cent; `share` how many of 100 rooms are of this type."""

    code: str
    name: str
    beds: tuple[tuple[_BedKind, int], ...]
    adults: int
    children: int
    sleeps: int
    size_m2: int
    price: int
    share: int
    from_stars: Decimal = Decimal(0)


_HOTEL: Final = (
    _Plan("SGL", "Single Room", (("single", 1),), 1, 0, 1, 12, 78, 14),
    _Plan("DBL", "Standard Double Room", (("double", 1),), 2, 1, 2, 17, 100, 34),
    _Plan("TWN", "Twin Room", (("single", 2),), 2, 1, 2, 18, 100, 22),
    _Plan("QUE", "Superior Queen Room", (("queen", 1),), 2, 1, 3, 21, 114, 14, Decimal(3)),
    _Plan("TRP", "Triple Room", (("double", 1), ("single", 1)), 3, 2, 3, 24, 128, 8),
    _Plan("FAM", "Family Room", (("double", 1), ("single", 2)), 4, 3, 4, 30, 148, 6, Decimal(3)),
    _Plan("DLX", "Deluxe King Room with View", (("king", 1),), 2, 1, 3, 28, 136, 12, Decimal(4)),
    _Plan("JST", "Junior Suite", (("king", 1), ("sofa_bed", 1)), 3, 2, 4, 36, 185, 5, Decimal(4)),
    _Plan("STE", "Executive Suite", (("king", 1), ("sofa_bed", 1)), 4, 2, 4, 52, 270, 2, Decimal("4.5")),
)
_PLANS: Final[dict[HotelKind, tuple[_Plan, ...]]] = {
    "hotel": _HOTEL,
    "guest_house": _HOTEL[:5],
    "resort": (
        *_HOTEL[1:4],
        _Plan("FAM", "Family Room with Terrace", (("double", 1), ("bunk", 1)), 4, 3, 4, 34, 145, 22),
        _Plan("BNG", "Garden Bungalow", (("king", 1), ("sofa_bed", 1)), 3, 2, 4, 42, 168, 20),
        _Plan("VIL", "Pool Villa", (("king", 2),), 4, 2, 5, 85, 310, 5, Decimal(4)),
    ),
    "apartment": (
        _Plan("ST1", "Studio", (("double", 1),), 2, 1, 2, 25, 92, 40),
        _Plan("AP1", "One-Bedroom Apartment", (("queen", 1), ("sofa_bed", 1)), 3, 2, 4, 42, 122, 40),
        _Plan("AP2", "Two-Bedroom Apartment", (("queen", 1), ("single", 2), ("sofa_bed", 1)), 5, 4, 6, 65, 176, 20),
    ),
    "hostel": (
        _Plan("DM8", "Bed in 8-Bed Mixed Dormitory", (("bunk", 1),), 1, 0, 1, 30, 34, 55),
        _Plan("DM4", "Bed in 4-Bed Dormitory", (("bunk", 1),), 1, 0, 1, 18, 42, 25),
        _Plan("PRV", "Private Double Room", (("double", 1),), 2, 1, 3, 13, 100, 20),
    ),
}
# kind -> fewest and most rooms, beds in a hostel
_SIZES: Final[dict[HotelKind, tuple[int, int]]] = {
    "hotel": (14, 260),
    "apartment": (4, 40),
    "guest_house": (4, 14),
    "hostel": (30, 160),
    "resort": (60, 380),
}
_ALWAYS: Final = 20  # a type with such a share of the rooms is nowhere missing
_PRICE: Final = {plan.code: plan.price for plans in _PLANS.values() for plan in plans}


def price_percent(room: RoomType) -> int:
    """Relative to the double room of the same hotel."""
    return _PRICE[room.code]


def rooms_of(kind: HotelKind, stars: Decimal | None, chance: Random) -> tuple[RoomType, ...]:
    """Cheapest first. A single flat is one room of one type."""
    fewest, most = _SIZES[kind]
    rooms = int(fewest * (most / fewest) ** chance.random())
    graded = [plan for plan in _PLANS[kind] if (stars or Decimal(3)) >= plan.from_stars]
    here = [plan for plan in graded if plan.share >= _ALWAYS or chance.random() < 0.6]
    shares = sum(plan.share for plan in here)
    return tuple(
        RoomType(
            code=plan.code,
            name=plan.name,
            beds=tuple(Bed(kind=bed, count=count) for bed, count in plan.beds),
            adults=plan.adults,
            children=plan.children,
            sleeps=plan.sleeps,
            size_m2=plan.size_m2 * chance.randrange(85, 125) // 100,
            count=max(1, rooms * plan.share // shares),
        )
        for plan in sorted(here, key=lambda plan: plan.price)
    )
