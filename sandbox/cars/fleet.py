"""How many cars of a class a seller has left at a place: others rent them too, more as the day comes near."""

from collections import defaultdict
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from sandbox.cars.counters import Station
from sandbox.cars.countries import prefers_automatic
from sandbox.cars.places import TERMINAL
from sandbox.cars.sellers import listing
from sandbox.cars.vehicles import VEHICLES, VehicleClass
from sandbox.chance import luck
from sandbox.seats import booked_share
from sandbox.stations import Rank, rank

_YARD: Final = {Rank.SMALL: 3, Rank.LARGE: 9, Rank.HUB: 16, Rank.CROSSROADS: 30}  # cars of a common class
_HAS_THE_CLASS: Final = 0.85
_QUIETEST, _BUSIEST = 0.35, 1.15  # above 1 the class is gone before the day comes
_ALWAYS_OUT: Final = 0.2  # share of the demand that booked long ago


class _Hire(msgspec.Struct, frozen=True, kw_only=True):
    pick_up_at: datetime
    drop_off_at: datetime

    def out_at(self, moment: datetime) -> bool:
        return self.pick_up_at <= moment < self.drop_off_at


class Fleet:
    """The yards of all sellers. Cars go back to where they came from, whatever the rental says."""

    def __init__(self, seed: int) -> None:
        self._seed: Final = seed
        self._hired: Final[defaultdict[tuple[str, str, str], list[_Hire]]] = defaultdict(list)

    def size(self, seller: str, place: Station, vehicle: VehicleClass) -> int:
        """0 where the seller has no counter, or not this class."""
        words = (seller, place.country, vehicle.acriss)
        foreign = vehicle.transmission == "manual" and prefers_automatic(place.country)
        if foreign or luck(self._seed, "class", *words) >= _HAS_THE_CLASS or not listing(seller, place, self._seed):
            return 0
        yard = _YARD[rank(place.airport)] if place.kind == TERMINAL else _YARD[rank(place.airport)] / 2
        return max(1, round(yard * vehicle.share * (0.5 + luck(self._seed, "yard", seller, place.id, vehicle.acriss))))

    def left(
        self,
        *,
        seller: str,
        place: Station,
        vehicle: VehicleClass,
        pick_up_at: datetime,
        drop_off_at: datetime,
        now: datetime,
    ) -> int:
        """At the busiest moment of the rental. Times are naive, local to the place."""
        size = self.size(seller, place, vehicle)
        if size == 0:
            return 0
        week = pick_up_at.date().isocalendar()[:2]
        demand = _QUIETEST + (_BUSIEST - _QUIETEST) * luck(self._seed, "hires", seller, place.id, vehicle.acriss, week)
        before = pick_up_at.replace(tzinfo=ZoneInfo(place.timezone)).astimezone(UTC) - now
        gone = int(size * demand * (_ALWAYS_OUT + (1 - _ALWAYS_OUT) * booked_share(before)))
        return max(0, size - gone - self._most_out((seller, place.id, vehicle.acriss), pick_up_at, drop_off_at))

    def take(
        self, *, seller: str, place: Station, acriss: str, pick_up_at: datetime, drop_off_at: datetime, now: datetime
    ) -> bool:
        vehicle = VEHICLES.get(acriss)
        if vehicle is None or drop_off_at <= pick_up_at:
            return False
        left = self.left(
            seller=seller, place=place, vehicle=vehicle, pick_up_at=pick_up_at, drop_off_at=drop_off_at, now=now
        )
        if left < 1:
            return False
        self._hired[seller, place.id, acriss].append(_Hire(pick_up_at=pick_up_at, drop_off_at=drop_off_at))
        return True

    def give_back(self, seller: str, place: Station, acriss: str, pick_up_at: datetime, drop_off_at: datetime) -> bool:
        hires = self._hired.get((seller, place.id, acriss), [])
        hire = _Hire(pick_up_at=pick_up_at, drop_off_at=drop_off_at)
        if hire not in hires:
            return False
        hires.remove(hire)
        return True

    def _most_out(self, key: tuple[str, str, str], pick_up_at: datetime, drop_off_at: datetime) -> int:
        """It can only be busiest when somebody drives off."""
        hires = [
            hire for hire in self._hired.get(key, ()) if hire.pick_up_at < drop_off_at and pick_up_at < hire.drop_off_at
        ]
        moments = {pick_up_at, *(hire.pick_up_at for hire in hires if hire.pick_up_at > pick_up_at)}
        return max(sum(hire.out_at(moment) for hire in hires) for moment in moments)
