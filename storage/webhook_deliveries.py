"""Webhooks on their way to clients: each event once for each subscription, until it is delivered or given up."""

from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Row, Text, cast, delete, func, insert, select, text, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.webhooks import TRIES_KEPT, Delivery, DeliveryState, Outcome
from storage.booking_tables import CLIENT_EVENTS
from storage.webhook_tables import WEBHOOK_ATTEMPTS, WEBHOOK_DELIVERIES, WEBHOOK_SUBSCRIPTIONS
from storage.webhooks import Place

_OF: Final = WEBHOOK_DELIVERIES.c
_MOST_DROPPED: Final = 5_000  # at once


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which deliveries; None is any."""

    owner: str | None
    subscription_id: str | None = None
    state: DeliveryState | None = None
    type: str | None = None
    event_id: str | None = None


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """`number` counts all attempts of the delivery from 1 on."""

    number: int
    outcome: Outcome


# The id is of both, so that the same event is on its way to a subscription once. Somebody who unsubscribes meanwhile is
# waited for, and not told.
_ON_ITS_WAY: Final = text("""
    INSERT INTO webhook_deliveries (id, subscription_id, event_id, type, state, tries, attempts, created_at, next_at)
    SELECT substr(encode(sha256(convert_to(CAST(:event_id AS text) || ' ' || who.id, 'UTF8')), 'hex'), 1, 32),
      who.id, :event_id, :type, 'waiting', 0, 0, :now, :now
    FROM webhook_subscriptions AS who
    WHERE who.owner = :owner AND who.disabled_at IS NULL
      AND (who.id = :only OR (CAST(:only AS text) IS NULL AND (cardinality(who.types) = 0 OR :type = ANY(who.types))))
    FOR KEY SHARE OF who
    ON CONFLICT DO NOTHING
""")


async def send_out(
    connection: AsyncConnection, *, event_id: str, owner: str, kind: str, now: datetime, only: str | None = None
) -> int:
    """An event that is in the books is on its way to everybody of the owner who wants to hear of it; to how many.

    `only` is the subscription that hears of it, whatever its types.
    """
    asked = {"event_id": event_id, "owner": owner, "type": kind, "now": now, "only": only}
    made = await connection.execute(_ON_ITS_WAY, asked)
    return made.rowcount


async def delivery(connection: AsyncConnection, delivery_id: str, *, owner: str | None) -> Delivery | None:
    """As `get`."""
    found = await connection.execute(_deliveries(owner).where(_OF.id == delivery_id))
    row = found.one_or_none()
    return None if row is None else _delivery(row)


async def deliveries(
    connection: AsyncConnection, wanted: Wanted, *, after: Place | None, at_most: int
) -> tuple[Delivery, ...]:
    """The newest first."""
    found = _filtered(_deliveries(wanted.owner), wanted)
    if after is not None:
        found = found.where(tuple_(_OF.created_at, _OF.id) < (after.created_at, after.id))
    rows = await connection.execute(found.order_by(_OF.created_at.desc(), _OF.id.desc()).limit(at_most))
    return tuple(map(_delivery, rows))


async def count_deliveries(connection: AsyncConnection, wanted: Wanted) -> int:
    found = _filtered(_deliveries(wanted.owner), wanted).subquery()
    return (await connection.execute(select(func.count()).select_from(found))).scalar_one()


async def attempts(connection: AsyncConnection, delivery_id: str) -> tuple[Attempt, ...]:
    """The last ones, in the order in which they were made."""
    table = WEBHOOK_ATTEMPTS
    found = await connection.execute(select(table).where(table.c.delivery_id == delivery_id).order_by(table.c.number))
    return tuple(
        Attempt(
            number=row.number,
            outcome=Outcome(at=row.at, took_ms=row.took_ms, status=row.status, error=row.error),
        )
        for row in found
    )


async def body(connection: AsyncConnection, event_id: str) -> str | None:
    """The very characters of what is told."""
    written = cast(CLIENT_EVENTS.c.payload, Text)
    return (await connection.execute(select(written).where(CLIENT_EVENTS.c.id == event_id))).scalar_one_or_none()


async def replay(connection: AsyncConnection, delivery_id: str, *, now: datetime) -> None:
    """Tell it once more, with all tries that there are. An attempt that is under way is the first of them."""
    await connection.execute(
        update(WEBHOOK_DELIVERIES)
        .where(_OF.id == delivery_id)
        .values(state=DeliveryState.WAITING, tries=0, next_at=now, delivered_at=None)
    )


# ---- for workers ----

# Of each host only so many at once, over all workers: those under way come first in the rank and use it up, and of two
# who claim at once the second is handed the same ranks and skips them.
_CLAIM: Final = text("""
    WITH ranked AS (
      SELECT due.id, due.next_at, row_number() OVER (
        PARTITION BY who.host ORDER BY coalesce(due.claimed_until > :now, false) DESC, due.next_at, due.id
      ) AS place
      FROM webhook_deliveries AS due JOIN webhook_subscriptions AS who ON who.id = due.subscription_id
      WHERE due.state = 'waiting' AND due.next_at <= :now AND who.disabled_at IS NULL
    ), taken AS (
      SELECT mine.id FROM webhook_deliveries AS mine JOIN ranked ON ranked.id = mine.id
      WHERE ranked.place <= :of_a_host AND mine.state = 'waiting' AND mine.next_at <= :now
        AND (mine.claimed_until IS NULL OR mine.claimed_until <= :now)
      ORDER BY ranked.next_at, mine.id LIMIT :at_most FOR UPDATE OF mine SKIP LOCKED
    )
    UPDATE webhook_deliveries AS one SET claimed_by = :by, claimed_until = :until
    FROM taken, webhook_subscriptions AS who, client_events AS told
    WHERE one.id = taken.id AND who.id = one.subscription_id AND told.id = one.event_id
    RETURNING one.id, one.event_id, one.subscription_id, one.type, one.tries, who.url, who.secrets,
      told.payload::text AS body
