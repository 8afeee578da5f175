"""How a flight stands: at once, or as a stream of everything that changes."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from api import bodies
from api.aviation import present
from api.aviation.following import FlightLog
from api.aviation.stream import FlightStream, seen
from api.calls import Asked, Reply
from api.params import Nothing
from api.problems import Flaw, invalid, not_there, supplier_failed
from api.route import STREAM
from api.services import Services
from api.wishes import Wait
from domain.aviation import FlightNumber
from domain.searches import SupplierReport
from domain.standings import Standing
from domain.watching import FlightDay, Followed, Trouble, flight_number, nearest
from storage import flight_events
from storage.engine import transaction

Day = date  # a field of the same name hides it
_FRESH: Final = timedelta(seconds=90)  # what was told within this is served at once, even where somebody asks anew
_LOOK_AGAIN_SECONDS: Final = 2
_LONGEST_CACHED: Final = 60  # seconds


class StatusWishes(msgspec.Struct, frozen=True, kw_only=True):
    """Which day's flight, and how long to wait for the first word of it."""

    date: (
        Annotated[
            Day,
            Meta(
                description="The local date of departure. Today at that airport if not told; yesterday while the flight of "
                "yesterday is still under way."
            ),
        ]
        | None
    ) = None
    wait: Wait = 2.5


async def status(services: Services, asked: Asked[StatusWishes, Nothing]) -> Reply:
    """A stream for whoever accepts nothing but one; it resumes the flight of the last event that the client has got."""
    number = flight_number(asked.place["flight_number"])
    if number is None:
        raise invalid([Flaw(parameter="flight_number", detail="is no flight number, such as LX14")])
    streaming = STREAM in asked.headers.get("accept", "")
    last = asked.headers.get("last-event-id", "") if streaming else ""
    log = await _log(services, number, asked.query.date or _day_of(last), asked.now)
    if streaming:
        return _stream(services, log, seen(last, log.flight))
    return await _standing(services, asked, log)


async def latest_standing(
    services: Services, number: FlightNumber, day: date | None, *, now: datetime, wait: float
) -> Standing | None:
    """How the flight stands, None where that is not known within `wait` seconds; it is being asked for by then."""
    log = await _log(services, number, day, now)
    await _waited(services, log, wait)
    return None if log.latest is None else log.latest.standing


async def _log(services: Services, number: FlightNumber, day: date | None, now: datetime) -> FlightLog:
    meant = day or await _day(services, number, now)
    return await services.following.log(FlightDay(flight=number, day=meant))


def _stream(services: Services, log: FlightLog, number: int | None) -> Reply:
    """204 tells a client that has got the end not to come again."""
    if log.ended and number == log.last:
        return Reply(status=204)
    return Reply(
        stream=FlightStream(services.following, log, number),
        headers=(("Content-Type", STREAM), ("Cache-Control", "no-store")),
    )


async def _standing(services: Services, asked: Asked[StatusWishes, Nothing], log: FlightLog) -> Reply:
    """Raises Problem: 404 where nobody tells of such a flight, 502 where nobody told anything."""
    await _waited(services, log, asked.query.wait)
    followed, latest, now = log.followed, log.latest, services.clock()
    if followed is None or latest is None:
        if followed is not None and followed.trouble:
            raise supplier_failed(_report(one) for one in followed.trouble)
        here = f"{asked.path}?date={log.flight.day.isoformat()}"
        return Reply(status=202, headers=(("Location", here), ("Retry-After", str(_LOOK_AGAIN_SECONDS))))
    flight = log.flight
    if not latest.standing.legs:
        raise not_there(f"Nobody tells of a flight {flight.flight} that leaves on {flight.day.isoformat()}.")
    told = present.standing(followed, latest)
    soon = _LONGEST_CACHED if told.next_look_at is None else (told.next_look_at - now).total_seconds()
    body, coding = msgspec.json.encode(told), bodies.wanted(asked.accept_encoding)
    findings = msgspec.structs.replace(told, told_at=datetime.min.replace(tzinfo=UTC), next_look_at=None)
    rendering = bodies.rendering(
        body,
        coding,
        version=f"{bodies.digest(msgspec.json.encode(findings))}-{coding}",
        cache_control=f"public, max-age={max(0, min(_LONGEST_CACHED, round(soon)))}",
        age=max(0, round((now - told.told_at).total_seconds())),
    )
    return Reply(rendering=rendering)


async def _waited(services: Services, log: FlightLog, seconds: float) -> None:
    """Until the flight has been told of lately, or those who were asked told nothing, or so many seconds have passed."""
    following = services.following
    async with following.following(log, every_word=True) as follower:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not (_settled(log.followed, services.clock()) or following.leaving):
                    await follower.woken()


def _settled(followed: Followed | None, now: datetime) -> bool:
    if followed is None:
        return False
    fresh = followed.told_at is not None and now - followed.told_at < _FRESH
    asked = followed.told_at is not None or bool(followed.trouble)
    return fresh or followed.over or (asked and followed.look_at > now)


def _report(trouble: Trouble) -> SupplierReport:
    return SupplierReport(supplier=trouble.supplier, status=trouble.outcome, detail=trouble.detail)


def _day_of(last_event_id: str) -> date | None:
    try:
        return date.fromisoformat(last_event_id.partition(".")[0])
    except ValueError:
        return None


async def _day(services: Services, number: FlightNumber, now: datetime) -> date:
    """The day that is meant where none is told. Without any idea where the flight leaves, it is that of Greenwich."""
    utc = now.astimezone(UTC).date()
    async with transaction(services.engine) as connection:
        known = await flight_events.days(
            connection, number, first=utc - timedelta(days=2), last=utc + timedelta(days=1)
        )
        origin = _origin(known) or await flight_events.origin(connection, number)
    contents = services.catalogue.contents
    zone = contents.atlas.zone(origin) if contents is not None and origin is not None else None
    return nearest(known, now.astimezone(zone or UTC).date(), now)


def _origin(known: Mapping[date, Standing]) -> str | None:
    return next((leg.departure.airport for standing in known.values() for leg in standing.legs), None)
