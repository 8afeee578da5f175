"""How OpenSky writes instants and callsigns, made plain."""

from datetime import UTC, datetime, timedelta
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def instant(seconds: float) -> datetime:
    """Raises ValueError for seconds beyond the calendar."""
    try:
        return _EPOCH + timedelta(seconds=seconds)
    except OverflowError as error:
        raise ValueError(f"{seconds} seconds lead out of the calendar") from error


def seconds(at: datetime) -> str:
    return str(int((at - _EPOCH).total_seconds()))


def callsign(text: str | None) -> str | None:
    """Eight characters, filled up with spaces, and at times nothing but spaces."""
    return (text or "").strip().upper() or None
