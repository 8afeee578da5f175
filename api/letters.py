"""Sending the letter about a booking once more, to whoever it names as its contact."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final

import msgspec

from api.bookings.finding import found
from api.calls import Asked, Reply, reply
from api.params import Nothing
from api.problems import Kind, Problem, conflict
from api.services import Services
from domain.bookings import BookingStatus
from domain.letters import Letter, LetterKind
from storage import letters
from storage.engine import transaction

# Each costs its reader a look, and the sender's good name where somebody only plays.
MOST: Final = 5
WITHIN: Final = timedelta(hours=1)

_LETTERS: Final[Mapping[BookingStatus, LetterKind]] = MappingProxyType(
    {
        BookingStatus.CONFIRMED: LetterKind.BOOKING_CONFIRMED,
        BookingStatus.CANCELLED: LetterKind.BOOKING_CANCELLED,
    }
)


class LetterAsked(msgspec.Struct, frozen=True, kw_only=True):
    """Which letter goes out, within seconds where the mail server takes it."""

    booking_id: str
    letter: str


async def resend(services: Services, asked: Asked[Nothing, Nothing]) -> Reply:
    """The confirmation of a booking that is confirmed, or the cancellation of one that is cancelled, as things stand now.

    It goes to the contact of the booking, at most five times an hour.
    """
    async with transaction(services.engine) as connection:
        kept = await found(connection, asked, asked.place["booking_id"], locked=True)
        booking = kept.booking
        kind = _LETTERS.get(booking.status)
        if kind is None:
            raise conflict(f"The booking is {booking.status}: there is nothing to confirm.")
        if kept.people is None:
            raise conflict("Whoever made the booking is forgotten: there is nobody to write to.")
        earlier = await letters.asked_again(connection, booking.id)
        lately = [at for at in earlier if at > asked.now - WITHIN]
        if len(lately) >= MOST:
            wait = str(round((lately[-MOST] + WITHIN - asked.now).total_seconds()) + 1)
            raise Problem(
                Kind.TOO_MANY_REQUESTS,
                f"The letter was sent {MOST} times within the last hour.",
                headers=(("Retry-After", wait),),
            )
        letter = Letter(
            id=f"{booking.id} again {len(earlier) + 1}", kind=kind, booking_id=booking.id, data={"again": True}
        )
        await letters.post(connection, letter, now=asked.now)
    return reply(services, asked, LetterAsked(booking_id=booking.id, letter=kind), status=202)
