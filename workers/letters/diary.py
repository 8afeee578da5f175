"""The itinerary as iCalendar (RFC 5545): a flight, a stay or a rental becomes an entry in the reader's calendar."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timezone, tzinfo
from typing import Final

from icalendar import Calendar, Event

from adapters.mail.mailer import Attachment
from domain.bookings import Booking, Item, ItemStatus
from domain.cars import Rental, RentalPlace
from domain.flights import Itinerary
from domain.hotels import Property, Stay
from domain.places import Atlas
from workers.letters.itinerary import address, airport, title
from workers.letters.speech import Speech

_MAKER: Final = "-//TravelHub//Bookings//EN"
_YEARS_AHEAD: Final = 3
_BOOKED: Final = (ItemStatus.BOOKED, ItemStatus.CANCELLING, ItemStatus.KEPT)


def attached(booking: Booking, speech: Speech, atlas: Atlas, *, now: datetime) -> Attachment | None:
    """What is booked; None where nothing is."""
    items = [item for item in booking.items if item.status in _BOOKED]
    return _calendar("PUBLISH", booking, [(item, _entries(item, speech, atlas)) for item in items], speech, now=now)


def taken_back(booking: Booking, speech: Speech, atlas: Atlas, *, now: datetime) -> Attachment | None:
    """The same entries once more, to be taken out of the calendar."""
    items = [item for item in booking.items if item.status is ItemStatus.CANCELLED and item.order is not None]
    return _calendar("CANCEL", booking, [(item, _entries(item, speech, atlas)) for item in items], speech, now=now)


def _calendar(
    method: str, booking: Booking, booked: list[tuple[Item, Iterator[Event]]], speech: Speech, *, now: datetime
) -> Attachment | None:
    if not booked:
        return None
    calendar = Calendar.new(prodid=_MAKER, method=method, uid=f"{booking.id}@travelhub")
    for item, entries in booked:
        for number, entry in enumerate(entries, 1):
            # The same entry in every letter about this booking: calendars go by its UID, and by the higher SEQUENCE.
            entry.add("uid", f"{booking.id}-{item.number}-{number}@travelhub")
            entry.add("dtstamp", now.astimezone(UTC))
            entry.add("sequence", 1 if method == "CANCEL" else 0)
            entry.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
            entry.add("description", "\n".join(_codes(booking, item, speech)))
            calendar.add_component(entry)
    begins = min(item.query.begins_on for item, _ in booked)
    # What clocks did and will do around the journey: from 1970 on it would be longer than all that is said.
    calendar.add_missing_timezones(
        first_date=date(begins.year - 1, 1, 1), last_date=date(begins.year + _YEARS_AHEAD, 1, 1)
    )
    return Attachment(
        name=f"{booking.reference}.ics",
        media_type=f"text/calendar; charset=utf-8; method={method}",
        content=calendar.to_ical(),
    )


def _entries(item: Item, speech: Speech, atlas: Atlas) -> Iterator[Event]:
    match item.offer.product:
        case Itinerary() as journey:
            for one in journey.segments:
                yield _entry(
                    f"{one.flight} {one.origin} – {one.destination}",
                    _at(one.departs_at, atlas.zone(one.origin)),
                    _at(one.arrives_at, atlas.zone(one.destination)),
                    airport(one.origin, atlas),
                )
        case Stay() as stay:
            # Whole days; by the standard the last one is not part of it (RFC 5545, 3.6.1).
            yield _entry(title(item, speech, atlas), stay.check_in, stay.check_out, _hotel(stay.property))
        case Rental() as rental:
            yield _entry(
                title(item, speech, atlas),
                _at(rental.pick_up_at, atlas.zone(rental.pick_up.airport)),
                _at(rental.drop_off_at, atlas.zone(rental.drop_off.airport)),
                _counter(rental.pick_up, atlas),
            )


def _entry(summary: str, begins: date, ends: date, location: str) -> Event:
    entry = Event()
    entry.add("summary", summary)
    entry.add("dtstart", begins)
    entry.add("dtend", ends)
    entry.add("location", location)
    entry.add("transp", "TRANSPARENT" if not isinstance(begins, datetime) else "OPAQUE")
    return entry


def _at(moment: datetime, zone: tzinfo | None) -> datetime:
    """In the zone of its place, so that calendars show the clock there; an offset alone is no zone for them."""
    if zone is None or isinstance(zone, timezone):
        return moment.astimezone(UTC)
    return moment.astimezone(zone)


def _hotel(place: Property) -> str:
    return ", ".join(part for part in (place.name, address(place.address)) if part)


def _counter(counter: RentalPlace, atlas: Atlas) -> str:
    return ", ".join(
        part for part in (counter.name or airport(counter.airport, atlas), address(counter.address)) if part
    )


def _codes(booking: Booking, item: Item, speech: Speech) -> Iterator[str]:
    yield f"{speech.say('reference')}: {booking.reference}"
    if item.order is not None:
        for one in item.order.locators:
            yield f"{speech.say('code_of', issuer=one.issuer)}: {one.code}"
