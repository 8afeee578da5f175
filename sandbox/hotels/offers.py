"""What a stay costs and on which terms: the rates that a seller has for a hotel, in euros and cents."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, Protocol

import msgspec

from sandbox.hotels.facts import RoomType

Board = Literal["room_only", "breakfast", "half_board", "full_board", "all_inclusive"]
Refundable = Literal["free_cancellation", "partially_refundable", "non_refundable"]
Payment = Literal["prepaid", "at_hotel"]


class Party(Protocol):
    """Who sleeps in one room. Children are told by their ages."""

    @property
    def adults(self) -> int: ...
    @property
    def children(self) -> Sequence[int]: ...


class Guests(msgspec.Struct, frozen=True, kw_only=True):
    """A party of ours; any other value with the same two names does as well."""

    adults: int
    children: tuple[int, ...] = ()


class Night(msgspec.Struct, frozen=True, kw_only=True):
    """One room for one night. `taxes_eur` are that night's charges that are `in_rate` or `added`, not those of the stay."""

    day: date
    base_eur: Decimal
    extra_persons_eur: Decimal
    taxes_eur: Decimal


class Charge(msgspec.Struct, frozen=True, kw_only=True):
    """A tax or a fee for one room and the whole stay.

    `place` says where it is met: `in_rate`, inside of the price that the country's hotels advertise; `added` to that when
    booking; `on_site`, paid at the hotel on top of what is booked; `conditional`, only by those who want it.
    `percent` or `unit_eur` is what `amount_eur` was reckoned from, by `mode`.
    """

    code: str
    name: str
    place: Literal["in_rate", "added", "on_site", "conditional"]
    mode: Literal["percentage", "per_night", "per_person_per_night", "per_stay", "per_person_per_stay"]
    percent: Decimal | None
    unit_eur: Decimal | None
    amount_eur: Decimal


class RoomPrice(msgspec.Struct, frozen=True, kw_only=True):
    """One room of the stay with those who sleep in it."""

    adults: int
    children: tuple[int, ...]
    nights: tuple[Night, ...]
    charges: tuple[Charge, ...]

    @property
    def base_eur(self) -> Decimal:
        """Before all taxes and fees."""
        return sum((night.base_eur + night.extra_persons_eur for night in self.nights), Decimal(0))

    def charged_eur(self, *places: str) -> Decimal:
        return sum((charge.amount_eur for charge in self.charges if charge.place in places), Decimal(0))

    @property
    def total_eur(self) -> Decimal:
        """What is paid for the booking, whether now or at the hotel; what is `on_site` comes on top."""
        return self.base_eur + self.charged_eur("in_rate", "added")


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """From `starts` on, cancelling costs `fee_eur` for all rooms together.

    `starts` is None on the first step, which begins with the booking. `days_before` counts back from the day of check-in.
    The fee is that of so many `nights` or so many `percent` of the stay.
    """

    starts: datetime | None
    days_before: int | None
    nights: int | None
    percent: int | None
    fee_eur: Decimal


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    """Rooms of one type for all parties, on one plan. `rooms_left` is at least as many as there are parties."""

    room: RoomType
    plan: str
    plan_name: str
    board: Board
    refundable: Refundable
    ladder: tuple[Step, ...]
    payment: Payment
    rooms: tuple[RoomPrice, ...]
    rooms_left: int

    @property
    def total_eur(self) -> Decimal:
        return sum((room.total_eur for room in self.rooms), Decimal(0))

    @property
    def on_site_eur(self) -> Decimal:
        return sum((room.charged_eur("on_site") for room in self.rooms), Decimal(0))
