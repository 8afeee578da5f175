"""Watched flights: who watches them, how they stand, and what became known of them, in the order in which it did."""

from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final

import msgspec
import redis.asyncio
from sqlalchemy import Row, delete, insert, null, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.aviation import FlightNumber
from domain.standings import Difference, Standing, sold_as
from domain.watching import Change, FlightDay, Followed, Trouble, told_anew
from storage.cache import redis_failures
from storage.flight_tables import FLIGHT_CHANGES, FLIGHT_WATCHES, WATCHED_FLIGHTS
from storage.tables import ROUTES

_CHANNEL: Final = "travelhub:flights"
_NAP: Final = 5.0  # seconds between two looks at a silent subscription
_AT_ONCE: Final = 2_000  # changes that one look reads; the next look reads on

# Sorted, so that two processes that watch the same flights wait for each other instead of each for the other.
_WATCHED: Final = text("""
    INSERT INTO watched_flights (flight, carrier, number, day, changes, look_at, over)
    SELECT flight, carrier, number, day, 0, :now, false
    FROM unnest(CAST(:flights AS text[]), CAST(:carriers AS text[]), CAST(:numbers AS text[]), CAST(:days AS date[]))
      AS asked (flight, carrier, number, day)
    ORDER BY flight
    ON CONFLICT DO NOTHING
""")
_WATCHES: Final = text("""
    INSERT INTO flight_watches (flight, because, until)
    SELECT flight, :because, :until FROM unnest(CAST(:flights AS text[])) AS asked (flight) ORDER BY flight
    ON CONFLICT (flight, because) DO UPDATE SET until = greatest(flight_watches.until, excluded.until)
""")

# Looked for from the side of the watches: flights that nobody watches any more are many, and stay due for ever.
_CLAIM: Final = text("""
    UPDATE watched_flights SET claimed_until = :until WHERE flight IN (
      SELECT due.flight FROM watched_flights AS due
      WHERE due.flown_as IS NULL AND NOT due.over AND due.look_at <= :now
        AND (due.claimed_until IS NULL OR due.claimed_until <= :now)
        AND due.flight IN (
          SELECT coalesce(seen.flown_as, seen.flight)
          FROM flight_watches JOIN watched_flights AS seen USING (flight)
          WHERE flight_watches.until > :now
        )
      ORDER BY due.look_at LIMIT :at_most FOR UPDATE SKIP LOCKED
    )
    RETURNING *
""")
_CHANGES_AFTER: Final = text("""
    SELECT known.* FROM flight_changes AS known
    JOIN unnest(CAST(:flights AS text[]), CAST(:numbers AS int[])) AS held (flight, number)
      ON known.flight = held.flight AND known.number > held.number
    ORDER BY known.flight, known.number LIMIT :at_most
""")


async def watch(
    connection: AsyncConnection, flights: Iterable[FlightDay], *, until: datetime, because: str, now: datetime
) -> None:
    """Have them asked for until then. `because` names who wants it: the same one again only moves `until` ahead."""
    wanted = {flight.key: flight for flight in flights}
    if not wanted:
        return
    columns = {
        "flights": list(wanted),
        "carriers": [flight.flight.carrier for flight in wanted.values()],
        "numbers": [flight.flight.number for flight in wanted.values()],
        "days": [flight.day for flight in wanted.values()],
    }
    await connection.execute(_WATCHED, {**columns, "now": now})
    await connection.execute(_WATCHES, {"flights": list(wanted), "because": because, "until": until})


async def unwatch(connection: AsyncConnection, flight: FlightDay, *, because: str) -> None:
    """As far as this one is concerned; who else watches it goes on."""
    ours = (FLIGHT_WATCHES.c.flight == flight.key) & (FLIGHT_WATCHES.c.because == because)
    await connection.execute(delete(FLIGHT_WATCHES).where(ours))


async def claim(
    connection: AsyncConnection, *, now: datetime, until: datetime, at_most: int = 8
) -> tuple[Followed, ...]:
    """Flights that are due and watched, for this caller alone until it records them or `until` has passed."""
    claimed = await connection.execute(_CLAIM, {"now": now, "until": until, "at_most": at_most})
    return tuple(_followed(row) for row in claimed)


