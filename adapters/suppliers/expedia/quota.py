"""What Rapid's headers say is left: a percentage, and the moment of the reset in milliseconds."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Final

from adapters.kit.calls import Reply
from adapters.kit.quota import Remaining

MINUTE: Final = 60.0
DAY: Final = 86_400.0
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_WINDOWS: Final = MappingProxyType({"minute": MINUTE, "day": DAY})


def remaining(reply: Reply) -> tuple[Remaining, ...]:
    """All of these headers may be missing."""
    return tuple(_told(reply))


def _told(reply: Reply) -> Iterator[Remaining]:
    for name, seconds in _WINDOWS.items():
        percent = _number(reply, f"rate-limit-{name}-remaining")
        if percent is not None:
            yield Remaining(
                seconds=seconds,
                share=max(0.0, min(percent / 100, 1.0)),
                resets_at=_moment(_number(reply, f"rate-limit-{name}-reset")),
            )


def _number(reply: Reply, header: str) -> float | None:
    try:
        number = float(reply.headers[header])
    except (KeyError, ValueError):
        return None
    return number if abs(number) < float("inf") else None


def _moment(milliseconds: float | None) -> datetime | None:
    try:
        return None if milliseconds is None else _EPOCH + timedelta(milliseconds=milliseconds)
    except OverflowError:
        return None
