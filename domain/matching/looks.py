"""What one sees when one holds two descriptions of a property side by side."""

import math
from typing import Final

import msgspec

from domain.matching.addresses import Whereabouts, whereabouts
from domain.matching.names import Name, name
from domain.matching.spelling import folded

_METRES_PER_DEGREE: Final = 111_195.0


class Known(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A description made ready once, to be compared with many."""

    name: Name
    place: Whereabouts
    city: frozenset[str]
    latitude: float
    longitude: float
    narrowed: float
    phone: str
    stars: float | None
    chain: str


def known(
    *,
    told: str,
    latitude: float,
    longitude: float,
    address: str | None,
    postal_code: str | None,
    city: str | None,
    phone: str | None,
    stars: float | None,
    chain: str | None,
) -> Known:
    return Known(
        name=name(told),
        place=whereabouts(address, postal_code),
        city=frozenset(folded(city or "").split()),
        latitude=latitude,
        longitude=longitude,
        narrowed=math.cos(math.radians(latitude)),
        phone=_digits(phone),
        stars=stars,
        chain=folded(chain or ""),
    )


_SUBSCRIBER: Final = 7  # digits at the end, which are the same with and without the country's and the area's


def _digits(phone: str | None) -> str:
    digits = "".join(sign for sign in phone or "" if sign.isdigit())
    return digits[-_SUBSCRIBER:] if len(digits) >= _SUBSCRIBER else ""


def metres(left: Known, right: Known) -> float:
    """Flat, which is right to a per mille within a city."""
    north = left.latitude - right.latitude
    around = abs(left.longitude - right.longitude)
    east = min(around, 360 - around) * (left.narrowed + right.narrowed) / 2
    return math.hypot(north, east) * _METRES_PER_DEGREE