async def record(connection: AsyncConnection, flight: FlightDay, told: Standing, *, now: datetime) -> tuple[str, ...]:
    """Keep what suppliers told of a flight just now, for its own number and for all under which others sell it.

    The keys of all these. What was told before something that is held already changes nothing.
    """
    found = await connection.execute(
        select(WATCHED_FLIGHTS)
        .where(or_(WATCHED_FLIGHTS.c.flight == flight.key, WATCHED_FLIGHTS.c.flown_as == flight.key))
        .order_by(WATCHED_FLIGHTS.c.flight)
        .with_for_update()
    )
    held = [_followed(row) for row in found]
    for followed in held:
        if followed.told_at is not None and followed.told_at >= now:
            continue
        own = followed.flight == flight
        seen = told if own else sold_as(told, followed.flight.flight)
        after, changes = told_anew(followed, seen, now)
        flown_as = await _flown_as(connection, flight, told, now) if own else followed.flown_as
        await _keep(connection, msgspec.structs.replace(after, flown_as=flown_as), changes)
        if own and flown_as is not None:  # whoever was sold as this one is sold as the other one
            await _resold(connection, flight.key, flown_as)
    if not told.legs:
        await _released(connection, flight.key, now)
    return tuple(followed.flight.key for followed in held)


async def failed(
    connection: AsyncConnection, flight: FlightDay, trouble: tuple[Trouble, ...], *, look_at: datetime
) -> tuple[str, ...]:
    """Nobody told anything. The keys of all flights that are now known to be in this trouble."""
    changed = await connection.execute(
        update(WATCHED_FLIGHTS)
        .where(or_(WATCHED_FLIGHTS.c.flight == flight.key, WATCHED_FLIGHTS.c.flown_as == flight.key))
        .values(trouble=trouble, look_at=look_at, claimed_until=None)
        .returning(WATCHED_FLIGHTS.c.flight)
    )
    return tuple(changed.scalars())


async def followed(
    connection: AsyncConnection, keys: Iterable[str], *, standings: bool = True
) -> Mapping[str, Followed]:
    """Those of the flights that anybody has watched lately, by key; without `standings` how they stand is left out.

    Who reads ten thousand of them every few seconds has how they stand from their changes.
    """
    columns = [column for column in WATCHED_FLIGHTS.c if standings or column.name != "standing"]
    wanted = select(*columns).where(WATCHED_FLIGHTS.c.flight.in_(list(keys)))
    if not standings:
        wanted = wanted.add_columns(null().label("standing"))
    found = await connection.execute(wanted)
    return {row.flight: _followed(row) for row in found}


async def changes_after(connection: AsyncConnection, held: Mapping[str, int]) -> tuple[tuple[str, Change], ...]:
    """What became known of each flight after the number that is held of it, in order; more may follow a full answer."""
    if not held:
        return ()
    asked = {"flights": list(held), "numbers": list(held.values()), "at_most": _AT_ONCE}
    found = await connection.execute(_CHANGES_AFTER, asked)
    return tuple((row.flight, _change(row)) for row in found)


async def days(
    connection: AsyncConnection, flight: FlightNumber, *, first: date, last: date
) -> Mapping[date, Standing]:
    """How the flights of a number stand on the days of which anything is known."""
    table = WATCHED_FLIGHTS
    found = await connection.execute(
        select(table.c.day, table.c.standing)
        .where(table.c.carrier == flight.carrier, table.c.number == flight.number)
        .where(table.c.day.between(first, last), table.c.standing.is_not(None))
    )
    return {row.day: msgspec.convert(row.standing, Standing) for row in found}


async def origin(connection: AsyncConnection, flight: FlightNumber) -> str | None:
    """Where the flights of a number leave, as the routes have it: the first in the alphabet of several."""
    found = await connection.execute(
        select(ROUTES.c.origin)
        .where(ROUTES.c.carrier == flight.carrier, ROUTES.c.number == flight.number)
        .where(ROUTES.c.vanished_at.is_(None))
        .order_by(ROUTES.c.origin)
        .limit(1)
    )
    told: str | None = found.scalar_one_or_none()
    return told


