"""One worker at one booking: step after step, each in the books before and after it, until it has to wait or is over."""

import asyncio
from datetime import datetime
from typing import Final
from uuid import uuid4

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.bookings import Booking, Wishes
from domain.jobs import LookAtBooking
from domain.saga.actions import Asking, Result, Turn, Wait
from domain.saga.course import after, begun, next_step, woken
from storage import bookings
from storage.bookings import RENEWED_EVERY, Claim, ClaimLost, Kept
from storage.engine import transaction
from storage.failures import StorageDown
from workers.bookings.desk import Desk
from workers.bookings.steps import STEPS, outcome, written
from workers.bookings.telling import Told, tell
from workers.tools import Tools

_log: Final = structlog.get_logger(__name__)
_SHIFT_SECONDS: Final = 180.0  # after which the next job goes on, well before this one's time limit


async def look_at_booking(job: LookAtBooking, tools: Tools) -> None:
    """Whoever can't claim it has nothing to do: it is not due, or in good hands."""
    try:
        while await _looked(job.booking_id, tools):
            pass
    except* StorageDown as away:
        _log.warning("booking.left", booking=job.booking_id, error=str(away.exceptions[0]))
    except* ClaimLost:
        _log.info("booking.claim_lost", booking=job.booking_id)


async def _looked(booking_id: str, tools: Tools) -> bool:
    """True when more was wished meanwhile: look again."""
    claim = Claim(booking_id=booking_id, by=uuid4().hex)
    async with transaction(tools.engine) as connection:
        kept = await bookings.claim(connection, claim, now=tools.now())
    if kept is None:
        return False
    look = Look(tools, claim, kept)
    async with asyncio.TaskGroup() as group:
        renewing = group.create_task(look.renewed())
        more = await look.done()
        renewing.cancel()
    return more


class Look:
    """What a worker knows of the booking that it holds. `_stands` is how it is, also where that is not written yet."""

    def __init__(self, tools: Tools, claim: Claim, kept: Kept) -> None:
        self._tools: Final = tools
        self._claim: Final = claim
        self._desk: Final = Desk(tools=tools, sealed=kept.people)
        self._stands = kept.booking
        self._wishes = kept.wishes
        self._heeded: list[Wishes] = []
        self._told = Told()

    async def renewed(self) -> None:
        """For as long as the look takes. Raises ClaimLost, which ends it."""
        while True:
            await asyncio.sleep(RENEWED_EVERY.total_seconds())
            try:
                async with transaction(self._tools.engine) as connection:
                    await bookings.renew(connection, self._claim, now=self._tools.now())
            except StorageDown as error:
                _log.warning("booking.not_renewed", booking=self._claim.booking_id, error=str(error))

    async def done(self) -> bool:
        """Raises ClaimLost and StorageDown: what was begun is done again by whoever comes next."""
        ends = asyncio.get_running_loop().time() + _SHIFT_SECONDS
        self._stands = woken(self._stands, self._tools.now())
        while True:
            action = next_step(self._stands, self._wishes, self._tools.now())
            match action:
                case Turn():
                    self._turned(action)
                case Wait():
                    return await self._given_back(action)
                case _ if asyncio.get_running_loop().time() > ends:
                    await self._given_back(Wait(until=self._tools.now()))
                    return True
                case _:
                    await self._stepped(action)

    def _turned(self, turn: Turn) -> None:
        self._move(turn.booking)
        if turn.heeded is not None:
            self._heeded.append(turn.heeded)
            self._wishes = self._wishes.without(turn.heeded)

    def _move(self, booking: Booking) -> None:
        self._told = self._told.and_then(self._stands, booking, self._tools.now())
        if booking.status is not self._stands.status:
            _log.info("booking.moved", booking=booking.id, was=self._stands.status, now=booking.status)
        self._stands = booking

    async def _stepped(self, action: Asking) -> None:
        """In the books before the call and after it."""
        before, now = self._stands, self._tools.now()
        self._move(begun(before, action, now))
        async with transaction(self._tools.engine) as connection:
            number = await bookings.begin(connection, self._claim, written(action, before), self._stands, now=now)
            await self._write(connection, now)
        self._written()
        result = await STEPS[type(action)].carry(action, self._stands, self._desk)
        await self._ended(number, after(before, action, result, self._tools.now(), began=now), result)

    async def _ended(self, number: int, booking: Booking, result: Result) -> None:
        self._move(booking)
        (word, detail), now = outcome(result), self._tools.now()
        async with transaction(self._tools.engine) as connection:
            wishes = await bookings.end(connection, self._claim, number, booking, outcome=word, detail=detail, now=now)
            await self._write(connection, now)
        self._written()
        self._wishes = wishes

    async def _given_back(self, wait: Wait) -> bool:
        now = self._tools.now()
        async with transaction(self._tools.engine) as connection:
            await bookings.save(connection, self._claim, self._stands, now=now)
            await self._write(connection, now)
            return await bookings.give_back(connection, self._claim, due_at=wait.until, seen=self._wishes, now=now)

    async def _write(self, connection: AsyncConnection, now: datetime) -> None:
        await tell(connection, self._stands, self._told, now=now)
        for wishes in self._heeded:
            await bookings.heeded(connection, self._claim, wishes, now=now)

    def _written(self) -> None:
        self._told, self._heeded = Told(), []
