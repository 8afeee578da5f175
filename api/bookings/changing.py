"""Changing and cancelling bookings: what is wished is written down under the booking's lock, and a worker heeds it."""

from typing import Any, Final

import msgspec
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncConnection

from api.bookings import answers, present
from api.bookings.finding import found, people_of, place_of, put
from api.bookings.looking import shown
from api.bookings.wishes import ChangedBooking, contact, document_of
from api.calls import Asked, Reply, reply
from api.params import Nothing
from api.problems import Flaw, Kind, Problem, conflict, invalid
from api.sealing import vault_of
from api.services import Services
from domain import party
from domain.bookings import Booking, BookingStatus, ItemStatus, People
from domain.saga.terms import cancellation_terms
from storage import booking_lists, bookings
from storage.bookings import Kept
from storage.engine import transaction

CANCEL_ASKED: Final = "booking.cancel_asked"
_B: Final = BookingStatus
_CANCELLED: Final = frozenset({_B.CANCELLING, _B.CANCELLED})
_NOTHING_TO_CANCEL: Final = {
    _B.FAILED: "It has failed: nothing of it was booked, and nothing is charged.",
    _B.EXPIRED: "It has expired: nothing of it was booked, and nothing is charged.",
}


async def change(services: Services, asked: Asked[Nothing, ChangedBooking]) -> Reply:
    """Whom to write to, a passport, or your word about a price that has risen.

    Passports can be changed until something is ordered for which they are needed. Suppliers that have an order already keep
    the contact that they were told. 202 where a worker goes on because of it.
    """
    wished, vault = asked.body, vault_of(services)
    async with transaction(services.engine) as connection:
        kept = await found(connection, asked, asked.place["booking_id"], locked=True)
        if wished.contact is not None or wished.travellers is not None:
            people = await _people(services, connection, asked, kept)
            sealed = vault.seal(people)
            await bookings.change_people(connection, kept.booking.id, sealed, now=asked.now)
            await bookings.note(connection, kept.booking.id, "booking.changed", _changed(wished), at=asked.now)
            kept = replace(kept, people=sealed, updated_at=asked.now)
        if wished.accept_price is not None:
            wishes = replace(kept.wishes, consent=_consent(kept, asked))
            await bookings.wish(connection, kept.booking.id, wishes, now=asked.now)
            told = {"accepted": wished.accept_price}
            await bookings.note(connection, kept.booking.id, "booking.price_answered", told, at=asked.now)
            kept = replace(kept, wishes=wishes, updated_at=asked.now)
    answer = shown(services, kept, asked.now)
    if wished.accept_price is None:
        return reply(services, asked, answer)
    await put(services, kept.booking.id)
    return reply(services, asked, answer, status=202, headers=place_of(kept.booking.id))


async def cancel(services: Services, asked: Asked[Nothing, Nothing]) -> Reply:
    """What comes back and what is kept, by the fees that suppliers have told, at this moment. Asked again, it is the same.

    Everything is cancelled at its supplier, then refunds are paid; look at the booking until it is `cancelled`. Where a
    supplier takes nothing back, the booking stays `confirmed` and its history says so.
    """
    async with transaction(services.engine) as connection:
        kept = await found(connection, asked, asked.place["booking_id"], locked=True)
        booking = kept.booking
        if booking.status in _NOTHING_TO_CANCEL:
            raise conflict(_NOTHING_TO_CANCEL[booking.status])
        asked_before = kept.wishes.cancel or booking.status in _CANCELLED or booking.undoing is not None
        answer = await _answered(connection, booking.id) if asked_before else None
        if answer is None:
            answer = _asked(booking, asked)
            if booking.status is not _B.CANCELLED:
                wishes = replace(kept.wishes, cancel=True, cancel_asked_at=asked.now)
                await bookings.wish(connection, booking.id, wishes, now=asked.now)
                await bookings.note(connection, booking.id, CANCEL_ASKED, msgspec.to_builtins(answer), at=asked.now)
    await put(services, booking.id)
    return reply(services, asked, answer, status=202, headers=place_of(booking.id))


async def _answered(connection: AsyncConnection, booking_id: str) -> answers.CancellationAsked | None:
    """What was said when it was asked for first: the fees of that moment count."""
    told = [event for event in await bookings.events(connection, booking_id) if event.type == CANCEL_ASKED]
    return msgspec.convert(told[-1].data, answers.CancellationAsked) if told else None


def _asked(booking: Booking, asked: Asked[Any, Any]) -> answers.CancellationAsked:
    at = booking.cancel_asked_at or asked.now
    return answers.CancellationAsked(
        booking_id=booking.id,
        reference=booking.reference,
        asked_at=at,
        terms=present.terms(cancellation_terms(booking, at), at),
    )


def _changed(wished: ChangedBooking) -> dict[str, Any]:
    """What, and not into what: a history holds no names."""
    return {
        "contact": wished.contact is not None,
        "documents_of": [one.number for one in wished.travellers or ()],
    }


async def _people(
    services: Services, connection: AsyncConnection, asked: Asked[Nothing, ChangedBooking], kept: Kept
) -> People:
    """Raises Problem: 409 where it is too late for that, 422 for a traveller that is none."""
    booking, wished, people = kept.booking, asked.body, people_of(services, kept)
    if booking.over or people is None:
        raise conflict(f"The booking is {booking.status}: nobody needs to know that any more.")
    if wished.contact is not None:
        people = replace(people, contact=contact(wished.contact))
    if wished.travellers is None:
        return people
    if any(item.status is not ItemStatus.CHOSEN for item in booking.items):
        raise conflict("Something was ordered with these passports already: call whoever sells it.")
    if await booking_lists.busy(connection, booking.id, now=asked.now):
        raise Problem(Kind.CONFLICT, "It is being booked at this moment.", headers=(("Retry-After", "2"),))
    travellers = list(people.travellers)
    for place, one in enumerate(wished.travellers):
        if one.number > len(travellers):
            only = f"there are {len(travellers)} travellers"
            raise invalid([Flaw(pointer=f"/travellers/{place}/number", detail=only)])
        travellers[one.number - 1] = replace(travellers[one.number - 1], document=document_of(one.document))
    last = max(party.last_day(item.query) for item in booking.items)
    numbers = {one.number - 1: place for place, one in enumerate(wished.travellers)}
    for fault in party.document_faults(travellers, last):
        number = int(fault.field.split("/")[1])
        if number in numbers:
            pointer = f"/travellers/{numbers[number]}/document/expires_on"
            raise invalid([Flaw(pointer=pointer, detail=fault.detail)])
    return replace(people, travellers=tuple(travellers))


def _consent(kept: Kept, asked: Asked[Nothing, ChangedBooking]) -> bool | None:
    """Raises Problem (409) where nobody has asked, or not any more."""
    booking = kept.booking
    if booking.status is not _B.NEEDS_CONSENT or booking.undoing is not None:
        raise conflict(f"The booking is {booking.status}: there is no price to accept or to drop.")
    if booking.consent_until is not None and booking.consent_until <= asked.now:
        raise conflict("It is too late: nobody answered in time, and the booking expires.")
    if kept.wishes.consent not in (None, asked.body.accept_price):
        raise conflict("It was answered otherwise already.")
    return asked.body.accept_price
