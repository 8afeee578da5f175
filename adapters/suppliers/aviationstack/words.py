"""How aviationstack writes what it does not know, codes, numbers and times, made plain."""

import re
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from domain.aviation import FlightNumber, FlightState
from domain.places import Atlas
from domain.times import at_airport

_NO_NAME: Final = "empty"  # what stands there instead of the name of nobody's airline
_CLOCK: Final = re.compile(r"\d{2}:\d{2}(:\d{2})?")
_STATES: Final = {state.value: state for state in FlightState}


def known(text: str | None) -> str | None:
    """None for null, for empty text and for blanks: all of them are used for unknown."""
    return (text or "").strip() or None


def code(text: str | None) -> str | None:
    """Codes come in either case, depending on the endpoint."""
    told = known(text)
    return None if told is None else told.upper()


def told(text: str | None, field: str) -> str:
    """Raises ValueError for what is not there."""
    word = known(text)
    if word is None:
        raise ValueError(f"no {field}")
    return word


def name(text: str | None) -> str | None:
    word = known(text)
    return None if word is None or word.lower() == _NO_NAME else word


def delay(minutes: int | str | None) -> timedelta | None:
    """A number, or a number as text. Raises ValueError for any other text."""
    if isinstance(minutes, str):
        minutes = known(minutes)
    return None if minutes is None else timedelta(minutes=int(minutes))


def state(text: str | None) -> FlightState | None:
    """None for null and for a word that is not among the documented ones."""
    return _STATES.get((text or "").strip().lower())


def flight(carrier: str | None, number: str | None) -> FlightNumber:
    """Raises ValueError for a flight without a number, or of nobody."""
    own, designator = told(number, "flight number").upper(), code(carrier)
    if designator is None:
        raise ValueError(f"flight {own} has no airline")
    return FlightNumber(carrier=designator, number=_plain(own))


def same_flight(one: FlightNumber, other: FlightNumber) -> bool:
    return one.carrier == other.carrier and _plain(one.number) == _plain(other.number)


def _plain(number: str) -> str:
    """0014 and 14 are one flight."""
    return number.lstrip("0") or number


def local(text: str | None) -> datetime | None:
    """What the clock on the airport's wall shows: whatever offset is written behind it is not true.

    Raises ValueError for text that is no time.
    """
    word = known(text)
    return None if word is None else datetime.fromisoformat(word).replace(tzinfo=None)


def at(text: str | None, zone: ZoneInfo | None) -> datetime | None:
    """The aware instant. Raises ValueError where the clock hangs nobody knows where."""
    shown = local(text)
    if shown is None:
        return None
    if zone is None:
        raise ValueError(f"{text} is a time in an unknown zone")
    return at_airport(shown, zone)


def is_clock(text: str | None) -> bool:
    """Whether it is a time without a date: `20:05` or `20:05:00`."""
    word = known(text)
    return word is not None and _CLOCK.fullmatch(word) is not None


def clock(text: str | None) -> time | None:
    """Of a time without a date, or of a whole local time. Raises ValueError for any other text."""
    word = known(text)
    if word is None:
        return None
    return time.fromisoformat(word) if is_clock(word) else datetime.fromisoformat(word).time()


def on_day(text: str | None, day: date) -> str | None:
    """A time without a date as the local time on that day; one with a date as it is."""
    word = known(text)
    return f"{day}T{word}" if word is not None and is_clock(word) else word


def zone_of(timezone: str | None, airport: str | None, atlas: Atlas) -> ZoneInfo | None:
    """The one that is told, else the airport's own. Raises ValueError for a zone that does not exist."""
    word = known(timezone)
    if word is None:
        return atlas.zone(airport or "")
    try:
        return ZoneInfo(word)
    except (OSError, ValueError) as error:
        raise ValueError(f"{word!r} is not an IANA time zone") from error
    except KeyError as error:
        raise ValueError(f"{word!r} is not an IANA time zone") from error
