"""Which records of suppliers are one hotel: decided once and kept, until they tell something else or a person decides."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import BindParameter, Select, Text, any_, bindparam, func, literal, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.matching.geohash import Cell, around, cell
from domain.matching.hotel_ids import Hotel, fingerprint, own_id
from domain.matching.properties import Described, Key, Override
from storage.tables import HOTEL_OVERRIDES, HOTEL_RECORDS, HOTELS

_LOCK: Final = 724_610_153  # any number, as long as it is ours alone
_RECORDS: Final = HOTEL_RECORDS.c
_UNJUDGED: Final = _RECORDS.judged_fingerprint.is_distinct_from(_RECORDS.fingerprint)


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """Which hotel a record is of, and of what content that was said; `hotel_id` is None before the first judgement."""

    hotel_id: str | None
    fingerprint: str
    first_seen_at: datetime


class Why(msgspec.Struct, frozen=True, kw_only=True):
    """Why a record is with the others of its hotel; no score for one that is alone."""

    score: float | None = None
    reasons: tuple[str, ...] = ()


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """A supplier's record of a hotel, and how it was judged. `judged` is the fingerprint of the content that was."""

    key: Key
    told: Described
    fingerprint: str
    hotel_id: str | None
    judged: str | None
    why: Why
    judged_at: datetime | None


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """What a person has decided, and why."""

    override: Override
    because: str
    by: str
    at: datetime


async def note(connection: AsyncConnection, told: Mapping[Key, Described], *, at: datetime) -> None:
    """Hold what is told of these records now. One that tells the same as before stays as it was judged."""
    new = insert(HOTEL_RECORDS)
    changed = new.on_conflict_do_update(
        index_elements=[_RECORDS.supplier, _RECORDS.id],
        set_={name: new.excluded[name] for name in ("document", "cell", "told_at", "fingerprint")},
        where=(_RECORDS.fingerprint != new.excluded.fingerprint) & (_RECORDS.told_at <= new.excluded.told_at),
    )
    rows = [
        {
            "supplier": supplier,
            "id": told_id,
            "document": described,
            "own_id": own_id((supplier, told_id)),
            "cell": _named(cell(described.location)),
            "first_seen_at": at,
            "told_at": at,
            "fingerprint": fingerprint(described),
            "reasons": (),
        }
        for (supplier, told_id), described in sorted(told.items())  # so that two at once do not wait for each other
    ]
    if rows:
        await connection.execute(changed, rows)


async def kept(connection: AsyncConnection, keys: Iterable[Key]) -> Mapping[Key, Kept]:
    """What is known of these records; one that was never told of is left out."""
    wanted = sorted(keys)
    asked = func.unnest(_texts(key[0] for key in wanted), _texts(key[1] for key in wanted))
    named = asked.table_valued("supplier", "id", name="asked").render_derived()
    found = await connection.execute(
        select(_RECORDS.supplier, _RECORDS.id, _RECORDS.hotel_id, _RECORDS.fingerprint, _RECORDS.first_seen_at).join(
            named, (named.c.supplier == _RECORDS.supplier) & (named.c.id == _RECORDS.id)
        )
    )
    return {
        (row.supplier, row.id): Kept(
            hotel_id=row.hotel_id, fingerprint=row.fingerprint, first_seen_at=row.first_seen_at
        )
        for row in found
    }


async def one_at_a_time(connection: AsyncConnection) -> None:
    """Whoever judges waits here, until this transaction ends, for whoever is judging already."""
    await connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))


async def unjudged(connection: AsyncConnection, *, at_most: int) -> tuple[Key, ...]:
    """Records that tell something else than what was judged, neighbours beside each other."""
    found = select(_RECORDS.supplier, _RECORDS.id).where(_UNJUDGED).order_by(_RECORDS.cell).limit(at_most)
    return tuple((row.supplier, row.id) for row in await connection.execute(found))


async def neighbourhood(connection: AsyncConnection, keys: Iterable[Key]) -> Mapping[Key, Record]:
    """These records, all that are near enough to be the same, and the others of the hotels of all of them."""
    wanted = tuple_(_RECORDS.supplier, _RECORDS.id).in_(tuple(keys))
    cells = {_cell(row.cell) for row in await connection.execute(select(_RECORDS.cell).where(wanted))}
    near = _RECORDS.cell == any_(_texts({_named(other) for here in cells for other in around(here)}))
    hotels = select(_RECORDS.hotel_id).where(or_(wanted, near), _RECORDS.hotel_id.is_not(None))
    return await _read(connection, select(HOTEL_RECORDS).where(or_(wanted, near, _RECORDS.hotel_id.in_(hotels))))


async def of_hotel(connection: AsyncConnection, hotel_id: str) -> Mapping[Key, Record]:
    """All records of a hotel, by any id under which it was ever shown; none for an id that nobody ever had.

    A search that finds hotels before they are judged shows each by the own id of one of its records.
    """
    held = select(func.coalesce(HOTELS.c.lives_on_as, HOTELS.c.id)).where(HOTELS.c.id == hotel_id).scalar_subquery()
    shown = select(_RECORDS.hotel_id).where(_RECORDS.own_id == hotel_id).limit(1).scalar_subquery()
    return await _read(connection, select(HOTEL_RECORDS).where(_RECORDS.hotel_id == func.coalesce(held, shown)))


