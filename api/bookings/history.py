"""What has happened to a booking: all of it at once, or as a stream that goes on after any event."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

import msgspec
from falcon.asgi import SSEvent

from api.answers import Page
from api.bookings import answers, present
from api.bookings.finding import found
from api.bookings.looking import LOOKED_EVERY
from api.calls import Asked, Reply, reply
from api.events import KEPT_ALIVE_EVERY
from api.params import Nothing
from api.route import STREAM
from api.services import Services
from storage import bookings
from storage.bookings import Event
from storage.engine import transaction
from storage.failures import StorageDown

# A stream is cut after that; the client comes back with Last-Event-ID and misses nothing.
_LONGEST: Final = 120.0
_COME_BACK_MS: Final = 1000


async def events(services: Services, asked: Asked[Nothing, Nothing]) -> Reply:
    """The oldest first. A stream for whoever accepts `text/event-stream`; it ends when the booking does.

    The id of an event is its number: with `Last-Event-ID` a stream goes on after it.
    """
    async with transaction(services.engine) as connection:
        kept = await found(connection, asked, asked.place["booking_id"])
        told = await bookings.events(connection, kept.booking.id)
    if STREAM in asked.headers.get("accept", ""):
        last = _seen(asked.headers.get("last-event-id", ""))
        if kept.booking.over and told and last >= told[-1].number:
            return Reply(status=204)  # the end was heard: do not come again
        return Reply(events=_stream(services, kept.booking.id, last))
    answer = answers.BookingEventList(
        data=tuple(present.event(one) for one in told), page=Page(next=None, total=len(told))
    )
    return reply(services, asked, answer)


async def _stream(services: Services, booking_id: str, last: int) -> AsyncIterator[SSEvent]:
    loop = asyncio.get_running_loop()
    until, silent_since = loop.time() + _LONGEST, loop.time()
    yield SSEvent(retry=_COME_BACK_MS, comment="following")
    while loop.time() < until and not services.searching.leaving:
        try:
            told, over = await _news(services, booking_id, last)
        except StorageDown:
            return
        for one in told:
            last, silent_since = one.number, loop.time()
            yield SSEvent(event=one.type, event_id=str(one.number), data=msgspec.json.encode(present.event(one)))
        if over:
            return
        if loop.time() - silent_since >= KEPT_ALIVE_EVERY:
            silent_since = loop.time()
            yield SSEvent(comment="still following")
        await asyncio.sleep(LOOKED_EVERY)


async def _news(services: Services, booking_id: str, last: int) -> tuple[tuple[Event, ...], bool]:
    """What came after that event, and whether nothing more will come. The booking first: its end is told by then."""
    async with transaction(services.engine) as connection:
        kept = await bookings.get(connection, booking_id)
        told = await bookings.events(connection, booking_id, after=last)
    return told, kept is None or kept.booking.over


def _seen(last_event_id: str) -> int:
    """Whatever is no number of ours stands for the beginning."""
    known = last_event_id.isascii() and last_event_id.isdecimal() and len(last_event_id) <= 9
    return int(last_event_id) if known else 0
