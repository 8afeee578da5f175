"""Airport clocks: a supplier's local times become aware times."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo


class ClocksDisagree(ValueError):
    """A supplier's local time and its UTC twin name different instants for the airport's zone."""


def at_airport(local: datetime, zone: ZoneInfo, *, utc: datetime | None = None) -> datetime:
    """The aware instant that the clock on the airport's wall shows as `local` (naive), with the clock's offset.

    A fixed offset, as it comes back from storage: Python holds a repeated hour in a zone to be unequal even to itself.
    In the hour that a clock change repeats, the UTC twin decides which of the two is meant, without it the first one.
    A time that the change skips is moved forward by the size of the gap, as the clocks themselves are.
    Raises ClocksDisagree where `utc` (aware, or naive meaning UTC) fits neither reading, and ValueError at the ends
    of the calendar, where suppliers put what they do not know.
    """
    if local.tzinfo is not None:
        raise ValueError("a local time has no offset yet")
    try:
        instant = _first(local, zone) if utc is None else _universal(utc)
        offset = timezone(instant.astimezone(zone).utcoffset() or timedelta())
        shown = datetime.combine(local.date(), local.time(), offset)  # in a third of the time that replace takes
        if not elapsed(shown, instant):
            return shown
        if not elapsed(instant, _first(local, zone)):  # a time that is skipped is never shown, but it has a meaning
            return instant.astimezone(offset)
    except OverflowError as error:
        raise ValueError(f"{local.isoformat()} lies at the end of the calendar") from error
    raise ClocksDisagree(f"{local.isoformat()} in {zone.key} is not {instant.isoformat()}")


def elapsed(start: datetime, end: datetime) -> timedelta:
    """Time that passes between two aware instants, also over a clock change.

    Python subtracts and compares two times of one zone by what the clocks show, not by what passed.
    """
    if isinstance(start.tzinfo, timezone):  # a fixed offset has no clock change
        return end - start
    return end.astimezone(UTC) - start.astimezone(UTC)


def _first(local: datetime, zone: ZoneInfo) -> datetime:
    return local.replace(tzinfo=zone, fold=0).astimezone(UTC)


def _universal(utc: datetime) -> datetime:
    return utc.replace(tzinfo=UTC) if utc.tzinfo is None else utc.astimezone(UTC)
