"""Bookings: what clients asked for, who is at it, each step before and after it is done, and what became of it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from sqlalchemy import Row, Select, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.bookings import Booking, Wishes
from storage.booking_tables import BOOKING_CHARGES, BOOKING_EVENTS, BOOKING_STEPS, BOOKINGS

# Longer than a renewal is late on a busy machine, and as long as a booking waits after its worker was killed.
CLAIMED_FOR: Final = timedelta(seconds=30)
RENEWED_EVERY: Final = timedelta(seconds=8)

_OF: Final = BOOKINGS.c


class ClaimLost(Exception):
    """Another worker is at this booking: whoever hears it writes no more about it."""


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A booking as it stands, with what is wished of it. `people` is sealed, and None when forgotten."""

    booking: Booking
    wishes: Wishes
    people: bytes | None
    updated_at: datetime
    due_at: datetime | None


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """`by` is new for each attempt of a worker, so that one who comes back late is a stranger."""

    booking_id: str
    by: str


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """What is about to be done. `about` names the item or the charge, `key` is what the outside hears."""

    kind: str
    about: str
    key: str


class StepTaken(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the books. Without an end it was interrupted, or is under way."""

    number: int
    kind: str
    about: str
    key: str
    begun_at: datetime
    ended_at: datetime | None
    outcome: str | None
    detail: str | None


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something in a booking's history that its owner sees."""

    number: int
    at: datetime
    type: str
    data: dict[str, Any]


async def create(connection: AsyncConnection, booking: Booking, people: bytes, *, due_at: datetime) -> bool:
    """False where the record locator is taken: choose another one."""
    row = {
        "id": booking.id,
        "reference": booking.reference,
        "owner": booking.owner,
        "status": booking.status,
        "document": booking,
        "wishes": Wishes(),
        "people": people,
        "created_at": booking.created_at,
        "updated_at": booking.created_at,
        "due_at": due_at,
    }
    made = await connection.execute(
        insert(BOOKINGS).values(row).on_conflict_do_nothing(index_elements=["reference"]).returning(_OF.id)
    )
    if made.first() is None:
        return False
    await note(connection, booking.id, "booking.accepted", {}, at=booking.created_at)
    return True


async def get(connection: AsyncConnection, named: str, *, owner: str | None = None) -> Kept | None:
    """By id or record locator. None for what is not there, and for what is not `owner`'s where one is told."""
    found = await connection.execute(_kept(named, owner))
    return _read(found.one_or_none())


async def locked(connection: AsyncConnection, named: str, *, owner: str | None = None) -> Kept | None:
    """As `get`, and nobody else changes it until the end of the transaction."""
    found = await connection.execute(_kept(named, owner).with_for_update())
    return _read(found.one_or_none())


async def wish(connection: AsyncConnection, booking_id: str, wishes: Wishes, *, now: datetime) -> None:
    """What a worker is to heed next; it is due at once. Only while the booking is `locked`."""
    await connection.execute(
        update(BOOKINGS).where(_OF.id == booking_id).values(wishes=wishes, due_at=now, updated_at=now)
    )


async def wake(connection: AsyncConnection, booking_id: str, *, now: datetime) -> None:
    """Something has happened outside: look at once. What is over stays over."""
    await connection.execute(update(BOOKINGS).where(_OF.id == booking_id, _OF.due_at.is_not(None)).values(due_at=now))


async def change_people(connection: AsyncConnection, booking_id: str, people: bytes | None, *, now: datetime) -> None:
    """None forgets them."""
    await connection.execute(update(BOOKINGS).where(_OF.id == booking_id).values(people=people, updated_at=now))


# ---- for workers ----


async def due(connection: AsyncConnection, *, now: datetime, at_most: int) -> tuple[str, ...]:
    """Whom nobody is at although it is time, those that have waited longest first."""
    found = await connection.execute(
        select(_OF.id)
        .where(_OF.due_at <= now, or_(_OF.claimed_until.is_(None), _OF.claimed_until <= now))
        .order_by(_OF.due_at)
        .limit(at_most)
    )
    return tuple(found.scalars())


async def claim(connection: AsyncConnection, claim: Claim, *, now: datetime) -> Kept | None:
    """The booking, for nobody else until the claim is given back or over. None: not due, or in other hands."""
    found = await connection.execute(
        update(BOOKINGS)
        .where(
            _OF.id == claim.booking_id, _OF.due_at <= now, or_(_OF.claimed_until.is_(None), _OF.claimed_until <= now)
        )
        .values(claimed_by=claim.by, claimed_until=now + CLAIMED_FOR)
        .returning(BOOKINGS)
    )
    return _read(found.one_or_none())


async def renew(connection: AsyncConnection, claim: Claim, *, now: datetime) -> None:
    """Raises ClaimLost."""
    renewed = await connection.execute(_held(claim).values(claimed_until=now + CLAIMED_FOR))
    if not renewed.rowcount:
        raise ClaimLost(claim.booking_id)


async def begin(connection: AsyncConnection, claim: Claim, step: Step, booking: Booking, *, now: datetime) -> int:
    """Written before the call, with the booking as it is while the call is under way. Raises ClaimLost."""
    await _save(connection, claim, booking, now=now)
    last = select(func.coalesce(func.max(BOOKING_STEPS.c.number), 0)).where(
        BOOKING_STEPS.c.booking_id == claim.booking_id
    )
    number: int = (await connection.execute(last)).scalar_one() + 1
    await connection.execute(
        insert(BOOKING_STEPS).values(
            booking_id=claim.booking_id, number=number, kind=step.kind, about=step.about, key=step.key, begun_at=now
        )
    )
    return number


async def end(
    connection: AsyncConnection,
    claim: Claim,
    number: int,
    booking: Booking,
    *,
    outcome: str,
    detail: str | None,
    now: datetime,
) -> Wishes:
    """What came of the step, in one transaction with the booking as it stands now; what is wished by now. Raises ClaimLost."""
    wishes = await _save(connection, claim, booking, now=now)
    await connection.execute(
        update(BOOKING_STEPS)
        .where(BOOKING_STEPS.c.booking_id == claim.booking_id, BOOKING_STEPS.c.number == number)
        .values(ended_at=now, outcome=outcome, detail=detail)
    )
    return wishes


async def save(connection: AsyncConnection, claim: Claim, booking: Booking, *, now: datetime) -> None:
    """The booking as it stands, without a step to the outside. Raises ClaimLost."""
    await _save(connection, claim, booking, now=now)


async def heeded(connection: AsyncConnection, claim: Claim, wishes: Wishes, *, now: datetime) -> None:
    """These wishes are in the booking now; what was wished since then stays. Raises ClaimLost."""
    found = await connection.execute(select(_OF.wishes).where(*_ours(claim)).with_for_update())
    row = found.one_or_none()
    if row is None:
        raise ClaimLost(claim.booking_id)
    left = msgspec.convert(row.wishes, Wishes).without(wishes)
    await connection.execute(_held(claim).values(wishes=left, updated_at=now))


async def give_back(
    connection: AsyncConnection, claim: Claim, *, due_at: datetime | None, seen: Wishes, now: datetime
) -> bool:
    """The claim ends; somebody looks again at `due_at`, or at once where more was wished than was `seen`: then True.

    Raises ClaimLost.
    """
    found = await connection.execute(select(_OF.wishes).where(*_ours(claim)).with_for_update())
    row = found.one_or_none()
    if row is None:
        raise ClaimLost(claim.booking_id)
    more = msgspec.convert(row.wishes, Wishes) != seen
    await connection.execute(_held(claim).values(claimed_by=None, claimed_until=None, due_at=now if more else due_at))
    return more


async def note(
    connection: AsyncConnection, booking_id: str, kind: str, data: Mapping[str, Any], *, at: datetime
) -> int:
    """One more event in the booking's history; its number. Only by whoever has the booking's row."""
    last = select(func.coalesce(func.max(BOOKING_EVENTS.c.number), 0)).where(BOOKING_EVENTS.c.booking_id == booking_id)
    number: int = (await connection.execute(last)).scalar_one() + 1
    await connection.execute(
        insert(BOOKING_EVENTS).values(booking_id=booking_id, number=number, at=at, type=kind, data=dict(data))
    )
    return number


async def events(connection: AsyncConnection, booking_id: str, *, after: int = 0) -> tuple[Event, ...]:
    found = await connection.execute(
        select(BOOKING_EVENTS)
        .where(BOOKING_EVENTS.c.booking_id == booking_id, BOOKING_EVENTS.c.number > after)
        .order_by(BOOKING_EVENTS.c.number)
    )
    return tuple(Event(number=row.number, at=row.at, type=row.type, data=row.data) for row in found)


async def steps(connection: AsyncConnection, booking_id: str) -> tuple[StepTaken, ...]:
    found = await connection.execute(
        select(BOOKING_STEPS).where(BOOKING_STEPS.c.booking_id == booking_id).order_by(BOOKING_STEPS.c.number)
    )
    return tuple(
        StepTaken(
            number=row.number, kind=row.kind, about=row.about, key=row.key, begun_at=row.begun_at,
            ended_at=row.ended_at, outcome=row.outcome, detail=row.detail,
        )
        for row in found
    )  # fmt: skip


async def by_charge(connection: AsyncConnection, charge_id: str, *, owner: str | None = None) -> Kept | None:
    """The booking that a payment of ours belongs to, as `get`."""
    return await _by_charge(connection, BOOKING_CHARGES.c.id == charge_id, owner=owner)


async def by_payment(connection: AsyncConnection, gateway: str, gateway_id: str) -> Kept | None:
    """The booking that a payment in a gateway's books belongs to."""
    return await _by_charge(
        connection, (BOOKING_CHARGES.c.gateway == gateway) & (BOOKING_CHARGES.c.gateway_id == gateway_id), owner=None
    )


async def _by_charge(connection: AsyncConnection, which: Any, *, owner: str | None) -> Kept | None:
    wanted = select(BOOKINGS).join(BOOKING_CHARGES, BOOKING_CHARGES.c.booking_id == _OF.id).where(which)
    if owner is not None:
        wanted = wanted.where(_OF.owner == owner)
    return _read((await connection.execute(wanted)).one_or_none())


async def _save(connection: AsyncConnection, claim: Claim, booking: Booking, *, now: datetime) -> Wishes:
    saved = await connection.execute(
        _held(claim)
        .values(document=booking, status=booking.status, updated_at=now, claimed_until=now + CLAIMED_FOR)
        .returning(_OF.wishes)
    )
    row = saved.one_or_none()
    if row is None:
        raise ClaimLost(claim.booking_id)
    await _index(connection, booking)
    return msgspec.convert(row.wishes, Wishes)


async def _index(connection: AsyncConnection, booking: Booking) -> None:
    rows: list[dict[str, Any]] = [
        {"id": one.id, "booking_id": booking.id, "gateway": one.gateway, "gateway_id": one.gateway_id}
        for one in booking.charges
    ]
    if rows:
        new = insert(BOOKING_CHARGES)
        await connection.execute(
            new.on_conflict_do_update(index_elements=["id"], set_={"gateway_id": new.excluded.gateway_id}), rows
        )


def _held(claim: Claim) -> Any:
    return update(BOOKINGS).where(*_ours(claim))


def _ours(claim: Claim) -> tuple[Any, ...]:
    return _OF.id == claim.booking_id, _OF.claimed_by == claim.by


def _kept(named: str, owner: str | None) -> "Select[Any]":
    wanted = select(BOOKINGS).where(or_(_OF.id == named, _OF.reference == named))
    return wanted if owner is None else wanted.where(_OF.owner == owner)


def _read(row: "Row[Any] | None") -> Kept | None:
    return None if row is None else read(row)


def read(row: "Row[Any]") -> Kept:
    """A whole row of the bookings."""
    return Kept(
        booking=msgspec.convert(row.document, Booking),
        wishes=msgspec.convert(row.wishes, Wishes),
        people=row.people,
        updated_at=row.updated_at,
        due_at=row.due_at,
    )
