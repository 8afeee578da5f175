"""A place where cars are rented out, and how one seller describes its own counter there."""

from datetime import datetime, time
from decimal import Decimal

import msgspec


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """Local times of one day, both within it: a counter that never closes is open from 00:00 to 23:59."""

    opens: time
    closes: time


Week = tuple[Opening | None, ...]  # Monday first, None where it stays closed all day


def is_open(hours: Week, moment: datetime) -> bool:
    """At a naive local time; the minute of closing still counts."""
    day = hours[moment.weekday()]
    return day is not None and day.opens <= moment.time().replace(second=0, microsecond=0) <= day.closes


class Station(msgspec.Struct, frozen=True, kw_only=True):
    """A true place. `kind` is terminal, off_airport (a shuttle bus away) or downtown.

    `area` is the airport's code, for a place downtown the code of the city; `airport` is one that the place serves.
    """

    id: str
    kind: str
    area: str
    airport: str
    name: str
    street: str
    city: str
    postal_code: str | None
    country: str
    timezone: str
    latitude: float
    longitude: float
    currency: str
    tax_percent: Decimal


class StationListing(msgspec.Struct, frozen=True, kw_only=True):
    """One seller's counter. `code` has 3 to 5 characters, the airport's own code in the terminal; `long_code` has 6."""

    seller: str
    station_id: str
    code: str
    long_code: str
    name: str
    street: str
    city: str
    postal_code: str | None
    country: str
    phone: str
    hours: Week
    after_hours_return: bool
