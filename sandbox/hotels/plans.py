"""The rate plans of hotels: which meals, when it is paid, and what it costs to cancel."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType
from typing import Final, Literal
from zoneinfo import ZoneInfo

import msgspec

from sandbox.chance import luck, pick
from sandbox.hotels.facts import Hotel
from sandbox.hotels.offers import Board, Payment, Refundable, Step

_LACKING: Final = 0.14  # of a hotel's plans, that a seller does not have
_CENT: Final = Decimal("0.01")

_Ladder = Literal["flexible", "partial", "none"]


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """`percent` is the price relative to the flexible one, `held_back` the share of rooms not sold on this plan.

    `usual` is how many of 100 hotels that could have the plan do.
    """

    code: str
    name: str
    board: Board
    ladder: _Ladder
    payment: Payment
    percent: int
    held_back: int
    usual: int


_PLANS: Final = (
    Plan(code="FLEX-RO", name="Flexible rate", board="room_only", ladder="flexible", payment="at_hotel", percent=100, held_back=0, usual=94),
    Plan(code="FLEX-BB", name="Flexible rate with breakfast", board="breakfast", ladder="flexible", payment="at_hotel", percent=100, held_back=0, usual=80),
    Plan(code="PART-RO", name="Advance rate", board="room_only", ladder="partial", payment="prepaid", percent=93, held_back=5, usual=32),
    Plan(code="SAVE-RO", name="Saver, non-refundable", board="room_only", ladder="none", payment="prepaid", percent=85, held_back=15, usual=72),
    Plan(code="SAVE-BB", name="Saver with breakfast, non-refundable", board="breakfast", ladder="none", payment="prepaid", percent=85, held_back=15, usual=38),
    Plan(code="HALF-HB", name="Half board", board="half_board", ladder="flexible", payment="at_hotel", percent=100, held_back=0, usual=24),
    Plan(code="FULL-FB", name="Full board", board="full_board", ladder="partial", payment="prepaid", percent=97, held_back=0, usual=60),
    Plan(code="ALLIN-AI", name="All inclusive", board="all_inclusive", ladder="partial", payment="prepaid", percent=96, held_back=0, usual=75),
)  # fmt: skip
# board -> amenities or kinds of house of which a hotel needs one
_NEEDS: Final[Mapping[Board, frozenset[str]]] = MappingProxyType(
    {
        "room_only": frozenset({"hotel", "apartment", "hostel", "guest_house", "resort"}),
        "breakfast": frozenset({"breakfast_room", "restaurant"}),
        "half_board": frozenset({"restaurant"}),
        "full_board": frozenset({"resort"}),
        "all_inclusive": frozenset({"resort"}),
    }
)
# board -> cents a night for an adult, from one star to five; a child eats for half
MEALS: Final[Mapping[Board, tuple[int, int, int, int, int]]] = MappingProxyType(
    {
        "room_only": (0, 0, 0, 0, 0),
        "breakfast": (500, 700, 1050, 1650, 2600),
        "half_board": (1700, 2100, 2900, 4400, 7200),
        "full_board": (2500, 3100, 4300, 6300, 10500),
        "all_inclusive": (3400, 4100, 5800, 8600, 14500),
    }
)


class _Rung(msgspec.Struct, frozen=True):
    """From `hour` on the day that is so many `days` before check-in; from the booking on where that is None."""

    days: int | None
    hour: int
    nights: int | None
    percent: int | None


_FREE: Final = _Rung(None, 0, None, 0)
_LADDERS: Final[Mapping[_Ladder, tuple[tuple[_Rung, ...], ...]]] = MappingProxyType(
    {
        "flexible": (
            (_FREE, _Rung(3, 18, 1, None), _Rung(1, 18, None, 100)),
            (_FREE, _Rung(1, 18, 1, None), _Rung(0, 18, None, 100)),
            (_FREE, _Rung(7, 14, None, 50), _Rung(2, 14, None, 100)),
            (_FREE, _Rung(2, 12, None, 100)),
            (_FREE, _Rung(30, 12, None, 30), _Rung(14, 12, None, 50), _Rung(5, 12, None, 100)),
        ),
        "partial": (
            (_Rung(None, 0, None, 30), _Rung(14, 12, None, 50), _Rung(7, 12, None, 100)),
            (_Rung(None, 0, 1, None), _Rung(5, 18, None, 100)),
        ),
        "none": ((_Rung(None, 0, None, 100),),),
    }
)


def plans_of(hotel: Hotel, seller: str, seed: int) -> tuple[Plan, ...]:
    """Those of the hotel's plans that the seller has."""
    has = {hotel.kind, *hotel.amenities}
    return tuple(
        plan
        for plan in _PLANS
        if has & _NEEDS[plan.board]
        and pick(100, seed, "plan", hotel.id, plan.code) < plan.usual
        and luck(seed, "lacks", seller, hotel.id, plan.code) >= _LACKING
    )


def ladder(
    plan: Plan,
    hotel: Hotel,
    check_in: date,
    *,
    total: Decimal,
    first_nights: Sequence[Decimal],
    seed: int,
    now: datetime,
) -> tuple[Step, ...]:
    """What cancelling costs from now on; `first_nights` are the totals of the nights, all rooms together.

    Each step costs more than the one before; a step that begins after another that costs as much is none.
    """
    variants = _LADDERS[plan.ladder]
    zone = ZoneInfo(hotel.timezone)
    steps: list[Step] = []
    for rung in variants[pick(len(variants), seed, "ladder", hotel.id, plan.ladder)]:
        step = _step(rung, check_in, zone, total, first_nights)
        if step.starts is not None and step.starts <= now:
            steps = [msgspec.structs.replace(step, starts=None)]
        elif not steps or step.fee_eur > steps[-1].fee_eur:
            steps.append(step)
    return tuple(steps)


def _step(rung: _Rung, check_in: date, zone: ZoneInfo, total: Decimal, first_nights: Sequence[Decimal]) -> Step:
    starts = None
    if rung.days is not None:
        starts = datetime.combine(check_in - timedelta(days=rung.days), time(rung.hour), tzinfo=zone)
    if rung.nights is not None:
        fee = min(total, sum(first_nights[: rung.nights], Decimal(0)))
    else:
        fee = (total * (rung.percent or 0) / 100).quantize(_CENT, ROUND_HALF_UP)
    return Step(starts=starts, days_before=rung.days, nights=rung.nights, percent=rung.percent, fee_eur=fee)


def refundable(steps: Sequence[Step], total: Decimal) -> Refundable:
    """As of now."""
    fee = steps[0].fee_eur
    if not fee:
        return "free_cancellation"
    return "partially_refundable" if fee < total else "non_refundable"
