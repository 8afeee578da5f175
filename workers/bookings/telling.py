"""What became of a booking, told in the transaction in which it did: history, clients, findings, watched flights."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.bookings import Booking, BookingStatus
from domain.findings import Finding
from domain.flights import Itinerary, Segment
from domain.saga.news import News, findings, news
from domain.watching import FlightDay, flight_number
from storage import bookings, client_events, flight_events
from storage import findings as found
from storage.client_events import ClientEvent

_AFTER_LANDING: Final = timedelta(hours=6)


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What there is to tell of the way from one state to the next."""

    news: tuple[News, ...] = ()
    findings: tuple[Finding, ...] = ()

    def and_then(self, before: Booking, after: Booking, now: datetime) -> "Told":
        return Told(news=(*self.news, *news(before, after)), findings=(*self.findings, *findings(before, after, now)))


async def tell(connection: AsyncConnection, booking: Booking, told: Told, *, now: datetime) -> None:
    """Raises StorageDown with whatever else the transaction holds."""
    for one in told.news:
        number = await bookings.note(connection, booking.id, one.type, one.data, at=now)
        if one.for_clients:
            await client_events.tell(connection, _event(booking, one, number, now))
        if one.type == f"booking.{BookingStatus.CONFIRMED}":
            await _watch(connection, booking, now)
        if one.type == f"booking.{BookingStatus.CANCELLED}":
            for segment in _segments(booking):
                for flight in _flights([segment]):
                    await flight_events.unwatch(connection, flight, because=_because(booking))
    for finding in told.findings:
        await found.found(connection, finding, now=now)


def _event(booking: Booking, one: News, number: int, now: datetime) -> ClientEvent:
    return ClientEvent(
        id=f"{booking.id}-{number}",
        owner=booking.owner,
        type=one.type,
        at=now,
        payload={"type": one.type, "timestamp": now, "data": one.data},
        booking_id=booking.id,
    )


async def _watch(connection: AsyncConnection, booking: Booking, now: datetime) -> None:
    segments = list(_segments(booking))
    if segments:
        until = max(segment.arrives_at for segment in segments) + _AFTER_LANDING
        await flight_events.watch(connection, _flights(segments), until=until, because=_because(booking), now=now)


def _segments(booking: Booking) -> Iterator[Segment]:
    for item in booking.items:
        if isinstance(item.offer.product, Itinerary):
            for direction in item.offer.product.slices:
                yield from direction.segments


def _flights(segments: Iterable[Segment]) -> Iterator[FlightDay]:
    """On the day of departure, by the clock at the airport."""
    for segment in segments:
        number = flight_number(segment.flight)
        if number is not None:
            yield FlightDay(flight=number, day=segment.departs_at.date())


def _because(booking: Booking) -> str:
    return f"booking:{booking.id}"