""")


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """One delivery in the hands of `claimed_by`, with all that it takes to try. `secrets` are sealed."""

    id: str
    event_id: str
    subscription_id: str
    type: str
    tries: int
    url: str
    secrets: bytes
    body: str
    claimed_by: str


async def claim(
    connection: AsyncConnection, *, by: str, now: datetime, until: datetime, at_most: int, of_a_host: int
) -> tuple[Due, ...]:
    """What is due and in nobody's hands, for this one alone until then."""
    asked = {"by": by, "now": now, "until": until, "at_most": at_most, "of_a_host": of_a_host}
    found = await connection.execute(_CLAIM, asked)
    return tuple(Due(**row, claimed_by=by) for row in found.mappings())


async def tried(
    connection: AsyncConnection, due: Due, outcome: Outcome, *, state: DeliveryState, next_at: datetime | None
) -> bool:
    """What came of an attempt. False where the delivery is in other hands by now, or gone: then nothing is written."""
    changed = await connection.execute(
        update(WEBHOOK_DELIVERIES)
        .where(_OF.id == due.id, _OF.claimed_by == due.claimed_by)
        .values(
            state=state,
            tries=_OF.tries + 1,
            attempts=_OF.attempts + 1,
            next_at=next_at,
            claimed_by=None,
            claimed_until=None,
            status=outcome.status,
            error=outcome.error,
            took_ms=outcome.took_ms,
            delivered_at=outcome.at if state is DeliveryState.DELIVERED else None,
        )
        .returning(_OF.attempts)
    )
    number = changed.scalar_one_or_none()
    if number is None:
        return False
    table = WEBHOOK_ATTEMPTS
    await connection.execute(insert(table).values(delivery_id=due.id, number=number, **msgspec.structs.asdict(outcome)))
    await connection.execute(delete(table).where(table.c.delivery_id == due.id, table.c.number <= number - TRIES_KEPT))
    return True


async def drop_old(connection: AsyncConnection, *, before: datetime) -> int:
    """Events that were told before then go with their deliveries, a bounded number at a time; none: none is left."""
    doomed = (
        select(CLIENT_EVENTS.c.id)
        .where(CLIENT_EVENTS.c.at < before)
        .order_by(CLIENT_EVENTS.c.at)
        .limit(_MOST_DROPPED)
        .with_for_update(skip_locked=True)
    )
    dropped = await connection.execute(delete(CLIENT_EVENTS).where(CLIENT_EVENTS.c.id.in_(doomed)))
    return dropped.rowcount


def _deliveries(owner: str | None) -> Any:
    wanted = select(WEBHOOK_DELIVERIES)
    if owner is None:
        return wanted
    return wanted.join(WEBHOOK_SUBSCRIPTIONS, WEBHOOK_SUBSCRIPTIONS.c.id == _OF.subscription_id).where(
        WEBHOOK_SUBSCRIPTIONS.c.owner == owner
    )


def _filtered(found: Any, wanted: Wanted) -> Any:
    chosen = {
        _OF.subscription_id: wanted.subscription_id,
        _OF.state: wanted.state,
        _OF.type: wanted.type,
        _OF.event_id: wanted.event_id,
    }
    return found.where(*(column == value for column, value in chosen.items() if value is not None))


def _delivery(row: "Row[Any]") -> Delivery:
    names = Delivery.__struct_fields__
    return Delivery(**{name: getattr(row, name) for name in names} | {"state": DeliveryState(row.state)})
