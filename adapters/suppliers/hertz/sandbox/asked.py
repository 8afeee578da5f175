"""What a request asks for: counters, times, driver, and the wishes that narrow it."""

from datetime import datetime
from typing import Any, Final

import msgspec

from adapters.suppliers.hertz.sandbox.papers import Element, attribute
from adapters.suppliers.hertz.sandbox.refusals import BY_REASON, TOO_YOUNG, Refused, invalid, missing
from adapters.suppliers.hertz.sandbox.world import SELLER, World

_USUAL_AGE: Final = 30
_LONGEST_IATA: Final = 3
_EQUIPMENT: Final = {
    "7": "INF",
    "8": "CST",
    "9": "CBS",
    "13": "GPS",
    "4": "SKI",
    "10": "SNO",
}  # list EQP -> the world's


class Rental(msgspec.Struct, frozen=True, kw_only=True):
    """`pick_up` and `drop_off` are the world's stations; times are naive, on the clocks of the counters."""

    pick_up: Any
    drop_off: Any
    pick_up_at: datetime
    drop_off_at: datetime
    driver_age: int
    pick_up_asked: str
    drop_off_asked: str


def rental(core: Element, world: World) -> Rental:
    """Raises Refused for a rental that nobody can be asked for, or that Hertz does not do."""
    told = core.find("VehRentalCore")
    if told is None:
        raise missing("VehRentalCore")
    pick_up_at, drop_off_at = (_moment(told, name) for name in ("PickUpDateTime", "ReturnDateTime"))
    pick_up, pick_up_asked = _place(told.find("PickUpLocation"), world, "229")
    there = told.find("ReturnLocation")
    drop_off, drop_off_asked = (pick_up, pick_up_asked) if there is None else _place(there, world, "233")
    age = attribute(core.find("DriverType"), "Age") or str(_USUAL_AGE)
    if not age.isdecimal():
        raise invalid("DriverType Age")
    asked = Rental(
        pick_up=pick_up,
        drop_off=drop_off,
        pick_up_at=pick_up_at,
        drop_off_at=drop_off_at,
        driver_age=int(age),
        pick_up_asked=pick_up_asked,
        drop_off_asked=drop_off_asked,
    )
    _check(asked, world)
    return asked


def _moment(told: Element, name: str) -> datetime:
    """Local; an offset is neither wanted nor looked at."""
    value = attribute(told, name)
    if value is None:
        raise missing(name)
    try:
        return datetime.fromisoformat(value).replace(tzinfo=None)
    except ValueError as error:
        raise invalid(name) from error


def _place(told: Element | None, world: World, unknown: str) -> tuple[Any, str]:
    """The extended code names one counter, an airport's code the first one there that is ours."""
    code = attribute(told, "ExtendedLocationCode") or attribute(told, "LocationCode")
    if code is None:
        raise missing("LocationCode")
    station = world.cars.station_of(SELLER, code)
    if station is None and len(code) == _LONGEST_IATA:
        there = (station for station in world.cars.stations(code) if world.cars.listed(SELLER, station))
        station = next(there, None)
    if station is None:
        raise Refused(unknown)
    asked = attribute(told, "LocationCode") or code
    return station, asked if len(asked) == _LONGEST_IATA else station.airport


def _check(asked: Rental, world: World) -> None:
    if asked.drop_off_at.date() < asked.pick_up_at.date():
        raise Refused("232")
    if asked.drop_off_at <= asked.pick_up_at and asked.pick_up is asked.drop_off:
        raise Refused("230")
    reason = world.cars.refusal(
        SELLER, asked.pick_up, asked.drop_off, asked.pick_up_at, asked.drop_off_at, asked.driver_age
    )
    if reason is None:
        return
    if reason == "one_way" and asked.pick_up.country != asked.drop_off.country:
        raise Refused("222")
    raise Refused(BY_REASON.get(reason), None if reason in BY_REASON else TOO_YOUNG)


def quotes(asked: Rental, world: World) -> tuple[Any, ...]:
    """Of every class that is left."""
    found: tuple[Any, ...] = world.cars.quotes(
        SELLER, asked.pick_up, asked.drop_off, asked.pick_up_at, asked.drop_off_at, asked.driver_age
    )
    return found


def prices(quote: Any) -> tuple[Any, ...]:
    """Under one class: paid at the counter, and prepaid."""
    return tuple(price for price in (quote.pay_later, quote.pay_now) if price is not None)


def equipment(core: Element) -> dict[str, int]:
    """Code of the list EQP -> pieces. Raises Refused for what is not in the list."""
    wanted = {}
    for told in core.iterfind("SpecialEquipPrefs/SpecialEquipPref"):
        kind = attribute(told, "EquipType")
        if kind is None:
            raise missing("EquipType")
        if kind not in _EQUIPMENT:
            raise Refused("250")
        pieces = attribute(told, "Quantity") or "1"
        if not pieces.isdecimal() or int(pieces) < 1:
            raise invalid("SpecialEquipPref Quantity")
        wanted[kind] = int(pieces)
    return wanted


def priced(wanted: dict[str, int], quote: Any) -> list[tuple[str, int, Any]]:
    """Each kind, its pieces and the world's extra. Raises Refused where it is not to be had there."""
    there = {extra.code: extra for extra in quote.extras}
    try:
        return [(kind, pieces, there[_EQUIPMENT[kind]]) for kind, pieces in wanted.items()]
    except KeyError as error:
        raise Refused("231", "SPECIAL EQUIPMENT NOT AVAILABLE AT PICKUP LOCATION") from error
