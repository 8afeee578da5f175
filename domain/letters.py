"""Letters to travellers and account holders: their kinds, and which events of a booking are told in which letter."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

import msgspec


class LetterKind(StrEnum):
    BOOKING_CONFIRMED = "booking_confirmed"
    BOOKING_FAILED = "booking_failed"
    BOOKING_NEEDS_CONSENT = "booking_needs_consent"
    BOOKING_CANCELLED = "booking_cancelled"
    BOOKING_EXPIRED = "booking_expired"
    PAYMENT_LINK = "payment_link"
    REFUND_MADE = "refund_made"
    VERIFY_EMAIL = "verify_email"
    RESET_PASSWORD = "reset_password"  # noqa: S105  # the name of a letter
    PASSWORD_CHANGED = "password_changed"  # noqa: S105  # the name of a letter


# Events that are told to whoever has booked, where they name a booking.
LETTER_OF: Final[Mapping[str, LetterKind]] = MappingProxyType(
    {
        "booking.confirmed": LetterKind.BOOKING_CONFIRMED,
        "booking.failed": LetterKind.BOOKING_FAILED,
        "booking.needs_consent": LetterKind.BOOKING_NEEDS_CONSENT,
        "booking.cancelled": LetterKind.BOOKING_CANCELLED,
        "booking.expired": LetterKind.BOOKING_EXPIRED,
        "payment.action_required": LetterKind.PAYMENT_LINK,
        "payment.refunded": LetterKind.REFUND_MADE,
    }
)

# What the data of a letter to an account holder must hold; those about a booking read the booking.
WANTED: Final[Mapping[LetterKind, frozenset[str]]] = MappingProxyType(
    {
        LetterKind.VERIFY_EMAIL: frozenset({"link"}),
        LetterKind.RESET_PASSWORD: frozenset({"link"}),
        LetterKind.PASSWORD_CHANGED: frozenset(),
    }
)

# How long after each failed attempt the next one comes; after the last of them a letter is given up.
PAUSES: Final[tuple[timedelta, ...]] = tuple(
    timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60, 120, 240, 480, 480)
)


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """`id` is derived from what it tells, so that it is posted once.

    With a `booking_id` it goes to that booking's contact in that booking's language, and `data` holds no more than ids
    and amounts. Otherwise it goes `to` an address; address and data are sealed. `language` is BCP 47.
    """

    id: str
    kind: LetterKind
    to: str | None = None
    language: str = "en"
    data: dict[str, Any] = {}
    booking_id: str | None = None

    def __post_init__(self) -> None:
        if (self.to is None) == (self.booking_id is None):
            raise ValueError("a letter goes to an address, or to whoever made a booking")
        if (self.kind in WANTED) != (self.to is not None):
            raise ValueError(f"{self.kind} is not that kind of letter")
        if missing := WANTED.get(self.kind, frozenset()) - self.data.keys():
            raise ValueError(f"{self.kind} wants to say {', '.join(sorted(missing))}")


class LetterStatus(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"  # nobody takes it, now or after a day
    DROPPED = "dropped"  # there is nobody to write to any more, or it was overtaken by events


def next_attempt(attempts: int, now: datetime) -> datetime | None:
    """When a letter is tried again that was tried so often in vain; None where it is given up."""
    return now + PAUSES[attempts - 1] if attempts <= len(PAUSES) else None