async def forget(connection: AsyncConnection, *, before: date, now: datetime, at_most: int = 1_000) -> int:
    """Drop watches that are over, and a bounded number of flights of days before that nobody watches; how many."""
    await connection.execute(delete(FLIGHT_WATCHES).where(FLIGHT_WATCHES.c.until < now))
    watched = select(FLIGHT_WATCHES.c.flight).where(FLIGHT_WATCHES.c.flight == WATCHED_FLIGHTS.c.flight).exists()
    old = (
        select(WATCHED_FLIGHTS.c.flight)
        .where(WATCHED_FLIGHTS.c.day < before, ~watched)
        .limit(at_most)
        .with_for_update(skip_locked=True)
    )
    gone = await connection.execute(
        delete(WATCHED_FLIGHTS).where(WATCHED_FLIGHTS.c.flight.in_(old)).returning(WATCHED_FLIGHTS.c.flight)
    )
    keys = list(gone.scalars())
    await connection.execute(delete(FLIGHT_CHANGES).where(FLIGHT_CHANGES.c.flight.in_(keys)))
    return len(keys)


async def tell(client: "redis.asyncio.Redis", keys: Iterable[str]) -> None:
    """Say that there is news of these flights. Raises StorageDown; whoever missed the word looks by itself."""
    with redis_failures():
        await client.publish(_CHANNEL, msgspec.json.encode(list(keys)))


async def words(client: "redis.asyncio.Redis") -> AsyncIterator[tuple[str, ...] | None]:
    """The keys of flights of which there is news from now on; None first, when the subscription stands, and in silence.

    Ends with StorageDown when the connection breaks: words may have been missed.
    """
    with redis_failures():
        async with client.pubsub(ignore_subscribe_messages=True) as subscription:
            await subscription.subscribe(_CHANNEL)
            yield None
            while True:
                message = await subscription.get_message(timeout=_NAP)
                yield msgspec.json.decode(message["data"], type=tuple[str, ...]) if message else None


async def _keep(connection: AsyncConnection, followed: Followed, changes: tuple[Change, ...]) -> None:
    key = followed.flight.key
    await connection.execute(
        update(WATCHED_FLIGHTS)
        .where(WATCHED_FLIGHTS.c.flight == key)
        .values(
            flown_as=followed.flown_as,
            changes=followed.changes,
            standing=followed.standing,
            told_at=followed.told_at,
            look_at=followed.look_at,
            claimed_until=None,
            over=followed.over,
            trouble=followed.trouble or None,
        )
    )
    if changes:
        await connection.execute(
            insert(FLIGHT_CHANGES), [{"flight": key, **msgspec.structs.asdict(change)} for change in changes]
        )


async def _flown_as(connection: AsyncConnection, flight: FlightDay, told: Standing, now: datetime) -> str | None:
    """The key of the flight to ask for instead, which is held from now on.

    None for a flight that flies under its own number, for one whose other number nobody knows, and where the other one
    points to a third or back: then this one is asked for itself.
    """
    if told.flown_as is None or told.flown_as == flight.flight:
        return None
    other = FlightDay(flight=told.flown_as, day=flight.day)
    row = {"flight": other.key, "carrier": other.flight.carrier, "number": other.flight.number, "day": other.day}
    await connection.execute(
        upsert(WATCHED_FLIGHTS).values(**row, changes=0, look_at=now, over=False).on_conflict_do_nothing()
    )
    held = (await followed(connection, [other.key]))[other.key]
    unheard_of = held.standing is not None and not held.standing.legs
    return None if unheard_of or held.flown_as is not None else other.key


async def _resold(connection: AsyncConnection, key: str, flown_as: str) -> None:
    table = WATCHED_FLIGHTS
    await connection.execute(update(table).where(table.c.flown_as == key).values(flown_as=flown_as))


async def _released(connection: AsyncConnection, key: str, now: datetime) -> None:
    """Nobody knows the number under which these were said to be flown: they are asked for under their own."""
    table = WATCHED_FLIGHTS
    await connection.execute(update(table).where(table.c.flown_as == key).values(flown_as=None, look_at=now))


def _followed(row: "Row[Any]") -> Followed:
    number = FlightNumber(carrier=row.carrier, number=row.number)
    return Followed(
        flight=FlightDay(flight=number, day=row.day),
        flown_as=row.flown_as,
        changes=row.changes,
        standing=None if row.standing is None else msgspec.convert(row.standing, Standing),
        told_at=row.told_at,
        look_at=row.look_at,
        over=row.over,
        trouble=msgspec.convert(row.trouble or (), tuple[Trouble, ...]),
    )


def _change(row: "Row[Any]") -> Change:
    return Change(
        number=row.number,
        at=row.at,
        differences=msgspec.convert(row.differences, tuple[Difference, ...]),
        standing=msgspec.convert(row.standing, Standing),
        ended=row.ended,
    )
