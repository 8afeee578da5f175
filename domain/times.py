"""Airport clocks: a supplier's local times become aware times."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo


class ClocksDisagree(ValueError):
    """A supplier's local time and its UTC twin name different instants for the airport's zone."""


def at_airport(local: datetime, zone: ZoneInfo, *, utc: datetime | None = None) -> datetime:
    """The aware instant that the clock on the airport's wall shows as `local` (naive).

    In the hour that a clock change repeats, the UTC twin decides which of the two is meant, without it the first one.
    A time that the change skips is moved forward by the size of the gap, as the clocks themselves are.
    Raises ClocksDisagree where `utc` (aware, or naive meaning UTC) fits neither reading.
    """
    if local.tzinfo is not None:
        raise ValueError("a local time has no offset yet")
    first = local.replace(tzinfo=zone, fold=0)
    if utc is None:
        return first.astimezone(UTC).astimezone(zone)
    instant = utc.replace(tzinfo=UTC) if utc.tzinfo is None else utc
    for reading in (first, first.replace(fold=1)):
        if reading.astimezone(UTC) == instant:
            return instant.astimezone(zone)
    raise ClocksDisagree(f"{local.isoformat()} in {zone.key} is not {instant.isoformat()}")
