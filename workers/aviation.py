"""Flights in the air: whoever is watched and due is asked for once, and what became known is told to everybody."""

import asyncio
from datetime import timedelta
from typing import Final

import msgspec
import structlog

from adapters.kit.archive import about
from adapters.kit.budget import Priority
from adapters.kit.client import SupplierClient
from adapters.kit.conversation import pages
from adapters.kit.failures import Answered, Failure, TryLater
from domain.aviation import FlightStatus
from domain.enquiries import StatusEnquiry
from domain.jobs import DropOldFlights, PollWatchedFlights
from domain.orders import Reason
from domain.places import Atlas
from domain.searches import Outcome
from domain.standings import together
from domain.watching import FlightDay, Followed, Trouble
from storage import flight_events, flight_news
from storage.engine import transaction
from storage.failures import StorageDown
from workers.tools import Tools

_log: Final = structlog.get_logger(__name__)
_SHIFT_SECONDS: Final = 20.0  # for which one job goes on claiming flights; the next one is near
_DEADLINE_SECONDS: Final = 20.0  # of one flight
_CLAIMED_FOR: Final = timedelta(seconds=30)  # longer than that; a worker that died leaves the flight to others then
_SOON: Final = timedelta(seconds=30)
_MUCH_LATER: Final = timedelta(minutes=15)  # where the same question would fail again: a spent quota, a lost credential
_DAYS_KEPT: Final = timedelta(days=7)


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """What one supplier said: how it stands, or why it said nothing and how soon it may be asked again."""

    told: tuple[FlightStatus, ...] = ()
    trouble: Trouble | None = None
    pause: timedelta = timedelta()


async def poll_watched_flights(_: PollWatchedFlights, tools: Tools) -> None:
    """Each flight is claimed by one job, whoever else runs. Where storage is away, the next job is near."""
    ends = asyncio.get_running_loop().time() + _SHIFT_SECONDS
    try:
        while asyncio.get_running_loop().time() < ends:
            now = tools.now()
            async with transaction(tools.engine) as connection:
                due = await flight_events.claim(connection, now=now, until=now + _CLAIMED_FOR)
            if not due:
                return
            polls = await asyncio.gather(*(_poll(followed, tools) for followed in due), return_exceptions=True)
            for broke in (poll for poll in polls if poll is not None):
                raise broke
    except StorageDown as error:
        _log.warning("flights.not_polled", error=str(error))


async def drop_old_flights(_: DropOldFlights, tools: Tools) -> None:
    """In batches, each its own transaction, until none is left."""
    now, dropped = tools.now(), 0
    while True:
        async with transaction(tools.engine) as connection:
            batch = await flight_events.forget(connection, before=(now - _DAYS_KEPT).date(), now=now)
        dropped += batch
        if not batch:
            break
    _log.info("flights.dropped", count=dropped)


async def _poll(followed: Followed, tools: Tools) -> None:
    """What is told is stored before the word goes out; whoever misses the word finds it there."""
    flight = followed.flight
    heard = await _asked(followed, tools)
    now = tools.now()
    async with transaction(tools.engine) as connection:
        if any(one.trouble is None for one in heard):
            told = together(status for one in heard for status in one.told)
            keys = await flight_events.record(connection, flight, told, now=now)
            await flight_news.tell_owners(connection, keys, now=now)
        else:
            trouble = tuple(one.trouble for one in heard if one.trouble is not None)
            look_at = now + min((one.pause for one in heard), default=_MUCH_LATER)
            keys = await flight_events.failed(connection, flight, trouble, look_at=look_at)
    try:
        await flight_events.tell(tools.redis, keys)
    except StorageDown as error:
        _log.warning("flight.word_not_given", flight=flight.key, error=str(error))


async def _asked(followed: Followed, tools: Tools) -> tuple[Heard, ...]:
    """Everybody who knows how flights stand, at once; where somebody is live, a sandbox is no source of facts."""
    knowing = [client for client in tools.clients.values() if StatusEnquiry in client.supplier.lookups]
    live = [client for client in knowing if client.access.live]
    atlas = await tools.atlas.current()
    # As long as nothing is known of a flight, somebody may be waiting for the first word.
    priority = Priority.REFRESH if followed.changes else Priority.INTERACTIVE
    with about(f"flight {followed.flight.key}"):
        answers = (_heard(client, followed.flight, atlas, priority) for client in live or knowing)
        return tuple(await asyncio.gather(*answers))


async def _heard(client: SupplierClient, flight: FlightDay, atlas: Atlas, priority: Priority) -> Heard:
    slug, looking = client.supplier.slug, client.supplier.lookups[StatusEnquiry]
    enquiry = flight.enquiry
    deadline = asyncio.get_running_loop().time() + _DEADLINE_SECONDS
    told: list[FlightStatus] = []
    try:
        async for readout in pages(
            client,
            looking.ask(enquiry),
            lambda reply, call: looking.read(reply, call, enquiry, atlas),
            at_most=looking.at_most,
            deadline=lambda: deadline,
            priority=priority,
        ):
            told.extend(readout.records)
    except Answered as no:
        if no.reason is not Reason.NOTHING_THERE:
            return _silent(slug, no)
    except Failure as failure:
        return _silent(slug, failure)
    except Exception:  # noqa: BLE001 -- a supplier's folder is an edge: its mistake must not become everybody's
        _log.exception("supplier.crashed", supplier=slug)
        broke = Trouble(supplier=slug, outcome=Outcome.ERROR, detail="our adapter for this supplier failed")
        return Heard(trouble=broke, pause=_MUCH_LATER)
    return Heard(told=tuple(told))


def _silent(slug: str, failure: Failure) -> Heard:
    _log.warning("supplier.failed", supplier=slug, outcome=failure.outcome, detail=failure.detail)
    pause = _MUCH_LATER
    if isinstance(failure, TryLater):
        pause = max(_SOON, timedelta(seconds=failure.retry_after or 0))
    return Heard(trouble=Trouble(supplier=slug, outcome=failure.outcome, detail=failure.detail), pause=pause)