async def born_at(connection: AsyncConnection, hotel_ids: Iterable[str]) -> Mapping[str, datetime]:
    found = select(HOTELS.c.id, HOTELS.c.born_at).where(HOTELS.c.id == any_(_texts(hotel_ids)))
    return {row.id: row.born_at for row in await connection.execute(found)}


async def former_ids(connection: AsyncConnection, hotel_id: str) -> tuple[str, ...]:
    """Ids of hotels that turned out to be this one, the oldest first."""
    found = select(HOTELS.c.id).where(HOTELS.c.lives_on_as == hotel_id).order_by(HOTELS.c.born_at, HOTELS.c.id)
    return tuple((await connection.execute(found)).scalars())


async def decide(
    connection: AsyncConnection,
    judged: Mapping[Key, Record],
    hotels: Collection[Hotel],
    why: Mapping[Key, Why],
    *,
    at: datetime,
) -> int:
    """Hold of which hotels the records are that were `judged`. How many of them are of another one than before."""
    await _live(connection, hotels, at=at)
    before = {key: (record.hotel_id, record.judged, record.why) for key, record in judged.items()}
    now = {key: (hotel.id, judged[key].fingerprint, why.get(key, Why())) for hotel in hotels for key in hotel.members}
    rows = [
        {
            "of_supplier": key[0],
            "of_id": key[1],
            "hotel_id": hotel_id,
            "judged_fingerprint": of_content,
            "score": because.score,
            "reasons": because.reasons,
            "judged_at": at,
        }
        for key, (hotel_id, of_content, because) in sorted(now.items())
        if now[key] != before[key]
    ]
    if rows:
        the_one = (_RECORDS.supplier == bindparam("of_supplier")) & (_RECORDS.id == bindparam("of_id"))
        await connection.execute(update(HOTEL_RECORDS).where(the_one), rows)
    return sum(now[key][0] != before[key][0] for key in now)


async def overrule(connection: AsyncConnection, decision: Decision) -> None:
    """In the place of what was decided about these two before."""
    left, right = sorted((decision.override.left, decision.override.right))
    new = insert(HOTEL_OVERRIDES).values(
        supplier=left[0],
        id=left[1],
        other_supplier=right[0],
        other_id=right[1],
        same=decision.override.same,
        because=decision.because,
        decided_by=decision.by,
        decided_at=decision.at,
    )
    key = [column.name for column in HOTEL_OVERRIDES.primary_key]
    changed = {name: new.excluded[name] for name in ("same", "because", "decided_by", "decided_at")}
    await connection.execute(new.on_conflict_do_update(index_elements=key, set_=changed))


async def decisions(connection: AsyncConnection) -> tuple[Decision, ...]:
    """All that people have decided; they are few."""
    held = HOTEL_OVERRIDES.c
    ordered = select(HOTEL_OVERRIDES).order_by(held.supplier, held.id, held.other_supplier, held.other_id)
    return tuple(
        Decision(
            override=Override(left=(row.supplier, row.id), right=(row.other_supplier, row.other_id), same=row.same),
            because=row.because,
            by=row.decided_by,
            at=row.decided_at,
        )
        for row in await connection.execute(ordered)
    )


async def _live(connection: AsyncConnection, hotels: Collection[Hotel], *, at: datetime) -> None:
    """Ids that are a hotel's own, some of them again, and those that are none any more, with all that lived on as them."""
    for hotel in hotels:
        if hotel.formerly:
            gone = any_(_texts(hotel.formerly))
            theirs = or_(HOTELS.c.id == gone, HOTELS.c.lives_on_as == gone)
            await connection.execute(update(HOTELS).where(theirs).values(lives_on_as=hotel.id))
    new = insert(HOTELS)
    again = new.on_conflict_do_update(
        index_elements=[HOTELS.c.id], set_={"lives_on_as": None}, where=HOTELS.c.lives_on_as.is_not(None)
    )
    own = [{"id": hotel_id, "born_at": at} for hotel_id in sorted(hotel.id for hotel in hotels)]
    if own:
        await connection.execute(again, own)


async def _read(connection: AsyncConnection, wanted: Select[Any]) -> Mapping[Key, Record]:
    found = (
        Record(
            key=(row.supplier, row.id),
            told=msgspec.convert(row.document, Described),
            fingerprint=row.fingerprint,
            hotel_id=row.hotel_id,
            judged=row.judged_fingerprint,
            why=Why(score=row.score, reasons=tuple(row.reasons)),
            judged_at=row.judged_at,
        )
        for row in await connection.execute(wanted)
    )
    return {record.key: record for record in found}


def _named(place: Cell) -> str:
    row, column = place
    return f"{row}/{column}"


def _cell(name: str) -> Cell:
    row, _, column = name.partition("/")
    return int(row), int(column)


def _texts(words: Iterable[str]) -> BindParameter[list[str]]:
    return literal(list(words), ARRAY(Text))
