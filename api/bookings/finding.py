"""Whose booking is whose, and what the calls about one have in common."""

import re
from typing import Any, Final

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from api.calls import Asked
from api.problems import not_there
from api.services import Services
from domain.bookings import People
from domain.jobs import LookAtBooking
from domain.people import Role
from domain.record_locators import read
from storage import bookings
from storage.bookings import Kept
from storage.failures import QueueDown
from storage.vault import Unreadable

_log: Final = structlog.get_logger(__name__)
_AN_ID: Final = re.compile("[a-z2-7]{26}")
LOOK_AGAIN_SECONDS: Final = 1


def owner_of(asked: Asked[Any, Any]) -> str:
    """Only of calls that want a credential."""
    assert asked.caller is not None
    return asked.caller


def owned_by(asked: Asked[Any, Any]) -> str | None:
    """Whose things the caller may see: None stands for everybody's."""
    return None if asked.role.reaches(Role.OPERATOR) else owner_of(asked)


def named(text: str) -> str | None:
    """The id or the record locator that somebody has typed; None for what can't be either."""
    return text if _AN_ID.fullmatch(text) else read(text)


def unknown() -> Exception:
    return not_there("There is no such booking of yours.")


async def found(connection: AsyncConnection, asked: Asked[Any, Any], text: str, *, locked: bool = False) -> Kept:
    """By id or record locator, however it is typed. Raises Problem (404) also for what is somebody else's."""
    name, look = named(text), bookings.locked if locked else bookings.get
    kept = None if name is None else await look(connection, name, owner=owned_by(asked))
    if kept is None:
        raise unknown()
    return kept


def people_of(services: Services, kept: Kept) -> People | None:
    """None for people who have been forgotten, and for those of whom no key of ours can tell."""
    if kept.people is None or services.vault is None:
        return None
    try:
        return services.vault.opened(kept.people, People)
    except Unreadable:
        _log.exception("booking.people_unreadable", booking_id=kept.booking.id)
        return None


async def put(services: Services, booking_id: str) -> None:
    """On the queue at once. Where the broker is away the sweeper brings it: what is due is in the books."""
    try:
        await services.queue.put(LookAtBooking(booking_id=booking_id))
    except QueueDown as error:
        _log.warning("booking.not_queued", booking_id=booking_id, error=str(error))


def place_of(booking_id: str) -> tuple[tuple[str, str], ...]:
    """Where to look next."""
    return ("Location", f"/v1/bookings/{booking_id}"), ("Retry-After", str(LOOK_AGAIN_SECONDS))
