"""How each seller knows the places: where it has counters, under which codes, and when somebody stands there."""

import re
from datetime import time
from functools import lru_cache
from typing import Final

from sandbox.cars.counters import Opening, Station, StationListing, Week
from sandbox.cars.places import DOWNTOWN, OFF_AIRPORT, TERMINAL
from sandbox.chance import luck, pick
from sandbox.hotels.countries import country
from sandbox.stations import Rank, rank

# Everybody wants to be where everybody arrives; elsewhere a share of the places has a counter of a given seller.
_IN_THE_TERMINAL: Final = {Rank.SMALL: 0.80, Rank.LARGE: 0.90, Rank.HUB: 1.0, Rank.CROSSROADS: 1.0}
_ELSEWHERE: Final = 0.70
_CODE: Final = re.compile(r"(?P<area>[A-Z]{3})(?:\d|[A-Z]\d{1,2})?")
_LETTER: Final = {TERMINAL: "T", OFF_AIRPORT: "O", DOWNTOWN: "C"}
_KEPT: Final = 8_192

_ALWAYS: Final = Opening(opens=time(0), closes=time(23, 59))
_LONG: Final = Opening(opens=time(6), closes=time(23, 30))
_OFFICE: Final = Opening(opens=time(8), closes=time(18))
_MORNING: Final = Opening(opens=time(8), closes=time(12))
_AROUND_THE_CLOCK: Final[Week] = (_ALWAYS,) * 7
_ALL_DAY: Final[Week] = (_LONG,) * 7
_OFFICE_HOURS: Final[Week] = (*(_OFFICE,) * 5, _MORNING, None)
_WITH_SUNDAYS: Final[Week] = (*(_OFFICE,) * 5, _MORNING, _MORNING)


def area_of(code: str) -> str | None:
    """The airport or city that any seller's code begins with."""
    told = _CODE.fullmatch(code)
    return told["area"] if told else None


@lru_cache(maxsize=_KEPT)
def listing(seller: str, place: Station, seed: int) -> StationListing | None:
    words = (seller, place.id)
    share = _IN_THE_TERMINAL[rank(place.area)] if place.kind == TERMINAL else _ELSEWHERE
    if luck(seed, "counter", *words) >= share:
        return None
    number = int(place.id[-1])
    return StationListing(
        seller=seller,
        station_id=place.id,
        code=_code(seed, seller, place, number),
        long_code=f"{place.area}{_LETTER[place.kind]}{10 * (1 + pick(9, seed, 'long', seller, place.area)) + number}",
        name=place.name,
        street=place.street,
        city=place.city,
        postal_code=place.postal_code,
        country=place.country,
        phone=f"+{country(place.country).dialling or 1} {10_000_000 + pick(89_999_999, seed, 'phone', *words)}",
        hours=_hours(seed, seller, place),
        after_hours_return=place.kind != DOWNTOWN or luck(seed, "key box", *words) < 0.3,
    )


def _code(seed: int, seller: str, place: Station, number: int) -> str:
    """The airport's own for the desk in the terminal, else a digit (a bus away) or a letter and a digit (downtown)."""
    if place.kind == TERMINAL:
        return place.area
    first = pick(6, seed, "code", seller)
    if place.kind == OFF_AIRPORT:
        return f"{place.area}{first + number}"
    return f"{place.area}{'CDKNRX'[first]}{number}"


def _hours(seed: int, seller: str, place: Station) -> Week:
    if place.kind == DOWNTOWN:
        return _OFFICE_HOURS if luck(seed, "sundays", seller, place.id) < 0.6 else _WITH_SUNDAYS
    size = rank(place.area)
    if size is Rank.SMALL:
        return _WITH_SUNDAYS
    always = size is Rank.CROSSROADS and place.kind == TERMINAL
    return _AROUND_THE_CLOCK if always or luck(seed, "nights", seller, place.id) < 0.2 else _ALL_DAY
