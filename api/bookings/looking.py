"""Looking at bookings: one with everything in it, waiting for what comes next if wished, and all of a person's in a list."""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from api import paging
from api.answers import Page
from api.bookings import answers, present
from api.bookings.finding import found, owned_by, owner_of, people_of
from api.bookings.wishes import BookingListWishes, BookingWishes
from api.calls import Asked, Reply, reply
from api.params import Nothing, Reading
from api.services import Services
from domain.bookings import Booking, BookingStatus
from domain.queries import Fault
from domain.saga.terms import cancellation_terms
from storage import booking_lists
from storage.booking_lists import Wanted
from storage.bookings import Kept
from storage.engine import transaction

NEWEST: Final = "newest"
LOOKED_EVERY: Final = 0.5  # seconds, while somebody waits
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_B: Final = BookingStatus
# A worker is at it, or the payer has something to do: there is something to wait for.
_MOVING: Final = frozenset({_B.PENDING, _B.CONFIRMING, _B.IN_DOUBT, _B.CANCELLING})
_CAN_BE_CANCELLED: Final = frozenset(_B) - {_B.FAILED, _B.EXPIRED, _B.CANCELLED}


async def look(services: Services, asked: Asked[BookingWishes, Nothing]) -> Reply:
    """Yours, by its id or its record locator. With `wait`, as soon as it or a payment of it stands otherwise than now."""
    kept = await _kept(services, asked)
    if kept.booking.status in _MOVING or kept.wishes.consent is not None:
        kept = await _grown(services, asked, kept)
    return reply(services, asked, shown(services, kept, services.clock()))


async def listed(services: Services, asked: Asked[BookingListWishes, Nothing]) -> Reply:
    """The newest first. Operators see everybody's."""
    return await _list(services, asked, owner=owned_by(asked))


async def mine(services: Services, asked: Asked[BookingListWishes, Nothing]) -> Reply:
    """The newest first, and nobody else's, whoever asks."""
    return await _list(services, asked, owner=owner_of(asked))


def list_faults(read: "Reading[Any]", _: Services) -> Iterable[Fault]:
    if (text := read.values.get("cursor")) is not None:
        try:
            paging.place_of(text, sort=NEWEST)
        except paging.BadCursor as error:
            yield Fault(field="cursor", detail=str(error))


def shown(services: Services, kept: Kept, now: datetime) -> answers.Booking:
    return present.booking(kept, people_of(services, kept), terms_now(kept.booking, now))


def terms_now(booking: Booking, now: datetime) -> answers.CancellationTerms | None:
    """What cancelling now would give back; None for what can't be cancelled any more."""
    if booking.status not in _CAN_BE_CANCELLED:
        return None
    return present.terms(cancellation_terms(booking, now), booking.cancel_asked_at or now)


def before(cursor: str | None) -> tuple[datetime, str] | None:
    """Where a page of bookings goes on. Only for a cursor without faults."""
    if cursor is None:
        return None
    place = paging.place_of(cursor, sort=NEWEST)
    return _EPOCH + int(place.key) * _MICROSECOND, place.id


def following(kept: tuple[Kept, ...], limit: int) -> str | None:
    """The cursor of the next page, where one more was found than fits on this one."""
    if len(kept) <= limit:
        return None
    last = kept[limit - 1].booking
    return paging.cursor(paging.Place(sort=NEWEST, key=(last.created_at - _EPOCH) // _MICROSECOND, id=last.id))


def links(asked: Asked[Any, Any], following: str | None) -> tuple[tuple[str, str], ...]:
    if following is None:
        return ()
    return (("Link", paging.link(paging.link_before(asked.path, asked.pairs), following)),)


async def _list(services: Services, asked: Asked[BookingListWishes, Nothing], *, owner: str | None) -> Reply:
    wanted, limit = Wanted(owner=owner, statuses=asked.query.status or ()), asked.query.limit
    async with transaction(services.engine) as connection:
        kept = await booking_lists.listed(connection, wanted, before=before(asked.query.cursor), at_most=limit + 1)
        total = await booking_lists.count(connection, wanted)
    more = following(kept, limit)
    answer = answers.BookingList(
        data=tuple(present.line(one) for one in kept[:limit]), page=Page(next=more, total=total)
    )
    return reply(services, asked, answer, headers=links(asked, more))


async def _grown(services: Services, asked: Asked[BookingWishes, Nothing], kept: Kept) -> Kept:
    """Looks twice a second: a booking takes seconds, and few people wait for one at the same time."""
    loop, stood = asyncio.get_running_loop(), _standing(kept.booking)
    until = loop.time() + asked.query.wait
    while _standing(kept.booking) == stood and not services.searching.leaving and loop.time() < until:
        await asyncio.sleep(min(LOOKED_EVERY, until - loop.time()))
        kept = await _kept(services, asked)
    return kept


async def _kept(services: Services, asked: Asked[Any, Any]) -> Kept:
    async with transaction(services.engine) as connection:
        return await found(connection, asked, asked.place["booking_id"])


def _standing(booking: Booking) -> tuple[object, ...]:
    """Two that stand alike look alike to whoever waits."""
    return booking.status, tuple((charge.id, charge.status, charge.action_url) for charge in booking.charges)
